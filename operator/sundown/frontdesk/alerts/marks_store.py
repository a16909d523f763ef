"""Where the frontdesk keeps its marks: the EnvSchedules themselves."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

from sundown.cluster import paths, reading
from sundown.cluster.client import Cluster
from sundown.cluster.errors import ApiError, Conflict
from sundown.frontdesk.alerts import marks as remembering
from sundown.frontdesk.alerts.marks import Marks, Waiting
from sundown.frontdesk.envs.mirror import Board
from sundown.frontdesk.seal import Seal
from sundown.model.env import Known
from sundown.sleepers.kinds import KINDS
from sundown.usecases.find import Found

_TRIES = 12


class ClusterLedger:
    """Reads and writes marks. What it learns stands on the board at once, so that the next look knows it."""

    def __init__(self, cluster: Cluster, board: Board, *, seal: Seal) -> None:
        self._cluster = cluster
        self._board = board
        self._seal = seal

    async def read(self, found: Found) -> Found | None:
        """The env as it is now; None where its schedule is gone.

        Raises:
            ApiError: it cannot be read.
        """
        metadata = found.known.metadata
        listed = await self._cluster.list_as(paths.env_schedules(found.namespace), reading.env_schedule)
        known = next((one for one in listed if one.metadata.uid == metadata.uid), None)
        return self._learnt(found, known) if known is not None else None

    async def write(self, found: Found, marks: Marks) -> Found:
        """The env with these marks.

        Raises:
            Conflict: somebody has written to it since it was read.
            ApiError: it cannot be written.
        """
        return self._learnt(found, await remembering.write(self._cluster, found.known, marks, self._seal))

    async def wait(self, found: Found, waiting: Waiting, *, believed: Callable[[Found], Marks]) -> None:
        """Note that somebody waits for the env to wake, beside what is ``believed`` of what stands there.

        Raises:
            ApiError: it cannot be noted.
        """
        fresh: Found | None = found
        for attempt in range(_TRIES):
            if fresh is None:
                return
            marks = believed(fresh)
            if marks.heard is not None and marks.heard >= waiting.at:
                return
            try:
                await self.write(fresh, marks.wait(waiting))
            except Conflict:
                await asyncio.sleep(0.02 * attempt)
                fresh = await self.read(found)
            else:
                return
        raise Conflict(f"others changed {found.namespace} {_TRIES} times in a row", status=409)

    def _learnt(self, found: Found, known: Known) -> Found:
        self._board.written(known)
        return replace(found, known=known)

    async def counts(self, namespace: str) -> tuple[tuple[str, int], ...] | None:
        """How many workloads of each kind run there; None where that may not be seen."""
        try:
            listed = await asyncio.gather(
                *(self._cluster.list_pages(row.collection(namespace), row.read_page) for row in KINDS.values())
            )
        except ApiError:
            return None
        return tuple(
            (kind, sum(1 for one in found if one.replicas > 0)) for kind, found in zip(KINDS, listed, strict=True)
        )
