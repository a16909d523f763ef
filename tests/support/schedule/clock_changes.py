"""Where the zones change their clocks, found by walking through the years and looking at the offset."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

ZONES = sorted(available_timezones() - {"localtime"})
"""Every zone of the IANA database; ``localtime`` is whatever the machine is set to."""

FIRST, LAST = datetime(2015, 1, 1, tzinfo=UTC), datetime(2040, 12, 31, tzinfo=UTC)
_STRIDE = timedelta(hours=12)
_MINUTE = timedelta(minutes=1)


@lru_cache(maxsize=1024)
def clock_changes(zone_name: str, year: int) -> tuple[datetime, ...]:
    """The instants in that year (UTC, whole minutes) from which the zone's clocks are set otherwise than the minute before."""
    zone = ZoneInfo(zone_name)
    found = []
    at = datetime(year, 1, 1, tzinfo=UTC)
    while at.year == year:
        following = at + _STRIDE
        if _offset(zone, at) != _offset(zone, following):
            found.append(_between(zone, at, following))
        at = following
    return tuple(found)


def _between(zone: ZoneInfo, low: datetime, high: datetime) -> datetime:
    before = _offset(zone, low)
    while high - low > _MINUTE:
        middle = low + (high - low) // _MINUTE // 2 * _MINUTE
        low, high = (middle, high) if _offset(zone, middle) == before else (low, middle)
    return high


def _offset(zone: ZoneInfo, at: datetime) -> timedelta | None:
    return at.astimezone(zone).utcoffset()
