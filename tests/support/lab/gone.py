"""Whether processes are gone, for tests that kill things."""

import time
from collections.abc import Iterable

import psutil


def wait_until_gone(pids: Iterable[int], *, seconds: float = 20.0) -> list[int]:
    """Waits until none of the processes runs any more, and returns those that still do after that many seconds."""
    waiting = list(pids)
    deadline = time.monotonic() + seconds
    while waiting and time.monotonic() < deadline:
        waiting = [pid for pid in waiting if runs(pid)]
        time.sleep(0.05)
    return waiting


def runs(pid: int) -> bool:
    """Whether the process does anything; one that is dead and only not yet waited for does not."""
    try:
        return bool(psutil.Process(pid).status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False
