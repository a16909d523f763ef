"""Without its table the inventory goes on from memory, says so once, and catches up later (E2)."""

from datetime import timedelta
from typing import Any

from sundown_lab.aws.remote import Aws
from support.tables import NOON, Clock, DynamoDB, Open, by_arn, part

LATER = timedelta(minutes=6)
"""Longer than it ever waits before it looks for the table again."""


def events(said: list[Any]) -> list[str]:
    return [entry["event"] for entry in said]


async def test_a_missing_table_is_said_once_with_what_to_do(opened: Open, table: DynamoDB, said: list[Any]) -> None:
    """E2"""
    table.drop()
    ours = opened()
    assert await ours.load() == []
    for minute in range(10):
        await ours.save([part()], now=NOON + timedelta(minutes=minute))
    assert events(said) == ["table-away"]
    assert "SUNDOWN_AWS_TABLE_CREATE=true" in said[0]["error"]
    assert f"there is no table {table.name} in eu-central-1" in ours.problem


async def test_a_table_that_appears_later_is_used(opened: Open, table: DynamoDB, clock: Clock, said: list[Any]) -> None:
    table.drop()
    ours = opened()
    await ours.save([part(1), part(2)], now=NOON)
    table.make()
    clock.at = NOON + LATER
    await ours.save([part(2)], now=clock.at)
    assert by_arn(await opened().load()) == [part(1), part(2)]
    assert (events(said), ours.problem) == (["table-away", "table-back"], "")


async def test_a_missing_table_is_made_where_that_is_wanted(opened: Open, table: DynamoDB) -> None:
    """E2"""
    table.drop()
    ours = opened(table_create=True)
    assert await ours.load() == []
    await ours.save([part()], now=NOON)
    assert list(table.items) == [part().arn]


async def test_a_table_that_is_made_deletes_what_has_expired(opened: Open, table: DynamoDB) -> None:
    table.drop()
    await opened(table_create=True).load()
    answer = table.client.describe_time_to_live(TableName=table.name)["TimeToLiveDescription"]
    assert answer == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires"}


async def test_a_table_that_is_there_is_left_as_it_is(opened: Open, table: DynamoDB, aws: Aws) -> None:
    ours = opened(table_create=True)
    await ours.load()
    await ours.save([part()], now=NOON)
    asked = {call.operation for call in aws.called(service="dynamodb")} - {"CreateTable"}
    assert asked == {"Scan", "TransactWriteItems"}
    assert len(aws.called("CreateTable")) == 1  # the test's own


async def test_a_table_that_is_gone_while_running_is_made_again_with_all_that_was_in_it(
    opened: Open, table: DynamoDB
) -> None:
    """E2"""
    ours = opened(table_create=True)
    await ours.save([part(1), part(2)], now=NOON)
    table.drop()
    await ours.save([part(1, state="stopping")], now=NOON + timedelta(minutes=1))
    assert by_arn(await opened().load()) == [part(1, state="stopping"), part(2)]


async def test_a_table_that_is_gone_while_running_is_done_without(
    opened: Open, table: DynamoDB, clock: Clock, said: list[Any]
) -> None:
    """E2"""
    ours = opened()
    await ours.save([part(1), part(2)], now=NOON)
    table.drop()
    await ours.save([part(1, state="stopping")], now=NOON + timedelta(minutes=1))
    assert (events(said), bool(ours.problem)) == (["table-away"], True)
    table.make()
    clock.at = NOON + LATER
    await ours.save([], now=clock.at)
    assert by_arn(await opened().load()) == [part(1, state="stopping"), part(2)]


async def test_a_table_that_is_throttled_is_caught_up_with(
    opened: Open, aws: Aws, clock: Clock, said: list[Any]
) -> None:
    ours = opened()
    aws.faults.add("throttled", operation="TransactWriteItems")
    for number in range(3):
        clock.at += timedelta(minutes=number)
        await ours.save([part(number)], now=clock.at)
    aws.faults.clear()
    clock.at += LATER
    await ours.save([part(3)], now=clock.at)
    assert by_arn(await opened().load()) == [part(number) for number in range(4)]
    assert events(said) == ["table-away", "table-back"]


async def test_a_missing_permission_is_named(opened: Open, aws: Aws, said: list[Any]) -> None:
    aws.faults.add("denied", operation="TransactWriteItems")
    ours = opened()
    await ours.save([part()], now=NOON)
    assert "dynamodb:TransactWriteItems in eu-central-1" in ours.problem
    assert events(said) == ["table-away"]


async def test_a_table_that_does_not_answer_at_the_start_is_written_to_later(
    opened: Open, aws: Aws, clock: Clock
) -> None:
    await opened().save([part()], now=NOON)
    aws.faults.add("500", operation="Scan")
    ours = opened()
    assert await ours.load() == []
    aws.faults.clear()
    clock.at = NOON + LATER
    await ours.save([part(state="stopped")], now=clock.at)
    assert await opened().load() == [part(state="stopped")]


async def test_a_table_with_another_key_is_not_used(opened: Open, table: DynamoDB) -> None:
    table.drop()
    table.make(key="id")
    ours = opened()
    await ours.load()
    await ours.save([part()], now=NOON)
    assert "cannot be used" in ours.problem
