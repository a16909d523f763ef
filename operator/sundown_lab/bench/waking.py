"""Waking under a limit of pods a minute: how many start within any minute, told by a watch of the counts and not by the operator."""

import asyncio
import time

from sundown_lab.bench.mirror import Mirror
from sundown_lab.bench.rows import Row, Scale, bar
from sundown_lab.bench.stage import REPLICAS, Stage
from sundown_lab.bench.windows import Start, a_minute, full_windows, most_within, span
from sundown_lab.load import PLURALS, collection
from sundown_lab.wire import PLAIN

MINUTE = 60.0
LEAST_USED = 0.9
_PATIENCE = 60.0


async def waking(stage: Stage, scale: Scale) -> list[Row]:
    """Have all envs fall asleep at once and wake at once, under a limit by which that takes more than a minute.

    Raises:
        LabError: it does not come to its end, or a count or a record is wrong after it.
    """
    await stage.grow(envs=scale.waking, workloads=scale.workloads)
    step, envs = stage.progress.step, stage.load.envs
    pods = REPLICAS * len(stage.load.keys)
    async with stage.operator(settings={"SUNDOWN_WAKE_PODS_PER_MINUTE": str(scale.a_minute)}) as subject:
        await subject.decided(envs, patience=_PATIENCE)
        await subject.rest()
        with step(f"{envs} envs fall asleep"):
            asleep = stage.expect_written("Asleep")
            await stage.schedule("Asleep")
            await stage.written(asleep, patience=_PATIENCE)
            await stage.settle("Asleep", patience=_PATIENCE)
        with step(f"{envs} envs wake, {scale.a_minute} pods a minute"):
            started = await _wake(stage, patience=2 * MINUTE * pods / scale.a_minute)
    return [row_of(started, limit=scale.a_minute, size=stage.load.size)]


async def _wake(stage: Stage, *, patience: float) -> list[Start]:
    mirrors = {kind: Mirror(stage.wire, collection(kind), accept=PLAIN, accept_list=PLAIN) for kind in PLURALS}
    for mirror in mirrors.values():
        await mirror.start()
    try:
        due = await stage.schedule("Awake")
        awake = {
            kind: mirror.expect(
                lambda found: found["spec"]["replicas"] > 0,
                [(namespace, name) for each_kind, namespace, name in stage.load.keys if each_kind == kind],
            )
            for kind, mirror in mirrors.items()
        }
        await asyncio.sleep(max(0.0, due - time.time()))
        for kind, mirror in mirrors.items():
            await mirror.until(awake[kind], what=f"{kind}s have their counts", patience=patience)
        await stage.settle("Awake", patience=_PATIENCE)
        await stage.check("Awake")
        return [
            Start(at, mirror.objects[key]["spec"]["replicas"])
            for kind, mirror in mirrors.items()
            for key, at in awake[kind].times.items()
        ]
    finally:
        for mirror in mirrors.values():
            await mirror.stop()


def row_of(started: list[Start], *, limit: float, size: str) -> Row:
    """The row of what was seen to start; it fails where no minute is full, or the limit is not made use of."""
    most, rate, took = most_within(started, seconds=MINUTE), a_minute(started), span(started)
    used = rate / limit
    spoiled = "no minute full" if took < MINUTE else f"{used:.2f} used" if used < LEAST_USED else ""
    said = f"at most {most} pods within 60 s where {limit:g} may start; from the first to the last {rate:.0f} a minute in {took:.0f} s"
    detail = {
        "limit_a_minute": limit,
        "pods": sum(start.pods for start in started),
        "most_within_a_minute": most,
        "full_minutes": full_windows(started, seconds=MINUTE),
        "each_ten_seconds": full_windows(started, seconds=MINUTE / 6),
        "a_minute_from_first_to_last": round(rate),
        "used": round(used, 3),
        "seconds": round(took, 1),
    }
    return Row(bar("wake-limit"), size, most / limit, spoiled=spoiled, said=said, detail=detail)
