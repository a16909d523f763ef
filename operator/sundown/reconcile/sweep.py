"""The comparison of everything: at the start, every few minutes, and whenever a watch has lost its place.

A watch that was cut off tells nothing of what was deleted meanwhile, and workloads are not watched at all.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress

import structlog

from sundown.cluster import paths, reading
from sundown.cluster.client import Cluster
from sundown.cluster.errors import ApiError
from sundown.reconcile.defaults import Defaults
from sundown.reconcile.scheduler import Scheduler
from sundown.reconcile.store import Snapshot, Store
from sundown.settings import Settings
from sundown.sleepers.census import Census

log = structlog.get_logger(__name__)

_PAGE = 1000
_FIRST_RETRY = 0.5
_LONGEST_RETRY = 15.0
_SETTLING = 3.0


class Sweep:
    """Keeps the store complete. ``done`` is set after the first complete listing."""

    def __init__(
        self,
        cluster: Cluster,
        *,
        store: Store,
        defaults: Defaults,
        census: Census,
        scheduler: Scheduler,
        settings: Settings,
    ) -> None:
        self._cluster = cluster
        self._store = store
        self._defaults = defaults
        self._census = census
        self._scheduler = scheduler
        self._settings = settings
        self._wanted = asyncio.Event()
        self.done = asyncio.Event()
        self.failed: str | None = None

    def soon(self) -> None:
        """A watch began anew: what was deleted while it was away has to be found out."""
        if self.done.is_set():
            self._wanted.set()

    async def first(self) -> None:
        """Fill the store, however long the API server stays away."""
        await self._until_it_works()
        self.done.set()

    async def run(self) -> None:
        """Sweep again and again, until cancelled."""
        period = self._settings.sweep.total_seconds()
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wanted.wait(), timeout=period)
                await asyncio.sleep(_SETTLING)
            self._wanted.clear()
            await self._until_it_works()

    async def _until_it_works(self) -> None:
        wait = _FIRST_RETRY
        while True:
            try:
                await self._once()
            except ApiError as error:
                self.failed = str(error)
                log.warning("sweep-repeated", error=str(error), wait_seconds=wait)
                await asyncio.sleep(wait)
                wait = min(wait * 2, _LONGEST_RETRY)
            else:
                self.failed = None
                return

    async def _once(self) -> None:
        self._store.begin_listing()
        namespaces, schedules, defaults = await asyncio.gather(
            self._cluster.list_all(paths.NAMESPACES, limit=_PAGE),
            self._cluster.list_all(paths.ENV_SCHEDULES, limit=_PAGE),
            self._cluster.list_all(paths.CLUSTER_ENV_SCHEDULES, limit=_PAGE),
        )
        self._store.replace_all(
            Snapshot(
                namespaces=tuple(reading.namespace(raw) for raw in namespaces),
                schedules=tuple(reading.env_schedule(raw) for raw in schedules),
                defaults=frozenset(raw["metadata"]["name"] for raw in defaults),
            )
        )
        for raw in defaults:
            self._defaults.take(raw)
        names = self._store.names
        if not names:
            return
        strays = await self._census.everything() if not self.done.is_set() else self._census.strays
        self._scheduler.touch(names | (strays - self._store.with_schedules))
