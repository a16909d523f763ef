"""The largest size: how fast the operator is up, how soon it begins, how much memory it takes, and what it asks at rest."""

import asyncio
import time
from dataclasses import dataclass

from sundown_lab.bench.herd import NAMES, Transition, transition
from sundown_lab.bench.rows import Row, Scale, bar
from sundown_lab.bench.stage import Asked, Stage, Wanted
from sundown_lab.bench.subject import Subject

START_PATIENCE = 120.0
DEFAULT_SWEEP_MINUTES = 10.0


async def crowd(stage: Stage, scale: Scale) -> list[Row]:
    """The rows of one large size: asleep by a first operator, idle with it, awake by a second one."""
    step, envs = stage.progress.step, stage.load.envs
    turns: dict[Wanted, Transition] = {}
    async with stage.operator() as one:
        with step(f"starting the operator on {envs} new envs"):
            fresh = await one.decided(envs, patience=START_PATIENCE)
            await one.rest()
        with step(f"{envs} envs fall asleep"):
            turns["Asleep"] = await transition(stage, one, "Asleep")
        with step("idling between sweeps"):
            quiet = await _idle(stage, one, seconds=scale.idle_seconds)
    async with stage.operator(sweep_minutes=scale.sweep_minutes) as two:
        with step(f"starting the operator on {envs} sleeping envs"):
            again = await two.decided(envs, patience=START_PATIENCE)
            await two.rest()
        with step("idling with sweeps"):
            swept = await _idle(stage, two, seconds=2 * 60 * scale.sweep_minutes)
        with step(f"{envs} envs wake"):
            turns["Awake"] = await transition(stage, two, "Awake")
    size = stage.load.size
    quiet_a_minute = quiet.requests / quiet.minutes
    sweeps = swept.minutes / scale.sweep_minutes
    a_sweep = max(0.0, swept.requests - quiet_a_minute * swept.minutes) / sweeps
    writes = quiet.asked.writes + swept.asked.writes
    idle = {
        "between_sweeps_a_minute": round(quiet_a_minute, 2),
        "a_sweep": round(a_sweep, 1),
        "of_them_kopf": quiet.requests - quiet.own + swept.requests - swept.own,
        "asked_with_sweeps": {"sweeps": round(sweeps, 1), **swept.asked},
    }
    return [
        Row(bar("start"), size, max(fresh, again), detail={"new": round(fresh, 2), "asleep": round(again, 2)}),
        Row(
            bar("first-write"),
            size,
            max(turn.first for turn in turns.values()),
            detail={
                NAMES[way]: {"first": round(turn.first, 3), "last": round(turn.last, 2)} for way, turn in turns.items()
            },
        ),
        Row(
            bar("memory"),
            size,
            max(one.peak_mib, two.peak_mib),
            detail={"falling asleep": round(one.peak_mib, 1), "waking": round(two.peak_mib, 1)},
        ),
        Row(
            bar("idle"),
            size,
            quiet_a_minute + a_sweep / DEFAULT_SWEEP_MINUTES,
            spoiled=f"{writes} writes" if writes else "",
            detail=idle,
        ),
    ]


@dataclass(frozen=True)
class _Idle:
    """What was asked while nothing was to do, in how many minutes; ``own`` is what the operator counts, without Kopf."""

    asked: Asked
    own: int
    minutes: float

    @property
    def requests(self) -> int:
        return self.asked.total()


async def _idle(stage: Stage, subject: Subject, *, seconds: float) -> _Idle:
    before, own, began = await stage.asked(), subject.metrics()["sundown_api_requests_total"], time.monotonic()
    await asyncio.sleep(seconds)
    minutes = (time.monotonic() - began) / 60
    own = subject.metrics()["sundown_api_requests_total"] - own
    after = await stage.asked()
    after.subtract(before)
    return _Idle(Asked(+after), int(own), minutes)
