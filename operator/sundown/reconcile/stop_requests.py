"""Stopping an env because somebody asked for it, and another has approved that: the row ``Stop`` of the actions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from sundown.cluster import paths
from sundown.cluster.applying import part_of_env_schedule
from sundown.cluster.client import Cluster
from sundown.model import managers
from sundown.model.cutting import clip
from sundown.reconcile.action_kind import ActionKind, Words
from sundown.reconcile.env_stop import STOP, Why, asleep_already, sleep, stopping
from sundown.reconcile.judged_schedule import circumstances_of, schedule_of
from sundown.reconcile.request_verdict import Case, Reason, Verdict, left_alone, only_tried, refused
from sundown.reconcile.workload_changes import Change
from sundown.schedule.wishes import Asker


def nothing_to_stop(case: Case) -> Iterator[Verdict]:
    """An env that sleeps already."""
    why = asleep_already(schedule_of(case), circumstances_of(case), case.now)
    if why is not None:
        yield refused(Reason.NOTHING_TO_DO, detail=why)


def stopped(case: Case) -> Verdict | None:
    """It has the override that this request brings: it was done for it."""
    known = case.governance.in_force
    override = known.legible_spec.override if known is not None and not case.gone else None
    spec = case.spec
    if override is None or override.at is None or override.at < spec.requested_at:
        return None
    said = (override.state, override.by, override.via, override.reason or "")
    return Verdict("Done", Reason.DONE) if said == ("Asleep", spec.requested_by, spec.via, _reason(case)) else None


def to_stop(case: Case) -> Change:
    """``Awake -> Asleep until ...``."""
    return stopping(schedule_of(case), circumstances_of(case), case.now)


async def stop(cluster: Cluster, case: Case) -> bool:
    """Write the override, in the name of the one who asked."""
    spec, known = case.spec, schedule_of(case)
    asker = Asker(by=spec.requested_by, via=spec.via, reason=_reason(case))
    override = sleep(known, circumstances_of(case), case.now, asker)
    body = part_of_env_schedule(known.metadata, spec={"override": override.to_json()})
    path = paths.env_schedule(spec.target.namespace, known.metadata.name)
    await cluster.apply(path, body, manager=managers.FOR_PEOPLE, force=True)
    return True


def _reason(case: Case) -> str:
    """What for, and who has agreed: it stands in the history."""
    approval, why = case.spec.approval, cast(Why, case.parameters).reason
    by = f"approved by {approval.by}" if approval is not None and approval.by is not None else ""
    return clip("; ".join(filter(None, (why, by))), 256)


STOPPING = ActionKind(
    action=STOP,
    objections=(left_alone, only_tried, nothing_to_stop),
    progress=stopped,
    changes=to_stop,
    carry_out=stop,
    under_way=Words("Stopping", '"{namespace}" is being put to sleep: {change}'),
    done=Words("Stopped", '"{namespace}" is put to sleep: {change}'),
)
