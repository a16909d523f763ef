"""One visit to one env: look, decide, plan, act, report. It may end at any point and be begun again from the start."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import structlog

from sundown.cluster.errors import ApiError
from sundown.metrics import LATENESS_SECONDS
from sundown.model.cutting import clip
from sundown.model.env import Env, Known, Namespace
from sundown.model.parts import Workload
from sundown.model.record import sleep_id, that_fit
from sundown.model.resources import OWNER_ZONES, UNREACHED, EnvScheduleStatus
from sundown.model.spec import EnvScheduleSpec, Wanted
from sundown.reconcile import asleep_by
from sundown.reconcile.approvals import needing_two
from sundown.reconcile.disputes import told_of
from sundown.reconcile.ended_overrides import EndedOverrides
from sundown.reconcile.governance import Governance, govern
from sundown.reconcile.in_cloud import carried_out
from sundown.reconcile.in_line import in_turn, since
from sundown.reconcile.memory import AT_REST, by_key
from sundown.reconcile.namespace_marks import NamespaceMarks
from sundown.reconcile.obstacles import Reasons
from sundown.reconcile.orphans import Orphans
from sundown.reconcile.part_verdict import Goal, keepers
from sundown.reconcile.plan import Plan, reconsider, without_forgetting_in_cloud, without_sleep
from sundown.reconcile.plan_execution import act
from sundown.reconcile.referee import Referee
from sundown.reconcile.remaining import are_untold, counted, remaining
from sundown.reconcile.report import Finding, Word, discarded, next_status, state_of, troubled_status
from sundown.reconcile.reporter import Reporter
from sundown.reconcile.rescue import rescue
from sundown.reconcile.revisits import MOVING, next_look
from sundown.reconcile.rooms import Rooms
from sundown.reconcile.savings import after_visit
from sundown.reconcile.settling import Settling
from sundown.reconcile.trials import Trials
from sundown.reconcile.unwritten import Unwritten
from sundown.reconcile.woken_at_night import Seen, Wakers
from sundown.reconcile.workload_steps import as_written
from sundown.schedule.decision import Circumstances, Decision, decide, is_as_decided
from sundown.schedule.lint import doubts
from sundown.schedule.owners import parse_owner_zones
from sundown.sleepers.chosen_rows import mistaken_patches, rows_for, uncatalogued, unserved
from sundown.sleepers.cluster_rows import NOTHING_ADDED, Added
from sundown.sleepers.kinds import unknown_kinds
from sundown.sleepers.night_revisions import Histories
from sundown.sleepers.other_kinds import Others

log = structlog.get_logger(__name__)

_TOLD = 300

_ORPHAN_RETRY = timedelta(seconds=20)


class Visitor:
    """Visits envs. Knows nothing of when; ``visit`` answers with the moment at which it wants to come again."""

    def __init__(self, rooms: Rooms) -> None:
        self._rooms = rooms
        self._marks = NamespaceMarks(rooms.cluster, rooms.gate, rooms.store, rooms.clock, made=rooms.made)
        self._reporter = Reporter(rooms.store, rooms.statuses, rooms.recorder, rooms.clock)
        self._reasons = Reasons(rooms.cluster)
        self._referee = Referee(rooms.cluster, rooms.clock)
        self._wakers = Wakers(rooms, self._referee, self._reporter)
        self._trials = Trials(rooms.cluster, rooms.gate)
        self._unwritten = Unwritten()
        self._ended = EndedOverrides(rooms)
        self._histories = Histories(rooms.cluster, rooms.gate)
        self._orphans = Orphans(rooms, self._marks, self._reporter, self._histories)
        self._settling = Settling(rooms, self._marks, self._reporter)

    async def visit(self, name: str) -> datetime | None:
        """Bring one env to where it should be.

        Raises:
            ApiError: when the API server could not be asked; nothing is half-done that the next visit would not finish.
        """
        env = self._rooms.store.env(name)
        governance = govern(env, settings=self._rooms.settings)
        try:
            if self._rooms.settings.dry_run:
                return await self._look(env, governance)
            again = await self._settling.settle(env, governance)
            over = await self._take_out_what_is_over(env, governance)
            look = await self._look(env, governance)
            retired = await self._settling.retire(env, governance)
            return min((at for at in (again, over, look, retired) if at is not None), default=None)
        except ApiError:
            raise
        except Exception as error:
            # A fault of ours must not look like peace to whoever waits for this env.
            if governance.in_force is not None:
                text = f"Sundown failed to think about this environment ({type(error).__name__}: {error}); its log has more"
                latest = self._latest(governance.in_force)
                self._trouble(env, latest, reason="InternalError", message=clip(text, _TOLD))
            raise

    async def _take_out_what_is_over(self, env: Env, governance: Governance) -> datetime | None:
        known = governance.in_force
        if known is None or governance.trouble is not None:
            self._ended.forget(env.name)
            return None
        circumstances = self._circumstances(known, governance, now=self._rooms.clock.now())
        return await self._ended.take_out(env, known, circumstances)

    async def _look(self, env: Env, governance: Governance) -> datetime | None:
        rooms, name = self._rooms, env.name
        for known in governance.superseded:
            self._superseded(env, known, by=governance.in_force)
        if governance.in_force is None:
            self._referee.forget(name)
            self._trials.forget(name)
            self._unwritten.forget(name)
            self._wakers.forget(name)
            self._reasons.forget(name)
            if not governance.release:
                self._marks.forget(name)
                self._histories.forget(name)
                rooms.wakes.leave(name)
            return await self._orphans.release(env) if governance.release else None
        if governance.trouble is not None:
            rescued = rescue(governance, now=rooms.clock.now())
            if rescued is None:
                self._wakers.forget(name)
                reason, message = governance.trouble
                self._trouble(env, governance.in_force, reason=reason, message=message)
                return None
            governance = rescued
        return await self._governed(env, governance)

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
        memory = replace(rooms.memory_of(env, known), unwritten=self._unwritten.of(env.name))
        sleep = memory.sleep or sleep_id(now)
        # Records without a mark are bound to this sleep before anything else names it: or they would look like old ones.
        early = wanted == "Asleep" and not memory.unmarked
        added = await rooms.cluster_rows.added() if uncatalogued(spec.workloads) else NOTHING_ADDED
        noted = asleep_by.noted(env.namespace, {kind for kind, *_ in memory.records})
        rows = noted.beside(rows_for(spec.workloads, sorted(noted.recorded), added=added.rows))
        looks = {"patient": on_its_way, "written": old.state in MOVING}
        self._wakers.begin(env.name, asleep=wanted == "Asleep")
        marked, found, others = await asyncio.gather(
            self._marks.put(env, sleep) if early else _nothing(),
            rooms.census.found(env.name, **looks),
            rooms.others.of(env.name, rows, **looks, resting=wanted == "Asleep" and known.slept),
        )
        workloads = await self._counted(env.name, old, (*found.workloads, *others.workloads))
        goal = Goal(
            wanted=wanted,
            now=now,
            selection=spec.workloads,
            since=since(rooms.wakes, env.name, old, wanted=wanted, now=now),
            timeout=spec.waves.timeout,
            cloud=spec.aws.enabled,
            holder=rooms.holder(env.name),
            memory=memory,
            sleep=sleep,
            unlisted=others.unlisted,
            unanswered=others.unanswered,
            unserved=unserved(spec.workloads, others.absent, added=added.rows),
            left_hidden=noted.hidden(others),
            keepers=keepers(workloads, selection=spec.workloads, now=now),
        )
        make = partial(self._referee.plan, env.name, workloads=workloads, clouds=rooms.clouds_of(env.name))
        goal, the_plan = await self._trials.plan(env.name, goal, make, frozen=rooms.settings.dry_run)
        the_plan = in_turn(rooms.wakes, env.name, the_plan, old=old, decision=decision, dry_run=dry_run, now=now)
        # Should the schedule go before they are all woken, this is how anybody knows who lost the namespace's mark too.
        self._orphans.note(env.name, sleepers=the_plan.sleepers, rows=rows)
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
            remark=self._remark(env, spec, known, plan=the_plan, others=others, added=added),
            not_ready=_not_ready(governance),
            fought=(*await self._referee.told(env.name, the_plan), *self._fought(env, known)),
            obstacles=await self._reasons.of(env.name, the_plan, among=workloads, old=old, now=now),
            sleep=sleep if wanted == "Asleep" or (the_plan.unknown and not memory.unmarked) else memory.sleep,
            mark_trouble=self._marks.trouble(env, asleep=wanted == "Asleep"),
            needs_approval=needing_two(env),
        )
        finding = replace(finding, savings=after_visit(old, finding, spec, circumstances))
        finding = await self._arrived(env.name, old, finding=finding, goal=goal, workloads=workloads)
        status = next_status(old, finding)
        self._unwritten.planned(env.name, the_plan, workloads, at_rest=memory.at_rest)
        self._reporter.report(env, known, status)
        await self._wakers.looked(
            known,
            finding,
            Seen(spec.workloads, others, workloads, found.began, partial(is_as_decided, decision, spec, circumstances)),
            memory=memory,
            status=status,
        )
        if rooms.settings.dry_run:
            return next_look(status, old=old, finding=finding, acted=False, now=rooms.clock.now())
        if status.asleep_since is None and env.namespace is not None and _is_said_to_sleep(env.namespace):
            await self._reporter.acknowledged(env, known, status)
            await self._marks.take_off(env)
        the_plan = without_sleep(the_plan) if finding.kept_awake else the_plan
        the_plan = await self._with_room_to_forget(env, known, the_plan=the_plan, status=status)
        if any(step.action in {"Sleep", "Remember"} for step in the_plan.steps) or (wanted == "Asleep" and not early):
            await self._reporter.acknowledged(env, known, status)
            marked = await self._marks.put(env, sleep) or marked
        await self._marks.note(env, noted.to_say(rows, the_plan.records, others, wanted=wanted))
        trouble = self._marks.trouble(env, asleep=wanted == "Asleep")
        if trouble != finding.mark_trouble:
            finding = replace(finding, mark_trouble=trouble)
            status = self._say_again(env, known, finding)
            the_plan = without_sleep(the_plan) if finding.kept_awake else the_plan
        if not the_plan.steps:
            # What came between the look and the label on the namespace is seen by another look.
            return next_look(status, old=old, finding=finding, acted=marked, now=rooms.clock.now())
        return await self._carry_out(env, known, goal=goal, the_plan=the_plan, finding=finding, status=status)

    async def _counted(
        self, name: str, old: EnvScheduleStatus, workloads: tuple[Workload, ...]
    ) -> tuple[Workload, ...]:
        """A wave is gone when its pods are, and not before: of what does not tell its own they are counted."""
        if old.state != "FallingAsleep" or not are_untold(workloads):
            return workloads
        tally = await self._rooms.leftovers.of(name)
        return counted(workloads, tally) if tally is not None else workloads

    async def _arrived(
        self, name: str, old: EnvScheduleStatus, *, finding: Finding, goal: Goal, workloads: tuple[Workload, ...]
    ) -> Finding:
        """What there is to find out, and to leave in order, where an env is what it should be."""
        state = state_of(old, finding)
        await self._histories.tidy(name, workloads, awake=state in AT_REST and not finding.dry_run)
        if not state == "Asleep" != old.state:
            return finding
        tally = await self._rooms.leftovers.of(name)
        return replace(finding, still_running=remaining(tally, workloads, goal) if tally is not None else None)

    async def _with_room_to_forget(self, env: Env, known: Known, *, the_plan: Plan, status: EnvScheduleStatus) -> Plan:
        """The plan once the API server has forgotten too what is to lose its tags; as long as it cannot, less that."""
        if not the_plan.forgets_in_cloud:
            return the_plan
        try:
            await self._reporter.acknowledged(env, known, status)
        except ApiError:
            rest = without_forgetting_in_cloud(the_plan)
            if not rest.steps:
                raise
            return rest
        return the_plan

    async def _carry_out(
        self, env: Env, known: Known, *, goal: Goal, the_plan: Plan, finding: Finding, status: EnvScheduleStatus
    ) -> datetime | None:
        """Make the steps of a plan of which everything is said that has to be said before, and tell how it went."""
        rooms, old = self._rooms, known.status
        rooms.others.forget(env.name)
        self._unwritten.tried(env.name, the_plan)
        outcome = await act(
            rooms.cluster,
            rooms.gate,
            the_plan,
            again=partial(reconsider, goal, known=by_key(status.records)),
            clouds=rooms.clouds,
            policies=rooms.policies,
        )
        self._unwritten.left(env.name, outcome.unwritten)
        self._referee.written(env.name, the_plan, failures=outcome.failures)
        self._trials.note(env.name, goal.sleep, outcome.not_kept)
        for text in discarded(the_plan, failures=outcome.failures):
            self._reporter.say(known, Word("RecordDiscarded", text, warning=True))
        # A person has stopped it before: remembered, it would be started in the morning.
        left = tuple(record for record in the_plan.records if record.uid not in outcome.spared)
        left = as_written(carried_out(left, arns=outcome.stopped), outcome.made)
        finding = replace(finding, plan=replace(the_plan, records=left))
        if left != the_plan.records or (outcome.failures and not outcome.put_off):
            finding = replace(finding, failures=outcome.failures)
            status = self._say_again(env, known, finding)
        if outcome.put_off:
            return rooms.clock.now()
        return next_look(status, old=old, finding=finding, acted=True, now=rooms.clock.now())

    def _say_again(self, env: Env, known: Known, finding: Finding) -> EnvScheduleStatus:
        """Report what has been found out since: what was said before has not been sent yet or is about to be replaced."""
        latest = self._latest(known)
        status = next_status(latest.status, finding)
        self._reporter.report(env, latest, status)
        return status

    def _latest(self, known: Known) -> Known:
        """The same schedule, with what was said of it last."""
        said = self._rooms.store.env(known.metadata.namespace).schedules
        return next((one for one in said if one.metadata.uid == known.metadata.uid), known)

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
            env=known.metadata.namespace,
            unverified=not self._rooms.vouches(status),
        )

    def _remark(
        self, env: Env, spec: EnvScheduleSpec, known: Known, *, plan: Plan, others: Others, added: Added
    ) -> str:
        remarks = [str(doubt) for doubt in doubts(spec)]
        _, bad = parse_owner_zones(known.metadata.annotations.get(OWNER_ZONES, ""))
        if bad:
            remarks.append(f"annotation {OWNER_ZONES}: {', '.join(bad)}")
        remarks += [str(unknown) for unknown in unknown_kinds(spec.workloads, added=added.rows)]
        remarks += [str(mistake) for mistake in added.mistakes]
        remarks += [str(mistake) for mistake in mistaken_patches(spec.workloads)]
        remarks += (*others.remarks, *self._wakers.unheard(spec.workloads, others.listed))
        remarks += [f"left alone: {refused}" for refused in plan.refused]
        remembered, all_of_them = len(that_fit(plan.records)), len(plan.records)
        if remembered < all_of_them:
            remarks.append(
                f"status.records has room for {remembered} of {all_of_them} records: the rest stand on the workloads alone"
            )
        if self._rooms.clouds is not None:
            remarks += [f"left alone: {slip}" for slip in self._rooms.clouds.meant_for(env.name)]
        unreached = known.metadata.annotations.get(UNREACHED)
        remarks += [f"Slack: {clip(unreached, 600)}"] if unreached else []
        return "; ".join(remarks)

    def _fought(self, env: Env, known: Known) -> tuple[str, ...]:
        """What is said of who takes back what is written beside the workloads."""
        by = self._rooms.statuses.fought_by(known)
        what = f"the status of EnvSchedule {known.metadata.name} is set back"
        return (*self._marks.fought(env.name), *((told_of(what, by),) if by is not None else ()))

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
        self._reporter.report(env, known, status)

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


def _is_said_to_sleep(space: Namespace) -> bool:
    return space.marked_asleep or bool(space.asleep_by)


async def _nothing() -> bool:
    return False
