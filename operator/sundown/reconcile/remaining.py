"""What still runs in an env that sleeps or is about to, and why each of it does. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from sundown.model.parts import Workload
from sundown.model.resources import MOST_STILL_RUNNING, Owned, StillRunning, WhyRunning
from sundown.reconcile.held_rollouts import at_risk
from sundown.reconcile.part_verdict import Goal, excluded, selected
from sundown.sleepers.leftovers import Owner, Tally


def are_untold(workloads: Iterable[Workload]) -> bool:
    """Whether of some the API server does not tell if pods are on their way out: before Kubernetes 1.35 of no Deployment."""
    return any(_is_untold(one) for one in workloads)


def counted(workloads: Iterable[Workload], tally: Tally) -> tuple[Workload, ...]:
    """The workloads with the pods counted that are on their way out, where the API server does not tell."""
    return tuple(
        replace(one, terminating=tally.leaving[one.kind, one.name]) if _is_untold(one) else one for one in workloads
    )


def _is_untold(workload: Workload) -> bool:
    return workload.at_zero and workload.terminating is None


def remaining(tally: Tally, workloads: Iterable[Workload], goal: Goal) -> StillRunning | None:
    """The owners of the pods that are left, those with the most pods first; None where there are no pods."""
    if not tally.pods:
        return None
    known = {(one.kind, one.name): one for one in workloads}
    ranked = sorted(tally.pods.items(), key=lambda item: (-item[1], item[0]))
    first = tuple(
        Owned(kind=owner[0], name=owner[1], pods=pods, why=_why(owner, known.get(owner), goal))
        for owner, pods in ranked[:MOST_STILL_RUNNING]
    )
    # Of those whose owners were too many to be told apart, each pod counts as an owner.
    return StillRunning(pods=tally.pods.total() + tally.beyond, owners=len(ranked) + tally.beyond, first=first)


def _why(owner: Owner, workload: Workload | None, goal: Goal) -> WhyRunning:
    if workload is None:
        return "Unowned" if owner[0] == "Pod" else "OtherKind"
    if workload.leaving:
        return "BeingDeleted"
    until, _ = excluded(workload, now=goal.now)
    if until is not None or not selected(workload, selection=goal.selection):
        return "Excluded"
    return "HeldBack" if at_risk(workload) is not None else "StartedSince"
