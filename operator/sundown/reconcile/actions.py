"""The actions that the operator can carry out for an ActionRequest, as a table: ``docs/adding.md`` has the recipe."""

from __future__ import annotations

from sundown.reconcile.action_kind import ActionKind
from sundown.reconcile.edit_requests import EDITING
from sundown.reconcile.namespace_deletion import DELETION
from sundown.reconcile.reset_requests import RESETTING
from sundown.reconcile.stop_requests import STOPPING
from sundown.reconcile.workload_requests import RESTARTING, SCALING

ACTIONS: dict[str, ActionKind] = {
    row.action.name: row for row in (DELETION, SCALING, RESTARTING, STOPPING, RESETTING, EDITING)
}
"""By what ``spec.action`` says."""
