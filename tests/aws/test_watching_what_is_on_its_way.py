"""What stops and starts is looked at until it is there; where nothing does, AWS is not asked."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from sundown.aws.errors import CloudUnreachable
from sundown.aws.watching import Watching
from support.aws.accounts import DUBLIN, World
from support.virtualtime import in_virtual_time, meanwhile

PERIOD = timedelta(seconds=5)


@asynccontextmanager
async def watched(world: World) -> AsyncIterator[None]:
    """What is known at first is watched."""
    world.learn()
    world.memory.taken.clear()
    watching = Watching(
        world.looking,
        world.memory,
        places=world.places,
        period=PERIOD,
        at_least=timedelta(seconds=60),
        clock=world.clock,
    )
    async with meanwhile(watching.run()):
        yield


@in_virtual_time
async def test_nothing_on_its_way_is_no_call_at_all() -> None:
    """E8."""
    world = World()
    world.account.add("i-1")
    world.account.add("i-2", phase="stopped")
    world.account.add("db-1", kind="RDSInstance")
    async with watched(world):
        await asyncio.sleep(3600)
    assert world.account.asked == []


@in_virtual_time
async def test_what_is_on_its_way_is_described_together_until_it_is_there() -> None:
    world = World()
    instances = [world.account.add(f"i-{number}", phase="stopping") for number in range(3)]
    world.account.add("i-3")
    async with watched(world):
        await asyncio.sleep(12)
        assert [each.about for each in world.account.asked] == [("i-0", "i-1", "i-2")] * 2
        instances[0].phase = instances[1].phase = "stopped"
        await asyncio.sleep(10)
        assert [world.memory.of(each.identifier).state for each in instances] == ["stopped", "stopped", "stopping"]
        assert world.account.asked[-1].about == ("i-2",)
        instances[2].phase = "stopped"
        await asyncio.sleep(5)
        asked = len(world.account.asked)
        await asyncio.sleep(3600)
    assert len(world.account.asked) == asked


@in_virtual_time
async def test_each_place_and_kind_is_a_call_of_its_own() -> None:
    world = World()
    world.account.add("i-1", phase="pending")
    world.account.add("i-2", phase="pending", region=DUBLIN.region)
    world.account.add("db-1", kind="RDSInstance", phase="starting")
    world.account.add("orders", kind="AuroraCluster", phase="starting")
    async with watched(world):
        await asyncio.sleep(6)
    assert sorted((each.region, each.operation) for each in world.account.asked) == [
        ("eu-central-1", "DescribeDBClusters"),
        ("eu-central-1", "DescribeDBInstances"),
        ("eu-central-1", "DescribeInstances"),
        ("eu-west-1", "DescribeInstances"),
    ]


@in_virtual_time
async def test_a_database_in_maintenance_is_watched_until_it_is_available() -> None:
    world = World()
    database = world.account.add("db-1", kind="RDSInstance", phase="backing-up")
    async with watched(world):
        await asyncio.sleep(30)
        assert world.memory.of("db-1").state == "busy"
        database.phase = "available"
        await asyncio.sleep(10)
        assert world.memory.of("db-1").state == "running"


@in_virtual_time
async def test_what_takes_long_is_looked_at_less_and_less_often() -> None:
    """One that has failed for good would else be asked about every few seconds for ever."""
    world = World()
    world.account.add("db-1", kind="RDSInstance", phase="storage-full")
    async with watched(world):
        await asyncio.sleep(60)
        assert len(world.account.asked) >= 10
        await asyncio.sleep(3600)
        asked = len(world.account.asked)
        await asyncio.sleep(3600)
        assert 50 <= len(world.account.asked) - asked <= 62


@in_virtual_time
async def test_one_that_takes_long_holds_up_none_that_has_just_begun() -> None:
    world = World()
    world.account.add("db-1", kind="RDSInstance", phase="storage-full")
    async with watched(world):
        await asyncio.sleep(7200)
        database = world.account.add("db-2", kind="RDSInstance", phase="stopping")
        world.learn()
        database.phase = "stopped"
        await asyncio.sleep(11)
        assert world.memory.of("db-2").state == "stopped"


@in_virtual_time
async def test_a_place_that_is_down_holds_up_no_other_and_is_tried_again() -> None:
    """E4."""
    world = World()
    near = world.account.add("i-1", phase="stopping")
    far = world.account.add("i-2", phase="stopping", region=DUBLIN.region)
    near.phase = far.phase = "stopping"
    world.account.slow[DUBLIN.region] = 45
    world.account.refuse = lambda asked: CloudUnreachable("no answer") if asked.region == DUBLIN.region else None
    async with watched(world):
        near.phase = far.phase = "stopped"
        await asyncio.sleep(6)
        assert world.memory.of("i-1").state == "stopped"
        await asyncio.sleep(60)
        assert world.memory.of("i-2").state == "stopping"
        world.account.slow.clear()
        world.account.refuse = lambda _: None
        await asyncio.sleep(60)
        assert world.memory.of("i-2").state == "stopped"


@in_virtual_time
async def test_what_is_gone_is_forgotten() -> None:
    world = World()
    world.account.add("i-1", phase="stopping")
    world.account.add("i-2", phase="stopping")
    async with watched(world):
        arn = world.memory.of("i-1").arn
        del world.account.things["i-1"]
        await asyncio.sleep(6)
        assert world.memory.dropped == [arn]
        assert world.account.asked[-1].about == ("i-2",)


@in_virtual_time
async def test_what_is_never_touched_is_not_watched() -> None:
    world = World()
    world.account.add("i-1", phase="stopping").tags["aws:autoscaling:groupName"] = "web"
    async with watched(world):
        await asyncio.sleep(60)
    assert world.account.asked == []
