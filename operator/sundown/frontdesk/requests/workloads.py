"""Asking for a workload to be scaled or restarted: the rows ``Scale`` and ``Restart`` of the requests."""

from __future__ import annotations

from typing import cast

from sundown.frontdesk.requests.request_kind import Meant, RequestKind, left_alone, only_tried
from sundown.reconcile.workload_changes import (
    RESTART,
    SCALE,
    Change,
    OfWorkload,
    ScaleTo,
    Subject,
    nothing_to_restart,
    nothing_to_scale,
    restarting,
    scaling,
)


def _there(meant: Meant) -> Subject:
    assert meant.subject is not None, "asked only where nothing stands against it"
    return meant.subject


def _workload(meant: Meant) -> OfWorkload:
    return cast(OfWorkload, meant.parameters)


def _scale_to(meant: Meant) -> ScaleTo:
    return cast(ScaleTo, meant.parameters)


def not_there(meant: Meant) -> str | None:
    """A workload that is gone, or never was."""
    return f"there is no {_workload(meant).title} in it" if meant.subject is None else None


def nothing_to_do(meant: Meant) -> str | None:
    """A count that it has already."""
    return nothing_to_scale(_there(meant), _scale_to(meant), meant.sleeping)


def nothing_to_replace(meant: Meant) -> str | None:
    """One without pods."""
    return nothing_to_restart(_there(meant), _workload(meant), meant.sleeping)


def to_scale(meant: Meant) -> Change:
    """``3 -> 0``."""
    return scaling(_there(meant), _scale_to(meant), meant.sleeping)


def to_restart(meant: Meant) -> Change:
    """How many pods are replaced."""
    return restarting(_there(meant))


SCALING = RequestKind(
    action=SCALE,
    verb="scale",
    participle="scaled",
    thing="{kind}/{name} in {env}",
    right="get",
    objections=(left_alone, only_tried, not_there, nothing_to_do),
    changes=to_scale,
    done=":white_check_mark: {env}: {outcome}.",
    held=":hourglass: {env}: {outcome}.",
)
RESTARTING = RequestKind(
    action=RESTART,
    verb="restart",
    participle="restarted",
    thing="{kind}/{name} in {env}",
    right="get",
    objections=(left_alone, only_tried, not_there, nothing_to_replace),
    changes=to_restart,
    done=":white_check_mark: {env}: {outcome}.",
    held=":hourglass: {env}: {outcome}.",
)
