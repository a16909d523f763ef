"""The field managers of Sundown: under these names the API server knows what Sundown has written.

The policies in ``cluster/data/policies.yaml`` have the same list. It is exact: a ``sundown-ci`` is somebody else.
"""

from __future__ import annotations

UNNAMED = "sundown"
"""Of the command line where it acts for the operator, and of Kopf."""
OPERATOR = "sundown-operator"
COMMAND_LINE = "sundown-cli"
FRONTDESK = "sundown-frontdesk"
FRONTDESK_MARKS = "sundown-frontdesk-marks"
FRONTDESK_UNREACHED = "sundown-frontdesk-unreached"
FRONTDESK_ZONES = "sundown-frontdesk-zones"

FOR_PEOPLE = "sundown-for-people"
"""Of what the operator does to a workload because somebody has asked for it: that is their wish, and not Sundown's, so it is
none of ``OURS``: a zero that a person wanted is not woken."""

OURS = frozenset({UNNAMED, OPERATOR, COMMAND_LINE, FRONTDESK, FRONTDESK_MARKS, FRONTDESK_UNREACHED, FRONTDESK_ZONES})
