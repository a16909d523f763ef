"""Which instances are protected against being stopped. DescribeInstances does not say so: each has to be asked about.

So each is asked about once when it is first seen and then once a day, one after the other in each place, no more than five
a second: EC2 allows ten such calls a second for a whole account ("Request throttling for the Amazon EC2 API").
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog

from sundown.aws.account_regions import Place
from sundown.aws.discovery import identifier_of
from sundown.aws.eligibility import protection
from sundown.aws.errors import CloudDenied, CloudError, CloudGone
from sundown.aws.inventory import Inventory
from sundown.aws.stores import Calls
from sundown.schedule.clock import Clock

log = structlog.get_logger(__name__)

_PAUSE = 0.2
_BELIEVED = timedelta(days=1)
_AFTER_A_REFUSAL = timedelta(hours=1)


class Protection:
    """Asks about instances that nothing else speaks against; what it learns goes into the inventory."""

    def __init__(self, calls: Calls, inventory: Inventory, *, places: Sequence[Place], clock: Clock) -> None:
        self._calls = calls
        self._inventory = inventory
        self._looked = {place: asyncio.Event() for place in places}
        self._clock = clock
        self._asked: dict[str, datetime] = {}
        self._not_before: dict[Place, datetime] = {}

    def looked(self, place: Place) -> None:
        """A place was looked through: there may be some to ask about."""
        if place in self._looked:
            self._looked[place].set()

    async def run(self) -> None:
        """Run until cancelled."""
        await asyncio.gather(*(self._watch(place, looked) for place, looked in self._looked.items()))

    async def _watch(self, place: Place, looked: asyncio.Event) -> None:
        while True:
            await looked.wait()
            looked.clear()
            await self._ask_about(place)

    async def _ask_about(self, place: Place) -> None:
        """Ask about those that it is time for, until one call fails."""
        now = self._clock.now()
        if now < self._not_before.get(place, now):
            return
        for arn in self._due(place, now):
            try:
                answer = await self._calls.call(
                    place,
                    "ec2",
                    "DescribeInstanceAttribute",
                    InstanceId=identifier_of(arn),
                    Attribute="disableApiStop",
                )
            except CloudGone:
                continue
            except CloudError as error:
                if isinstance(error, CloudDenied):
                    log.warning("stop-protection-unknown", place=str(place), error=str(error))
                    self._not_before[place] = now + _AFTER_A_REFUSAL
                return
            self._asked[arn] = now
            self._inventory.protect(arn, protected=bool(answer.get("DisableApiStop", {}).get("Value")))
            await asyncio.sleep(_PAUSE)

    def _due(self, place: Place, now: datetime) -> list[str]:
        there = {part.arn: part for part in self._inventory.at(place) if part.kind == "EC2Instance"}
        return [
            arn
            for arn, part in there.items()
            if protection(part.refused, protected=False) is None
            and not part.unreachable
            and now - self._asked.get(arn, now - _BELIEVED) >= _BELIEVED
        ]
