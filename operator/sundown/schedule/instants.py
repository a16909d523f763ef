"""From wall clocks to instants and back, whatever the zone does to its clocks in between.

Dates at either end of the calendar do not overflow: they count as the first or the last instant there is.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from sundown.model.scalars import zone

BEGINNING = datetime.min.replace(tzinfo=UTC)
"""The first instant of the calendar: no instant is before it."""

FOREVER = datetime.max.replace(tzinfo=UTC)
"""The last instant of the calendar: what lasts until then does not end."""

_FIRST_YEARS = 2
_MIDNIGHT = time()


def later(at: datetime, span: timedelta) -> datetime:
    """The instant ``span`` after ``at``, or the calendar's end."""
    try:
        return at + span
    except OverflowError:
        return FOREVER


def wall_clock(zone_name: str, at: datetime) -> datetime:
    """What a clock on the wall in that zone shows at an instant, as a naive datetime."""
    try:
        return at.astimezone(zone(zone_name)).replace(tzinfo=None)
    except OverflowError:
        return at.replace(tzinfo=None)


@lru_cache(maxsize=16_384)
def instant(zone_name: str, local: datetime) -> datetime:
    """The first instant at which the wall clock in that zone shows ``local`` (naive) or a later time."""
    there = zone(zone_name)
    try:
        first = local.replace(tzinfo=there, fold=0).astimezone(UTC)
        if first.astimezone(there).replace(tzinfo=None) == local:
            return first
        # Skipped: fold 0 reckons with the offset before the gap and lands behind it, fold 1 the other way round.
        before = local.replace(tzinfo=there, fold=1).astimezone(UTC)
    except OverflowError:
        return BEGINNING if local.year <= _FIRST_YEARS else FOREVER
    before = before.replace(microsecond=0)
    low, high = 0, int((first - before).total_seconds())
    while high - low > 1:
        middle = (low + high) // 2
        if wall_clock(zone_name, before + timedelta(seconds=middle)) >= local:
            high = middle
        else:
            low = middle
    return before + timedelta(seconds=high)


def instant_of_day(zone_name: str, day: date, minutes: int) -> datetime:
    """The instant of a time of day, given in minutes since midnight; 1440 and more are on the days that follow."""
    try:
        return instant(zone_name, datetime.combine(day, _MIDNIGHT) + timedelta(minutes=minutes))
    except OverflowError:
        return FOREVER


def day_after(day: date, days: int = 1) -> date:
    """The date so many days later (or earlier), or the calendar's end."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return date.max if days > 0 else date.min
