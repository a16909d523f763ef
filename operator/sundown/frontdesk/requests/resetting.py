"""Asking for an env to be given back to its schedule where that takes two people: the row ``Reset`` of the requests."""

from __future__ import annotations

from sundown.frontdesk.requests.request_kind import Meant, RequestKind, left_alone, only_tried
from sundown.reconcile.env_reset import RESET, nothing_to_take_back, resetting
from sundown.reconcile.workload_changes import Change


def nothing_to_reset(meant: Meant) -> str | None:
    """An env of which its schedule decides already."""
    return nothing_to_take_back(meant.found.known, meant.found.circumstances(), meant.now)


def to_reset(meant: Meant) -> Change:
    """``Awake until ... -> Asleep until ...``."""
    return resetting(meant.found.known, meant.found.circumstances(), meant.now)


RESETTING = RequestKind(
    action=RESET,
    verb="reset",
    participle="reset",
    right="suspend",
    objections=(left_alone, only_tried, nothing_to_reset),
    changes=to_reset,
    done=":calendar: {env}: {outcome}.",
    held=":hourglass: {env}: {outcome}.",
)
