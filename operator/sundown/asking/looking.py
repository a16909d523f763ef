"""All that is known of one env at a moment: what should be, what is, and what hangs."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sundown import wording
from sundown.asking.doors import COMMAND_LINE, Door
from sundown.asking.finding import Found, find
from sundown.cluster.client import Cluster
from sundown.cluster.errors import ApiError
from sundown.model.parts import Workload
from sundown.model.resources import EnvScheduleStatus
from sundown.reconcile.plan import Plan, began, plan
from sundown.reconcile.standing import Goal
from sundown.schedule.decision import Decision, decide
from sundown.sleepers.replicas import KINDS

_LATE = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Picture:
    """An env at one moment. ``plan`` is what the operator would do now, None where the workloads may not be seen."""

    found: Found
    now: datetime
    decision: Decision | None
    workloads: tuple[Workload, ...]
    plan: Plan | None

    @property
    def status(self) -> EnvScheduleStatus:
        """What the operator says."""
        return self.found.known.status

    @property
    def by(self) -> str | None:
        """Who brought the present state about, where it was a person."""
        return self.decision.why.by if self.decision is not None else None

    @property
    def hanging(self) -> tuple[Workload, ...]:
        """The workloads that are not where they should be."""
        if self.plan is None:
            return ()
        titles = {*self.plan.hanging, *(step.part.title for step in self.plan.to_come)}
        return tuple(workload for workload in self.workloads if workload.title in titles)

    @property
    def notes(self) -> tuple[str, ...]:
        """What makes the operator's word doubtful."""
        known, status = self.found.known, self.status
        said: list[str] = []
        if self.found.trouble is not None:
            said.append(self.found.trouble)
        coming = status.next_transition
        if status.observed_generation < known.metadata.generation:
            said.append(f"{wording.NOT_YET} since it was changed")
        elif coming is not None and self.now - coming.at > _LATE:
            said.append(
                f"{wording.STATES[coming.to]} is overdue since {wording.moment(coming.at, now=self.now)}; "
                f"{wording.OPERATOR_AWAY}"
            )
        if self.plan is None:
            said.append("you may not look at its workloads, so those that hang are not shown")
        return tuple(said)


async def look(cluster: Cluster, namespace: str, *, now: datetime, door: Door = COMMAND_LINE) -> Picture:
    """Everything about one env.

    Raises:
        SundownError: when there is no such env, or it may not be seen.
    """
    return await look_at(cluster, await find(cluster, namespace, door=door), now=now)


async def look_at(cluster: Cluster, found: Found, *, now: datetime) -> Picture:
    """The same of one that has been found."""
    workloads = await _workloads(cluster, found.namespace)
    schedule = found.known.schedule
    if schedule is None:
        return Picture(found, now, decision=None, workloads=workloads or (), plan=None)
    decision = decide(schedule.spec, found.circumstances(), now)
    asleep = decision.state == "Asleep" and not schedule.spec.dry_run
    wanted: Literal["Awake", "Asleep"] = "Asleep" if asleep else "Awake"
    goal = Goal(
        wanted=wanted,
        now=now,
        selection=schedule.spec.workloads,
        since=began(found.known.status, wanted, now=now),
        timeout=schedule.spec.waves.timeout,
    )
    the_plan = plan(goal, workloads) if workloads is not None else None
    return Picture(found, now, decision=decision, workloads=workloads or (), plan=the_plan)


async def _workloads(cluster: Cluster, namespace: str) -> tuple[Workload, ...] | None:
    """What runs there; None where that cannot be seen."""
    try:
        listed = await asyncio.gather(*(cluster.list_all(row.collection(namespace)) for row in KINDS.values()))
    except ApiError:
        return None
    return tuple(row.read(raw) for row, raws in zip(KINDS.values(), listed, strict=True) for raw in raws)


def standing(workload: Workload) -> str:
    """Where a workload stands: ``2 of 3 ready``."""
    if workload.replicas == 0 and workload.previous is not None:
        return f"at 0, was {workload.previous}"
    if workload.replicas == 0:
        return f"at 0, {workload.pods} still running"
    return f"{workload.ready} of {workload.replicas} ready"
