"""Hypothesis strategies: schedules as people write them, around moments at which it is hard to be right."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from support.schedule.clock_changes import FIRST, LAST, ZONES, clock_changes

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

ODD_ZONES = [
    "Africa/Cairo",
    "Africa/Casablanca",
    "America/Asuncion",
    "America/Havana",
    "America/Nuuk",
    "America/Sao_Paulo",
    "America/St_Johns",
    "Antarctica/Troll",
    "Asia/Amman",
    "Asia/Beirut",
    "Asia/Gaza",
    "Asia/Kathmandu",
    "Asia/Tehran",
    "Australia/Lord_Howe",
    "Europe/Dublin",
    "Europe/Istanbul",
    "Pacific/Apia",
    "Pacific/Chatham",
    "Pacific/Easter",
    "Pacific/Kiritimati",
]
"""Zones with gaps at midnight, of half an hour or of two, with changes by decree, or with summer time the other way."""


@dataclass(frozen=True)
class Life:
    """A schedule in its circumstances, and the stretch of time over which it is watched."""

    spec: dict[str, Any]
    zones: list[str]
    """The zones that decide; more than one only with ``timeZone: owner``."""
    active_since: datetime | None
    start: datetime
    until: datetime


days = st.one_of(st.just(DAYS), st.lists(st.sampled_from(DAYS), min_size=1, unique=True))
wanted = st.sampled_from(["Awake", "Asleep"])
sometimes = st.sampled_from([False, False, True])
zones = st.one_of(st.sampled_from(ODD_ZONES), st.sampled_from(ZONES))


@st.composite
def anchors(draw: st.DrawFn, zone_name: str) -> datetime:
    """An instant of 2015 to 2040 at which something may happen: a change of the zone's clocks, a holiday, or nothing."""
    year = draw(st.integers(FIRST.year, LAST.year))
    start = datetime(year, 1, 1, tzinfo=UTC)
    changes = clock_changes(zone_name, year)
    if changes and draw(st.sampled_from([True, True, True, False])):
        return draw(st.sampled_from(changes))
    holidays = [start, datetime(year, 12, 25, tzinfo=UTC), datetime(year, 5, 1, tzinfo=UTC)]
    anywhere = st.integers(0, 364 * 1440).map(lambda minutes: start + timedelta(minutes=minutes))
    return draw(st.one_of(st.sampled_from(holidays), anywhere))


@st.composite
def moments(draw: st.DrawFn, zone_name: str) -> datetime:
    """A whole minute of 2015 to 2040, most often within a day and a half of something that tests a schedule."""
    return draw(anchors(zone_name)) + draw(_around(36 * 60))


def _around(reach: int) -> st.SearchStrategy[timedelta]:
    near = st.integers(-8, 8).map(lambda quarters: quarters * 15)
    return st.one_of(near, st.integers(-reach, reach)).map(lambda minutes: timedelta(minutes=minutes))


def _times(anchor: datetime, zone_name: str) -> st.SearchStrategy[str]:
    """Times of day: those that the wall clock shows around the anchor, midnight, and any."""
    there = anchor.astimezone(ZoneInfo(zone_name))
    near = st.integers(-8, 8).map(lambda quarters: (there.hour * 60 + there.minute + quarters * 15) % 1440)
    midnight = st.sampled_from([0, 1, 30, 60, 1410, 1439])
    return st.one_of(near, near, midnight, st.integers(0, 1439)).map(lambda at: f"{at // 60:02}:{at % 60:02}")


@st.composite
def _windows(draw: st.DrawFn, times: st.SearchStrategy[str]) -> list[dict[str, Any]]:
    ends = st.one_of(times, times, times, st.just("24:00"))
    regular = st.fixed_dictionaries({"days": days, "from": times, "to": ends}).filter(
        lambda row: row["from"] != row["to"]
    )
    stops = st.fixed_dictionaries({"days": days, "to": ends})
    return draw(st.lists(regular, max_size=3)) + draw(st.one_of(st.just([]), st.lists(stops, max_size=2)))


@st.composite
def _exceptions(draw: st.DrawFn, zone_name: str, anchor: datetime) -> dict[str, Any]:
    start = (anchor + draw(_around(1440))).astimezone(ZoneInfo(zone_name)).replace(tzinfo=None)
    end = start + timedelta(minutes=draw(st.integers(1, 1440)))
    return {"from": f"{start:%Y-%m-%dT%H:%M}", "to": f"{end:%Y-%m-%dT%H:%M}", "state": draw(wanted)}


@st.composite
def _overrides(draw: st.DrawFn, anchor: datetime) -> dict[str, Any]:
    made = anchor + draw(_around(1440))
    ended = made + timedelta(minutes=draw(st.integers(-60, 2880)))
    full = {"at": f"{made:%Y-%m-%dT%H:%M:%SZ}", "until": f"{ended:%Y-%m-%dT%H:%M:%SZ}"}
    override: dict[str, Any] = {field: text for field, text in full.items() if not draw(sometimes)}
    if "at" in override:
        override |= {"dropAtReset": draw(st.booleans())}
    return override | {"state": draw(wanted)}


@st.composite
def lives(draw: st.DrawFn, *, most_zones: int = 1) -> Life:
    """Any mixture of what a spec can hold, watched for two days around a moment that tests it."""
    places = draw(st.lists(zones, min_size=min(2, most_zones), max_size=most_zones, unique=True))
    anchor = draw(anchors(places[0]))
    times = _times(anchor, places[0])
    spec: dict[str, Any] = {"timeZone": places[0] if most_zones == 1 else "owner", "awake": draw(_windows(times))}
    if draw(sometimes):
        country, subdivision = draw(st.sampled_from(HOLIDAYS))
        spec["holidays"] = {"country": country} | ({"subdivision": subdivision} if subdivision else {})
    if draw(sometimes):
        spec["exceptions"] = draw(st.lists(_exceptions(places[0], anchor), min_size=1, max_size=3))
    if draw(sometimes):
        spec["override"] = draw(_overrides(anchor))
    if draw(sometimes):
        spec["dailyReset"] = draw(st.one_of(times, st.just("24:00")))
    active_since = anchor + draw(_around(1440)) if draw(st.booleans()) else None
    start = anchor - timedelta(minutes=draw(st.integers(0, 1440)))
    return Life(spec, places, active_since, start=start, until=start + timedelta(days=2))
