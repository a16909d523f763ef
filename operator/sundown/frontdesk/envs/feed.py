"""Brings the cluster to the board: every event of the watches, and a whole listing at the start and whenever one lost its place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sundown.cluster import paths, reading
from sundown.cluster.client import Cluster
from sundown.cluster.listing import PAGE, Listing
from sundown.frontdesk.envs.mirror import Board


class Feed:
    """Keeps the board complete."""

    def __init__(self, cluster: Cluster, board: Board, *, period: timedelta, covers: Callable[[str], bool]) -> None:
        self._cluster = cluster
        self._board = board
        self._period = period
        self._covers = covers
        self.listing = Listing()

    async def run(self) -> None:
        """List at once and again after every period, until cancelled."""
        while True:
            await self.listing.until_it_works(self._list)
            await self.listing.due(within=self._period.total_seconds())

    def namespace_event(self, kind: str | None, raw: dict[str, Any]) -> None:
        """A namespace came, changed or went."""
        if not self._covers(raw["metadata"]["name"]):
            return
        self.listing.notice(kind, raw)
        namespace = reading.namespace(raw)
        if kind == "DELETED":
            self._board.drop_namespace(namespace.name, resource_version=namespace.resource_version)
        else:
            self._board.put_namespace(namespace)

    def env_schedule_event(self, kind: str | None, raw: dict[str, Any]) -> None:
        """An EnvSchedule came, changed or went."""
        self.listing.notice(kind, raw)
        metadata = raw["metadata"]
        namespace, name = metadata["namespace"], metadata["name"]
        if kind == "DELETED":
            self._board.drop_schedule(namespace, name, uid=metadata["uid"])
        elif not self._board.has_schedule(namespace, name, resource_version=metadata["resourceVersion"]):
            self._board.put_schedule(reading.env_schedule(raw))

    async def _list(self) -> None:
        self._board.begin_listing()
        namespaces = await self._cluster.list_as(paths.NAMESPACES, reading.namespace, limit=PAGE)
        schedules = await self._cluster.list_as(paths.ENV_SCHEDULES, reading.env_schedule, limit=PAGE)
        self._board.replace_all([one for one in namespaces if self._covers(one.name)], schedules)
