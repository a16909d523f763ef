"""Hypothesis strategies: schedules as people write them, around moments at which it is hard to be right."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from clock_changes import FIRST, LAST, ZONES, clock_changes
from hypothesis import strategies as st

DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
HOLIDAYS = [
    ("DE", "BE"),
    ("DE", "BY"),
    ("US", None),
    ("GB", "SCT"),
    ("BR", None),
    ("LB", None),
    ("WS", None),
    ("AU", "NSW"),
]


@dataclass(frozen=True)
class Life:
    """A schedule in its circumstances, and the stretch of time over which it is watched."""

    spec: dict[str, Any]
    zones: list[str]
    """The zones that decide; more than one only with ``timeZone: owner``."""
    active_since: datetime | None
    start: datetime
    until: datetime


def _time(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


hours = st.sampled_from([0, 30, 60, 90, 120, 150, 180, 23 * 60, 23 * 60 + 59, 8 * 60, 18 * 60])
times = st.one_of(hours, st.integers(0, 1439)).map(_time)
ends = st.one_of(times, st.just("24:00"))
days = st.lists(st.sampled_from(DAYS), min_size=1, unique=True)
wanted = st.sampled_from(["Awake", "Asleep"])
regular_windows = st.fixed_dictionaries({"days": days, "from": times, "to": ends}).filter(
    lambda w: w["from"] != w["to"]
)
stops = st.fixed_dictionaries({"days": days, "to": ends})


@st.composite
def moments(draw: st.DrawFn, zone_name: str) -> datetime:
    """A whole minute of 2015 to 2040, most often near a change of the zone's clocks or near a holiday."""
    year = draw(st.integers(FIRST.year, LAST.year))
    anchors = [*clock_changes(zone_name, year), datetime(year, 1, 1, tzinfo=UTC), datetime(year, 12, 25, tzinfo=UTC)]
    anywhere = st.integers(0, 364 * 24 * 60).map(lambda m: datetime(year, 1, 1, tzinfo=UTC) + timedelta(minutes=m))
    anchor = draw(st.sampled_from(anchors) | anywhere)
    return anchor + draw(_minutes_around(36 * 60))


def _minutes_around(reach: int) -> st.SearchStrategy[timedelta]:
    return st.integers(-reach, reach).map(lambda minutes: timedelta(minutes=minutes))


@st.composite
def _exceptions(draw: st.DrawFn, *, zone_name: str, middle: datetime) -> dict[str, Any]:
    local = middle.astimezone(ZoneInfo(zone_name)).replace(tzinfo=None)
    start = local + draw(_minutes_around(2 * 1440))
    end = start + timedelta(minutes=draw(st.integers(1, 2 * 1440)))
    return {"from": f"{start:%Y-%m-%dT%H:%M}", "to": f"{end:%Y-%m-%dT%H:%M}", "state": draw(wanted)}


@st.composite
def _overrides(draw: st.DrawFn, *, middle: datetime) -> dict[str, Any]:
    override: dict[str, Any] = {"state": draw(wanted)}
    around = _minutes_around(2 * 1440).map(lambda span: f"{middle + span:%Y-%m-%dT%H:%M:%SZ}")
    if draw(st.booleans()):
        override["until"] = draw(around)
    if draw(st.booleans()):
        override |= {"at": draw(around), "dropAtReset": draw(st.booleans())}
    return override


@st.composite
def lives(draw: st.DrawFn, *, most_zones: int = 1) -> Life:
    """Any mixture of what a spec can hold, watched for some days around a moment that tests it."""
    zones = draw(st.lists(st.sampled_from(ZONES), min_size=min(2, most_zones), max_size=most_zones, unique=True))
    middle = draw(moments(zones[0]))
    spec: dict[str, Any] = {"timeZone": zones[0] if most_zones == 1 else "owner"}
    spec["awake"] = draw(st.lists(regular_windows, max_size=3)) + draw(st.lists(stops, max_size=2))
    if draw(st.booleans()):
        country, subdivision = draw(st.sampled_from(HOLIDAYS))
        spec["holidays"] = {"country": country} | ({"subdivision": subdivision} if subdivision else {})
    if draw(st.booleans()):
        spec["exceptions"] = draw(st.lists(_exceptions(zone_name=zones[0], middle=middle), min_size=1, max_size=3))
    if draw(st.booleans()):
        spec["override"] = draw(_overrides(middle=middle))
    if draw(st.booleans()):
        spec["dailyReset"] = draw(ends)
    active_since = draw(st.none() | _minutes_around(2 * 1440).map(lambda span: middle + span))
    reach = timedelta(minutes=draw(st.integers(0, 2 * 1440)))
    return Life(spec, zones, active_since, start=middle - reach, until=middle + timedelta(days=3) - reach)
