"""Brings the cluster to the board: every event of the watches, and a whole listing at the start and whenever one lost its place."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import timedelta
from typing import Any

import structlog

from sundown.cluster import paths, reading
from sundown.cluster.client import Cluster
from sundown.cluster.errors import ApiError
from sundown.frontdesk.board import Board

log = structlog.get_logger(__name__)

_PAGE = 1000
_FIRST_RETRY = 0.5
_LONGEST_RETRY = 15.0
_SETTLING = 3.0


class Feed:
    """Keeps the board complete. ``failed`` says why that is not possible at the moment, None where it is."""

    def __init__(self, cluster: Cluster, board: Board, *, period: timedelta) -> None:
        self._cluster = cluster
        self._board = board
        self._period = period
        self._wanted = asyncio.Event()
        self._seen: set[str] = set()
        self.failed: str | None = None

    async def run(self) -> None:
        """List at once and again after every period, until cancelled."""
        while True:
            await self._until_it_works()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._wanted.wait(), timeout=self._period.total_seconds())
                await asyncio.sleep(_SETTLING)
            self._wanted.clear()

    def namespace_event(self, kind: str | None, raw: dict[str, Any]) -> None:
        """A namespace came, changed or went."""
        self._notice_relisting(kind, raw)
        namespace = reading.namespace(raw)
        if kind == "DELETED":
            self._board.drop_namespace(namespace.name, resource_version=namespace.resource_version)
        else:
            self._board.put_namespace(namespace)

    def env_schedule_event(self, kind: str | None, raw: dict[str, Any]) -> None:
        """An EnvSchedule came, changed or went."""
        self._notice_relisting(kind, raw)
        metadata = raw["metadata"]
        namespace, name = metadata["namespace"], metadata["name"]
        if kind == "DELETED":
            self._board.drop_schedule(namespace, name, uid=metadata["uid"])
        elif not self._board.has_schedule(namespace, name, resource_version=metadata["resourceVersion"]):
            self._board.put_schedule(reading.env_schedule(raw))

    def _notice_relisting(self, kind: str | None, raw: dict[str, Any]) -> None:
        """A second listing of the same object means that a watch lost its place, and with it what was deleted since."""
        uid = raw["metadata"]["uid"]
        if kind == "DELETED":
            self._seen.discard(uid)
            return
        if kind is None and (uid in self._seen or not self._seen):
            self._wanted.set()
        self._seen.add(uid)

    async def _until_it_works(self) -> None:
        wait = _FIRST_RETRY
        while True:
            try:
                await self._list()
            except ApiError as error:
                self.failed = str(error)
                log.warning("listing-repeated", error=str(error), wait_seconds=wait)
                await asyncio.sleep(wait)
                wait = min(wait * 2, _LONGEST_RETRY)
            else:
                self.failed = None
                return

    async def _list(self) -> None:
        self._board.begin_listing()
        namespaces = await self._cluster.list_as(paths.NAMESPACES, reading.namespace, limit=_PAGE)
        schedules = await self._cluster.list_as(paths.ENV_SCHEDULES, reading.env_schedule, limit=_PAGE)
        self._board.replace_all(namespaces, schedules)
