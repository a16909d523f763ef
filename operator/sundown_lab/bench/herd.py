"""Many envs due at the same second, against a bare loop of the same requests.

Their workloads are in one wave (see ``Stage.grow``): a loop waits for no pod, so neither does what is compared with it.
"""

import asyncio
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass, field

from sundown_lab.bench.rows import Row, bar
from sundown_lab.bench.stage import Stage, Wanted
from sundown_lab.bench.subject import Subject
from sundown_lab.errors import LabError
from sundown_lab.wire import AT_ONCE, Json

WAYS: tuple[Wanted, ...] = ("Asleep", "Awake")
NAMES: dict[Wanted, str] = {"Asleep": "falling asleep", "Awake": "waking"}


@dataclass(frozen=True)
class Transition:
    """One transition by the operator, in seconds: from due to the first and the last workload, and what it cost."""

    first: float
    last: float
    cpu: float


@dataclass
class Times:
    """All that was measured in one direction."""

    operator: list[Transition] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)
    bare_cpu: list[float] = field(default_factory=list)


async def herd(stage: Stage, subject: Subject, *, key: str, rounds: int) -> list[Row]:
    """The ratio rows and the CPU row at the stage's size; the order changes from round to round."""
    times: dict[Wanted, Times] = {way: Times() for way in WAYS}
    for number in range(rounds):
        with stage.progress.step(f"{stage.load.envs} envs due at once, round {number + 1} of {rounds}"):
            if number % 2:
                await _bare(stage, subject, times)
            for way in WAYS:
                times[way].operator.append(await transition(stage, subject, way))
            if not number % 2:
                await _bare(stage, subject, times)
    return [*_ratios(stage, key, times), _cpu(stage, times)]


async def transition(stage: Stage, subject: Subject, to: Wanted) -> Transition:
    """Let every env turn at once, watch it, and wait until it is over.

    Raises:
        LabError: it does not come to its end, or a count or a record is wrong after it.
    """
    workloads = len(stage.load.keys)
    due = await stage.schedule(to)
    expected = stage.expect_written(to)
    await asyncio.sleep(max(0.0, due - 0.3 - time.time()))
    cpu = subject.cpu_seconds
    first, last = await stage.written(expected, patience=30 + workloads / 20)
    await stage.settle(to, patience=60 + workloads / 20)
    await subject.rest()
    cpu = subject.cpu_seconds - cpu
    await stage.check(to)
    return Transition(first=first - due, last=last - due, cpu=cpu)


async def _bare(stage: Stage, subject: Subject, times: dict[Wanted, Times]) -> None:
    await subject.rest()
    with subject.frozen():
        for way in WAYS:
            patches = await stage.patches(way)
            await asyncio.sleep(0.5)
            took = await bare_loop(stage, patches)
            times[way].bare.append(took["seconds"])
            times[way].bare_cpu.append(took["cpu_seconds"])
        await stage.check("Awake")


async def bare_loop(stage: Stage, patches: list[tuple[str, Json]]) -> dict[str, float]:
    """Run the yardstick in a process of its own. Raises LabError: a request was refused."""
    wish = {
        "server": stage.control_plane.server,
        "authority": stage.control_plane.endpoint.authority.decode(),
        "token": stage.token,
        "at_once": AT_ONCE,
        "patches": patches,
    }
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "sundown_lab.bench.bare",
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    said, complaint = await process.communicate(json.dumps(wish).encode())
    if process.returncode != 0:
        raise LabError(f"the bare loop failed: {complaint.decode(errors='replace')[-500:]}")
    took: dict[str, float] = json.loads(said)
    return took


def _ratios(stage: Stage, key: str, times: dict[Wanted, Times]) -> list[Row]:
    rows = []
    for way, measured in times.items():
        operator, bare = median(one.last for one in measured.operator), median(measured.bare)
        detail = {
            "operator_seconds": _rounded(one.last for one in measured.operator),
            "operator_first_write_seconds": _rounded(one.first for one in measured.operator),
            "bare_seconds": _rounded(measured.bare),
            "bare_cpu_seconds": _rounded(measured.bare_cpu),
            "bare_patches_a_second": round(len(stage.load.keys) / bare),
            "interruptions_of_the_watch": stage.interruptions,
        }
        rows.append(Row(bar(key), stage.load.size, operator / bare, way=NAMES[way], detail=detail))
    return rows


def _cpu(stage: Stage, times: dict[Wanted, Times]) -> Row:
    thousands = len(stage.load.keys) / 1000
    each = {NAMES[way]: [one.cpu / thousands for one in measured.operator] for way, measured in times.items()}
    dearest = max(median(figures) for figures in each.values())
    return Row(bar("cpu"), stage.load.size, dearest, detail={way: _rounded(figures) for way, figures in each.items()})


def median(figures: Iterable[float]) -> float:
    """The one in the middle."""
    return statistics.median(list(figures))


def _rounded(figures: Iterable[float]) -> list[float]:
    return [round(figure, 3) for figure in figures]
