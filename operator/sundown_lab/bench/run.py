"""A whole run: the control plane up, one size after the other, the rows as they come."""

from collections.abc import AsyncIterator, Collection

from sundown_lab.bench.alerts import alerts
from sundown_lab.bench.calls import WORKLOADS as BESIDE_CALLS
from sundown_lab.bench.calls import calls
from sundown_lab.bench.clicks import ENVS, WORKLOADS, clicks
from sundown_lab.bench.cloud import WORKLOADS as BESIDE_INSTANCES
from sundown_lab.bench.cloud import cloud
from sundown_lab.bench.crowd import crowd
from sundown_lab.bench.herd import herd
from sundown_lab.bench.rows import KEYS, Row, Scale
from sundown_lab.bench.stage import Stage, set_up
from sundown_lab.progress import Progress

CROWD = frozenset({"start", "first-write", "memory", "idle"})
CLICKS = frozenset({"click", "ack", "frontdesk-memory"})
ALERTS = frozenset({"alert", "alerts-memory"})
CALLS = frozenset({"api-list", "api-wake"})
CLOUD = frozenset({"cloud-refresh", "cloud-stop", "cloud-calls", "cloud-memory"})


async def measure(
    scale: Scale, *, progress: Progress, keys: Collection[str] = KEYS, command: str | None = None
) -> AsyncIterator[Row]:
    """The rows that are asked for, on fresh control planes: for AWS, for the REST API, for alerts, for the others.

    ``command`` runs the operator, instead of this environment's ``sundown operator``.

    Raises:
        LabError: something does not start, does not come to its end, or ends with wrong counts.
    """
    parts = (
        (CLOUD, _cloud),
        (CALLS, _calls),
        (ALERTS, _alerts),
        (frozenset(KEYS) - CLOUD - CALLS - ALERTS, _cluster),
    )
    for of_part, part in parts:
        wanted = of_part & set(keys)
        if not wanted:
            continue
        async with set_up(progress=progress, command=command) as stage:
            async for row in part(stage, scale, wanted):
                if row.bar.key in wanted:
                    yield row


async def _cloud(stage: Stage, scale: Scale, _wanted: Collection[str]) -> AsyncIterator[Row]:
    await stage.grow(envs=scale.cloud, workloads=BESIDE_INSTANCES)
    for row in await cloud(stage):
        yield row


async def _alerts(stage: Stage, scale: Scale, _wanted: Collection[str]) -> AsyncIterator[Row]:
    for row in await alerts(stage, pods=scale.pods):
        yield row


async def _calls(stage: Stage, scale: Scale, _wanted: Collection[str]) -> AsyncIterator[Row]:
    await stage.grow(envs=scale.crowd, workloads=BESIDE_CALLS)
    for row in await calls(stage):
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
