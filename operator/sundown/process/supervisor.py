"""The tasks of a process: those that run as long as it does, and works that end by themselves."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import structlog

log = structlog.get_logger(__name__)


class Supervisor:
    """Starts tasks, knows which have died, and ends them all."""

    def __init__(self) -> None:
        self._tasks: dict[str, asyncio.Task[Any]] = {}
        self._may_end: set[str] = set()
        self._works: set[asyncio.Task[None]] = set()

    def start(self, name: str, coroutine: Coroutine[Any, Any, None], *, ends: bool = False) -> None:
        """Run something for as long as the process; what ``ends`` is not missed afterwards."""
        task = asyncio.create_task(coroutine, name=name)
        task.add_done_callback(_log_death)
        self._tasks[name] = task
        if ends:
            self._may_end.add(name)

    def work(self, name: str, coroutine: Coroutine[Any, Any, None]) -> None:
        """Do something that was asked for; what it raises is logged, and nothing else comes of it."""
        task = asyncio.create_task(coroutine, name=name)
        self._works.add(task)
        task.add_done_callback(self._works.discard)
        task.add_done_callback(_log_death)

    @property
    def dead(self) -> list[str]:
        """What should run and does not: by an error, which is in the log, or because it came to an end."""
        return [name for name, task in self._tasks.items() if self._is_dead(name, task)]

    async def stop(self, *, last_words: float = 0.0) -> None:
        """End the tasks at once, and the works after so many seconds."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        if self._works:
            await asyncio.wait(set(self._works), timeout=last_words)
        for work in set(self._works):
            work.cancel()
        await asyncio.gather(*self._works, return_exceptions=True)

    def _is_dead(self, name: str, task: asyncio.Task[Any]) -> bool:
        if not task.done() or task.cancelled():
            return False
        return task.exception() is not None or name not in self._may_end


def _log_death(task: asyncio.Task[Any]) -> None:
    if not task.cancelled() and task.exception() is not None:
        log.error("task-died", task=task.get_name(), exc_info=task.exception())
