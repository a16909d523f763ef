"""The inventory in DynamoDB: an item a resource, later knowledge before earlier, and nothing that waits for it (E2)."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from sundown.aws import dynamodb
from sundown.aws.refusals import translated
from sundown.aws.sessions import Sessions
from sundown.backoff import Backoff
from sundown.model.cloud_refusal import Cause, Refusal
from sundown_lab.aws.remote import Aws
from support.tables import NOON, Clock, DynamoDB, Open, by_arn, part


def written(aws: Aws) -> int:
    return len(aws.called("TransactWriteItems"))


async def test_a_restart_reads_what_was_known(opened: Open) -> None:
    """E2"""
    asleep = part(
        2,
        kind="RDSInstance",
        state="stopped",
        phase="stopped",
        instance_class="db.t3.micro",
        record="running",
        stopped_at=NOON - timedelta(hours=3),
        holder="blue/dev1",
        wave="-5",
        exclude="true",
        enabled=False,
        refused=Refusal(Cause.READ_REPLICA, "db-1"),
        hourly=0.017,
    )
    await opened().save([part(), asleep], now=NOON)
    assert by_arn(await opened().load()) == [part(), asleep]


async def test_each_resource_is_one_item_that_people_can_read(opened: Open, table: DynamoDB) -> None:
    """E2"""
    await opened().save([part(1), part(2, namespace="dev2", state="stopped")], now=NOON)
    items = table.items
    assert sorted(items) == [part(1).arn, part(2).arn]
    assert (items[part(2).arn]["namespace"], items[part(2).arn]["state"]) == ({"S": "dev2"}, {"S": "stopped"})


async def test_a_hundred_resources_are_one_call(opened: Open, aws: Aws, table: DynamoDB) -> None:
    await opened().save([part(number) for number in range(250)], now=NOON)
    assert written(aws) == 3
    assert len(table.items) == 250


async def test_what_has_not_changed_is_not_written_again(opened: Open, aws: Aws) -> None:
    ours = opened()
    await ours.save([part(1), part(2)], now=NOON)
    await ours.save([part(1), part(2)], now=NOON + timedelta(minutes=1))
    again = opened()
    await again.load()
    await again.save([part(1), part(2)], now=NOON + timedelta(minutes=2))
    assert written(aws) == 1


async def test_what_has_changed_is(opened: Open) -> None:
    ours = opened()
    await ours.save([part(1), part(2)], now=NOON)
    stopped = part(1, state="stopped", phase="stopped")
    await ours.save([stopped, part(2)], now=NOON + timedelta(minutes=1))
    assert by_arn(await opened().load()) == [stopped, part(2)]


async def test_an_older_observation_never_takes_the_place_of_a_newer_one(opened: Open) -> None:
    """E2"""
    newer = part(state="stopping", phase="stopping")
    await opened().save([newer], now=NOON)
    late = opened()
    await late.save([part()], now=NOON - timedelta(seconds=1))
    assert await opened().load() == [newer]


async def test_whoever_was_too_late_with_one_writes_the_others(opened: Open, aws: Aws) -> None:
    newer = part(2, state="stopped", phase="stopped")
    await opened().save([newer], now=NOON)
    await opened().save([part(1), part(2), part(3)], now=NOON - timedelta(seconds=1))
    assert by_arn(await opened().load()) == [part(1), newer, part(3)]
    assert written(aws) == 3


async def test_whoever_was_too_late_writes_what_they_see_next(opened: Open) -> None:
    await opened().save([part(state="stopping")], now=NOON)
    late = opened()
    await late.save([part()], now=NOON - timedelta(seconds=1))
    stopped = part(state="stopped")
    await late.save([stopped], now=NOON + timedelta(seconds=1))
    assert await opened().load() == [stopped]


async def test_two_operators_that_write_at_once_leave_what_was_seen_last(opened: Open) -> None:
    first, second = opened(), opened()
    numbers = range(120)
    for minute in range(3):
        at = NOON + timedelta(minutes=minute)
        await asyncio.gather(
            first.save([part(number, phase=f"{minute}a") for number in numbers], now=at),
            second.save([part(number, phase=f"{minute}b") for number in numbers], now=at + timedelta(seconds=1)),
        )
    assert {one.phase for one in await opened().load()} == {"2b"}


async def test_what_is_gone_is_deleted(opened: Open, table: DynamoDB) -> None:
    """E2"""
    ours = opened()
    await ours.save([part(1), part(2)], now=NOON)
    await ours.save([part(2)], now=NOON + timedelta(minutes=1), gone=[part(1).arn])
    assert list(table.items) == [part(2).arn]


async def test_what_somebody_saw_later_is_not_deleted(opened: Open, table: DynamoDB) -> None:
    await opened().save([part()], now=NOON - timedelta(minutes=1))
    ours = opened()
    await ours.load()
    await opened().save([part(state="stopped")], now=NOON + timedelta(seconds=1))
    await ours.save([], now=NOON, gone=[part().arn])
    assert list(table.items) == [part().arn]


async def test_an_item_counts_for_a_day(opened: Open, clock: Clock) -> None:
    await opened().save([part()], now=NOON)
    clock.at = NOON + timedelta(hours=23)
    assert await opened().load() == [part()]
    clock.at = NOON + timedelta(hours=25)
    assert await opened().load() == []


async def test_an_item_is_renewed_when_half_of_its_day_is_over(opened: Open, clock: Clock, aws: Aws) -> None:
    ours = opened()
    for hours in (0, 11, 13, 14):
        await ours.save([part()], now=NOON + timedelta(hours=hours))
    assert written(aws) == 2
    clock.at = NOON + timedelta(hours=30)
    assert await opened().load() == [part()]


async def test_what_could_not_be_reached_is_left_as_it_was_seen_last(opened: Open) -> None:
    ours = opened()
    await ours.save([part()], now=NOON)
    lost = replace(part(state="stopped"), unreachable="eu-central-1 does not answer")
    await ours.save([lost], now=NOON + timedelta(minutes=1))
    assert await opened().load() == [part()]


async def test_what_is_only_known_from_the_table_is_not_renewed(opened: Open) -> None:
    """A16: nobody has seen it, and it may have been different for long."""
    ours = opened()
    await ours.save([part(state="stopped")], now=NOON)
    await ours.save([replace(part(), recalled=True)], now=NOON + timedelta(hours=13))
    assert await opened().load() == [part(state="stopped")]


async def test_all_pages_are_read(opened: Open, aws: Aws, monkeypatch: pytest.MonkeyPatch) -> None:
    """Z: lists stop at the first page."""
    await opened().save([part(number) for number in range(25)], now=NOON)
    monkeypatch.setattr(dynamodb, "_A_PAGE", 10)
    assert len(await opened().load()) == 25
    assert len(aws.called("Scan")) >= 3


async def test_what_another_cluster_has_stopped_carries_its_name(opened: Open) -> None:
    theirs = part(record="running", holder="green/dev1")
    await opened().save([theirs], now=NOON)
    (found,) = await opened().load()
    assert found.holder == "green/dev1"


async def test_items_that_cannot_be_read_are_skipped_with_one_warning(
    opened: Open, table: DynamoDB, said: list[Any]
) -> None:
    """Z: one malformed object stops the whole controller."""
    await opened().save([part(1)], now=NOON)
    soon = int((NOON + timedelta(hours=1)).timestamp())
    table.put(arn="arn:by:hand", expires=soon)
    table.put(arn="arn:from:tomorrow", expires=soon, schema=3, part='{"kind": "EC2Instance"}')
    table.put(arn=part(3).arn, expires=soon, schema=2, part='{"kind": "Lambda"}')
    assert await opened().load() == [part(1)]
    (warning,) = [entry for entry in said if entry["log_level"] == "warning"]
    assert (warning["event"], warning["count"]) == ("table-items-unreadable", 3)


async def test_an_item_that_cannot_be_read_is_replaced_when_its_resource_is_seen(opened: Open, table: DynamoDB) -> None:
    table.put(arn=part().arn, expires=int((NOON + timedelta(hours=1)).timestamp()), schema=7, observed=1)
    ours = opened()
    await ours.load()
    await ours.save([part()], now=NOON)
    assert await opened().load() == [part()]


async def test_resources_that_others_write_about_at_the_same_moment_are_tried_again(
    opened: Open, sessions: Sessions, table: DynamoDB, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dynamodb, "_AGAIN", Backoff(0.01, longest=0.01))
    tried = _conflicts(sessions, monkeypatch, count=2)
    ours = opened()
    await ours.save([part()], now=NOON)
    assert (len(tried), ours.problem, list(table.items)) == (3, "", [part().arn])


def _conflicts(sessions: Sessions, monkeypatch: pytest.MonkeyPatch, *, count: int) -> list[str]:
    """Answer the first transactions as DynamoDB does while another one is under way, which the simulator never does."""
    tried: list[str] = []
    call = sessions.call

    async def answer(place: Any, service: str, operation: str, **arguments: Any) -> Any:
        tried.append(operation)
        if len(tried) > count:
            return await call(place, service, operation, **arguments)
        error = ClientError(
            {
                "Error": {"Code": "TransactionCanceledException", "Message": "Transaction cancelled"},
                "CancellationReasons": [{"Code": "TransactionConflict", "Message": "Transaction is ongoing"}],
            },
            operation,
        )
        raise translated(error, place=place, service=service, operation=operation) from error

    monkeypatch.setattr(sessions, "call", answer)
    return tried
