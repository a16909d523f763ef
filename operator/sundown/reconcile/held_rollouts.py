"""Workloads whose owners hold a rollout back: they are left running, for at zero Kubernetes would finish it. Pure."""

from __future__ import annotations

from typing import assert_never

from sundown.errors import Mistake
from sundown.model.cutting import clip
from sundown.model.parts import Hold, Workload
from sundown.model.resources import ROLLOUT
from sundown.sleepers.patch_kind import PatchKind

FINISH = "finish"
_SHOWN = 60


def at_risk(workload: Workload) -> str | None:
    """Why it must not go to zero; None where it may, or where that is not known yet."""
    hold = workload.hold
    if hold is None or hold == "Unobserved" or _may_be_finished(workload):
        return None
    return (
        f"{_held(hold)}, and at 0 {_finisher(workload)} would finish it: it is left running. Finish the rollout or take it back, or "
        f"annotate {ROLLOUT}={FINISH}"
    )


def is_unobserved(workload: Workload) -> bool:
    """Whether its controller has still to say if a rollout is held back."""
    return workload.hold == "Unobserved" and not _may_be_finished(workload)


def unreadable(workload: Workload) -> Mistake | None:
    """What is wrong with what its owner wrote to allow it; then nothing is allowed."""
    text = workload.rollout
    if text is None or _plain(text) in {"", FINISH}:
        return None
    return Mistake(
        f"{workload.title}: annotation {ROLLOUT}",
        f'must be "{FINISH}", got "{clip(text, _SHOWN + 1)}"; it allows nothing',
    )


def _finisher(workload: Workload) -> str:
    of_others = isinstance(workload.row, PatchKind) and "." in workload.row.group
    return "its controller" if of_others else "Kubernetes"


def _may_be_finished(workload: Workload) -> bool:
    return workload.rollout is not None and _plain(workload.rollout) == FINISH


def _plain(text: str) -> str:
    return text.strip().lower()


def _held(hold: Hold) -> str:
    match hold:
        case "Paused":
            return "its rollout is paused half way"
        case "Partition":
            return "its rollout is held back by a partition"
        case "OnDelete":
            return "its rollout waits for pods to be deleted (OnDelete)"
        case "Supervised":
            return "its rollout waits for a switchover by hand (supervised)"
        case "Unobserved":
            return "its rollout may be held back"
    assert_never(hold)
