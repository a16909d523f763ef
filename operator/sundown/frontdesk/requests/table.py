"""What can be asked for with an ActionRequest, as a table: ``docs/adding.md`` has the recipe."""

from __future__ import annotations

from sundown.frontdesk.requests.deletion import DELETION
from sundown.frontdesk.requests.editing import EDITING
from sundown.frontdesk.requests.request_kind import RequestKind
from sundown.frontdesk.requests.resetting import RESETTING
from sundown.frontdesk.requests.stopping import STOPPING
from sundown.frontdesk.requests.workloads import RESTARTING, SCALING

REQUESTS: dict[str, RequestKind] = {
    row.action.name: row for row in (DELETION, SCALING, RESTARTING, STOPPING, RESETTING, EDITING)
}
"""By what ``spec.action`` says."""
