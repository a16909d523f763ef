"""Hears what happens to sleeping workloads at night: a watch of the metadata of each kind that sleeps anywhere, and no longer.

With the policies of the hold too: what is created at night, and what is written through ``scale``, they do not see.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import partial

import msgspec
import structlog
from kubernetes_asyncio.client import Configuration

from sundown.cluster.client import Cluster
from sundown.cluster.following import Followers
from sundown.cluster.gate import Gate
from sundown.cluster.heard import Heard, heard
from sundown.cluster.hearing import Hearings
from sundown.cluster.scope import Scope
from sundown.metrics import DRIFTS, WATCHED_KINDS
from sundown.reconcile.drift import Drift, Quiet, Row
from sundown.schedule.clock import Clock
from sundown.sleepers.other_kinds import granting

log = structlog.get_logger(__name__)

_AGAIN = 60.0
_PATIENCE = 30.0
"""Seconds that a watch waits for writes that are under way: most of what it would tell is of these, and they want the cores."""


class DriftWatch:
    """Tells ``due`` of envs to be looked at, and when. Who looks at a sleeping env says ``begin`` and ``looked``.

    ``news`` is told the path of each kind of which something is heard, and the namespace; how well that is, ``hearings`` know.
    """

    def __init__(
        self,
        configuration: Configuration,
        cluster: Cluster,
        gate: Gate,
        *,
        scope: Scope,
        clock: Clock,
        due: Callable[[str, datetime], None],
        hearings: Hearings,
        news: Callable[[str, str], None],
    ) -> None:
        self._followers = Followers(configuration, cluster, scope=scope, hearings=hearings)
        self._news = news
        self._gate = gate
        self._clock = clock
        self._due = due
        self._drift = Drift()
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._wanted = asyncio.Event()

    def begin(self, namespace: str) -> None:
        """A look at a sleeping env begins."""
        self._drift.begin(namespace)

    def looked(self, namespace: str, quiet: Quiet) -> None:
        """It is over, and left the env like this."""
        due = self._drift.looked(namespace, quiet, now=self._clock.now())
        if due is not None:
            self._due(namespace, due)
        self._wanted.set()

    def forget(self, namespace: str) -> None:
        """Nobody is to sleep there."""
        self._drift.forget(namespace)
        self._wanted.set()

    def suspects(self, namespace: str) -> frozenset[str]:
        """The uids of what rested at the last look at an env, and of what was heard of since."""
        return self._drift.suspects(namespace)

    def unheard(self, rows: Iterable[Row]) -> Iterable[str]:
        """What is said of the kinds that Sundown may not watch."""
        for row in rows:
            if any(place in self._followers.refused for place in self._followers.places(row.collection())):
                yield (
                    f"{row.kind}: may not be watched, so that what wakes one at night is found at the next comparison only; "
                    f"{granting(row)}"
                )

    async def run(self) -> None:
        """Watch what has to be watched, until cancelled."""
        async with self._followers:
            try:
                while True:
                    await self._wanted.wait()
                    self._wanted.clear()
                    self._keep(self._drift.paths)
            finally:
                tasks = list(self._tasks.values())
                self._keep(frozenset())
                await asyncio.gather(*tasks, return_exceptions=True)

    def _keep(self, paths: frozenset[str]) -> None:
        """Watch these kinds, and no others."""
        for path in self._tasks.keys() - paths:
            self._tasks.pop(path).cancel()
        for path in paths - self._tasks.keys():
            self._tasks[path] = asyncio.create_task(self._hear(path), name=f"drift {path}")
        WATCHED_KINDS.set(len(self._tasks))

    async def _hear(self, path: str) -> None:
        told = partial(self._told, path)

        def read(raw: msgspec.Raw) -> Heard:
            return heard(raw, self._drift.places(path))

        places = self._followers.places(path)
        try:
            while True:
                await self._gate.quiet(at_most=_PATIENCE)
                try:
                    async with asyncio.TaskGroup() as group:
                        for place in places:
                            group.create_task(self._followers.hear(place, read, told))
                except Exception:
                    log.exception("drift-not-heard", path=path)
                    await asyncio.sleep(_AGAIN)
        finally:
            for place in places:
                self._followers.refused.pop(place, None)

    def _told(self, path: str, kind: str, one: Heard) -> None:
        self._news(path, one.namespace)
        due = self._drift.told(path, kind, one, now=self._clock.now())
        if due is not None:
            DRIFTS.inc()
            self._due(one.namespace, due)
