"""The calls to one DynamoDB table of items by ARN: read all, write many under a condition, make it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from sundown.aws.account_regions import Place
from sundown.aws.errors import CloudBusy, CloudError, CloudGone
from sundown.aws.items import EXPIRES, KEY, OBSERVED, Item, item_of, milliseconds
from sundown.aws.sessions import Sessions
from sundown.backoff import Backoff
from sundown.model.cloud import CloudPart

AT_ONCE = 100
"""Actions in one transaction (API reference of TransactWriteItems)."""
_A_PAGE = 1000
"""Items in one answer: less than the 1 MB that ends a page anyway, so that no answer takes long."""
_TRIES = 5
_AGAIN = Backoff(0.1, longest=5.0, spread=0.5)
_MADE_WITHIN = 60
"""Seconds."""
_NEWER = "attribute_not_exists(#observed) OR #observed < :observed"
_PASSING = frozenset({"None", "TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"})
"""Cancellation reason codes (there too) after which another try may do."""


@dataclass(frozen=True, slots=True)
class Write:
    """What the table is to have of a resource: ``part`` as it was described at ``observed``, or nothing."""

    arn: str
    part: CloudPart | None
    observed: datetime


class DynamoTable:
    """One table, in one region of the account that Sundown itself is in."""

    def __init__(self, sessions: Sessions, *, place: Place, name: str) -> None:
        self.name = name
        self.place = place
        self._sessions = sessions

    async def items(self, *, now: datetime) -> AsyncIterator[Item]:
        """Every item that has not expired at ``now``; DynamoDB itself may take days to delete one that has.

        Raises:
            CloudError: when it cannot be read; CloudGone when there is no such table.
        """
        arguments: dict[str, Any] = {
            "ConsistentRead": True,
            "Limit": _A_PAGE,
            "FilterExpression": "#expires > :now",
            "ExpressionAttributeNames": {"#expires": EXPIRES},
            "ExpressionAttributeValues": {":now": {"N": str(int(now.timestamp()))}},
        }
        while True:
            answer = await self._call("Scan", **arguments)
            for item in answer.get("Items", ()):
                yield item
            if "LastEvaluatedKey" not in answer:
                return
            arguments["ExclusiveStartKey"] = answer["LastEvaluatedKey"]

    async def write(self, writes: Sequence[Write]) -> dict[str, Item]:
        """Write at most ``AT_ONCE``, all at once but for those of which the table knows something as new or newer.

        Those are left alone: the items that are there instead are returned by their ARNs.

        Raises:
            CloudError: when none could be written; CloudGone when there is no such table.
        """
        newer: dict[str, Item] = {}
        left = list(writes)
        for attempt in range(1, _TRIES + 1):
            if not left:
                return newer
            try:
                await self._sessions.call(
                    self.place, "dynamodb", "TransactWriteItems", TransactItems=[self._action(write) for write in left]
                )
            except CloudError as error:
                reasons = _reasons(error)
                if len(reasons) != len(left):
                    raise
                late = {
                    write.arn: reason.get("Item", {})
                    for write, reason in zip(left, reasons, strict=True)
                    if reason.get("Code") == "ConditionalCheckFailed"
                }
                if not late:
                    _refuse_unless_passing(reasons, error)
                    await asyncio.sleep(_AGAIN.after(attempt))
                newer |= late
                left = [write for write in left if write.arn not in late]
            else:
                return newer
        raise CloudBusy(f"others wrote to the table {self.name} at the same time, {_TRIES} times in a row")

    async def make(self) -> None:
        """Make the table, by the request and with a time to live; return when it can be used.

        Raises:
            CloudError: when it cannot be made, or is not there after a minute.
        """
        attribute = {"AttributeName": KEY}
        try:
            await self._call(
                "CreateTable",
                AttributeDefinitions=[{**attribute, "AttributeType": "S"}],
                KeySchema=[{**attribute, "KeyType": "HASH"}],
                BillingMode="PAY_PER_REQUEST",
            )
        except CloudError as error:
            if error.code != "ResourceInUseException":  # somebody else is making it
                raise
        await self._made()
        try:
            await self._call("UpdateTimeToLive", TimeToLiveSpecification={"Enabled": True, "AttributeName": EXPIRES})
        except CloudError as error:
            if error.code != "ValidationException":  # it is on already
                raise

    async def _made(self) -> None:
        for _ in range(_MADE_WITHIN):
            try:
                answer = await self._call("DescribeTable")
            except CloudGone:  # the answer may lag behind the making of it
                answer = {}
            if answer.get("Table", {}).get("TableStatus") == "ACTIVE":
                return
            await asyncio.sleep(1)
        raise CloudBusy(f"the table {self.name} is still being made after {_MADE_WITHIN} s")

    def _action(self, write: Write) -> dict[str, Any]:
        action = {
            "TableName": self.name,
            "ConditionExpression": _NEWER,
            "ExpressionAttributeNames": {"#observed": OBSERVED},
            "ExpressionAttributeValues": {":observed": {"N": str(milliseconds(write.observed))}},
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }
        if write.part is None:
            return {"Delete": {**action, "Key": {KEY: {"S": write.arn}}}}
        return {"Put": {**action, "Item": item_of(write.part, observed=write.observed)}}

    async def _call(self, operation: str, **arguments: Any) -> dict[str, Any]:
        return await self._sessions.call(self.place, "dynamodb", operation, TableName=self.name, **arguments)


def _reasons(error: CloudError) -> Sequence[Mapping[str, Any]]:
    """Why each action of a transaction was not done; empty where the error is none of a transaction."""
    cause = error.__cause__
    if isinstance(cause, ClientError):
        reasons: Sequence[Mapping[str, Any]] = cause.response.get("CancellationReasons", ())
        return reasons
    return ()


def _refuse_unless_passing(reasons: Sequence[Mapping[str, Any]], error: CloudError) -> None:
    for reason in reasons:
        if reason.get("Code") not in _PASSING:
            raise CloudError(f"{reason.get('Message') or reason.get('Code')}", code=str(reason.get("Code"))) from error
