"""Takes in ClusterEnvSchedules, and says on each whether it can be taken as it is."""

from __future__ import annotations

import asyncio
from typing import Any

import structlog

from sundown.cluster import paths, reading
from sundown.cluster.client import Cluster
from sundown.cluster.errors import ApiError
from sundown.cluster.gate import Gate, Urgency
from sundown.errors import InvalidObject
from sundown.model.cutting import clip
from sundown.model.scalars import format_instant
from sundown.reconcile.store import Store
from sundown.schedule.clock import Clock
from sundown.schedule.lint import doubts

log = structlog.get_logger(__name__)

_MESSAGE = 1000


class Defaults:
    """The door by which ClusterEnvSchedules come into the store.

    One that cannot be read changes nothing: the one that was known before goes on.
    """

    def __init__(self, cluster: Cluster, gate: Gate, *, store: Store, clock: Clock) -> None:
        self._cluster = cluster
        self._gate = gate
        self._store = store
        self._clock = clock
        self._tasks: set[asyncio.Task[None]] = set()

    def take(self, raw: dict[str, Any]) -> frozenset[str]:
        """Take one in; answers with the namespaces that have to be looked at again."""
        name = raw["metadata"]["name"]
        try:
            default = reading.cluster_env_schedule(raw)
        except InvalidObject as error:
            log.warning("cluster-schedule-invalid", name=name, error=str(error))
            self._say(raw, status="False", reason="InvalidSpec", message=str(error))
            return self._store.put_unreadable_default(name, uid=raw["metadata"].get("uid", ""))
        remarks = "; ".join(str(doubt) for doubt in doubts(default.spec.template, prefix="spec.template"))
        self._say(raw, status="True", reason="Scheduled", message=remarks)
        return self._store.put_default(default)

    async def close(self) -> None:
        """Give up what has not been written."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _say(self, raw: dict[str, Any], *, status: str, reason: str, message: str) -> None:
        metadata = raw["metadata"]
        condition = {
            "type": "Ready",
            "status": status,
            "reason": reason,
            "message": clip(message, _MESSAGE),
            "observedGeneration": metadata.get("generation", 0),
        }
        conditions: list[dict[str, Any]] = (raw.get("status") or {}).get("conditions") or []
        said: dict[str, Any] = next((one for one in conditions if one.get("type") == "Ready"), {})
        if all(said.get(key, "") == value for key, value in condition.items()):
            return
        since = said.get("lastTransitionTime") if said.get("status") == status else None
        condition["lastTransitionTime"] = since or format_instant(self._clock.now())
        body = {"status": {"observedGeneration": condition["observedGeneration"], "conditions": [condition]}}
        task = asyncio.create_task(self._write(metadata["name"], body), name=f"status of {metadata['name']}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _write(self, name: str, body: dict[str, Any]) -> None:
        try:
            async with self._gate.slot(Urgency.STATUS):
                await self._cluster.merge_patch(f"{paths.CLUSTER_ENV_SCHEDULES}/{name}/status", body)
        except ApiError as error:
            # The next sweep sees that it is still not said.
            log.warning("status-delayed", name=name, error=str(error))
