"""Asking for another schedule where to stop an env takes two people: the row ``Edit`` of the requests."""

from __future__ import annotations

from typing import cast

from sundown.frontdesk.requests.request_kind import Meant, RequestKind
from sundown.reconcile.env_edit import EDIT, Edit, Times
from sundown.reconcile.workload_changes import Change


def not_possible(meant: Meant) -> str | None:
    """A schedule that nobody can read, or that is so already or must not be so."""
    edit = _edit(meant)
    return edit.objection if edit is not None else "its EnvSchedule cannot be read"


def to_edit(meant: Meant) -> Change:
    """``awake: [...] -> []``."""
    edit = _edit(meant)
    assert edit is not None, "asked only where nothing stands against it"
    return edit.change


def _edit(meant: Meant) -> Edit | None:
    return Edit.of(meant.found.known, cast(Times, meant.parameters))


EDITING = RequestKind(
    action=EDIT,
    verb="edit",
    participle="edited",
    thing="the schedule of {env}",
    right="get",
    objections=(not_possible,),
    changes=to_edit,
    done=":calendar: {env}: {outcome}.",
    held=":hourglass: {env}: {outcome}.",
)
