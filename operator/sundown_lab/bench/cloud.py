"""AWS: how long a look at 2,500 instances takes, how long it takes to stop them all, and how many calls that costs."""

import asyncio
import json
import math
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass

from sundown_lab.aws.keys import REGION, environment
from sundown_lab.aws.process import AwsProcess
from sundown_lab.aws.remote import Aws
from sundown_lab.aws.traffic import Call
from sundown_lab.bench.herd import median
from sundown_lab.bench.rows import Row, bar
from sundown_lab.bench.sky import look, start, stop
from sundown_lab.bench.stage import Stage
from sundown_lab.bench.subject import Subject
from sundown_lab.errors import LabError

WORKLOADS = 2
IN_EACH = 10
REFRESHES = 4
BETWEEN = 5.0
PATIENCE = 300.0
POLL = 0.2
STOPPING_SECONDS = 3.0
# What every env asks once and then once a day has nothing to do with either.
BESIDE = frozenset({"DescribeInstanceAttribute"})


@dataclass(frozen=True)
class Refresh:
    """One look at everything: how long it took, and its calls by operation."""

    seconds: float
    calls: Mapping[str, int]


async def cloud(stage: Stage) -> list[Row]:
    """The rows of AWS, ten instances in each env of the stage.

    Raises:
        LabError: something does not start, or does not come to its end.
    """
    step, envs = stage.progress.step, stage.load.envs
    count = envs * IN_EACH
    with AwsProcess(log=stage.control_plane.directory / "logs" / "aws.log") as aws:
        with step(f"making {count} instances"):
            for namespace in stage.load.namespaces:
                await asyncio.to_thread(aws.instances, IN_EACH, namespace=namespace)
        async with _operator(stage, aws, inventory_seconds=BETWEEN) as one:
            with step(f"looking at {count} instances"):
                refreshes, bare = await _refreshes(aws, one, count=count)
        with step(f"stopping {count} instances by a bare loop"):
            bare_stop = [await asyncio.to_thread(stop, aws)]
        # No refresh between: its calls would be counted.
        async with _operator(stage, aws, inventory_seconds=86_400) as two:
            with step(f"stopping {count} instances"):
                stopped = await _stop_all(stage, aws, two)
        with step(f"stopping {count} instances by a bare loop again"):
            await asyncio.to_thread(start, aws)
            bare_stop.append(await asyncio.to_thread(stop, aws))
    return _rows(stage, refreshes, bare, stopped, bare_stop, peak=max(one.peak_mib, two.peak_mib))


@dataclass(frozen=True)
class Stopped:
    """All of it asleep, in seconds after it was due: until AWS had taken the last wish, and until every env said so."""

    accepted: float
    asleep: float
    calls: Mapping[str, int]


def _rows(
    stage: Stage,
    refreshes: Sequence[Refresh],
    bare: Sequence[float],
    stopped: Stopped,
    bare_stop: Sequence[float],
    *,
    peak: float,
) -> list[Row]:
    envs, count = stage.load.envs, stage.load.envs * IN_EACH
    size = f"{envs} x {IN_EACH}"
    seconds = median(one.seconds for one in refreshes)
    calls = refreshes[-1].calls
    # Pages of 100 tagged things; described by 1,000 ids a call.
    least_look = math.ceil(count / 100) + math.ceil(count / 1000)
    # Each env's record names the env, so it needs a call of its own; and what stops is looked at before and after.
    least_stop = envs + 3 * math.ceil(count / 1000)
    return [
        Row(
            bar("cloud-refresh"),
            size,
            seconds / median(bare),
            detail={"seconds": [round(one.seconds, 2) for one in refreshes], "bare": [round(one, 2) for one in bare]},
        ),
        Row(
            bar("cloud-stop"),
            size,
            stopped.accepted / median(bare_stop),
            detail={
                "accepted": round(stopped.accepted, 2),
                "asleep": round(stopped.asleep, 2),
                "bare": [round(one, 2) for one in bare_stop],
            },
        ),
        *(
            Row(
                bar("cloud-calls"),
                size,
                sum(asked.values()) / least,
                way=f"{what}: {sum(asked.values())} calls, {least} at least",
                detail=dict(asked),
            )
            for what, asked, least in (("refresh", calls, least_look), ("stopping", stopped.calls, least_stop))
        ),
        Row(bar("cloud-memory"), size, peak),
    ]


@asynccontextmanager
async def _operator(stage: Stage, aws: Aws, *, inventory_seconds: float) -> AsyncIterator[Subject]:
    settings = {
        **environment(aws.url),
        "SUNDOWN_CLUSTER_NAME": "bench",
        "SUNDOWN_AWS_REGIONS": json.dumps([REGION]),
        "SUNDOWN_AWS_INVENTORY_SECONDS": str(inventory_seconds),
    }
    async with stage.operator(settings=settings) as subject:
        await subject.decided(stage.load.envs, patience=PATIENCE)
        yield subject


async def _refreshes(aws: Aws, subject: Subject, *, count: int) -> tuple[list[Refresh], list[float]]:
    """Some looks, and the bare loop after each; the first look, in which everything is new, is not measured."""
    end = await _end_of_refresh(subject, after=0.0, count=count)
    found: list[Refresh] = []
    bare: list[float] = []
    while len(found) < REFRESHES:
        with subject.frozen():
            bare.append(await asyncio.to_thread(look, aws))
            since = await asyncio.to_thread(lambda: aws.seq)
        end = await _end_of_refresh(subject, after=end, count=count)
        calls = await asyncio.to_thread(lambda seq: aws.called(since=seq), since)
        found.append(_refresh([call for call in calls if call.operation not in BESIDE], end))
    return found, bare


async def _end_of_refresh(subject: Subject, *, after: float, count: int) -> float:
    """When the next look ended in which everything was found, as a Unix time; there is a pause after it."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        metrics = await asyncio.to_thread(subject.metrics)
        end = metrics.get("sundown_aws_refreshed_timestamp_seconds", 0.0)
        if end > after and metrics.get("sundown_aws_parts") == count:
            return end
        await asyncio.sleep(POLL)
    raise LabError(f"{count} instances are not found within {PATIENCE:g} s")


def _refresh(calls: Sequence[Call], end: float) -> Refresh:
    return Refresh(end - min(call.at for call in calls), _by_operation(calls))


async def _stop_all(stage: Stage, aws: Aws, subject: Subject) -> Stopped:
    aws.delay(STOPPING_SECONDS, service="ec2")
    due = await stage.schedule("Asleep")
    since = await asyncio.to_thread(lambda: aws.seq)
    deadline = due + PATIENCE
    while any(each.phase != "stopped" for each in (await asyncio.to_thread(lambda: aws.everything)).values()):
        if time.time() > deadline:
            raise LabError(f"not everything is stopped within {PATIENCE:g} s")
        await asyncio.sleep(POLL)
    subject.look_at_memory()
    await stage.settle("Asleep", patience=PATIENCE)
    asleep = time.time() - due
    calls = [call for call in await asyncio.to_thread(lambda: aws.called(since=since)) if call.operation not in BESIDE]
    await stage.check("Asleep")
    accepted = max(call.at + (call.took or 0.0) for call in calls if call.operation == "StopInstances")
    return Stopped(accepted - due, asleep, _by_operation(calls))


def _by_operation(calls: Iterable[Call]) -> Mapping[str, int]:
    return Counter(call.operation for call in calls)
