"""The task that keeps Slack in step with the envs: it looks at an env when it changes, and when its next notice is due."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import structlog

from sundown.backoff import Backoff
from sundown.cluster.client import Cluster
from sundown.cluster.errors import ApiError, Conflict
from sundown.errors import SundownError
from sundown.frontdesk.alerts import owner_zones
from sundown.frontdesk.alerts.channel_backoff import SlackTrouble
from sundown.frontdesk.alerts.delivery import Delivery
from sundown.frontdesk.alerts.marks import Marks, Waiting
from sundown.frontdesk.alerts.marks_store import ClusterLedger
from sundown.frontdesk.alerts.notice import Others, Plan, others
from sundown.frontdesk.alerts.plan import applies, closing, overlooked, plan
from sundown.frontdesk.alerts.reaching import Reaching
from sundown.frontdesk.alerts.recipients import Reached, Recipients
from sundown.frontdesk.envs.mirror import Board
from sundown.frontdesk.envs.snapshot import Standing, standing
from sundown.frontdesk.people.people import People
from sundown.frontdesk.wishes.actions import Done
from sundown.frontdesk.wishes.click_load import LONGEST, Rush
from sundown.model.scalars import OWNER_ZONE
from sundown.schedule.clock import Clock
from sundown.usecases.find import Found

log = structlog.get_logger(__name__)

_AT_ONCE = 16
_AGAIN = Backoff(3.0, longest=60.0)
_STILL_UNSURE = timedelta(minutes=1)
_SOON = timedelta(milliseconds=50)
_UNSURE = timedelta(seconds=8)
"""When to ask again who is to be told, after Slack did not say so of everybody."""
_BEING_NOTED = timedelta(seconds=10)
"""For so long after a wish the one who carried it out may still be noting who waits for it."""
ZONES_PERIOD = timedelta(hours=1)
"""So often owners' zones are asked for again, should Slack not have told that one has changed."""
_A_FEW = 9


@dataclass(frozen=True, slots=True)
class _Seen:
    """An env as it was looked at last."""

    found: Found
    standing: Standing
    channel: str

    @property
    def for_neighbours(self) -> tuple[object, ...]:
        """What the notices of other envs say of this one."""
        now = self.standing
        return now.shutdown_at, now.prolonged, now.runs, now.silent, self.channel


