"""The task that keeps Slack in step with what is wrong in the cluster: it looks where something is different, and when it is time."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from sundown.backoff import Backoff
from sundown.cluster.errors import ApiError, Conflict
from sundown.errors import SundownError
from sundown.frontdesk.envs.mirror import Board
from sundown.frontdesk.incidents import storm
from sundown.frontdesk.incidents.choices import Choices
from sundown.frontdesk.incidents.incident import MOST_OPEN, Book, Digest, Incident
from sundown.frontdesk.incidents.judging import judge
from sundown.frontdesk.incidents.mirror import Mirror, Place
from sundown.frontdesk.incidents.sights import GONE
from sundown.frontdesk.incidents.teller import Teller
from sundown.frontdesk.incidents.telling import Tellings, meant, settled, tellings
from sundown.frontdesk.metrics import ALERTS_CLOSED, ALERTS_OPENED, ALERTS_SUPPRESSED
from sundown.schedule.clock import Clock

log = structlog.get_logger(__name__)

_TOGETHER = 0.25
"""What comes within so many seconds is looked at together, for much of it has one cause."""
_RETRY = timedelta(seconds=3)
_AGAIN = Backoff(3.0, longest=60.0)
_MOST_NOTES = 50_000
_AT_ONCE = 200

_Thing = tuple[str, str, str]
"""A kind of alert, and the namespace and name of what it looks at."""


class Remembers(Protocol):
    """Where incidents are remembered. Each raises ApiError."""

    async def read(self, *, now: datetime) -> Book:
        """What is remembered."""
        ...

    async def write(self, book: Book) -> None:
        """Remember it. Raises Conflict: somebody else has written since."""
        ...


@dataclass(slots=True)
class _Due:
    """When to look where, though nothing changes."""

    at: dict[Place, datetime] = field(default_factory=dict)
    telling: datetime | None = None

    def taken(self, now: datetime) -> list[Place]:
        found = [place for place, at in self.at.items() if at <= now]
        for place in found:
            del self.at[place]
        return found

    @property
    def first(self) -> datetime | None:
        return min((*self.at.values(), *([self.telling] if self.telling is not None else [])), default=None)


class Alerting:
    """Judges what is seen, remembers it, and tells it. One look at a time: all of it is one object."""

    def __init__(
        self,
        *,
        mirror: Mirror,
        store: Remembers,
        board: Board,
        choices: Choices,
        clock: Clock,
        teller: Teller,
    ) -> None:
        self._mirror = mirror
        self._store = store
        self._board = board
        self._choices = choices
        self._clock = clock
        self._teller = teller
        self._book = Book(began=clock.now())
        self._kept = self._book
        self._due = _Due()
        self._unkept: dict[_Thing, dict[str, str]] = {}
        self._suppressed: dict[_Thing, dict[str, str]] = {}
        self._changed: set[str] = set()
        self._failures = 0

    async def run(self, complete: Awaitable[None]) -> None:
        """Look at everything once it is all there, and then at what changes, until cancelled."""
        await self._until_it_works(self.begin)
        await complete
        await self._board.complete.wait()
        self.touch()
        while True:
            await self._until_something()
            await asyncio.sleep(_TOGETHER)
            await self.look_until_it_works()

    @property
    def is_due(self) -> bool:
        """Whether there is something to look at though nothing has changed."""
        return self._due.first is not None and self._due.first <= self._clock.now()

    async def look_until_it_works(self) -> None:
        """Look, and again where others write, or the API server is away."""
        await self._until_it_works(self.look)

    async def changed(self, namespace: str) -> None:
        """Something is different with the environment in a namespace."""
        self.notice(namespace)

    def notice(self, namespace: str) -> None:
        """The same, for whoever does not wait."""
        self._changed.add(namespace)
        self._mirror.some.set()

    async def begin(self) -> None:
        """Read what is remembered.

        Raises:
            ApiError: it cannot be read, or not be written.
        """
        self._book = self._kept = await self._store.read(now=self._clock.now())
        await self._store.write(self._book)

    def touch(self, wanted: Callable[[Place], bool] = lambda _place: True) -> None:
        """Have places looked at where something is, or was."""
        known = (_place(one, self._choices) for one in self._book.incidents.values())
        for place in (*self._mirror.places(), *known):
            if place is not None and wanted(place):
                self._mirror.touch(place)

    async def _until_something(self) -> None:
        first = self._due.first
        left = max((first - self._clock.now()).total_seconds(), 0.0) if first is not None else None
        try:
            async with asyncio.timeout(left):
                await self._mirror.some.wait()
        except TimeoutError:
            pass

    async def _until_it_works(self, work: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await work()
            except Conflict:
                # Another frontdesk, which is about to end, or a person. What they wrote counts.
                self._book = self._kept = await self._again()
                self.touch()
            except SundownError as error:
                log.warning("alerts-delayed", reason=error.reason, error=str(error))
                await self._wait()
            else:
                self._failures = 0
                return

    async def _again(self) -> Book:
        while True:
            try:
                return await self._store.read(now=self._clock.now())
            except ApiError as error:
                log.warning("alerts-delayed", reason=error.reason, error=str(error))
                await self._wait()

    async def _wait(self) -> None:
        self._failures += 1
        await asyncio.sleep(_AGAIN.after(self._failures))

    async def look(self) -> None:
        """Judge what has changed, and tell what is to be told.

        Raises:
            Conflict: somebody else has written what is remembered.
            ApiError: it cannot be written.
        """
        now = self._clock.now()
        if self._changed:
            changed, self._changed = self._changed, set()
            self.touch(lambda place: place.namespace in changed)
        before: dict[_Thing, list[Incident]] = defaultdict(list)
        for one in self._book.incidents.values():
            before[one.kind, one.namespace, one.name].append(one)
        for number, place in enumerate(dict.fromkeys((*self._mirror.taken(), *self._due.taken(now)))):
            try:
                self._judge(place, before, now=now)
            except Exception:
                # What cannot be judged must not end the alerts about all else.
                log.exception("alert-failed", namespace=place.namespace, name=place.name)
            if number % _AT_ONCE == _AT_ONCE - 1:
                await asyncio.sleep(0)
        self._book = storm.gather(self._book, now=now)
        self._book = storm.overflow(self._book, more=len(self._unkept), now=now)
        self._book = storm.close(self._book, now=now, more=len(self._unkept))
        await self._tell()

    def _judge(self, place: Place, before: Mapping[_Thing, list[Incident]], *, now: datetime) -> None:
        thing = self._mirror.at(place)
        for row in self._choices.rows.values():
            if row.watches != place.watches:
                continue
            about = (row.name, place.namespace, place.name)
            view = row.see(thing, now) if thing is not None else GONE
            known = before.get(about, [])
            if not (known or view.sights or view.inhibited):
                self._note(self._suppressed, about, {})
                self._note(self._unkept, about, {})
                continue
            around = self._choices.around(row, place.namespace, self._board, began=self._book.began, now=now)
            verdict = judge(row, (place.namespace, place.name), known, view, around, now=now)
            self._note(self._suppressed, about, dict(verdict.suppressed))
            self._take_in(about, known, verdict.kept)
            self._book = self._book.drop(*verdict.forgotten) if verdict.forgotten else self._book
            if verdict.look_at is not None:
                there = self._due.at.get(place)
                self._due.at[place] = min(there, verdict.look_at) if there is not None else verdict.look_at

    def _take_in(self, about: _Thing, before: Iterable[Incident], kept: Iterable[Incident]) -> None:
        known = {one.key: one for one in before}
        unkept: dict[str, str] = {}
        for one in kept:
            was = known.get(one.key)
            if was is None and len(self._book.incidents) >= MOST_OPEN:
                unkept[one.part] = "too many"
                continue
            if one.is_open and (was is None or was.pending):
                ALERTS_OPENED.labels(one.kind).inc()
                log.info("alert-opened", kind=one.kind, namespace=one.namespace, name=one.name, part=one.part)
            if one.ended:
                ALERTS_CLOSED.labels(one.kind, one.ended).inc()
                log.info("alert-closed", kind=one.kind, namespace=one.namespace, name=one.name, how=one.ended)
            self._book = self._book.put(one)
        self._note(self._unkept, about, unkept)

    def _note(self, notes: dict[_Thing, dict[str, str]], about: _Thing, parts: dict[str, str]) -> None:
        """Keep which parts of a thing are not told, and why. Each is counted once for as long as it is so."""
        before = notes.pop(about, {})
        for part, why in parts.items():
            if part not in before:
                ALERTS_SUPPRESSED.labels(about[0], why).inc()
        if parts and len(notes) < _MOST_NOTES:
            notes[about] = parts

    async def _tell(self) -> None:
        now = self._clock.now()
        plan = tellings(self._book, self._choices.rows, now=now, more=len(self._unkept))
        self._forget(plan)
        steps, _ = await self._teller.possible(plan.steps)
        now = self._clock.now()
        begun = [meant(step, channel=channel, now=now) for step, channel in steps if step.do == "post"]
        self._book = self._book.put(*begun)
        await self._remember()
        done = await asyncio.gather(*(self._teller.do(step, channel, now=now) for step, channel in steps))
        for (step, _), result in zip(steps, done, strict=True):
            self._book, over = settled(self._book, step, result, now=now)
            if over is not None:
                self._look_again(over)
        await self._remember()
        left = tellings(self._book, self._choices.rows, now=self._clock.now(), more=len(self._unkept))
        soon, looks = await self._teller.possible(left.steps)
        if soon or left.done:
            well = all(not (result.missed or result.unknown) for result in done)
            looks.append(self._clock.now() + (timedelta(0) if well else _RETRY))
        self._make_room()
        self._due.telling = min((at for at in (left.look_at, *looks) if at is not None), default=None)

    def _forget(self, plan: Tellings) -> None:
        self._book = self._book.drop(*plan.done) if plan.done else self._book
        for one in plan.done:
            self._look_again(one)

    def _look_again(self, told: Incident | Digest) -> None:
        """What is told for good may be wrong again by now."""
        place = _place(told, self._choices) if isinstance(told, Incident) else None
        if place is not None:
            self._mirror.touch(place)

    def _make_room(self) -> None:
        """Where there is room again, look at what there was none for."""
        room = MOST_OPEN - len(self._book.incidents)
        for kind, namespace, name in list(self._unkept)[: max(room, 0)]:
            self._mirror.touch(Place(self._choices.rows[kind].watches, namespace, name))

    async def _remember(self) -> None:
        """Write what is to be remembered, unless nothing of it is different but what the next look sees again."""
        if _lasting(self._book) != _lasting(self._kept):
            await self._store.write(self._book)
            self._kept = self._book


def _place(incident: Incident, choices: Choices) -> Place | None:
    row = choices.rows.get(incident.kind)
    return Place(row.watches, incident.namespace, incident.name) if row is not None else None


def _lasting(book: Book) -> tuple[object, ...]:
    """What has to be written: all but what changes with every look and is seen again."""
    passing: dict[str, object] = {"well_since": None, "facts": {}, "count": 0}
    return (
        book.began,
        {key: one.model_copy(update={**passing, "latest": one.latest}) for key, one in book.incidents.items()},
        dict(book.digests),
    )
