"""What AWS cannot do at the moment: what is tried again at once, what later, and when a visit is told."""

from collections.abc import Callable

import pytest

from sundown.aws.errors import CloudBusy, CloudError, CloudFull, CloudThrottled, CloudUnreachable
from support.aws.accounts import Asked, World
from support.virtualtime import elapsed, in_virtual_time

RECORD = {"sundown:previous-state": "running", "sundown:holder": "default/dev1"}

STATE = CloudBusy("i-1 is not in a state from which it can be stopped", code="IncorrectInstanceState")
DATABASE_STATE = CloudBusy("db-1 is not in available state", code="InvalidDBInstanceState")
FULL = CloudFull("no capacity for m5.large", code="InsufficientInstanceCapacity")


def at_first(times: int, operation: str, error: CloudError) -> Callable[[Asked], CloudError | None]:
    """The first calls of an operation are refused."""
    left = [times]

    def refuse(asked: Asked) -> CloudError | None:
        if asked.operation != operation or not left[0]:
            return None
        left[0] -= 1
        return error

    return refuse


@pytest.mark.parametrize("error", [STATE, CloudThrottled("slow down")], ids=["state", "throttled"])
@in_virtual_time
async def test_what_passes_within_seconds_is_waited_for(error: CloudError) -> None:
    world = World()
    world.account.add("i-1")
    world.account.refuse = at_first(3, "StopInstances", error)
    assert await world.want("Asleep") == [1]
    assert world.account.operations().count("StopInstances") == 4
    assert 2 < elapsed() < 6


@in_virtual_time
async def test_each_try_looks_and_thinks_again() -> None:
    """A person's wish in the meantime counts: nothing is stopped that should run by now."""
    world = World()
    database = world.account.add("db-1", kind="RDSInstance")

    def refuse(asked: Asked) -> CloudError | None:
        if asked.operation != "StopDBInstance":
            return None
        database.tags["sundown:exclude"] = "true"
        return DATABASE_STATE

    world.account.refuse = refuse
    assert await world.want("Asleep") == [1]
    assert world.account.operations().count("StopDBInstance") == 1
    assert database.phase == "available"
    assert "sundown:previous-state" not in database.tags


@in_virtual_time
async def test_a_database_that_goes_into_maintenance_is_left_to_be_watched() -> None:
    """It can be neither stopped nor started now; whoever watches it tells when that is over."""
    world = World()
    database = world.account.add("db-1", kind="RDSInstance")

    def refuse(asked: Asked) -> CloudError | None:
        if asked.operation != "StopDBInstance":
            return None
        database.phase = "maintenance"
        return DATABASE_STATE

    world.account.refuse = refuse
    assert await world.want("Asleep") == [0]
    known = world.memory.of("db-1")
    assert (known.state, known.phase, known.ours) == ("busy", "maintenance", True)


@in_virtual_time
async def test_one_that_is_stopped_by_the_call_whose_answer_was_lost_is_done() -> None:
    """AWS did what it was asked to, and says so only to the second call, by refusing it."""
    world = World()
    database = world.account.add("db-1", kind="RDSInstance")

    def refuse(asked: Asked) -> CloudError | None:
        if asked.operation != "StopDBInstance":
            return None
        database.phase = "stopping"
        return DATABASE_STATE

    world.account.refuse = refuse
    assert await world.want("Asleep") == [0]
    assert world.memory.of("db-1").state == "stopping"
    assert database.tags["sundown:previous-state"] == "running"


@in_virtual_time
async def test_what_lasts_is_said_after_seconds_and_not_after_minutes() -> None:
    world = World()
    world.account.add("i-1")
    world.account.add("i-2")
    world.account.refuse = lambda asked: STATE if asked.operation == "StopInstances" and "i-1" in asked.about else None
    assert await world.want("Asleep") == [STATE, 1]
    assert elapsed() < 10


@in_virtual_time
async def test_only_what_failed_is_tried_again() -> None:
    world = World()
    world.account.add("i-1")
    world.account.add("i-2")
    world.account.refuse = at_first(1, "StopInstances", STATE)
    assert await world.want("Asleep") == [1, 1]
    assert world.account.about("StopInstances") == [("i-1", "i-2"), ("i-2",), ("i-1",)]


@pytest.mark.parametrize("error", [FULL, CloudUnreachable("no answer")], ids=["full", "unreachable"])
@in_virtual_time
async def test_capacity_and_a_service_that_is_down_are_said_at_once(error: CloudError) -> None:
    """Neither is over within seconds, and the env can say what it waits for while it is visited again and again."""
    world = World()
    world.account.add("i-1", phase="stopped").tags.update(RECORD)
    world.account.refuse = lambda asked: error if asked.operation == "StartInstances" else None
    assert await world.want("Awake") == [error]
    assert elapsed() < 1
    assert world.account.operations().count("StartInstances") == 1


@in_virtual_time
async def test_one_without_capacity_does_not_stop_the_others() -> None:
    """E4: AWS does not say which of the instances it has no room for."""
    world = World()
    for number in range(20):
        world.account.add(f"i-{number}", phase="stopped").tags.update(RECORD)
    world.account.refuse = lambda asked: FULL if asked.operation == "StartInstances" and "i-13" in asked.about else None
    outcome = await world.want("Awake")
    assert outcome == [FULL if number == 13 else 1 for number in range(20)]
    assert [each for each, thing in world.account.things.items() if thing.phase == "stopped"] == ["i-13"]
