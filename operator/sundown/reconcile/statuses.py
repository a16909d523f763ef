"""Writes statuses behind the workloads: of several that an env is given in a row, only the last is sent."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import structlog

from sundown.cluster import paths
from sundown.cluster.client import Cluster
from sundown.cluster.errors import ApiError, Busy, Missing, Unreachable
from sundown.cluster.gate import Gate, Urgency
from sundown.model.resources import EnvScheduleStatus

log = structlog.get_logger(__name__)

_FIRST_WAIT = 0.5
_LONGEST_WAIT = 30.0


@dataclass(frozen=True, slots=True)
class _Letter:
    status: EnvScheduleStatus
    before: EnvScheduleStatus


class StatusWriter:
    """One write at a time for each EnvSchedule, repeated while the API server is away."""

    def __init__(self, cluster: Cluster, gate: Gate) -> None:
        self._cluster = cluster
        self._gate = gate
        self._letters: dict[tuple[str, str], _Letter] = {}
        self._tasks: dict[tuple[str, str], asyncio.Task[None]] = {}

    def offer(self, namespace: str, name: str, *, status: EnvScheduleStatus, before: EnvScheduleStatus) -> None:
        """Have a status written as soon as no workload waits; ``before`` is what stands there now."""
        key = (namespace, name)
        waiting = self._letters.get(key)
        self._letters[key] = _Letter(status, waiting.before if waiting is not None else before)
        if key not in self._tasks:
            self._tasks[key] = asyncio.create_task(self._deliver(key), name=f"status of {namespace}/{name}")

    async def close(self, *, at_most: float) -> None:
        """Wait up to so many seconds until everything that was offered is written, and give up the rest."""
        if self._tasks:
            _, late = await asyncio.wait(list(self._tasks.values()), timeout=at_most)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _deliver(self, key: tuple[str, str]) -> None:
        wait = _FIRST_WAIT
        try:
            while key in self._letters:
                async with self._gate.slot(Urgency.STATUS):
                    letter = self._letters.pop(key)
                    try:
                        await self._send(key, letter)
                        wait = _FIRST_WAIT
                        continue
                    except Missing:
                        continue
                    except (Unreachable, Busy) as error:
                        log.warning("status-delayed", namespace=key[0], name=key[1], error=str(error))
                        later = self._letters.get(key, letter)
                        self._letters[key] = _Letter(later.status, letter.before)
                    except ApiError as error:
                        log.error("status-refused", namespace=key[0], name=key[1], error=str(error))
                        continue
                await asyncio.sleep(wait)
                wait = min(wait * 2, _LONGEST_WAIT)
        finally:
            del self._tasks[key]

    async def _send(self, key: tuple[str, str], letter: _Letter) -> None:
        body = status_patch(letter.before, letter.status)
        if body:
            await self._cluster.merge_patch(f"{paths.env_schedule(*key)}/status", {"status": body})


def status_patch(before: EnvScheduleStatus, after: EnvScheduleStatus) -> dict[str, Any]:
    """The merge patch from one status to the other: the fields that differ, null for those that went away."""
    old, new = _plain(before), _plain(after)
    return {key: new.get(key) for key in sorted(old.keys() | new.keys()) if old.get(key) != new.get(key)} | {
        key: _nulls(old[key], new[key])
        for key in old.keys() & new.keys()
        if old[key] != new[key] and isinstance(old[key], dict) and isinstance(new[key], dict)
    }


def _nulls(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    return {**dict.fromkeys(old.keys() - new.keys()), **new}


def _plain(status: EnvScheduleStatus) -> dict[str, Any]:
    return status.model_dump(mode="json", exclude_none=True)
