"""The inventory in DynamoDB: what a restart reads before AWS has been asked, and what people can look into.

The table is a memory, not the truth: that is AWS with the tags there. So nothing waits for it and nothing fails with it.
What could not be written stays noted and is written when the table is back, and an item that nobody confirms is gone
within a day. Several operators may write to one table: an observation never takes the place of a later one.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

import structlog

from sundown.aws.account_regions import Place
from sundown.aws.dynamodb import AT_ONCE, DynamoTable, Write
from sundown.aws.errors import CloudError, CloudGone
from sundown.aws.items import KEY, LIFETIME, OBSERVED, Unreadable, milliseconds, number, part_of
from sundown.aws.sessions import Sessions
from sundown.aws.settings import AwsSettings
from sundown.backoff import Backoff
from sundown.model.cloud import CloudPart
from sundown.schedule.clock import Clock

log = structlog.get_logger(__name__)

_AGAIN = Backoff(15.0, longest=300.0)
_AT_ANY_TIME = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Known:
    """What the table has of a resource: ``part`` is None where it cannot be read; ``observed`` in ms since 1970."""

    part: CloudPart | None
    observed: int


class Table:
    """The table that the settings name. ``problem`` says in words why it is not in use, and is empty while it is."""

    def __init__(self, sessions: Sessions, settings: AwsSettings, *, clock: Clock) -> None:
        self.problem = ""
        place = Place(role=None, account="", region=settings.table_region or settings.regions[0])
        self._table = DynamoTable(sessions, place=place, name=settings.table)
        self._may_make = settings.table_create
        self._clock = clock
        self._known: dict[str, _Known] = {}
        self._waiting: dict[str, Write] = {}
        self._busy = asyncio.Lock()
        self._trouble = ""
        self._failures = 0
        self._not_before = _AT_ANY_TIME

    async def load(self) -> list[CloudPart]:
        """All parts that the table knows and that have not expired, whosever they are; none where it is not to be had.

        They are as they were when they were seen last. What another operator has stopped has its name in ``holder``.
        Never raises.
        """
        parts: list[CloudPart] = []
        unreadable: list[str] = []
        async with self._busy:
            try:
                async for item in self._table.items(now=self._clock.now()):
                    try:
                        parts.append(self._learn(item))
                    except Unreadable as error:
                        unreadable.append(str(error))
            except CloudError as error:
                await self._failed(error)
                return parts
            self._works()
        if unreadable:
            log.warning("table-items-unreadable", table=self._table.name, count=len(unreadable), first=unreadable[0])
        return parts

    async def save(self, parts: Iterable[CloudPart], *, now: datetime, gone: Collection[str] = ()) -> None:
        """Have the table know what was seen at ``now``: some parts or all of them, and the ARNs of what is not there any more.

        Only what differs from the table is written, and what has half of its life behind it. What could not be reached
        was not seen, nor what is only known from the table, and is left as it is. Never raises: what could not be written
        is written with a later call.
        """
        for part in parts:
            if not part.unreachable and not part.recalled:
                self._note(Write(part.arn, part, now))
        for arn in gone:
            self._note(Write(arn, None, now))
        if not self._waiting or self._clock.now() < self._not_before:
            return
        async with self._busy:
            try:
                await self._write()
            except CloudError as error:
                if await self._failed(error):
                    await self._write_to_a_new_table()

    def _note(self, write: Write) -> None:
        """Put down what has to be written, if it has to."""
        known, waiting = self._known.get(write.arn), self._waiting.get(write.arn)
        if waiting is not None and waiting.observed > write.observed:
            return
        if known is None and waiting is None and write.part is None:
            return
        if known is not None:
            age = milliseconds(write.observed) - known.observed
            same = known.part is not None and known.part == write.part
            if age < 0 or (same and timedelta(milliseconds=age) < LIFETIME / 2):
                self._waiting.pop(write.arn, None)
                return
        self._waiting[write.arn] = write

    def _learn(self, item: Mapping[str, Mapping[str, Any]]) -> CloudPart:
        """Remember what the table has; Unreadable where that says nothing."""
        arn = str(item.get(KEY, {}).get("S", ""))
        self._known[arn] = _Known(None, number(item, OBSERVED))
        try:
            part = part_of(item)
        except Unreadable as error:
            raise Unreadable(f"{arn}: {error}") from None
        self._known[arn] = _Known(part, number(item, OBSERVED))
        return part

    async def _write(self) -> None:
        waiting = iter(tuple(self._waiting.values()))
        while batch := list(islice(waiting, AT_ONCE)):
            newer = await self._table.write(batch)
            for write in batch:
                self._settle(write, newer.get(write.arn))
        self._works()

    async def _write_to_a_new_table(self) -> None:
        try:
            await self._write()
        except CloudError as error:
            await self._failed(error, may_make=False)

    def _settle(self, write: Write, newer: Mapping[str, Mapping[str, Any]] | None) -> None:
        """Remember what the table has now: what was written, or what somebody else had seen later."""
        if self._waiting.get(write.arn) is write:  # another may have been noted meanwhile
            del self._waiting[write.arn]
        if newer:
            try:
                self._learn(newer)
            except Unreadable:
                return
        elif write.part is not None:
            self._known[write.arn] = _Known(write.part, milliseconds(write.observed))
        else:
            self._known.pop(write.arn, None)

    async def _failed(self, error: CloudError, *, may_make: bool = True) -> bool:
        """Make the table where it is missing and may be made: whether it is there now. Else say so once, and wait longer each time."""
        if isinstance(error, CloudGone):
            self._forget()
            if self._may_make and may_make:
                try:
                    await self._table.make()
                except CloudError as refused:
                    error = refused
                else:
                    log.info("table-made", table=self._table.name, region=self._table.place.region)
                    self._works()
                    return True
        self.problem = self._in_words(error)
        trouble = error.code or error.reason
        if trouble != self._trouble:
            log.warning("table-away", table=self._table.name, error=self.problem)
        self._trouble = trouble
        self._failures += 1
        self._not_before = self._clock.now() + _AGAIN.span(self._failures)
        return False

    def _forget(self) -> None:
        """What was known to be in the table went with it, and has to be written again."""
        for arn, known in self._known.items():
            if known.part is not None:
                at = datetime.fromtimestamp(known.observed / 1000, UTC)
                self._waiting.setdefault(arn, Write(arn, known.part, at))
        self._known.clear()

    def _in_words(self, error: CloudError) -> str:
        if isinstance(error, CloudGone):
            return (
                f"there is no table {self._table.name} in {self._table.place}, so the inventory is only kept in memory: "
                "make it (deploy/aws/table.yaml), or set SUNDOWN_AWS_TABLE_CREATE=true"
            )
        return f"the table {self._table.name} cannot be used, so the inventory is only kept in memory: {error}"

    def _works(self) -> None:
        if self._trouble:
            log.info("table-back", table=self._table.name)
        self._trouble = self.problem = ""
        self._failures = 0
        self._not_before = _AT_ANY_TIME
