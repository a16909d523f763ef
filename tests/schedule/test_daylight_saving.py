"""Local times that clock changes skip or repeat."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sundown.schedule.instants import instant
from support.effort import examples
from support.schedule.clock_changes import FIRST, LAST, ZONES, clock_changes
from support.schedule.telling import EVERY_DAY, told, utc, window

MINUTE = timedelta(minutes=1)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_a_skipped_local_time_counts_at_the_end_of_the_gap() -> None:
    """A17: on 29 March 2026 Berlin's clocks go from 02:00 to 03:00."""
    assert instant("Europe/Berlin", local("2026-03-29T02:30")) == utc("2026-03-29 01:00")


def test_a_repeated_local_time_counts_at_its_first_occurrence() -> None:
    """A17: on 25 October 2026 Berlin's clocks go from 03:00 back to 02:00."""
    assert instant("Europe/Berlin", local("2026-10-25T02:30")) == utc("2026-10-25 00:30")


def test_a_window_that_begins_in_the_gap_begins_at_its_end() -> None:
    berlin = told(
        "2026-03-28 12:00", "2026-03-29 12:00", timeZone="Europe/Berlin", awake=[window("Sun", "02:30", "05:00")]
    )
    assert berlin == ["Asleep", "2026-03-29 01:00 Awake", "2026-03-29 03:00 Asleep"]


def test_a_window_that_lies_in_the_gap_does_nothing() -> None:
    berlin = told(
        "2026-03-28 12:00", "2026-03-29 12:00", timeZone="Europe/Berlin", awake=[window("Sun", "02:10", "02:50")]
    )
    assert berlin == ["Asleep"]


def test_a_window_in_a_repeated_hour_happens_once() -> None:
    berlin = told(
        "2026-10-24 12:00", "2026-10-25 12:00", timeZone="Europe/Berlin", awake=[window("Sun", "02:10", "02:50")]
    )
    assert berlin == ["Asleep", "2026-10-25 00:10 Awake", "2026-10-25 00:50 Asleep"]


def test_a_window_over_a_repeated_hour_is_an_hour_longer() -> None:
    berlin = told(
        "2026-10-24 12:00", "2026-10-25 12:00", timeZone="Europe/Berlin", awake=[window("Sun", "02:30", "03:30")]
    )
    assert berlin == ["Asleep", "2026-10-25 00:30 Awake", "2026-10-25 02:30 Asleep"]


@pytest.mark.parametrize(
    ("zone_name", "skipped", "end"),
    [
        ("Antarctica/Troll", "2026-03-29T02:15", "2026-03-29 01:00"),  # two hours at once
        ("Australia/Lord_Howe", "2026-10-04T02:10", "2026-10-03 15:30"),  # half an hour
        ("Africa/Cairo", "2026-04-24T00:30", "2026-04-23 22:00"),  # at midnight
        ("Asia/Beirut", "2026-03-29T00:00", "2026-03-28 22:00"),  # at midnight
        ("America/Havana", "2026-03-08T00:30", "2026-03-08 05:00"),  # at midnight
        ("America/Sao_Paulo", "2018-11-04T00:00", "2018-11-04 03:00"),  # at midnight
        ("America/Asuncion", "2023-10-01T00:59", "2023-10-01 04:00"),  # at midnight
        ("America/Nuuk", "2030-03-30T23:30", "2030-03-31 01:00"),  # on the eve
        ("Pacific/Chatham", "2026-09-27T03:00", "2026-09-26 14:00"),  # at a quarter to three
        ("Pacific/Apia", "2011-12-30T12:00", "2011-12-30 10:00"),  # a whole day
    ],
)
def test_every_kind_of_gap_ends_where_the_clocks_go_on(zone_name: str, skipped: str, end: str) -> None:
    assert instant(zone_name, local(skipped)) == utc(end)


def test_a_day_whose_midnight_is_skipped_begins_when_its_clocks_do() -> None:
    """Beirut goes from 00:00 to 01:00: the day before has 24 hours, and the window is not lost."""
    beirut = told(
        "2026-03-28 12:00", "2026-03-29 12:00", timeZone="Asia/Beirut", awake=[window("Sun", "00:00", "06:00")]
    )
    assert beirut == ["Asleep", "2026-03-28 22:00 Awake", "2026-03-29 03:00 Asleep"]


def test_a_window_to_the_days_end_lasts_through_an_hour_that_is_repeated_before_midnight() -> None:
    """Beirut goes from 00:00 back to 23:00: that Saturday has 25 hours."""
    beirut = told(
        "2026-10-24 12:00", "2026-10-25 12:00", timeZone="Asia/Beirut", awake=[window("Sat", "20:00", "24:00")]
    )
    assert beirut == ["Asleep", "2026-10-24 17:00 Awake", "2026-10-24 22:00 Asleep"]


def test_an_env_that_is_always_awake_does_not_blink_when_clocks_change() -> None:
    always = [window(EVERY_DAY, "00:00", "24:00")]
    for zone_name in ("Asia/Beirut", "America/Havana", "Antarctica/Troll", "Australia/Lord_Howe", "Africa/Casablanca"):
        assert told("2026-01-01 00:00", "2027-01-01 00:00", timeZone=zone_name, awake=always) == ["Awake"]


def wall_clock_by_the_minute(zone_name: str, change: datetime) -> dict[datetime, datetime]:
    """Each local minute around a clock change, and the minute in which a clock that is never set back comes to it."""
    zone, reach = ZoneInfo(zone_name), timedelta(hours=5)
    now = change - reach
    coming = now.astimezone(zone).replace(tzinfo=None)
    found = {}
    while now < change + reach:
        while coming <= now.astimezone(zone).replace(tzinfo=None):
            found[coming] = now
            coming += MINUTE
        now += MINUTE
    return found


@examples(40, 2000)
@given(st.sampled_from(ZONES), st.integers(FIRST.year, LAST.year))
def test_each_local_minute_around_each_clock_change_is_the_first_that_shows_it(zone_name: str, year: int) -> None:
    """A17: in all zones, from 2015 to 2040."""
    for change in clock_changes(zone_name, year):
        by_the_minute = wall_clock_by_the_minute(zone_name, change)
        assert {minute: instant(zone_name, minute) for minute in by_the_minute} == by_the_minute
