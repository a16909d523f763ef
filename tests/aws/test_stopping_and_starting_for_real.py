"""The calls that stop, start, tag and describe, through boto3 and over HTTP: the simulator takes them as AWS would."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from sundown.aws.account_regions import places
from sundown.aws.fresh_look import Looking
from sundown.aws.inventory import Inventory, Surroundings
from sundown.aws.sessions import Sessions
from sundown.aws.settings import AwsSettings
from sundown.aws.stop_start import Acting
from sundown.aws.tags import RECORD
from sundown.aws.watching import Watching
from sundown.model.cloud import CloudKind, CloudPart, restarted_by_aws
from sundown.model.parts import Step
from sundown.model.spec import Wanted
from sundown.reconcile.part_verdict import Goal
from sundown.reconcile.plan import reconsider
from sundown.schedule.clock import SystemClock
from sundown_lab.aws.remote import Aws
from support.virtualtime import meanwhile

PATIENCE = 120.0
LONG_AGO = datetime.now(UTC).replace(microsecond=0) - timedelta(days=8)


@dataclass(frozen=True)
class Cloud:
    """What the operator has of AWS."""

    acting: Acting
    inventory: Inventory
    changed: asyncio.Event

    async def carry_out(self, step: Step) -> int:
        """As a visit does to an env that should sleep, or wake."""
        wanted: Wanted = "Asleep" if step.action == "Sleep" else "Awake"
        goal = Goal(wanted=wanted, now=datetime.now(UTC), holder=f"default/{step.part.namespace}")
        return await self.acting.carry_out(step, partial(reconsider, goal))

    async def all_are(self, state: str) -> None:
        """Return when everything is known to be in this state."""
        async with asyncio.timeout(PATIENCE):
            while {part.state for part in self.inventory.parts} != {state}:
                self.changed.clear()
                await self.changed.wait()

    async def want(self, wanted: Wanted) -> dict[str, int | str]:
        """The steps that everything known needs, made at once: how many changes each was, or why there was none."""
        goal = Goal(wanted=wanted, now=datetime.now(UTC), holder="default/dev1")
        steps = [step for part in self.inventory.parts if (step := reconsider(goal, part)) is not None]
        outcome = await asyncio.gather(*(self.carry_out(step) for step in steps), return_exceptions=True)
        said = [each if isinstance(each, int) else str(each) for each in outcome]
        return {step.part.title.partition("/")[2]: each for step, each in zip(steps, said, strict=True)}


@asynccontextmanager
async def cloud(aws: Aws, monkeypatch: pytest.MonkeyPatch, *identifiers: str) -> AsyncIterator[Cloud]:
    """Acting and watching, that know of these and have not looked at them yet."""
    for name, value in aws.environment.items():
        monkeypatch.setenv(name, value)
    settings = AwsSettings(regions=("eu-central-1",))
    sessions = Sessions(settings)
    known, changed = places(settings), asyncio.Event()
    surroundings = Surroundings("default", known=lambda _: True, changed=lambda _: changed.set())
    inventory = Inventory(settings, known, surroundings)
    looking = Looking(sessions, inventory.context)
    acting = Acting(looking, inventory, places=known, cluster_name="default", clock=SystemClock())
    watching = Watching(
        looking,
        inventory,
        places=known,
        period=timedelta(seconds=0.05),
        at_least=timedelta(seconds=1),
        clock=SystemClock(),
    )
    kinds: dict[str, CloudKind] = {"i-": "EC2Instance", "db": "RDSInstance", "au": "AuroraCluster"}
    for identifier in identifiers:
        looked = await looking.at(known[0], kinds[identifier[:2]], [identifier])
        assert not looked.failures
        inventory.put(looked.parts.values())
    async with meanwhile(watching.run()):
        yield Cloud(acting, inventory, changed)
    await acting.close()


def part(cloud: Cloud, identifier: str) -> CloudPart:
    return next(part for part in cloud.inventory.parts if part.identifier == identifier)


async def test_instances_databases_and_clusters_stop_and_start(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    """E1: with the record on them for as long as they are stopped, and no trace of it afterwards."""
    aws.delay(0.2)
    instance = aws.instance(namespace="dev1")
    names = [instance, aws.database("db-1", namespace="dev1"), aws.aurora("aurora-1", namespace="dev1")]
    given = {name: aws.tags(name) for name in names}
    async with cloud(aws, monkeypatch, *names) as ours:
        assert await ours.want("Asleep") == dict.fromkeys(names, 1)
        await ours.all_are("stopped")
        assert {name: aws.state(name) for name in names} == dict.fromkeys(names, "stopped")
        for name in names:
            tags = aws.tags(name)
            assert (tags["sundown:previous-state"], tags["sundown:holder"]) == ("running", "default/dev1")
            assert tags.keys() == given[name].keys() | set(RECORD)
        assert all(each.ours and each.stopped_at is not None for each in ours.inventory.parts)
        assert await ours.want("Awake") == dict.fromkeys(names, 1)
        await ours.all_are("running")
        assert await ours.want("Awake") == dict.fromkeys(names, 1)
        assert {name: aws.tags(name) for name in names} == given
        assert await ours.want("Awake") == {}


async def test_an_instance_that_is_gone_spoils_nothing(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    """E4."""
    instances = aws.instances(5, namespace="dev1")
    database = aws.database("db-1", namespace="dev1")
    async with cloud(aws, monkeypatch, *instances, database) as ours:
        aws.client("ec2").terminate_instances(InstanceIds=[instances[2]])
        aws.settle()
        aws.client("rds").delete_db_instance(DBInstanceIdentifier=database, SkipFinalSnapshot=True)
        assert await ours.want("Asleep") == dict.fromkeys(instances, 1) | {instances[2]: 0, database: 0}
        await ours.all_are("stopped")
        assert {each.identifier for each in ours.inventory.parts} == {*instances[:2], *instances[3:]}


async def test_an_instance_that_aws_will_not_stop_fails_alone_with_what_aws_says(
    aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    """E4: somebody protected it a moment ago, and one call is for all of them."""
    instances = aws.instances(5, namespace="dev1")
    async with cloud(aws, monkeypatch, *instances) as ours:
        aws.client("ec2").modify_instance_attribute(InstanceId=instances[1], DisableApiStop={"Value": True})
        outcome = await ours.want("Asleep")
        assert outcome == dict.fromkeys(instances, 1) | {instances[1]: outcome[instances[1]]}
        assert f"The instance '{instances[1]}' may not be stopped" in str(outcome[instances[1]])
        assert aws.state(instances[1]) == "running"
        assert len(aws.called("StopInstances")) == 2


async def test_instances_without_capacity_fail_alone(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    """E4: AWS does not say which, so it is found by halving."""
    instances = aws.instances(8, namespace="dev1")
    async with cloud(aws, monkeypatch, *instances) as ours:
        await ours.want("Asleep")
        await ours.all_are("stopped")
        aws.faults.add("capacity", operation="StartInstances", resource=instances[5])
        outcome = await ours.want("Awake")
        assert outcome == dict.fromkeys(instances, 1) | {instances[5]: outcome[instances[5]]}
        assert "InsufficientInstanceCapacity" in str(outcome[instances[5]])
        aws.faults.clear()
        await ours.want("Awake")
        await ours.all_are("running")


async def test_what_is_in_between_is_waited_for(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database that is being backed up cannot be stopped; it is watched, and stopped when that is over."""
    database = aws.database("db-1", namespace="dev1")
    async with cloud(aws, monkeypatch, database) as ours:
        step = Step("Sleep", part(ours, database))
        aws.phase(database, "backing-up")
        assert await ours.carry_out(step) == 0
        assert part(ours, database).phase == "backing-up"
        assert "sundown:previous-state" not in aws.tags(database)
        aws.phase(database, "available")
        await ours.all_are("running")
        assert await ours.want("Asleep") == {database: 1}
        await ours.all_are("stopped")


