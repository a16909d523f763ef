"""What keeps a workload's pods from coming, in the words of Kubernetes, by the workload's own conditions."""

from __future__ import annotations

import re
from collections.abc import Iterable

import msgspec

from sundown.model.cutting import MORE, clip

_LONGEST = 200

_BAD = (("ReplicaFailure", "True"), ("Progressing", "False"))
"""The first says why pods cannot be made, which is more than that they have been waited for too long."""

_POD = re.compile(r'^.*?pods "[^"]*" is forbidden: ', re.DOTALL)
_USED = re.compile(r", used: .*(?=, limited: )", re.DOTALL)
_SANDBOX = re.compile(r"(?<!sha256:)\b[0-9a-f]{64}\b")
_OUT_OF_TIME = "ProgressDeadlineExceeded"


class Condition(msgspec.Struct, gc=False):
    """A condition of a workload."""

    type: str
    status: str
    reason: str | None = None
    message: str | None = None


def hindrance(conditions: Iterable[Condition] | None) -> str | None:
    """Why pods do not come, by the workload's conditions; None where they say nothing of it."""
    if conditions is None:
        return None
    for kind, status in _BAD:
        for one in conditions:
            if one.type == kind and one.status == status and one.reason != "DeploymentPaused":
                return shortened(one.reason or kind, one.message or "")
    return None


def says_why(hindrance: str | None) -> bool:
    """Whether it says what is wrong, and not only that it takes too long."""
    return hindrance is not None and not hindrance.startswith(_OUT_OF_TIME)


def shortened(reason: str, message: str) -> str:
    """Without what is another at each try: the name of the pod that was refused, what others use of a quota, a sandbox's id.

    Nor with what a terminal would obey: a probe's program writes into an Event what it likes.
    """
    text = " ".join(_SANDBOX.sub(MORE, _USED.sub("", _POD.sub("", message))).split()).rstrip(".")
    said = f"{reason}: {text}" if text else reason
    return clip("".join(each if each.isprintable() else "?" for each in said), _LONGEST)
