"""The simulator's own time: the machine's, plus whatever a test has advanced it by."""

import asyncio
import contextlib
import time


class Clock:
    """Runs on by itself and can be advanced, never turned back but by ``reset``. Seconds since 1970, UTC."""

    def __init__(self) -> None:
        self.advanced = 0.0
        self._moved = asyncio.Event()

    def now(self) -> float:
        """Seconds since 1970."""
        return time.time() + self.advanced

    def advance(self, seconds: float) -> None:
        """Lets so many seconds pass at once, and wakes who slept through them."""
        self.advanced += seconds
        self._stir()

    def reset(self) -> None:
        """Back to the machine's time."""
        self.advanced = 0.0
        self._stir()

    def _stir(self) -> None:
        moved, self._moved = self._moved, asyncio.Event()
        moved.set()

    async def sleep(self, seconds: float) -> None:
        """Returns when so many seconds of this clock have passed, be it by waiting or by ``advance``."""
        due = self.now() + seconds
        while (left := due - self.now()) > 0:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(left):  # wait_for() may swallow a cancellation when both come at once
                    await self._moved.wait()
