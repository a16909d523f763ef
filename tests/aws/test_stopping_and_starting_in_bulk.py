"""What AWS is asked for when envs fall asleep and wake: as few calls as it takes, the record before the change."""

import asyncio

from sundown.aws.errors import CloudDenied, CloudError, CloudUnreachable
from support.aws.accounts import DUBLIN, World
from support.virtualtime import breathe, elapsed, in_virtual_time

RECORD = {
    "sundown:previous-state": "running",
    "sundown:stopped-at": "2026-11-23T08:00:00Z",
    "sundown:holder": "default/dev1",
}


@in_virtual_time
async def test_what_fifty_envs_want_in_a_moment_is_one_call_for_all_but_the_record() -> None:
    """E1, E4: the record says for whom, so each env's is a call of its own."""
    world = World()
    for number in range(50):
        world.account.add(f"i-{number}a", namespace=f"dev{number}")
        world.account.add(f"i-{number}b", namespace=f"dev{number}")
    assert await world.want("Asleep") == [1] * 100
    calls = world.account.operations()
    assert calls == ["DescribeInstances", *["CreateTags"] * 50, "StopInstances"]
    assert {thing.phase for thing in world.account.things.values()} == {"stopping"}
    assert all(
        thing.tags["sundown:holder"] == f"default/{thing.tags['namespace']}" for thing in world.account.things.values()
    )


@in_virtual_time
async def test_envs_that_come_one_after_the_other_are_waited_for_but_not_for_ever() -> None:
    """A thousand envs that are due at once do not come at once; the first must not wait for the last."""
    world = World()
    for number in range(30):
        world.account.add(f"i-{number}", namespace=f"dev{number}")
    world.learn()

    async def come(number: int) -> None:
        await asyncio.sleep(0.03 * number)
        assert await world.want("Asleep", f"i-{number}") == [1]

    await asyncio.gather(*(come(number) for number in range(30)))
    assert world.account.operations().count("StopInstances") == 2
    assert elapsed() < 1.2


@in_virtual_time
async def test_waking_and_forgetting_are_one_call_each() -> None:
    world = World()
    for number in range(6):
        thing = world.account.add(f"i-{number}", phase="stopped" if number % 2 else "running")
        thing.tags |= RECORD
    assert await world.want("Awake") == [1] * 6
    assert world.account.operations() == ["DescribeInstances", "StartInstances", "DeleteTags"]
    assert world.account.about("StartInstances") == [("i-1", "i-3", "i-5")]
    assert world.account.about("DeleteTags") == [("i-0", "i-2", "i-4")]
    assert [thing.phase for thing in world.account.things.values()] == ["running", "pending"] * 3
    assert all(
        ("sundown:holder" in thing.tags) == (thing.phase == "pending") for thing in world.account.things.values()
    )


@in_virtual_time
async def test_more_than_a_call_takes_are_several() -> None:
    world = World()
    for number in range(1100):
        world.account.add(f"i-{number}")
    for number in range(150):
        world.account.add(f"db-{number}", kind="RDSInstance")
    assert await world.want("Asleep") == [1] * 1250
    assert sorted(map(len, world.account.about("DescribeInstances"))) == [100, 500, 500]
    assert sorted(map(len, world.account.about("StopInstances"))) == [100, 500, 500]
    assert sorted(map(len, world.account.about("DescribeDBInstances"))) == [50, 100]


@in_virtual_time
async def test_databases_are_described_together_and_stopped_one_by_one() -> None:
    world = World()
    for number in range(3):
        world.account.add(f"db-{number}", kind="RDSInstance")
    world.account.add("orders", kind="AuroraCluster")
    assert await world.want("Asleep") == [1] * 4
    calls = world.account.operations()
    assert sorted(set(calls)) == [
        "AddTagsToResource", "DescribeDBClusters", "DescribeDBInstances", "StopDBCluster", "StopDBInstance",
    ]  # fmt: skip
    assert calls.count("DescribeDBInstances") == calls.count("DescribeDBClusters") == 1
    assert calls.count("StopDBInstance") == 3
    assert {thing.phase for thing in world.account.things.values()} == {"stopping"}
    for thing in world.account.things.values():
        thing.phase = "stopped"
    world.learn()
    assert await world.want("Awake") == [1] * 4
    assert {thing.phase for thing in world.account.things.values()} == {"starting"}


@in_virtual_time
async def test_the_record_is_there_before_anything_is_stopped() -> None:
    """E1: whatever happens next, it is known who stopped it."""
    world = World()
    instance, database = world.account.add("i-1"), world.account.add("db-1", kind="RDSInstance")

    def kill(asked: object) -> CloudError | None:
        if getattr(asked, "operation", "").startswith("Stop"):
            assert RECORD.items() <= instance.tags.items() | database.tags.items()
            return CloudUnreachable("killed")
        return None

    world.account.refuse = kill
    outcome = await world.want("Asleep")
    assert [str(error) for error in outcome] == ["killed", "killed"]
    assert (instance.phase, database.phase) == ("running", "available")
    assert instance.tags.items() >= RECORD.items()
    assert database.tags.items() >= RECORD.items()
    assert world.memory.of("i-1").ours
    assert world.memory.of("db-1").ours


