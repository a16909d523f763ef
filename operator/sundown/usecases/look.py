"""All that is known of one env at a moment: what should be, what is, and what hangs."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain
from typing import Literal

from sundown import wording
from sundown.cluster.client import Cluster
from sundown.cluster.errors import ApiError, Denied
from sundown.cluster.gate import Gate
from sundown.cluster.hindrances import says_why, shortened
from sundown.cluster.served import Served
from sundown.model.cloud import CloudPart
from sundown.model.cloud_refusal import Cause, Refusal
from sundown.model.cutting import clip, some_of
from sundown.model.env import Env
from sundown.model.parts import Workload
from sundown.model.pods import UnreadyPod
from sundown.model.resources import UNREACHED, CloudStatus, EnvScheduleStatus
from sundown.model.spec import Workloads
from sundown.reconcile.memory import Memory, believed, recall
from sundown.reconcile.part_verdict import Goal, keepers
from sundown.reconcile.plan import Plan, began, plan
from sundown.schedule.decision import Decision, decide
from sundown.sleepers.chosen_rows import rows_for
from sundown.sleepers.kinds import KINDS
from sundown.sleepers.other_kinds import OtherKinds
from sundown.sleepers.patch_kind import PatchKind
from sundown.sleepers.unready import unready_of
from sundown.usecases import cron_jobs
from sundown.usecases.doors import COMMAND_LINE, Door
from sundown.usecases.find import Found, find
from sundown.usecases.plain_words import in_plain_words

_NAMED = 3
_RECOGNISED = 900
"""The operator cuts what it says: by so many characters its word is known again."""


@dataclass(frozen=True, slots=True)
class Picture:
    """An env at one moment. ``plan`` is what the operator would do now, None where its schedule or its workloads cannot be read.

    ``unseen`` is why the workloads cannot, None where they can, ``starting`` which CronJobs start pods all the same. ``rehearsal`` is what it would do to put an env to sleep whose schedule only runs dry.
    Of its parts in AWS the operator's word is taken: nobody else has credentials there.
    """

    found: Found
    now: datetime
    decision: Decision | None
    workloads: tuple[Workload, ...]
    plan: Plan | None
    rehearsal: Plan | None = None
    unseen: str | None = None
    starting: tuple[str, ...] = ()

    @property
    def status(self) -> EnvScheduleStatus:
        """What the operator says."""
        return self.found.known.status

    @property
    def by(self) -> str | None:
        """Who brought the present state about, where it was a person."""
        return self.decision.why.by if self.decision is not None else None

    @property
    def unverified(self) -> bool:
        """Whether that it was they is only what somebody wrote."""
        return self.decision is not None and self.decision.why.unverified

    @property
    def who(self) -> str:
        """The same for people."""
        if self.by is None:
            return "its schedule"
        return f"{self.by} (unverified)" if self.unverified else self.by

    @property
    def hanging(self) -> tuple[Workload, ...]:
        """The workloads that are not where they should be."""
        if self.plan is None:
            return ()
        titles = {*self.plan.hanging, *(step.part.title for step in self.plan.to_come)}
        return tuple(workload for workload in self.workloads if workload.title in titles)

    @property
    def late(self) -> frozenset[str]:
        """The titles of those parts whose time is over; the others are waited for as always."""
        if self.plan is None:
            return frozenset()
        degraded = wording.condition(self.status, "Degraded")
        without = degraded is not None and degraded.reason == "PartsNotReady"  # the transition was over without them
        return frozenset((*self.plan.late, *(self.plan.hanging if without else ())))

    @property
    def moving(self) -> tuple[CloudStatus, ...]:
        """The parts in AWS that are not where they should be."""
        schedule = self.found.known.schedule
        if schedule is None or self.decision is None:
            return ()
        asleep = self.decision.state == "Asleep" and not schedule.spec.dry_run
        return wording.moving(self.status.cloud, asleep=asleep)

    def missing(self, *, late: bool) -> tuple[str, ...]:
        """Which parts are not where they should be, and where they stand: those that hang, or those that are on their way."""
        told = [(one.title, f"{wording.cloud_title(one)}: {wording.cloud_part(one)}") for one in self.moving]
        told += [(one.title, f"{one.title}: {standing(one)}") for one in self.hanging]
        return tuple(text for title, text in told if (title in self.late) is late)

    @property
    def waiting(self) -> str | None:
        """Which parts the next waves wait for, and which those are; None while none waits."""
        waves = self.plan.waves if self.plan is not None else ()
        held = [wave for wave in waves if not wave.released and not wave.done]
        ahead = [
            wave for wave in waves if wave.released and wave.number is not None and not wave.done and not wave.late
        ]
        if not held or not ahead:
            return None
        parts = (part for wave in held for part in (*wave.hanging, *(step.part for step in wave.steps)))
        return wording.waiting(ahead[-1].missing, kinds=dict.fromkeys(part.kind for part in parts))

    @property
    def awaited(self) -> str | None:
        """What it is that an env on its way waits for; None where there is nothing, or it cannot be seen."""
        missing = (*self.missing(late=True), *self.missing(late=False))
        return self.waiting or (f"waiting for {some_of(missing, _NAMED, apart='; ')}" if missing else None)

    @property
    def notes(self) -> tuple[str, ...]:
        """What makes the operator's word doubtful, and what it remarks besides."""
        known, status = self.found.known, self.status
        said: list[str] = []
        trouble, coming = self.found.trouble, status.next_transition
        if trouble is not None and not any(
            one.message.startswith(trouble[:_RECOGNISED]) for one in wording.troubles(status)
        ):
            said.append(trouble)
        stale = status.observed_generation < known.metadata.generation
        remark = "" if stale else wording.remark(status)
        if stale:
            said.append(f"{wording.NOT_YET} since it was changed")
        elif coming is not None and wording.is_overdue(status, now=self.now):
            said.append(
                f"{wording.STATES[coming.to]} is overdue since {wording.moment(coming.at, now=self.now)}; "
                f"{wording.OPERATOR_AWAY}"
            )
        if remark:
            said.append(remark)
        unreached = known.metadata.annotations.get(UNREACHED)
        if unreached and (told := f"Slack: {clip(unreached, 600)}") not in remark:
            said.append(told)
        unknown = self.unseen or ("its schedule cannot be read" if known.schedule is None else None)
        if unknown is not None:
            said.append(f"{unknown}, so what hangs is not shown")
        if self.starting:
            said.append(cron_jobs.told(self.starting))
        return tuple(said)


