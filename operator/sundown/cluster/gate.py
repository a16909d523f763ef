"""The limit on writes in flight over all envs, with the urgent ones first, and no env in the way of all others."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from enum import IntEnum


class Urgency(IntEnum):
    """Who goes first where many wait: what people wait for, then what nobody waits for, then what tells them about it."""

    WAKE = 0
    RELEASE = 1
    """The label that comes off a namespace before anything in it wakes."""
    SLEEP = 2
    RECORD = 3
    """What wakes an env, where it has to stand before anything in it sleeps."""
    HOLD = 4
    """The label that goes on before anything sleeps."""
    STATUS = 5
    EVENT = 6


_AHEAD = ((Urgency.WAKE, (Urgency.RELEASE,)), (Urgency.SLEEP, (Urgency.RECORD, Urgency.HOLD)))
"""Workloads, and what has to be written before them; an env that is labelled goes on before others are."""
_BEHIND = (Urgency.STATUS, Urgency.EVENT)

NOBODYS = ""
"""Whose writes are that belong to no env; they are not held back for the others' sake."""
TURN = 64
"""So many writes of an env go in a row while another waits: all of an env of usual size, so that it is through soon."""

ENOUGH = 32
"""While so many envs have workloads that wait for their turn, hardly any more are labelled: each would have a task a workload."""


class _Line:
    """Who waits with one urgency: env by env as they came, and an env with very many writes again and again at the end."""

    def __init__(self) -> None:
        self._waiting: dict[str, deque[asyncio.Future[None]]] = {}
        self._gone: Counter[str] = Counter()

    def join(self, whose: str, turn: asyncio.Future[None]) -> None:
        self._waiting.setdefault(whose, deque()).append(turn)

    @property
    def envs(self) -> int:
        """How many wait, at most."""
        return len(self._waiting)

    def first(self, may: Callable[[str], bool]) -> str | None:
        """Whose turn it is, of those who may go."""
        empty: list[str] = []
        found = None
        for whose, turns in self._waiting.items():
            while turns and turns[0].done():
                turns.popleft()  # who gave up waiting
            if not turns:
                empty.append(whose)
            elif may(whose):
                found = whose
                break
        for whose in empty:
            self._forget(whose)
        return found

    def take(self, whose: str) -> asyncio.Future[None]:
        """The oldest of its writes, as ``first`` has found it."""
        turns = self._waiting[whose]
        turn = turns.popleft()
        self._gone[whose] += 1
        if not turns:
            self._forget(whose)
        elif self._gone[whose] >= TURN:
            self._forget(whose)
            self._waiting[whose] = turns
        return turn

    def _forget(self, whose: str) -> None:
        del self._waiting[whose]
        self._gone.pop(whose, None)


class Gate:
    """At most ``width`` writes at once; the most urgent of those that wait goes next, and the oldest env among equals.

    No env holds more than half of the width, or one whose writes hang would stop all others; and one of ten thousand
    workloads takes turns with them.

    Of a thousand envs the first shall be through before the last is labelled, so workloads go before labels and records; but a
    quarter of the width is for these, or the last envs would have to be labelled when nothing else is left to do; and little
    while the workloads of many envs wait. What tells about it gets little, too, until workloads are through.
    """

    def __init__(self, *, width: int) -> None:
        self._free = width
        self._for_one = max(1, width // 2)
        self._for_labels = max(1, width // 4)
        self._little = max(1, width // 32)
        self._waiting = {urgency: _Line() for urgency in Urgency}
        self._in_flight: Counter[Urgency] = Counter()
        self._held: Counter[str] = Counter()
        self._quiet = asyncio.Event()
        self._quiet.set()
        self._urgent = 0

    @asynccontextmanager
    async def slot(self, urgency: Urgency, *, whose: str = NOBODYS) -> AsyncIterator[None]:
        """Hold one of the slots for the length of one write of an env, ``whose``."""
        self._count(urgency, 1)
        try:
            turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting[urgency].join(whose, turn)
            self._admit()
            try:
                await turn
            except asyncio.CancelledError:
                if turn.done() and not turn.cancelled():
                    self._leave(urgency, whose)
                raise
            try:
                yield
            finally:
                self._leave(urgency, whose)
        finally:
            self._count(urgency, -1)

    @property
    def busy(self) -> bool:
        """Whether a write to a workload or a namespace is under way or waiting."""
        return self._urgent > 0

    async def quiet(self, *, at_most: float) -> None:
        """Wait until no write to a workload or a namespace is under way or waiting, but no longer than ``at_most`` seconds."""
        try:
            async with asyncio.timeout(at_most):
                await self._quiet.wait()
        except TimeoutError:
            pass

    def _leave(self, urgency: Urgency, whose: str) -> None:
        self._in_flight[urgency] -= 1
        self._held[whose] -= 1
        if not self._held[whose]:
            del self._held[whose]
        self._free += 1
        self._admit()

    def _admit(self) -> None:
        while self._free > 0 and (found := self._next()) is not None:
            urgency, whose = found
            turn = self._waiting[urgency].take(whose)
            self._free -= 1
            self._in_flight[urgency] += 1
            self._held[whose] += 1
            turn.set_result(None)

    def _may(self, whose: str) -> bool:
        return whose == NOBODYS or self._held[whose] < self._for_one

    def _next(self) -> tuple[Urgency, str] | None:
        waiting = self._waiting
        for workload, before in _AHEAD:
            next_workload = waiting[workload].first(self._may)
            most = self._for_labels if waiting[workload].envs < ENOUGH else self._little
            has_room = sum(self._in_flight[urgency] for urgency in before) < most
            for urgency in before if has_room or next_workload is None else ():
                first = waiting[urgency].first(self._may)
                if first is not None:
                    return urgency, first
            if next_workload is not None:
                return workload, next_workload
        telling = sum(self._in_flight[urgency] for urgency in _BEHIND)
        if self._urgent and telling >= self._little:
            return None
        told = ((urgency, waiting[urgency].first(self._may)) for urgency in _BEHIND)
        return next(((urgency, whose) for urgency, whose in told if whose is not None), None)

    def _count(self, urgency: Urgency, change: int) -> None:
        if urgency <= Urgency.HOLD:
            self._urgent += change
            if self._urgent:
                self._quiet.clear()
            else:
                self._quiet.set()
                self._admit()
