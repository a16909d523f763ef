"""How much CPU a process has had, by the kernel's own account."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass

import psutil

from sundown_lab.errors import LabError
from sundown_lab.processes import Process


@dataclass(frozen=True)
class Spent:
    """What a program in Go has had for something: seconds of CPU, how many of them to collect garbage, and the bytes it allocated."""

    cpu: float
    collecting: float
    allocated: float


def total(spent: Sequence[Spent], *, times: float = 1.0) -> Spent:
    """All of it together, so many times."""
    cpu, collecting, allocated = map(
        sum, zip(*((one.cpu, one.collecting, one.allocated) for one in spent), strict=True)
    )
    return Spent(times * cpu, times * collecting, times * allocated)


def evened(spent: Sequence[Spent], *, by: Sequence[Spent]) -> list[float]:
    """Seconds of CPU for each, with the garbage that it has made in place of the garbage that was collected meanwhile.

    A heap is collected when it has doubled, in one go, which is a few times in ten seconds: once more or less is a tenth of what
    is measured. What it takes goes with what is allocated in the long run, which is all that is in ``by``.
    """
    price = sum(one.collecting for one in by) / sum(one.allocated for one in by)
    return [one.cpu - one.collecting + price * one.allocated for one in spent]


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