@in_virtual_time
async def test_what_cannot_be_recorded_is_not_stopped() -> None:
    world = World()
    for number in range(4):
        world.account.add(f"i-{number}")
    denied = CloudDenied("i-2: not allowed", code="UnauthorizedOperation")
    world.account.refuse = lambda asked: denied if asked.operation == "CreateTags" and "i-2" in asked.about else None
    outcome = await world.want("Asleep")
    assert [each if isinstance(each, int) else str(each) for each in outcome] == [1, 1, "i-2: not allowed", 1]
    assert [thing.phase for thing in world.account.things.values()] == ["stopping", "stopping", "running", "stopping"]
    assert not world.memory.of("i-2").ours


@in_virtual_time
async def test_one_that_a_person_stopped_since_it_was_looked_at_is_neither_recorded_nor_stopped() -> None:
    """E1: it was stopped before sleep, and stays stopped on waking."""
    world = World()
    instance = world.account.add("i-1")
    other = world.account.add("i-2")
    world.learn()
    instance.phase = "stopping"
    assert await world.want("Asleep") == [0, 1]
    assert instance.tags.keys() == {"namespace", "scheduler"}
    assert other.tags["sundown:previous-state"] == "running"
    assert world.memory.of("i-1").state == "stopping"


@in_virtual_time
async def test_one_that_was_given_to_another_env_meanwhile_is_left_alone() -> None:
    world = World()
    instance = world.account.add("i-1")
    world.learn()
    instance.tags["namespace"] = "dev2"
    assert await world.want("Asleep") == [0]
    assert instance.phase == "running"
    assert world.memory.of("i-1").namespace == "dev2"


@in_virtual_time
async def test_one_that_was_excluded_meanwhile_is_left_alone() -> None:
    world = World()
    instance = world.account.add("i-1")
    world.learn()
    instance.tags["sundown:exclude"] = "true"
    assert await world.want("Asleep") == [0]
    assert instance.phase == "running"


@in_virtual_time
async def test_what_is_gone_is_forgotten_and_no_failure() -> None:
    world = World()
    world.account.add("i-1")
    world.account.add("i-2")
    world.account.add("db-1", kind="RDSInstance")
    world.learn()
    del world.account.things["i-1"], world.account.things["db-1"]
    arns = {world.memory.of("i-1").arn, world.memory.of("db-1").arn}
    assert await world.want("Asleep", "i-1", "i-2", "db-1") == [0, 1, 0]
    assert set(world.memory.dropped) == arns


@in_virtual_time
async def test_one_that_fails_does_not_stop_the_others() -> None:
    """E4."""
    world = World()
    for number in range(50):
        world.account.add(f"i-{number}")
    refused = CloudError("The instance 'i-7' may not be stopped", code="OperationNotPermitted")
    world.account.refuse = lambda asked: (
        refused if asked.operation == "StopInstances" and "i-7" in asked.about else None
    )
    outcome = await world.want("Asleep")
    assert outcome == [*[1] * 7, refused, *[1] * 42]
    assert [each for each, thing in world.account.things.items() if thing.phase == "running"] == ["i-7"]
    assert len(world.account.about("StopInstances")) == 2


@in_virtual_time
async def test_a_region_that_does_not_answer_does_not_stop_another() -> None:
    """E4."""
    world = World()
    world.account.add("i-1")
    world.account.add("i-2", region=DUBLIN.region)
    world.account.slow[DUBLIN.region] = 45
    down = CloudUnreachable("no answer")
    world.account.refuse = lambda asked: down if asked.region == DUBLIN.region else None
    world.learn()
    near, far = (asyncio.create_task(world.want("Asleep", each)) for each in ("i-1", "i-2"))
    assert await near == [1]
    assert elapsed() < 1
    assert await far == [down]


@in_virtual_time
async def test_the_new_states_are_known_before_anybody_looks_again() -> None:
    """So what they are is watched at once."""
    world = World()
    world.account.add("i-1")
    world.account.add("db-1", kind="RDSInstance", phase="stopped").tags |= RECORD
    assert await world.want("Asleep", "i-1") == [1]
    assert await world.want("Awake", "db-1") == [1]
    stopping, starting = world.memory.of("i-1"), world.memory.of("db-1")
    assert (stopping.state, stopping.record, stopping.holder) == ("stopping", "running", "default/dev1")
    assert stopping.stopped_at == world.clock.now().replace(microsecond=0)
    assert (starting.state, starting.record) == ("starting", "running")


@in_virtual_time
async def test_a_part_of_a_region_that_is_not_looked_at_any_more_says_so() -> None:
    world = World()
    world.account.add("i-1")
    world.learn()
    world.acting._places = (DUBLIN,)
    outcome = await world.want("Asleep")
    assert [str(error) for error in outcome] == [
        "region eu-central-1 of account 123456789012 is not looked at any more"
    ]
    assert world.account.asked == []


@in_virtual_time
async def test_whoever_goes_before_it_is_done_leaves_the_others_undisturbed() -> None:
    world = World()
    for number in range(3):
        world.account.add(f"i-{number}")
    world.learn()
    going = asyncio.create_task(world.want("Asleep", "i-1"))
    staying = asyncio.create_task(world.want("Asleep", "i-0", "i-2"))
    await breathe()
    going.cancel()
    assert await staying == [1, 1]


@in_virtual_time
async def test_closing_ends_what_is_under_way() -> None:
    world = World()
    world.account.add("i-1")
    world.account.slow["eu-central-1"] = 600
    waiting = asyncio.create_task(world.want("Asleep"))
    await asyncio.sleep(1)
    await world.acting.close()
    outcome = await waiting
    assert isinstance(outcome[0], asyncio.CancelledError)
    assert elapsed() < 2
