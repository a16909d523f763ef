"""One visit to one env: look, decide, plan, act, report. It may end at any point and be begun again from the start."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Literal

import structlog

from sundown.cluster import paths, reading
from sundown.cluster.client import Cluster
from sundown.cluster.errors import Missing
from sundown.cluster.events import EventRecorder, Notice, Regarding
from sundown.cluster.gate import Gate, Urgency
from sundown.metrics import LATENESS_SECONDS, TRANSITION_SECONDS, TRANSITIONS
from sundown.model.cloud import CloudPart
from sundown.model.cutting import clip
from sundown.model.env import Env, Known
from sundown.model.resources import API_VERSION, OWNER_ZONES, STATE_LABEL, UNREACHED, EnvScheduleStatus
from sundown.model.spec import EnvScheduleSpec, Wanted
from sundown.reconcile.acting import act
from sundown.reconcile.clouds import Clouds
from sundown.reconcile.generating import generate, generated, is_current, is_edited, template_hash
from sundown.reconcile.governing import Governance, govern
from sundown.reconcile.obstacles import Obstacles
from sundown.reconcile.plan import Plan, began, plan, reconsider
from sundown.reconcile.referee import Referee
from sundown.reconcile.remaining import remaining
from sundown.reconcile.report import Finding, next_status, state_of, troubled_status, words
from sundown.reconcile.rescue import rescue
from sundown.reconcile.revisits import MOVING, next_look
from sundown.reconcile.savings import after_visit
from sundown.reconcile.standing import Goal
from sundown.reconcile.statuses import StatusWriter
from sundown.reconcile.store import Store
from sundown.schedule.clock import Clock
from sundown.schedule.decision import Circumstances, Decision, decide
from sundown.schedule.lint import doubts
from sundown.schedule.owners import parse_owner_zones
from sundown.settings import Settings
from sundown.sleepers.census import Census
from sundown.sleepers.leftovers import Leftovers

log = structlog.get_logger(__name__)

_ORPHAN_RETRY = timedelta(seconds=20)


@dataclass(frozen=True, slots=True)
class Rooms:
    """What a visit works with; ``clouds`` is None where there is nothing but the cluster."""

    cluster: Cluster
    gate: Gate
    census: Census
    leftovers: Leftovers
    store: Store
    statuses: StatusWriter
    recorder: EventRecorder
    clock: Clock
    settings: Settings
    clouds: Clouds | None = None


class Visitor:
    """Visits envs. Knows nothing of when; ``visit`` answers with the moment at which it wants to come again."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms
        self._edited: dict[str, tuple[str, int]] = {}
        self._with_records: set[str] = set()
        self._stuck: set[str] = set()
        self._obstacles = Obstacles(rooms.cluster)
        self._referee = Referee(rooms.cluster, rooms.clock)

    async def visit(self, name: str) -> datetime | None:
        """Bring one env to where it should be.

        Raises:
            ApiError: when the API server could not be asked; nothing is half-done that the next visit would not finish.
        """
        rooms = self._rooms
        env = rooms.store.env(name)
        governance = govern(env, settings=rooms.settings)
        for known in governance.superseded:
            self._superseded(env, known, by=governance.in_force)
        if not rooms.settings.dry_run:
            await self._settle(env, governance)
        if governance.in_force is None:
            self._referee.forget(name)
            return await self._release(env) if governance.release else None
        if governance.trouble is not None:
            rescued = rescue(governance, now=rooms.clock.now())
            if rescued is None:
                reason, message = governance.trouble
                self._trouble(env, governance.in_force, reason=reason, message=message)
                return None
            governance = rescued
        return await self._governed(env, governance)

    async def _settle(self, env: Env, governance: Governance) -> None:
        """The two writes after which it is clear for good that a namespace takes part."""
        rooms = self._rooms
        if governance.label_enabled:
            await self._label(env.name, rooms.settings.scheduler_label, "enabled")
        cover, known = governance.generate, generated(env)
        if cover is None or is_current(env, cover):
            self._edited.pop(env.name, None)
            return
        version = (template_hash(cover), known.metadata.generation if known is not None else 0)
        if known is not None and is_edited(known):
            self._edited[env.name] = version
        if self._edited.get(env.name) == version:
            return
        async with rooms.gate.slot(Urgency.HOLD):
            if await generate(rooms.cluster, env, cover):
                self._edited.pop(env.name, None)
            else:
                self._edited[env.name] = version

    async def _governed(self, env: Env, governance: Governance) -> datetime | None:
        rooms = self._rooms
        known = governance.in_force
        assert known is not None
        assert known.schedule is not None
        spec, old, now = known.schedule.spec, known.status, rooms.clock.now()
        circumstances = self._circumstances(known, governance, now=now)
        decision = decide(spec, circumstances, now)
        dry_run = spec.dry_run or rooms.settings.dry_run
        wanted: Wanted = "Asleep" if decision.state == "Asleep" and not dry_run else "Awake"
        if not rooms.settings.dry_run:
            self._lateness(old, decision, wanted=wanted, now=now)
        on_its_way = old.state == ("FallingAsleep" if wanted == "Asleep" else "Waking")
        marked, workloads = await asyncio.gather(
            self._mark(env, asleep=wanted == "Asleep"),
            rooms.census.of(env.name, patient=on_its_way, written=old.state in MOVING),
        )
        goal = Goal(
            wanted=wanted,
            now=now,
            selection=spec.workloads,
            since=began(old, wanted, now=now),
            timeout=spec.waves.timeout,
            cloud=spec.aws.enabled,
            holder=self._holder(env.name),
        )
        goal, the_plan = self._referee.plan(env.name, goal, workloads, self._clouds_of(env.name))
        # Should the schedule go before they are all woken, this is how anybody knows: the mark goes first.
        (self._with_records.add if the_plan.records else self._with_records.discard)(env.name)
        finding = Finding(
            now=now,
            generation=known.metadata.generation,
            owner=env.namespace.owner if env.namespace is not None else None,
            active_since=circumstances.active_since,
            decision=decision,
            plan=the_plan,
            timeout=spec.waves.timeout,
            dry_run=dry_run,
            frozen=rooms.settings.dry_run,
            remark=self._remark(env, spec, known, the_plan),
            not_ready=_not_ready(governance),
            fought=await self._referee.told(env.name, the_plan),
            obstacles=await self._obstacles.of(env.name, the_plan, old=old, now=now),
        )
        finding = replace(finding, savings=after_visit(old, finding, spec, circumstances))
        if state_of(old, finding) == "Asleep" != old.state:
            tally = await rooms.leftovers.of(env.name)
            finding = replace(finding, still_running=remaining(tally, workloads, goal) if tally is not None else None)
        status = next_status(old, finding)
        self._report(env, known, status)
        if rooms.settings.dry_run or not the_plan.steps:
            # What came between the look and the label on the namespace is seen by another look.
            return next_look(status, old=old, finding=finding, acted=marked, now=rooms.clock.now())
        outcome = await act(rooms.cluster, rooms.gate, the_plan, again=partial(reconsider, goal), clouds=rooms.clouds)
        self._referee.written(env.name, the_plan, failures=outcome.failures)
        if outcome.failures:
            # What was said before the writes has not been sent yet or is about to be replaced by this.
            said = rooms.store.env(env.name).schedules
            latest = next((one for one in said if one.metadata.uid == known.metadata.uid), known)
            finding = replace(finding, failures=outcome.failures)
            status = next_status(latest.status, finding)
            self._report(env, latest, status)
        return next_look(status, old=old, finding=finding, acted=True, now=rooms.clock.now())

    def _circumstances(self, known: Known, governance: Governance, *, now: datetime) -> Circumstances:
        status = known.status
        since = status.active_since or known.metadata.creation_timestamp or now
        resumed = status.state == "Paused" and governance.paused_by is None
        if resumed and known.schedule is not None and not known.schedule.spec.paused:
            since = now.replace(microsecond=0)
        zones, _ = parse_owner_zones(known.metadata.annotations.get(OWNER_ZONES, ""))
        return Circumstances(
            active_since=since,
            zones=zones,
            fallback_zone=self._rooms.settings.default_time_zone,
            paused_by=governance.paused_by[1] if governance.paused_by is not None else None,
        )

    def _holder(self, namespace: str) -> str:
        """In whose name parts in the cloud are stopped."""
        return f"{self._rooms.settings.cluster_name}/{namespace}"

    def _clouds_of(self, namespace: str) -> tuple[CloudPart, ...]:
        return self._rooms.clouds.of(namespace) if self._rooms.clouds is not None else ()

    def _remark(self, env: Env, spec: EnvScheduleSpec, known: Known, plan: Plan) -> str:
        remarks = [str(doubt) for doubt in doubts(spec)]
        _, bad = parse_owner_zones(known.metadata.annotations.get(OWNER_ZONES, ""))
        if bad:
            remarks.append(f"annotation {OWNER_ZONES}: no such time zone: {', '.join(bad)}")
        if env.name in self._edited:
            remarks.append("the template has changed, but somebody edited this EnvSchedule: the edit stays")
        remarks += [f"left alone: {refused}" for refused in plan.refused]
        if self._rooms.clouds is not None:
            remarks += [f"left alone: {slip}" for slip in self._rooms.clouds.meant_for(env.name)]
        unreached = known.metadata.annotations.get(UNREACHED)
        remarks += [f"Slack: {clip(unreached, 600)}"] if unreached else []
        return "; ".join(remarks)

    async def _release(self, env: Env) -> datetime | None:
        """Wake what a schedule that is gone left asleep."""
        rooms = self._rooms
        namespace = env.namespace
        if namespace is None or rooms.settings.dry_run:
            return None
        if env.name in rooms.census.strays:
            self._with_records.add(env.name)
        in_cloud = any(part.ours for part in self._clouds_of(env.name))
        if not namespace.marked_asleep and env.name not in self._with_records and not in_cloud:
            return None
        # Nobody remembers since when, so no wave waits for another.
        goal = Goal(wanted="Awake", now=rooms.clock.now(), holder=self._holder(env.name))
        the_plan = plan(goal, await rooms.census.of(env.name), self._clouds_of(env.name))
        if the_plan.steps:
            log.info("orphan-released", namespace=env.name, writes=len(the_plan.steps))
        outcome = await act(rooms.cluster, rooms.gate, the_plan, again=partial(reconsider, goal), clouds=rooms.clouds)
        if outcome.failures:
            self._with_records.add(env.name)
            if env.name not in self._stuck:
                self._stuck.add(env.name)
                text = "; ".join(str(failure) for failure in outcome.failures)
                self._say_of_namespace(env.name, "WakeFailed", text, warning=True)
            return rooms.clock.now() + _ORPHAN_RETRY
        await self._mark(env, asleep=False)
        self._with_records.discard(env.name)
        self._stuck.discard(env.name)
        if outcome.written and any(step.action == "Wake" for step in the_plan.steps):
            self._say_of_namespace(env.name, "Awake", "no EnvSchedule is in force any more: everything was woken")
        # Where the cloud does not answer, it is asked again; of what is on its way there it tells by itself.
        return rooms.clock.now() + _ORPHAN_RETRY if the_plan.unreachable else None

    async def _mark(self, env: Env, *, asleep: bool) -> bool:
        """Put the label on the namespace before anything sleeps, and take it off before anything wakes."""
        if self._rooms.settings.dry_run or env.namespace is None or env.namespace.marked_asleep == asleep:
            return False
        await self._label(env.name, STATE_LABEL, "asleep" if asleep else None)
        return True

    async def _label(self, namespace: str, key: str, value: str | None) -> None:
        rooms = self._rooms
        body = {"metadata": {"labels": {key: value}}}
        try:
            async with rooms.gate.slot(Urgency.HOLD if value else Urgency.RELEASE):
                reply = await rooms.cluster.merge_patch(paths.namespace(namespace), body)
        except Missing:
            return
        rooms.store.put_namespace(reading.namespace(reply))

    def _superseded(self, env: Env, known: Known, *, by: Known | None) -> None:
        text = f'superseded by EnvSchedule "{by.metadata.name}"' if by is not None else "superseded"
        self._trouble(env, known, reason="Superseded", message=text)

    def _trouble(self, env: Env, known: Known, *, reason: str, message: str) -> None:
        status = troubled_status(
            known.status,
            reason=reason,
            message=message,
            generation=known.metadata.generation,
            now=self._rooms.clock.now(),
            owner=env.namespace.owner if env.namespace is not None else None,
        )
        self._report(env, known, status)

    def _report(self, env: Env, known: Known, status: EnvScheduleStatus) -> None:
        """Have the status written where it differs, and tell what happened."""
        rooms, old, metadata = self._rooms, known.status, known.metadata
        if status == old:
            return
        rooms.store.said(env.name, metadata.name, status, uid=metadata.uid)
        rooms.statuses.offer(env.name, metadata.name, uid=metadata.uid, status=status, before=old)
        regarding = Regarding(API_VERSION, "EnvSchedule", metadata.name, env.name, metadata.uid)
        for word in words(old, status):
            log.info("said", namespace=env.name, reason=word.reason, note=word.note)
            rooms.recorder.post(
                Notice(
                    regarding,
                    word.reason,
                    word.note,
                    action="Reconcile",
                    at=rooms.clock.now(),
                    type="Warning" if word.warning else "Normal",
                )
            )
        if status.state != old.state and status.state in {"Awake", "Asleep"} and old.state in MOVING:
            TRANSITIONS.labels(status.state).inc()
            if old.since is not None and status.since is not None:
                TRANSITION_SECONDS.labels(status.state).observe((status.since - old.since).total_seconds())

    def _say_of_namespace(self, namespace: str, reason: str, note: str, *, warning: bool = False) -> None:
        regarding = Regarding("v1", "Namespace", namespace, namespace)
        kind: Literal["Normal", "Warning"] = "Warning" if warning else "Normal"
        notice = Notice(regarding, reason, note, action="Reconcile", at=self._rooms.clock.now(), type=kind)
        self._rooms.recorder.post(notice)

    def _lateness(self, old: EnvScheduleStatus, decision: Decision, *, wanted: str, now: datetime) -> None:
        due = old.next_transition
        if due is not None and due.to == wanted == decision.state and due.at <= now:
            LATENESS_SECONDS.observe((now - due.at).total_seconds())


def _not_ready(governance: Governance) -> tuple[str, str] | None:
    """Why its schedule is not followed, or the env rests although nobody asked for it."""
    if governance.trouble is not None:
        return governance.trouble
    if governance.paused_by is None or governance.paused_by[0] == "InForce":
        return None
    return governance.paused_by