async def look(cluster: Cluster, namespace: str, *, now: datetime, door: Door = COMMAND_LINE) -> Picture:
    """Everything about one env.

    Raises:
        SundownError: when there is no such env, or it may not be seen.
    """
    picture = await look_at(cluster, await find(cluster, namespace, door=door), now=now)
    schedule = picture.found.known.schedule
    if door.own_rights and schedule is not None and picture.decision is not None and picture.decision.state == "Asleep":
        chosen = schedule.spec.workloads
        picture = replace(picture, starting=await cron_jobs.unnamed_cron_jobs(cluster, namespace, chosen))
    asked = [one for one in picture.hanging if not says_why(one.hindrance)]
    pods = await unready_of(cluster, namespace, asked, among=picture.workloads)
    return replace(picture, workloads=tuple(_hindered(one, pods.get(one.title)) for one in picture.workloads))


def _hindered(workload: Workload, pod: UnreadyPod | None) -> Workload:
    """The workload with the word of its pods, where its own conditions say nothing, or only that it takes too long."""
    if pod is None or pod.trouble is None:
        return workload
    return replace(workload, hindrance=shortened(pod.trouble.word, pod.trouble.counted))


async def look_at(cluster: Cluster, found: Found, *, now: datetime) -> Picture:
    """The same of one that has been found."""
    schedule = found.known.schedule
    memory = recall(Env(name=found.namespace, namespace=found.space, schedules=(found.known,)), found.known)
    chosen = schedule.spec.workloads if schedule is not None else Workloads()
    rows = rows_for(chosen, [one.kind for one in memory.records.values()])
    workloads: tuple[Workload, ...] = ()
    unseen: str | None = None
    try:
        workloads = await _workloads(cluster, found.namespace, rows)
    except ApiError as error:
        unseen = _unseen(error)
    if schedule is None:
        return Picture(found, now, decision=None, workloads=workloads, plan=None, unseen=unseen)
    decision = decide(schedule.spec, found.circumstances(), now)
    asleep = decision.state == "Asleep" and not schedule.spec.dry_run
    wanted: Literal["Awake", "Asleep"] = "Asleep" if asleep else "Awake"
    goal = Goal(
        wanted=wanted,
        now=now,
        selection=schedule.spec.workloads,
        since=began(found.known.status, wanted, now=now),
        timeout=schedule.spec.waves.timeout,
        memory=memory,
        keepers=keepers(workloads, selection=schedule.spec.workloads, now=now),
    )
    clouds = [_part(one, found.namespace) for one in found.known.status.cloud]
    if unseen is not None:
        return Picture(found, now, decision=decision, workloads=(), plan=None, unseen=unseen)
    return Picture(
        found,
        now,
        decision=decision,
        workloads=tuple(_as_believed(one, memory) for one in workloads),
        plan=plan(goal, workloads, clouds),
        rehearsal=plan(replace(goal, wanted="Asleep"), workloads, clouds) if schedule.spec.dry_run else None,
    )


