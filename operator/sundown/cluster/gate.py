"""The limit on writes in flight over all envs, with the urgent ones first."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import IntEnum


class Urgency(IntEnum):
    """Who goes first where many wait: what people wait for, then what nobody waits for, then what tells them about it."""

    WAKE = 0
    RELEASE = 1
    """The label that comes off a namespace before anything in it wakes."""
    SLEEP = 2
    HOLD = 3
    """The label that goes on before anything sleeps."""
    STATUS = 4
    EVENT = 5


_AHEAD = ((Urgency.WAKE, Urgency.RELEASE), (Urgency.SLEEP, Urgency.HOLD))
_BEHIND = (Urgency.STATUS, Urgency.EVENT)


class Gate:
    """At most ``width`` writes at once; the most urgent of those that wait goes next, and the oldest among equals.

    Of a thousand envs the first shall be through before the last is labelled, so workloads go before labels; but a
    quarter of the width is for labels, or the last envs would have to be labelled when nothing else is left to do. What
    tells about it gets little of the width until workloads are through.
    """

    def __init__(self, *, width: int) -> None:
        self._free = width
        self._for_labels = max(1, width // 4)
        self._for_telling = max(1, width // 32)
        self._waiting: dict[Urgency, deque[asyncio.Future[None]]] = {urgency: deque() for urgency in Urgency}
        self._in_flight: Counter[Urgency] = Counter()
        self._quiet = asyncio.Event()
        self._quiet.set()
        self._urgent = 0

    @asynccontextmanager
    async def slot(self, urgency: Urgency) -> AsyncIterator[None]:
        """Hold one of the slots for the length of one write."""
        self._count(urgency, 1)
        try:
            turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting[urgency].append(turn)
            self._admit()
            try:
                await turn
            except asyncio.CancelledError:
                if turn.done() and not turn.cancelled():
                    self._leave(urgency)
                raise
            try:
                yield
            finally:
                self._leave(urgency)
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

    def _leave(self, urgency: Urgency) -> None:
        self._in_flight[urgency] -= 1
        self._free += 1
        self._admit()

    def _admit(self) -> None:
        while self._free > 0 and (urgency := self._next()) is not None:
            turn = self._waiting[urgency].popleft()
            if not turn.done():
                self._free -= 1
                self._in_flight[urgency] += 1
                turn.set_result(None)

    def _next(self) -> Urgency | None:
        waiting = self._waiting
        for workload, label in _AHEAD:
            if waiting[label] and (self._in_flight[label] < self._for_labels or not waiting[workload]):
                return label
            if waiting[workload]:
                return workload
        telling = sum(self._in_flight[urgency] for urgency in _BEHIND)
        if self._urgent and telling >= self._for_telling:
            return None
        return next((urgency for urgency in _BEHIND if waiting[urgency]), None)

    def _count(self, urgency: Urgency, change: int) -> None:
        if urgency <= Urgency.HOLD:
            self._urgent += change
            if self._urgent:
                self._quiet.clear()
            else:
                self._quiet.set()
                self._admit()
