"""Ctrl-C, SIGTERM and a closed terminal as one wish: to end, in order and once."""

import asyncio
import signal
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, TypeVar

T = TypeVar("T")

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Ended(BaseException):
    """Somebody wants this process to end. Not an `Exception`: nothing on the way may take it for a failure."""


@contextmanager
def ended_by_signals() -> Iterator[None]:
    """Raises `Ended` in the block at the first of the signals; those that follow are ignored, see `ignore_signals`."""

    def end(number: int, _frame: FrameType | None) -> None:
        ignore_signals()
        raise Ended(signal.Signals(number).name)

    before = {number: signal.signal(number, end) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def ignore_signals() -> None:
    """From now on nothing disturbs the stopping, which takes seconds: an impatient second Ctrl-C would tear it."""
    for number in SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def run(main: Coroutine[Any, Any, T]) -> T:
    """`asyncio.run`, in which the signals cancel `main`; an exception out of a handler would hit the loop anywhere.

    Raises:
        Ended: a signal came.
    """
    came: list[str] = []

    async def guarded() -> T:
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None

        def end(number: int) -> None:
            if not came:
                task.cancel()
            came.append(signal.Signals(number).name)

        before = {number: signal.getsignal(number) for number in SIGNALS}
        for number in SIGNALS:
            loop.add_signal_handler(number, end, number)
        try:
            return await main
        finally:
            for number, handler in before.items():
                loop.remove_signal_handler(number)
                signal.signal(number, signal.SIG_IGN if came else handler)

    try:
        return asyncio.run(guarded())
    except asyncio.CancelledError:
        if came:
            raise Ended(came[0]) from None
        raise
