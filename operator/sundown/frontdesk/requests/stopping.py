"""Asking for an env to be stopped where that takes two people: the row ``Stop`` of the requests."""

from __future__ import annotations

from sundown.frontdesk.requests.request_kind import Meant, RequestKind, left_alone, only_tried
from sundown.reconcile.env_stop import STOP, asleep_already, stopping
from sundown.reconcile.workload_changes import Change


def nothing_to_stop(meant: Meant) -> str | None:
    """An env that sleeps already."""
    return asleep_already(meant.found.known, meant.found.circumstances(), meant.now)


def to_stop(meant: Meant) -> Change:
    """``Awake -> Asleep until ...``."""
    return stopping(meant.found.known, meant.found.circumstances(), meant.now)


STOPPING = RequestKind(
    action=STOP,
    verb="stop",
    participle="stopped",
    right="suspend",
    objections=(left_alone, only_tried, nothing_to_stop),
    changes=to_stop,
    done=":zzz: {env}: {outcome}.",
    held=":hourglass: {env}: {outcome}.",
)
