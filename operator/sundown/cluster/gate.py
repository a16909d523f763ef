"""The limit on writes in flight over all envs, with the urgent ones first."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import IntEnum
from itertools import count


class Urgency(IntEnum):
    """Who goes first where many wait: what people wait for, then what nobody waits for, then what tells them about it.

    The namespaces' labels go behind the workloads, so that the first env of a thousand is through before the last one is
    labelled.
    """

    WAKE = 0
    RELEASE = 1
    SLEEP = 2
    HOLD = 3
    STATUS = 4
    EVENT = 5


class Gate:
    """At most ``width`` writes at once; the most urgent of those that wait goes next, and the oldest among equals."""

    def __init__(self, *, width: int) -> None:
        self._free = width
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []
        self._order = count()
        self._quiet = asyncio.Event()
        self._quiet.set()
        self._urgent = 0

    @asynccontextmanager
    async def slot(self, urgency: Urgency) -> AsyncIterator[None]:
        """Hold one of the slots for the length of one write."""
        self._count(urgency, 1)
        try:
            if self._free > 0 and not self._waiting:
                self._free -= 1
            else:
                turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
                heapq.heappush(self._waiting, (urgency, next(self._order), turn))
                try:
                    await turn
                except asyncio.CancelledError:
                    if turn.done() and not turn.cancelled():
                        self._pass_on()
                    raise
            try:
                yield
            finally:
                self._pass_on()
        finally:
            self._count(urgency, -1)

    async def quiet(self, *, at_most: float) -> None:
        """Wait until no write to a workload or a namespace is under way or waiting, but no longer than ``at_most`` seconds."""
        try:
            async with asyncio.timeout(at_most):
                await self._quiet.wait()
        except TimeoutError:
            pass

    def _pass_on(self) -> None:
        while self._waiting:
            _, _, turn = heapq.heappop(self._waiting)
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1

    def _count(self, urgency: Urgency, change: int) -> None:
        if urgency <= Urgency.HOLD:
            self._urgent += change
            if self._urgent:
                self._quiet.clear()
            else:
                self._quiet.set()
