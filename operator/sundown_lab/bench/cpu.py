"""How much CPU a process has had, by the kernel's own account."""

import asyncio
import time

import psutil

from sundown_lab.errors import LabError
from sundown_lab.processes import Process


def cpu_seconds(process: Process) -> float:
    """User and system time since its start. Raises LabError: it does not run."""
    if process.pid is None:
        raise LabError(f"{process.name} does not run", hint=process.tail())
    times = psutil.Process(process.pid).cpu_times()
    return float(times.user + times.system)


async def at_rest(process: Process, *, quiet: float = 1.0, patience: float = 60.0, share: float) -> None:
    """Wait until it has had no more than this share of a CPU for ``quiet`` seconds. Raises LabError: not after ``patience``."""
    deadline = time.monotonic() + patience
    before = cpu_seconds(process)
    while time.monotonic() < deadline:
        await asyncio.sleep(quiet)
        now = cpu_seconds(process)
        if now - before <= share * quiet:
            return
        before = now
    raise LabError(f"{process.name} does not come to rest within {patience:g} s", hint=process.tail())
