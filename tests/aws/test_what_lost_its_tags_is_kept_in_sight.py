"""W12: other tools take tags off. What was stopped is looked for by its ARN then, tagged again, and started."""

from collections.abc import Callable

import pytest

from sundown.aws.discovery import Listing
from sundown.aws.errors import CloudDenied, CloudUnreachable
from sundown.aws.inventory import Inventory, Surroundings
from sundown.aws.settings import AwsSettings
from sundown.model.cloud import CloudPart
from sundown.model.parts import Step
from sundown.model.record import Record
from sundown.reconcile.memory import Memory, by_key
from sundown.reconcile.part_verdict import Goal
from sundown.reconcile.plan import reconsider
from sundown_lab.aws.remote import Aws
from support.aws.parts import FRANKFURT, Told, part
from support.aws.skies import Seen, Sky
from support.samples import NOW

RECORD = {"sundown:previous-state", "sundown:stopped-at", "sundown:holder"}
MAKE: dict[str, Callable[[Aws], str]] = {
    "instance": lambda aws: aws.instance(namespace="dev1"),
    "database": lambda aws: aws.database("dev1-db", namespace="dev1"),
    "cluster": lambda aws: aws.aurora("dev1-aurora", namespace="dev1", members=0),
}


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def inventory(told: Told) -> Inventory:
    surroundings = Surroundings(cluster_name="default", known=lambda _: True, changed=told)
    return Inventory(AwsSettings(regions=("eu-central-1",)), (FRANKFURT,), surroundings)


def look(inventory: Inventory, *parts: CloudPart, failing: bool = False) -> None:
    asked = inventory.to_describe(FRANKFURT)
    failures = {"EC2Instance": CloudUnreachable("down")} if failing else {}
    listing = Listing(parts=list(parts), failures=failures)  # type: ignore[arg-type]
    inventory.take(FRANKFURT, listing, begun=inventory.begin(), asked=asked)


BARE = part(namespace="", enabled=False, state="stopped")


def test_one_without_any_tag_stays_with_the_env_for_which_it_was_stopped(inventory: Inventory, told: Told) -> None:
    """W12"""
    assert inventory.remember_stopped("dev1", [BARE.arn]) == [FRANKFURT]
    assert inventory.to_describe(FRANKFURT) == [BARE.arn]
    look(inventory, BARE)
    assert [one.namespace for one in inventory.of("dev1")] == ["dev1"]
    assert told.since() == ["dev1"]
    inventory.remember_stopped("dev1", [])
    look(inventory, BARE)
    assert inventory.of("dev1") == ()


def test_one_that_is_known_has_not_to_be_looked_for(inventory: Inventory) -> None:
    look(inventory, part(state="stopped"))
    assert inventory.remember_stopped("dev1", [BARE.arn]) == []


def test_one_that_moved_to_another_env_is_seen_by_both(inventory: Inventory, told: Told) -> None:
    """W12"""
    look(inventory, part(namespace="dev2", state="stopped"))
    told.since()
    inventory.remember_stopped("dev1", [BARE.arn])
    assert [len(inventory.of(name)) for name in ("dev1", "dev2")] == [1, 1]
    assert "dev1" in told.since()


def test_what_does_not_exist_any_more_is_gone_and_what_could_not_be_looked_at_is_not(inventory: Inventory) -> None:
    """W12: nobody waits for an instance that was terminated."""
    inventory.remember_stopped("dev1", [BARE.arn])
    assert not inventory.is_gone(BARE.arn)
    look(inventory, failing=True)
    assert not inventory.is_gone(BARE.arn)
    look(inventory)
    assert inventory.is_gone(BARE.arn)
    inventory.remember_stopped("dev1", [])
    assert not inventory.is_gone(BARE.arn)


