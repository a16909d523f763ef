"""Looks at what is on its way until it is there, so that an env hears of it at once and not with the next inventory."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from sundown.aws.account_regions import Place, place_of
from sundown.aws.errors import CloudError, CloudGone
from sundown.aws.fresh_look import Looking
from sundown.model.cloud import CloudKind, CloudPart
from sundown.schedule.clock import Clock

log = structlog.get_logger(__name__)

Group = tuple[Place, CloudKind]

ON_THEIR_WAY = frozenset({"starting", "stopping", "busy", "broken", "unknown"})
"""What may be otherwise at the next look, though nobody does anything to it."""

_PATIENCE = 20
"""Two looks are apart by this part of the time for which the latest to begin has been on its way."""


class Memory(Protocol):
    """What keeps what is known of parts, see ``sundown.aws.inventory.Inventory``."""

    @property
    def parts(self) -> Iterable[CloudPart]:
        """All that is known."""
        ...

    def put(self, parts: Iterable[CloudPart]) -> None:
        """Take these as they were just described."""
        ...

    def drop(self, arns: Iterable[str]) -> None:
        """Forget what does not exist any more."""
        ...


class Watching:
    """Describes what is starting, stopping or busy every ``period``, all of a place and kind together; where nothing is,
    nobody is asked.

    What takes long is looked at less and less often, down to once in ``at_least``: a database may be broken
    for days.
    """

    def __init__(
        self,
        looking: Looking,
        memory: Memory,
        *,
        places: Sequence[Place],
        period: timedelta,
        at_least: timedelta,
        clock: Clock,
    ) -> None:
        self._looking = looking
        self._memory = memory
        self._places = places
        self._period = period
        self._at_least = max(at_least, period)
        self._clock = clock
        self._since: dict[str, tuple[str, datetime]] = {}
        self._looked: dict[Group, datetime] = {}
        self._silent: set[Group] = set()
        self._under_way: dict[Group, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Run until cancelled. A place that does not answer is tried again, and keeps no other waiting."""
        try:
            while True:
                await asyncio.sleep(self._period.total_seconds())
                self._look()
        finally:
            for task in self._under_way.values():
                task.cancel()
            await asyncio.gather(*self._under_way.values(), return_exceptions=True)

    def _look(self) -> None:
        now = self._clock.now()
        groups: defaultdict[Group, list[CloudPart]] = defaultdict(list)
        for part in self._memory.parts:
            place = place_of(part, self._places)
            if part.state in ON_THEIR_WAY and part.refused is None and place is not None:
                groups[place, part.kind].append(part)
        self._since = {part.arn: self._began(part, now) for parts in groups.values() for part in parts}
        for group, parts in groups.items():
            if group not in self._under_way and self._is_due(group, parts, now):
                self._looked[group] = now
                self._under_way[group] = asyncio.create_task(self._describe(group, parts), name=f"watch {group[0]}")

    def _began(self, part: CloudPart, now: datetime) -> tuple[str, datetime]:
        known = self._since.get(part.arn)
        return known if known is not None and known[0] == part.phase else (part.phase, now)

    def _is_due(self, group: Group, parts: list[CloudPart], now: datetime) -> bool:
        looked = self._looked.get(group)
        youngest = min(now - self._since[part.arn][1] for part in parts)
        # Less than a period early is on time: the loop does not wake on the microsecond.
        return looked is None or now - looked >= min(youngest / _PATIENCE, self._at_least) - self._period / 2

    async def _describe(self, group: Group, parts: list[CloudPart]) -> None:
        try:
            await self._learn(group, parts)
        except Exception:
            log.exception("watch-failed", place=str(group[0]), kind=group[1])
        finally:
            del self._under_way[group]

    async def _learn(self, group: Group, parts: list[CloudPart]) -> None:
        place, kind = group
        looked = await self._looking.at(place, kind, (part.identifier for part in parts))
        self._memory.put(looked.parts.values())
        failures = {part.arn: looked.failures[part.identifier] for part in parts if part.identifier in looked.failures}
        self._memory.drop(arn for arn, error in failures.items() if isinstance(error, CloudGone))
        self._tell(group, next((error for error in failures.values() if not isinstance(error, CloudGone)), None))

    def _tell(self, group: Group, error: CloudError | None) -> None:
        """Say once that a place does not answer: the inventory says it for as long as it lasts."""
        if error is None:
            self._silent.discard(group)
        elif group not in self._silent:
            self._silent.add(group)
            log.warning("cloud-not-watched", place=str(group[0]), kind=group[1], error=str(error))
