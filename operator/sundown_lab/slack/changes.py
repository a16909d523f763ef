"""Who watches is told that something changed, not what: the state is read afterwards."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import dataclass

KEPT = 10_000


@dataclass(frozen=True)
class Change:
    """One change; ``kind`` is one of those in the package's docstring."""

    seq: int
    kind: str
    channel: str | None = None
    user: str | None = None


class Changes:
    """A numbered stream of changes, for any number of watchers."""

    def __init__(self) -> None:
        self.seq = 0
        self._recent: list[Change] = []
        self._came = asyncio.Event()

    def tell(self, kind: str, *, channel: str | None = None, user: str | None = None) -> None:
        """Something has changed."""
        self.seq += 1
        self._recent.append(Change(self.seq, kind, channel, user))
        if len(self._recent) > KEPT:
            del self._recent[: KEPT // 2]
        came, self._came = self._came, asyncio.Event()
        came.set()

    async def wait(self, since: int, *, timeout: float) -> int:  # noqa: ASYNC109 - how long an HTTP request may hang
        """The number of the last change, as soon as it is above ``since`` or ``timeout`` (real) seconds are over."""
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                while self.seq <= since:
                    await self._came.wait()
        return self.seq

    async def stream(self, since: int) -> AsyncIterator[Change]:
        """Every change after ``since``, for ever."""
        while True:
            came = self._came
            for change in [each for each in self._recent if each.seq > since]:
                since = change.seq
                yield change
            if self.seq <= since:
                await came.wait()