async def act(seen: Seen, name: str, wanted: str, *, remembered: bool) -> int:
    """What a visit does to a part; whether the second place knows it."""
    found = seen.part(name)
    records = [Record(found.kind, found.identifier, found.arn, "running")] if remembered else []
    goal = Goal(
        wanted="Asleep" if wanted == "Asleep" else "Awake",
        now=NOW,
        holder="default/dev1",
        memory=Memory(records=by_key(records)),
    )
    step = reconsider(goal, found)
    assert step is not None
    return await seen.cloud.carry_out(Step(step.action, found), lambda part: reconsider(goal, part))


@pytest.mark.parametrize("kind", sorted(MAKE))
@pytest.mark.parametrize("keys", [tuple(RECORD), ("sundown:previous-state",), ()], ids=["ours", "one", "all"])
async def test_what_lost_its_tags_is_tagged_and_started(sky: Sky, aws: Aws, kind: str, keys: tuple[str, ...]) -> None:
    """W12: through boto3, where no tag leads to it any more; the record is there before it starts, as AWS's policy asks."""
    name = MAKE[kind](aws)
    async with sky.seen() as seen:
        await act(seen, name, "Asleep", remembered=False)
        await seen.look()
        seen.cloud.remember("dev1", [seen.part(name).arn])
        aws.strip(name, *keys)
        await seen.look()
        assert seen.part(name).state == "stopped"
        since = aws.seq
        await act(seen, name, "Awake", remembered=True)
        tagging, starting = (
            call.operation for call in aws.called(since=since) if call.operation[:3] in {"Cre", "Add", "Sta"}
        )
        assert (tagging in {"CreateTags", "AddTagsToResource"}, starting.startswith("Start")) == (True, True)
        await seen.look()
        assert seen.part(name).state == "running"
        assert aws.tags(name)["sundown:holder"] == "default/dev1"


async def test_at_night_the_record_is_written_again(sky: Sky, aws: Aws) -> None:
    """W12"""
    name = aws.instance(namespace="dev1")
    async with sky.seen() as seen:
        await act(seen, name, "Asleep", remembered=False)
        seen.cloud.remember("dev1", [seen.part(name).arn])
        aws.strip(name, *RECORD)
        await seen.look()
        assert await act(seen, name, "Asleep", remembered=True) == 1
    assert aws.tags(name).keys() >= RECORD
    assert aws.state(name) == "stopped"


async def test_where_the_policy_lets_nobody_tag_it_the_way_out_is_told(sky: Sky, aws: Aws) -> None:
    """W12: or Degraded by name."""
    name = aws.instance(namespace="dev1")
    async with sky.seen() as seen:
        await act(seen, name, "Asleep", remembered=False)
        seen.cloud.remember("dev1", [seen.part(name).arn])
        aws.strip(name)
        await seen.look()
        aws.faults.add("denied", operation="CreateTags")
        with pytest.raises(CloudDenied, match=r"somebody took its tags off.* or start it by hand"):
            await act(seen, name, "Awake", remembered=True)
    assert aws.state(name) == "stopped"


async def test_one_that_nobody_has_seen_since_a_restart_is_looked_for_at_once(sky: Sky, aws: Aws) -> None:
    """W12: not with the next inventory, which here is a day away."""
    name = aws.instance(state="stopped", scheduler=None)
    arn = f"arn:aws:ec2:eu-central-1:123456789012:instance/{name}"
    async with sky.seen() as seen:
        assert seen.names() == []
        seen.cloud.remember("dev1", [arn])
        await seen.until(lambda: seen.names() == [name], "it is found")
        assert seen.told[-1] == "dev1"


async def test_one_that_was_given_to_another_cluster_at_night_is_still_seen_by_whoever_stopped_it(
    sky: Sky, aws: Aws
) -> None:
    """W12"""
    name = aws.instance(namespace="dev1")
    async with sky.seen() as seen:
        await act(seen, name, "Asleep", remembered=False)
        seen.cloud.remember("dev1", [seen.part(name).arn])
        aws.client("ec2").create_tags(Resources=[name], Tags=[{"Key": "sundown:cluster", "Value": "other"}])
        await seen.look()
        assert await act(seen, name, "Awake", remembered=True) == 1