async def _workloads(cluster: Cluster, namespace: str, rows: tuple[PatchKind, ...]) -> tuple[Workload, ...]:
    """What runs there. Kinds that only this person may not see are left out.

    Raises:
        ApiError: when it cannot be seen.
    """
    others = OtherKinds(cluster, Gate(width=1), Served(cluster))
    try:
        found = (await others.of(namespace, rows)).workloads
        listed = await asyncio.gather(
            *(cluster.list_pages(row.collection(namespace), row.read_page) for row in KINDS.values())
        )
    finally:
        await others.close()
    return (*chain.from_iterable(listed), *found)


def _unseen(error: ApiError) -> str:
    if isinstance(error, Denied):
        return "you may not look at its workloads"
    return f"its workloads cannot be looked at ({in_plain_words(error)})"


def _as_believed(workload: Workload, memory: Memory) -> Workload:
    """The workload with the count that it wakes to, wherever that stands, and with no other."""
    restoring = believed(workload, memory).restoring
    return replace(workload, record=str(restoring.replicas) if restoring is not None else None)


def _part(one: CloudStatus, namespace: str) -> CloudPart:
    """A part in AWS as far as the operator tells of it: one that is down and not left so is to come back."""
    comes_back = one.state in {"stopped", "stopping"} and not one.left_stopped
    return CloudPart(
        kind=one.kind,
        arn=one.id,
        identifier=one.id,
        name=one.name or one.id,
        namespace=namespace,
        account=one.account or "",
        region=one.region or "",
        state=one.state,
        phase=one.phase or "",
        record="running" if comes_back else None,
        wave=str(one.wave) if one.wave is not None else None,
        refused=Refusal(Cause.TOLD, one.refused) if one.refused is not None else None,
    )


def standing(workload: Workload) -> str:
    """Where a workload stands: ``2 of 3 ready``, and what hinders it."""
    if workload.replicas == 0 and workload.previous is not None:
        return f"at 0, was {workload.previous}"
    if workload.replicas == 0:
        return f"at 0, {workload.pods} still running"
    told = f"{workload.ready} of {workload.replicas} ready"
    return f"{told}: {workload.hindrance}" if workload.hindrance is not None else told
