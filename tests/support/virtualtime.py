"""An event loop in which waiting takes no time: where it would wait, its clock goes forward instead."""

import asyncio
import selectors
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any, ParamSpec

P = ParamSpec("P")
START = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


class _Leaping(selectors.SelectSelector):
    def __init__(self) -> None:
        super().__init__()
        self.passed = 0.0

    def select(self, timeout: float | None = None) -> Any:
        if timeout is None:
            raise RuntimeError("nothing will ever happen: everybody waits for everybody")
        self.passed += timeout
        return super().select(0)


class _Loop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._leaping = _Leaping()
        super().__init__(self._leaping)

    def time(self) -> float:
        return self._leaping.passed


def in_virtual_time(test: Callable[P, Coroutine[Any, Any, None]]) -> Callable[P, None]:
    """Have an async test run in a loop of its own of that kind."""

    @wraps(test)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        with asyncio.Runner(loop_factory=_Loop) as runner:
            runner.run(test(*args, **kwargs))

    return run


def elapsed() -> float:
    """Seconds that have passed since the loop began."""
    return asyncio.get_running_loop().time()


async def breathe() -> None:
    """Let everybody who can go on do so, without any time passing."""
    for _ in range(20):
        await asyncio.sleep(0)


class LoopClock:
    """The loop's time as a clock, which a test can set forward."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> datetime:
        """The present instant, in UTC."""
        return START + timedelta(seconds=elapsed()) + self.ahead


@asynccontextmanager
async def meanwhile(work: Coroutine[Any, Any, None]) -> AsyncIterator[asyncio.Task[None]]:
    """Have something run in the background until the block ends."""
    task = asyncio.create_task(work)
    try:
        yield task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
