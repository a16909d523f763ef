"""Whether an instance is protected against being stopped has to be asked for each: once, gently, and not in vain."""

import asyncio
from datetime import timedelta
from itertools import pairwise
from typing import Any

from sundown.aws.account_regions import Place
from sundown.aws.errors import CloudDenied, CloudError, CloudGone, CloudUnreachable
from sundown.aws.inventory import Inventory, Surroundings
from sundown.aws.protection import Protection
from sundown.aws.settings import AwsSettings
from sundown.model.cloud import CloudPart
from sundown.model.cloud_refusal import Cause, Refusal
from support.virtualtime import LoopClock, in_virtual_time

HERE = Place(None, "", "eu-central-1")
MINUTE = 60.0
THERE = Place(None, "", "us-east-1")


class Account:
    """Says of the instances whether they are protected, and notes when it was asked about which (seconds)."""

    def __init__(self, *, protected: frozenset[str] = frozenset()) -> None:
        self.asked: list[tuple[float, str, str]] = []
        self.protected = protected
        self.error: CloudError | None = None

    async def call(self, account_region: Place, service: str, operation: str, **arguments: Any) -> dict[str, Any]:
        assert (service, operation, arguments["Attribute"]) == ("ec2", "DescribeInstanceAttribute", "disableApiStop")
        name = arguments["InstanceId"]
        self.asked.append((asyncio.get_running_loop().time(), account_region.region, name))
        if self.error is not None:
            raise self.error
        return {"DisableApiStop": {"Value": name in self.protected}}


def part(name: str, *, region: str = "eu-central-1", **fields: Any) -> CloudPart:
    arn = f"arn:aws:ec2:{region}:123456789012:instance/{name}"
    known = {"namespace": "dev1", "account": "123456789012", "region": region, "state": "running", "phase": "running"}
    return CloudPart(kind="EC2Instance", arn=arn, identifier=name, name=name, **{**known, **fields})


def inventory(*parts: CloudPart) -> Inventory:
    surroundings = Surroundings(cluster_name="default", known=lambda _: True, changed=lambda _: None)
    made = Inventory(AwsSettings(regions=("eu-central-1", "us-east-1")), (HERE, THERE), surroundings)
    made.put(parts)
    return made


async def asks(account: Account, known: Inventory, *, seconds: float) -> None:
    """Let it ask for so long, while both places are looked through once a minute."""
    protection = Protection(account, known, places=(HERE, THERE), clock=LoopClock())
    task = asyncio.create_task(protection.run())
    for _ in range(max(1, int(seconds / MINUTE))):
        for place in (HERE, THERE):
            protection.looked(place)
        await asyncio.sleep(MINUTE)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@in_virtual_time
async def test_each_instance_is_asked_about_once_a_day() -> None:
    """E5."""
    account = Account(protected=frozenset({"i-1"}))
    known = inventory(part("i-1"), part("i-2"))
    await asks(account, known, seconds=timedelta(hours=23).total_seconds())
    assert sorted(name for _, _, name in account.asked) == ["i-1", "i-2"]
    assert [one.refused is not None for one in known.of("dev1")] == [True, False]
    account.asked.clear()
    await asks(account, known, seconds=timedelta(hours=25).total_seconds())
    assert sorted(name for _, _, name in account.asked) == ["i-1", "i-1", "i-2", "i-2"]


@in_virtual_time
async def test_no_more_than_five_a_second_are_asked_about_in_one_place() -> None:
    account = Account()
    await asks(account, inventory(*(part(f"i-{number}") for number in range(40))), seconds=MINUTE)
    moments = [moment for moment, _, _ in account.asked]
    assert len(moments) == 40
    assert all(later - earlier >= 0.199 for earlier, later in pairwise(moments))


@in_virtual_time
async def test_what_is_refused_anyway_or_unreachable_or_no_instance_is_not_asked_about() -> None:
    account = Account()
    database = part("db", refused=None)
    known = inventory(
        part("i-1", refused=Refusal(Cause.TOLD, "it is a spot instance")),
        part("i-2", unreachable="no answer"),
        CloudPart(
            kind="RDSInstance",
            arn="arn:aws:rds:eu-central-1:123456789012:db:db",
            identifier="db",
            name="db",
            namespace="dev1",
            account=database.account,
            region=database.region,
            state="running",
            phase="available",
        ),
    )
    await asks(account, known, seconds=MINUTE)
    assert account.asked == []


@in_virtual_time
async def test_who_may_not_ask_asks_once_an_hour() -> None:
    account = Account()
    account.error = CloudDenied("not allowed", code="UnauthorizedOperation")
    await asks(account, inventory(part("i-1"), part("i-2")), seconds=timedelta(minutes=150).total_seconds())
    assert len(account.asked) == 3


@in_virtual_time
async def test_what_is_not_answered_is_asked_again_and_holds_up_no_other_place() -> None:
    account = Account()
    account.error = CloudUnreachable("no answer")
    known = inventory(part("i-1"), part("i-2"), part("i-3", region="us-east-1"))
    await asks(account, known, seconds=MINUTE)
    assert {(region, name) for _, region, name in account.asked} == {("eu-central-1", "i-1"), ("us-east-1", "i-3")}
    account.error = None
    account.asked.clear()
    await asks(account, known, seconds=MINUTE)
    assert len(account.asked) == 3


@in_virtual_time
async def test_one_that_is_gone_keeps_nobody_from_asking_about_the_next() -> None:
    account = Account()
    account.error = CloudGone("does not exist")
    await asks(account, inventory(part("i-1"), part("i-2")), seconds=MINUTE)
    assert {name for _, _, name in account.asked} == {"i-1", "i-2"}
