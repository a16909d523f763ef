"""A whole run: a fresh control plane for each part that is asked for, and the rows as they come."""

from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from dataclasses import dataclass

from sundown_lab.bench.alerts import alerts
from sundown_lab.bench.calls import WORKLOADS as BESIDE_CALLS
from sundown_lab.bench.calls import calls
from sundown_lab.bench.clicks import ENVS, WORKLOADS, clicks
from sundown_lab.bench.cloud import WORKLOADS as BESIDE_INSTANCES
from sundown_lab.bench.cloud import cloud
from sundown_lab.bench.crowd import crowd
from sundown_lab.bench.herd import herd
from sundown_lab.bench.hold import hold
from sundown_lab.bench.idle_kinds import idle_kinds
from sundown_lab.bench.rows import KEYS, Row, Scale
from sundown_lab.bench.stage import Stage, set_up
from sundown_lab.bench.waking import waking
from sundown_lab.progress import Progress

CROWD = frozenset({"start", "first-write", "memory", "idle"})
CLICKS = frozenset({"click", "ack", "frontdesk-memory"})


async def _cloud(stage: Stage, scale: Scale) -> list[Row]:
    await stage.grow(envs=scale.cloud, workloads=BESIDE_INSTANCES)
    return await cloud(stage)


async def _calls(stage: Stage, scale: Scale) -> list[Row]:
    await stage.grow(envs=scale.crowd, workloads=BESIDE_CALLS)
    return await calls(stage)


async def _alerts(stage: Stage, scale: Scale) -> list[Row]:
    return await alerts(stage, pods=scale.pods)


@dataclass(frozen=True)
class Part:
    """Rows that are measured together, on a control plane of their own; with an audit log where that is what tells them."""

    keys: frozenset[str]
    measure: Callable[[Stage, Scale], Awaitable[list[Row]]]
    audit: bool = False


PARTS = (
    Part(frozenset({"cloud-refresh", "cloud-stop", "cloud-calls", "cloud-memory"}), _cloud),
    Part(frozenset({"api-list", "api-wake"}), _calls),
    Part(frozenset({"alert", "alerts-memory"}), _alerts),
    Part(frozenset({"hold-day", "hold-night"}), hold),
    Part(frozenset({"wake-limit"}), waking),
    Part(frozenset({"idle-kinds"}), idle_kinds, audit=True),
)
"""A row that is new has its bar in ``rows`` and its part here; what no part has is measured on the control plane of the herds."""
HERDS = frozenset(KEYS).difference(*(part.keys for part in PARTS))


async def measure(
    scale: Scale, *, progress: Progress, keys: Collection[str] = KEYS, command: str | None = None
) -> AsyncIterator[Row]:
    """The rows that are asked for, each part on a fresh control plane.

    ``command`` runs the operator, instead of this environment's ``sundown operator``.

    Raises:
        LabError: something does not start, does not come to its end, or ends with wrong counts.
    """
    for part in PARTS:
        if part.keys & set(keys):
            async with set_up(progress=progress, command=command, audit=part.audit) as stage:
                for row in await part.measure(stage, scale):
                    if row.bar.key in keys:
                        yield row
    if HERDS & set(keys):
        async with set_up(progress=progress, command=command) as stage:
            async for row in _cluster(stage, scale, keys):
                if row.bar.key in keys:
                    yield row


async def _cluster(stage: Stage, scale: Scale, keys: Collection[str]) -> AsyncIterator[Row]:
    smallest = scale.herds[0][0]
    if CLICKS & set(keys):
        await stage.grow(envs=ENVS, workloads=WORKLOADS)
        for row in await clicks(stage):
            yield row
    for key, envs, rounds in scale.herds:
        wanted = {key} | ({"cpu"} if key == smallest else set())
        if not wanted & set(keys):
            continue
        await stage.grow(envs=envs, workloads=scale.workloads)
        async with stage.operator() as subject:
            await subject.decided(envs, patience=60)
            await subject.rest()
            for row in await herd(stage, subject, key=key, rounds=rounds):
                if row.bar.key in wanted:
                    yield row
    if CROWD & set(keys):
        await stage.grow(envs=scale.crowd, workloads=scale.workloads)
        for row in await crowd(stage, scale):
            yield row
