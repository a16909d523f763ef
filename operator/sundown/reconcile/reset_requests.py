"""Giving an env back to its schedule because somebody asked for it, and another has approved that: the row ``Reset`` of the actions."""

from __future__ import annotations

from collections.abc import Iterator

from sundown.cluster.client import Cluster
from sundown.reconcile.action_kind import ActionKind, Words
from sundown.reconcile.env_reset import RESET, nothing_to_take_back, resetting
from sundown.reconcile.judged_schedule import change_spec, circumstances_of, schedule_of
from sundown.reconcile.request_verdict import Case, Reason, Verdict, left_alone, only_tried, refused
from sundown.reconcile.workload_changes import Change


def nothing_to_reset(case: Case) -> Iterator[Verdict]:
    """An env of which its schedule decides already."""
    why = nothing_to_take_back(schedule_of(case), circumstances_of(case), case.now)
    if why is not None:
        yield refused(Reason.NOTHING_TO_DO, detail=why)


def is_reset(case: Case) -> Verdict | None:
    """Nothing that was asked for stands there any more, and this request was to bring that about."""
    known = case.governance.in_force
    if known is None or case.gone or known.legible_spec.override is not None:
        return None
    return Verdict("Done", Reason.DONE)


def to_reset(case: Case) -> Change:
    """``Awake until ... -> Asleep until ...``."""
    return resetting(schedule_of(case), circumstances_of(case), case.now)


async def reset(cluster: Cluster, case: Case) -> bool:
    """Take the override away, of the very object that was judged."""
    await change_spec(cluster, case, {"override": None})
    return True


RESETTING = ActionKind(
    action=RESET,
    objections=(left_alone, only_tried, nothing_to_reset),
    progress=is_reset,
    changes=to_reset,
    carry_out=reset,
    under_way=Words("Resetting", '"{namespace}" is given back to its schedule: {change}'),
    done=Words("Reset", '"{namespace}" is given back to its schedule: {change}'),
)
