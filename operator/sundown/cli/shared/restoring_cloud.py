"""Starts what Sundown stopped in AWS from the tags there alone, and drops the tags once it runs.

As with the records on workloads it may be broken off and begun again at any point.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from sundown.aws.errors import CloudBusy, CloudError
from sundown.aws.settings import AwsSettings
from sundown.cli.shared.cloud_access import looking
from sundown.cli.shared.restoring import Woken
from sundown.cli.shared.visible_envs import Listed
from sundown.model.cloud import CloudPart, CloudState
from sundown.model.record import PLANNED, Record
from sundown.reconcile.in_cloud import CLOUD_KINDS
from sundown.reconcile.memory import Memory, by_key
from sundown.reconcile.part_verdict import Goal, stand
from sundown.reconcile.plan import reconsider
from sundown.schedule.clock import SystemClock

if TYPE_CHECKING:
    from sundown.aws.cloud import AwsCloud


@dataclass(slots=True)
class Started:
    """One thing in AWS that Sundown had stopped, and the state that it was found in.

    ``failure`` says why it is not as it was before, ``left`` why it is no business of ours.
    """

    part: CloudPart
    before: CloudState
    failure: str = ""
    left: str = ""

    @property
    def is_done(self) -> bool:
        """Whether it was, or would be, brought back."""
        return not self.failure and not self.left

    def told(self, *, dry_run: bool) -> str:
        """What became of it, or would."""
        title = f"{self.part.namespace}: {self.part.title} in {self.part.region}"
        if self.left:
            return f"{title}: left alone: {self.left}"
        if self.failure:
            return f"{title}: {self.failure}"
        if self.before == "running":
            return f"{title} runs already, its tags {'would be ' if dry_run else ''}dropped"
        return f"{title} {'would be ' if dry_run else ''}started"

    def to_json(self) -> dict[str, Any]:
        """The result for machines."""
        part = self.part
        return {
            "kind": part.kind,
            "id": part.identifier,
            "region": part.region,
            "account": part.account,
            "state": part.state,
            "left": self.left or None,
            "failure": self.failure or None,
        }


@dataclass(slots=True)
class Restored:
    """What was started in AWS, or would be, and what could not be looked at."""

    started: list[Started] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    @property
    def failed(self) -> bool:
        """Whether something is left that sleeps, or may."""
        return bool(self.failures) or any(one.failure for one in self.started)

    @property
    def count(self) -> int:
        """How many were brought back, or would be."""
        return sum(one.is_done for one in self.started)


@dataclass(frozen=True, slots=True)
class Starting:
    """How to start it: in which namespaces (all where none is named), for how long at most, and whether only to say so.

    ``remembered`` is what the statuses of the EnvSchedules say that was stopped, by namespace.
    """

    cluster_name: str
    namespaces: Collection[str]
    patience: timedelta
    dry_run: bool
    tell: Callable[[str], None]
    remembered: Mapping[str, tuple[Record, ...]] = field(default_factory=dict)

    def goal(self, part: CloudPart) -> Goal:
        """That a part runs, for whomever it was stopped."""
        return Goal(
            wanted="Awake",
            now=SystemClock().now(),
            holder=part.holder or f"{self.cluster_name}/{part.namespace}",
            memory=Memory(records=by_key(self.remembered.get(part.namespace, ()))),
        )


async def restore(aws: AwsSettings, how: Starting) -> Restored:
    """Start everything in AWS that this Sundown stopped, and drop the record of what runs. What fails stops no other.

    Raises:
        InvalidObject: when the table of prices cannot be read.
    """
    stopped = {name: [one.uid for one in records] for name, records in how.remembered.items()}
    async with looking(aws, cluster_name=how.cluster_name, stopped=stopped) as cloud:
        found = Restored(failures=list(dict.fromkeys(cloud.inventory.failing.values())))
        for part in sorted(cloud.inventory.parts, key=lambda part: (part.namespace, part.kind, part.arn)):
            sleeps = part.record is not None or part.state == "stopped"
            known = part.record is not None or part.arn in stopped.get(part.namespace, ())
            if sleeps and known and (not how.namespaces or part.namespace in how.namespaces):
                found.started.append(_judged(part, how))
        if not how.dry_run:
            await _start(cloud, [one for one in found.started if one.is_done], how, pause=aws.watch_seconds)
        return found


def forgotten(rows: Iterable[Listed], *, regions: Collection[str]) -> list[str]:
    """What sleeps in AWS by the statuses of these envs, in other regions than those that are looked at here."""
    return [
        f"{row.namespace}: {part.title} sleeps in {part.region}, which is not configured here: "
        "set SUNDOWN_AWS_REGIONS (and credentials) as the operator has them, and call this again"
        for row in rows
        for part in row.status.cloud
        if part.region not in regions
        and part.state in {"stopped", "stopping"}
        and part.refused is None
        and not part.left_stopped
    ]


def remembered(rows: Iterable[Listed]) -> dict[str, tuple[Record, ...]]:
    """What the statuses of these envs say that was stopped in AWS, by namespace."""
    found = {
        row.namespace: tuple(one for one in row.status.records if one.kind in CLOUD_KINDS and one.restore != PLANNED)
        for row in rows
    }
    return {name: records for name, records in found.items() if records}


def rows(woken: Iterable[Woken], restored: Restored) -> list[dict[str, Any]]:
    """A row a namespace, for machines."""
    found: dict[str, dict[str, Any]] = {one.namespace: {**one.to_json(), "cloud": []} for one in woken}
    for one in restored.started:
        row = found.setdefault(one.part.namespace, {**Woken(one.part.namespace, (), ()).to_json(), "cloud": []})
        row["cloud"].append(one.to_json())
        row["ok"] = row["ok"] and not one.failure
    return [found[name] for name in sorted(found)]


def _judged(part: CloudPart, how: Starting) -> Started:
    """Whether it may be started at all."""
    one = Started(part, part.state)
    cluster = (part.holder or "").partition("/")[0]
    if part.ours and part.holder is not None and cluster != how.cluster_name:
        one.left = f"it was stopped by {part.holder}; if that is this cluster, set SUNDOWN_CLUSTER_NAME={cluster}"
        return one
    standing = stand(how.goal(part), part)
    if standing.refused is not None and part.state == "running":
        one.left = standing.refused
    elif standing.refused is not None:
        one.failure = standing.refused
    elif standing.mistakes and not part.ours:
        one.failure = standing.mistakes[-1].text
    return one


async def _start(cloud: AwsCloud, those: list[Started], how: Starting, *, pause: float) -> None:
    """Until they all run without a record: start what is stopped, forget what runs, wait for what is between."""
    busy: dict[str, str] = {}
    waiting = those
    try:
        async with asyncio.timeout(how.patience.total_seconds()):
            while True:
                await asyncio.gather(*(_step(cloud, one, how, busy) for one in waiting))
                waiting = [one for one in waiting if not one.failure and _still_sleeps(cloud, one)]
                if not waiting:
                    return
                how.tell(f"{len(waiting)} in AWS on the way; databases take 5 to 10 minutes")
                await asyncio.sleep(pause)
                await asyncio.gather(*(cloud.look(place) for place in cloud.places))
                waiting = [one for one in waiting if _still_sleeps(cloud, one)]
    except TimeoutError:
        for one in waiting:
            wrong = busy.get(one.part.arn) or one.part.trouble
            one.failure = wrong or f"it is {one.part.phase} still: call this again later"


def _still_sleeps(cloud: AwsCloud, one: Started) -> bool:
    """Take over what is known of it now; whether there is something left to do."""
    part = cloud.inventory.get(one.part.arn)
    one.part = part or one.part
    return part is not None and (part.record is not None or part.state == "stopped")


async def _step(cloud: AwsCloud, one: Started, how: Starting, busy: dict[str, str]) -> None:
    goal = how.goal(one.part)
    step = reconsider(goal, one.part)
    if step is None:
        return
    try:
        await cloud.carry_out(step, partial(reconsider, goal))
    except CloudBusy as error:
        busy[one.part.arn] = str(error)
    except CloudError as error:
        one.failure = str(error)
    else:
        busy.pop(one.part.arn, None)
