"""When to visit whom: a heap of moments, one visit at a time for each env, the failed ones repeated."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from datetime import datetime, timedelta

import structlog

from sundown.backoff import Backoff
from sundown.cluster.errors import ApiError
from sundown.metrics import DECIDED, VISIT_ERRORS
from sundown.schedule.clock import Clock

log = structlog.get_logger(__name__)

_AGAIN = Backoff(0.5, longest=30.0, spread=0.25)
_LONGEST_SLEEP = 30.0
_STARTS_IN_A_ROW = 20


class Scheduler:
    """Calls ``visit`` for an env when it is touched and when it is due.

    The earliest moment asked for counts; a visit in progress is followed by another when the env is touched meanwhile.
    The loop sleeps 30 s at most, so that it notices a clock that is set forward. ``visited`` is told how many it has
    visited since it began.
    """

    def __init__(
        self,
        *,
        visit: Callable[[str], Awaitable[datetime | None]],
        clock: Clock,
        visited: Callable[[int], None] = DECIDED.set,
    ) -> None:
        self._visit = visit
        self._clock = clock
        self._tell_visited = visited
        self._due: dict[str, datetime] = {}
        self._heap: list[tuple[datetime, str]] = []
        self._running: dict[str, asyncio.Task[None]] = {}
        self._again: set[str] = set()
        self._failures: dict[str, int] = {}
        self._visited: set[str] = set()
        self._changed = asyncio.Event()
        self.beat: datetime | None = None

    def touch(self, names: Iterable[str]) -> None:
        """Have these envs visited as soon as possible."""
        now = self._clock.now()
        for name in names:
            if name in self._running:
                self._again.add(name)
            else:
                self._at(name, now)

    def touch_at(self, name: str, when: datetime) -> None:
        """Have an env visited at that moment, where nothing has it visited before."""
        self._at(name, when)

    async def run(self) -> None:
        """Run until cancelled; then the visits in progress are cancelled too."""
        try:
            while True:
                self.beat = self._clock.now()
                self._changed.clear()
                await self._start_due()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._changed.wait(), timeout=self._pause())
        finally:
            for task in self._running.values():
                task.cancel()
            await asyncio.gather(*self._running.values(), return_exceptions=True)

    async def _start_due(self) -> None:
        started = 0
        while self._heap and self._heap[0][0] <= self._clock.now():
            when, name = heapq.heappop(self._heap)
            if self._due.get(name) != when:
                continue
            del self._due[name]
            if name in self._running:
                self._again.add(name)
                continue
            self._running[name] = asyncio.create_task(self._run(name), name=f"visit {name}")
            started += 1
            if started % _STARTS_IN_A_ROW == 0:
                # The first of a thousand envs must not wait until the last one has been decided.
                await asyncio.sleep(0)

    async def _run(self, name: str) -> None:
        again: datetime | None = None
        try:
            again = await self._visit(name)
            self._failures.pop(name, None)
        except ApiError as error:
            again = self._retry(name, reason=error.reason, error=error)
        except Exception as error:
            log.exception("visit-failed", namespace=name)
            again = self._retry(name, reason="Bug", error=error)
        finally:
            del self._running[name]
        self._visited.add(name)
        self._tell_visited(len(self._visited))
        if name in self._again:
            self._again.discard(name)
            again = self._clock.now() if name not in self._failures else again
        if again is not None:
            self._at(name, again)

    def _retry(self, name: str, *, reason: str, error: Exception) -> datetime:
        failures = self._failures[name] = self._failures.get(name, 0) + 1
        wait = _AGAIN.after(failures)
        VISIT_ERRORS.labels(reason).inc()
        log.warning(
            "visit-repeated",
            namespace=name,
            reason=reason,
            error=str(error),
            failures=failures,
            wait_seconds=round(wait, 1),
        )
        return self._clock.now() + timedelta(seconds=wait)

    def _at(self, name: str, when: datetime) -> None:
        due = self._due.get(name)
        if due is None or when < due:
            self._due[name] = when
            heapq.heappush(self._heap, (when, name))
            self._changed.set()

    def _pause(self) -> float:
        if not self._heap:
            return _LONGEST_SLEEP
        return min(max((self._heap[0][0] - self._clock.now()).total_seconds(), 0.0), _LONGEST_SLEEP)
