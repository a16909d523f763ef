"""Whole listings beside the watches: when one is due, and patience while the API server gives none.

A watch that was cut off tells nothing of what was deleted meanwhile.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import structlog

from sundown.cluster.errors import ApiError

log = structlog.get_logger(__name__)

PAGE = 1000
_FIRST_RETRY = 0.5
_LONGEST_RETRY = 15.0
_SETTLING = 3.0


class Listing:
    """Knows when to list everything. ``failed`` says why that is not possible at the moment, None where it is."""

    def __init__(self) -> None:
        self._wanted = asyncio.Event()
        self._seen: set[str] = set()
        self.failed: str | None = None

    def notice(self, kind: str | None, raw: dict[str, Any]) -> None:
        """An event of a watch. A second listing of the same object means that the watch lost its place.

        So may the very first: what was deleted between our first listing and that of the watch was told to nobody.
        """
        uid = raw["metadata"]["uid"]
        if kind == "DELETED":
            self._seen.discard(uid)
            return
        if kind is None and (uid in self._seen or not self._seen):
            self._wanted.set()
        self._seen.add(uid)

    async def due(self, *, within: float) -> None:
        """Return when a watch has lost its place and found it again, or after so many seconds."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._wanted.wait(), timeout=max(within, 0.0))
            await asyncio.sleep(_SETTLING)
        self._wanted.clear()

    async def until_it_works(self, work: Callable[[], Awaitable[None]]) -> None:
        """List, again and again until the API server answers."""
        wait = _FIRST_RETRY
        while True:
            try:
                await work()
            except ApiError as error:
                self.failed = str(error)
                log.warning("listing-repeated", error=str(error), wait_seconds=wait)
                await asyncio.sleep(wait)
                wait = min(wait * 2, _LONGEST_RETRY)
            else:
                self.failed = None
                return
