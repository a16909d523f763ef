"""Whether so many people click at once that what nobody waits for gives way: on Monday at eight everybody wakes their env."""

from __future__ import annotations

import asyncio
from collections import deque
from datetime import datetime, timedelta

from sundown.schedule.clock import Clock

MANY = 8
"""So many wishes within ``_WITHIN`` are a rush; fewer are answered and shown in their messages at once."""
LONGEST = timedelta(seconds=3)
"""What gives way does so for this long at most."""
_WITHIN = timedelta(seconds=1)


class Rush:
    """Remembers when the last wishes came."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._came: deque[datetime] = deque(maxlen=MANY)

    def somebody_came(self) -> None:
        """Somebody wishes for something."""
        self._came.append(self._clock.now())

    @property
    def over_at(self) -> datetime | None:
        """When it will be over if nobody else comes; None where there is none."""
        if len(self._came) < MANY:
            return None
        now, first, last = self._clock.now(), self._came[0], self._came[-1]
        return last + _WITHIN if last - first <= _WITHIN and now < last + _WITHIN else None

    async def give_way(self) -> None:
        """Wait until it is over, or for as long as anything waits for that."""
        until = self._clock.now() + LONGEST
        while (over := self.over_at) is not None and (now := self._clock.now()) < until:  # noqa: ASYNC110 - time alone ends it
            await asyncio.sleep((min(over, until) - now).total_seconds())
