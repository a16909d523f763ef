"""The comparison of everything: at the start, every few minutes, and whenever a watch has lost its place.

A watch that was cut off tells nothing of what was deleted meanwhile, and workloads are watched only where they sleep. What
sleeps and has been heard all the time is compared once an hour.
"""

from __future__ import annotations

import asyncio

import structlog

from sundown.cluster import paths, reading
from sundown.cluster.errors import Denied, Missing
from sundown.cluster.listing import PAGE, Listing
from sundown.model.action_request import Asked
from sundown.reconcile.defaults import Defaults
from sundown.reconcile.governance import govern
from sundown.reconcile.requests import Requests
from sundown.reconcile.rooms import Rooms
from sundown.reconcile.scheduler import Scheduler
from sundown.reconcile.settling import is_settled
from sundown.reconcile.store import Snapshot

log = structlog.get_logger(__name__)


class Sweep:
    """Keeps the store complete. ``done`` is set after the first complete listing."""

    def __init__(
        self, rooms: Rooms, *, defaults: Defaults, scheduler: Scheduler, requests: Requests, visits: Scheduler
    ) -> None:
        self._rooms = rooms
        self._defaults = defaults
        self._scheduler = scheduler
        self._requests = requests
        self._request_visits = visits
        self._strays: frozenset[str] = frozenset()
        self.listing = Listing()
        self.done = asyncio.Event()

    async def first(self) -> None:
        """Fill the store, however long the API server stays away."""
        await self.listing.until_it_works(self._compare)
        self.done.set()

    async def run(self) -> None:
        """Sweep again and again, until cancelled."""
        now = asyncio.get_running_loop().time
        period = self._rooms.settings.sweep.total_seconds()
        due = now() + period
        while True:
            await self.listing.due(within=due - now())
            if now() < due:
                await self.listing.until_it_works(self._list)
            else:
                await self.listing.until_it_works(self._compare)
                due = now() + period

    async def _list(self) -> None:
        """Find out what has come, changed or gone without an event that said so."""
        self._rooms.store.begin_listing()
        self._requests.begin_listing()
        namespaces = await self._rooms.cluster.list_as(paths.NAMESPACES, reading.namespace, limit=PAGE)
        schedules = await self._rooms.cluster.list_as(paths.ENV_SCHEDULES, reading.env_schedule, limit=PAGE)
        defaults = await self._rooms.cluster.list_all(paths.CLUSTER_ENV_SCHEDULES, limit=PAGE)
        touched = self._rooms.store.replace_all(
            Snapshot(
                namespaces=tuple(one for one in namespaces if self._rooms.settings.covers(one.name)),
                schedules=tuple(schedules),
                defaults=frozenset(raw["metadata"]["name"] for raw in defaults),
            )
        )
        self._scheduler.touch(touched.union(*(self._defaults.take(raw) for raw in defaults)))
        asked = await self._asked()
        self._request_visits.touch(self._requests.replace_all(asked))
        await self._requests.prune(asked)

    async def _asked(self) -> list[Asked]:
        try:
            return await self._rooms.cluster.list_as(paths.ACTION_REQUESTS, reading.action_request, limit=PAGE)
        except (Missing, Denied) as error:
            # CRD and right came later than the others, and envs sleep and wake without them.
            log.warning("requests-unread", error=str(error))
            return []

    async def _compare(self) -> None:
        """Look at every env that may have changed unheard, and at the first time for what sleeps in namespaces that have no
        EnvSchedule any more."""
        await self._list()
        strays = self._rooms.census.strays if self.done.is_set() else await self._rooms.census.everything()
        # Where most of what there is rests, the last list of all may be one that a sweep has looked into already.
        news, self._strays = strays if strays is not self._strays else frozenset[str](), strays
        names = self._rooms.store.names
        passed_by = filter(self._is_settled, self._rooms.resting.among(names))
        self._scheduler.touch(names.difference(passed_by) | (news - self._rooms.store.with_schedules))

    def _is_settled(self, name: str) -> bool:
        env = self._rooms.store.env(name)
        return is_settled(env, govern(env, settings=self._rooms.settings))