class Reminding:
    """Looks at envs, many at once and each by itself: what hinders one hinders no other."""

    def __init__(
        self,
        *,
        cluster: Cluster,
        board: Board,
        clock: Clock,
        people: People,
        recipients: Recipients,
        delivery: Delivery,
        ledger: ClusterLedger,
        rush: Rush,
    ) -> None:
        self._cluster = cluster
        self._board = board
        self._clock = clock
        self._people = people
        self._recipients = recipients
        self._delivery = delivery
        self._reaching = Reaching(cluster, recipients=recipients, patience=delivery.patience)
        self._ledger = ledger
        self._rush = rush
        self._due: dict[str, datetime] = {}
        self._looking: dict[str, asyncio.Task[None]] = {}
        self._seen: dict[str, _Seen] = {}
        self._failures: dict[str, int] = {}
        self._limit = asyncio.Semaphore(_AT_ONCE)
        self._some = asyncio.Event()

    async def run(self) -> None:
        """Look at everything that there is, and then at what changes, until cancelled."""
        await self._board.complete.wait()
        for found in self._board.envs:
            self.look_at(found.namespace)
        try:
            while True:
                self._begin()
                await self._sleep()
        finally:
            for task in self._looking.values():
                task.cancel()
            await asyncio.gather(*self._looking.values(), return_exceptions=True)

    def look_at(self, namespace: str, at: datetime | None = None) -> None:
        """Have an env looked at, now or later; an earlier look that was asked for stays."""
        at = at or self._clock.now()
        known = self._due.get(namespace)
        if known is None or at < known:
            self._due[namespace] = at
            self._some.set()

    async def changed(self, namespace: str) -> None:
        """Something is different in a namespace."""
        if self._board.complete.is_set():
            self.look_at(namespace)

    def people_changed(self) -> None:
        """Somebody's profile, or who is in a group, has changed: owners and their zones may be others."""
        self._recipients.forget()
        for found in self._board.envs:
            if found.known.schedule is not None and found.known.schedule.spec.time_zone == OWNER_ZONE:
                self.look_at(found.namespace)

    def channels_changed(self) -> None:
        """A channel was renamed, archived, made or deleted: the one that a schedule names may be another, or none."""
        self._recipients.forget_channels()
        for found in self._board.envs:
            if self._recipients.channel_name(found):
                self.look_at(found.namespace)

    async def report(self, done: Done, *, found: Found) -> None:
        """Remember that somebody asked for an env to wake, and where they are told when it is awake.

        Raises:
            ApiError, SlackTrouble: it could not be noted; a later look may find out by itself.
        """
        at = done.answer.override.at if done.answer.override is not None else None
        if at is None or done.answer.decision.state != "Awake" or done.answer.changes_nothing:
            return
        status = found.known.status
        seen = status.observed_generation >= done.answer.generation
        woken = seen and status.since is not None and status.since >= at
        if status.state == "Awake" and not woken:
            return
        to = done.wanted.channel or await self._recipients.direct(done.wanted.person)
        await self._ledger.wait(found, Waiting(to=to, by=done.wanted.person.id, at=at), believed=self._believed)

    def _begin(self) -> None:
        now = self._clock.now()
        due = now - LONGEST if self._rush.over_at is not None else now
        for namespace in [name for name, at in self._due.items() if at <= due and name not in self._looking]:
            del self._due[namespace]
            self._looking[namespace] = asyncio.create_task(self._visit(namespace), name=f"notices of {namespace}")

    async def _sleep(self) -> None:
        """Until something is to be looked at."""
        waiting = [at for name, at in self._due.items() if name not in self._looking]
        over = self._rush.over_at
        first = min(waiting, default=None)
        if first is not None and over is not None:
            first = max(first, min(over, first + LONGEST))
        left = (first - self._clock.now()).total_seconds() if first is not None else None
        try:
            async with asyncio.timeout(max(left, 0.0) if left is not None else None):
                await self._some.wait()
        except TimeoutError:
            pass
        self._some.clear()

    async def _visit(self, namespace: str) -> None:
        again: datetime | None = None
        try:
            async with self._limit:
                again = await self._look(namespace)
            self._failures.pop(namespace, None)
        except Conflict:
            again = self._clock.now() + _SOON
        except SundownError as error:
            again = self._after_failure(namespace)
            log.warning("notices-delayed", namespace=namespace, reason=error.reason, error=str(error))
        except Exception:
            # One env that cannot be looked at must not end the reminders of all others.
            again = self._after_failure(namespace)
            log.exception("notices-failed", namespace=namespace)
        finally:
            self._looking.pop(namespace, None)
            if again is not None:
                self.look_at(namespace, again)
            self._some.set()

    def _after_failure(self, namespace: str) -> datetime:
        failures = self._failures[namespace] = self._failures.get(namespace, 0) + 1
        return self._clock.now() + _AGAIN.span(failures)

    async def _look(self, namespace: str) -> datetime | None:
        found = self._board.env(namespace)
        before = self._seen.get(namespace)
        if before is not None and (found is None or found.known.metadata.uid != before.found.known.metadata.uid):
            del self._seen[namespace]
            self._reaching.forget(namespace)
            await self._delivery.close(before.found, partial(closing, before.standing))
        if found is None:
            return None
        now = self._clock.now()
        where = standing(found, now=now, vouched=self._delivery.belief.is_vouched_for)
        marks, _ = self._delivery.belief.of(found)
        self._note(_Seen(found, where, self._recipients.channel_name(found)))
        later = [await self._zones(found, now=now)]
        if overlooked(where, marks, now=now) and self._delivery.belief.is_vouched_for(found):
            later.append(await self._wait_for(found, where, now=now))
        reached: Reached | None = None
        if marks.messages or applies(where, now=now):
            reached = await self._recipients.of(found)
            if reached.unsure:
                later.append(now + _UNSURE)
        look_at = await self._delivery.look(found, lambda one, its: self._plan(one, its, reached or Reached(())))
        if where.silent is None:
            await self._reaching.say(found, reached=reached, doubt=self._delivery.belief.doubt(found))
        return min((at for at in (look_at, *later) if at is not None), default=None)

    def _plan(self, found: Found, marks: Marks, reached: Reached) -> Plan:
        now = self._clock.now()
        where = standing(found, now=now, vouched=self._delivery.belief.is_vouched_for)
        return plan(
            where, marks, reached.places, now=now, unsure=reached.unsure, others=self._others(found, where, now=now)
        )

    def _others(self, found: Found, where: Standing, *, now: datetime) -> Others:
        channel = self._recipients.channel_name(found)
        if not channel or where.shutdown_at is None or not applies(where, now=now):
            return Others()
        there = (seen.standing for seen in self._seen.values() if seen.channel == channel)
        return others(where.namespace, there, by=where.shutdown_at, now=now)

    def _note(self, seen: _Seen) -> None:
        """Remember how an env is, and have its neighbours say so where there are few."""
        before = self._seen.get(seen.standing.namespace)
        self._seen[seen.standing.namespace] = seen
        if before is not None and before.for_neighbours == seen.for_neighbours:
            return
        near = [one for one in self._seen.values() if one.channel and one.channel == seen.channel]
        if len(near) <= _A_FEW:
            for one in near:
                if one.standing.namespace != seen.standing.namespace and _announced(self._believed(one.found)):
                    self.look_at(one.standing.namespace)

    def _believed(self, found: Found) -> Marks:
        return self._delivery.belief.of(found)[0]

    async def _zones(self, found: Found, *, now: datetime) -> datetime | None:
        """Keep the owners' zones as Slack has them; when to ask again."""
        schedule = found.known.schedule
        if schedule is None or schedule.spec.time_zone != OWNER_ZONE:
            return None
        owners = await self._recipients.owners(found)
        zones = owner_zones.wanted(found, owners)
        if zones is not None:
            await owner_zones.write(self._cluster, found, zones)
        return now + (_STILL_UNSURE if owners.unsure else ZONES_PERIOD)

    async def _wait_for(self, found: Found, where: Standing, *, now: datetime) -> datetime | None:
        """Note what a frontdesk that ended right after a wish did not come to note; when to look whether it has."""
        asked = where.asked
        if asked is None or asked.at is None or asked.by is None:
            return None
        if now < asked.at + _BEING_NOTED:
            return asked.at + _BEING_NOTED
        try:
            person = await self._people.by_email(asked.by)
            to = await self._recipients.direct(person)
        except (SlackTrouble, SundownError) as error:
            if isinstance(error, ApiError):
                raise
            log.info("nobody-to-report-to", namespace=found.namespace, error=str(error))
            return None
        await self._ledger.wait(found, Waiting(to=to, by=person.id, at=asked.at), believed=self._believed)
        return None


def _announced(marks: Marks) -> bool:
    return any(mark.what == "stop" for mark in marks.messages)
