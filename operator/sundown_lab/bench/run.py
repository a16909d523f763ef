"""A whole run: the control plane up, one size after the other, the rows as they come."""

from collections.abc import AsyncIterator, Collection

from sundown_lab.bench.clicks import ENVS, WORKLOADS, clicks
from sundown_lab.bench.crowd import crowd
from sundown_lab.bench.herd import herd
from sundown_lab.bench.rows import KEYS, Row, Scale
from sundown_lab.bench.stage import set_up
from sundown_lab.progress import Progress

CROWD = frozenset({"start", "first-write", "memory", "idle"})
CLICKS = frozenset({"click", "ack", "frontdesk-memory"})


async def measure(
    scale: Scale, *, progress: Progress, keys: Collection[str] = KEYS, command: str | None = None
) -> AsyncIterator[Row]:
    """The rows that are asked for, on a fresh control plane that is gone afterwards.

    ``command`` runs the operator, instead of this environment's ``sundown operator``.

    Raises:
        LabError: something does not start, does not come to its end, or ends with wrong counts.
    """
    smallest = scale.herds[0][0]
    async with set_up(progress=progress, command=command) as stage:
        if CLICKS & set(keys):
            await stage.grow(envs=ENVS, workloads=WORKLOADS)
            for row in await clicks(stage):
                if row.bar.key in keys:
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
                    if row.bar.key in wanted & set(keys):
                        yield row
        if CROWD & set(keys):
            await stage.grow(envs=scale.crowd, workloads=scale.workloads)
            for row in await crowd(stage, scale):
                if row.bar.key in keys:
                    yield row