async def test_a_call_whose_answer_is_lost_is_not_taken_for_failed(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    """AWS stops it and says so to nobody; asked again, it refuses to stop what is not available any more."""
    aws.delay(0.2)
    database = aws.database("db-1", namespace="dev1")
    async with cloud(aws, monkeypatch, database) as ours:
        aws.faults.add("dropped", operation="StopDBInstance", times=1, carried_out=True)
        assert await ours.want("Asleep") in ({database: 0}, {database: 1})
        await ours.all_are("stopped")
        assert part(ours, database).ours


async def test_a_database_that_aws_restarted_after_seven_days_is_stopped_again(
    aws: Aws, monkeypatch: pytest.MonkeyPatch
) -> None:
    """E6: with a new moment from which the next seven days count."""
    database = aws.database("db-1", namespace="dev1")
    record = {"sundown:previous-state": "running", "sundown:holder": "default/dev1"}
    stopped_at = {"sundown:stopped-at": LONG_AGO.strftime("%Y-%m-%dT%H:%M:%SZ")}
    tags = [{"Key": key, "Value": value} for key, value in (record | stopped_at).items()]
    async with cloud(aws, monkeypatch, database) as ours:
        arn = part(ours, database).arn
        aws.client("rds").add_tags_to_resource(ResourceName=arn, Tags=tags)
        step = Step("Sleep", part(ours, database))
        assert await ours.carry_out(step) == 1
        await ours.all_are("stopped")
        assert datetime.fromisoformat(aws.tags(database)["sundown:stopped-at"]) > LONG_AGO + timedelta(days=7)
        assert not restarted_by_aws(part(ours, database), datetime.now(UTC))
