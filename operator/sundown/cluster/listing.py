"""Whole listings beside the watches: when one is due, and patience while the API server gives none.

A watch that was cut off tells nothing of what was deleted meanwhile.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import structlog
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type

from sundown.backoff import Backoff, failure
from sundown.cluster.errors import ApiError
from sundown.cluster.history import AnotherHistory, end_at_once

log = structlog.get_logger(__name__)

PAGE = 1000
_AGAIN = Backoff(0.5, longest=15.0)
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
        """List, again and again until the API server answers. Where it tells another history than before, the process ends."""
        try:
            await AsyncRetrying(retry=retry_if_exception_type(ApiError), wait=_AGAIN, before_sleep=self._note)(work)
        except AnotherHistory as why:
            end_at_once(why)
        self.failed = None

    def _note(self, state: RetryCallState) -> None:
        self.failed = str(failure(state))
        log.warning("listing-repeated", error=self.failed, wait_seconds=state.upcoming_sleep)
