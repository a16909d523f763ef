"""Weekends on which people work by law, to make up for a day off between a holiday and a weekend (fault X7)."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import holidays as library
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sundown.schedule.decision import Circumstances
from support.effort import examples
from support.schedule.judged import judged, lived
from support.schedule.lives import Life, lives
from support.schedule.telling import EVERY_DAY, WEEKDAYS, at, told, window

OFFICE = [window(WEEKDAYS, "08:00", "18:00")]
CHINA: dict[str, Any] = {"timeZone": "Asia/Shanghai", "holidays": {"country": "CN"}}
IGNORED: dict[str, Any] = {"timeZone": "Asia/Shanghai", "holidays": {"country": "CN", "workingWeekends": False}}


def made_up(country: str) -> list[date]:
    """Every day of a weekend on which people there work, 2015 to 2028."""
    found = library.country_holidays(country, years=range(2015, 2029))
    return sorted(day for day in found.weekend_workdays if 2015 <= day.year <= 2028)


COUNTRIES = [country for country in library.list_supported_countries() if len(country) == 2 and made_up(country)]
"""Those with such days, as the library knows them: China, Hungary, Latvia, Taiwan and others."""


@pytest.mark.parametrize("country", COUNTRIES)
def test_every_day_of_every_weekend_is_what_the_law_says(country: str) -> None:
    """X7: awake on those that are working days, asleep on all others."""
    law, wrong = made_up(country), []
    day = date(2015, 1, 1)
    while day < date(2029, 1, 1):
        if day.weekday() >= 5:
            state = at(f"{day} 12:00", awake=OFFICE, holidays={"country": country}).state
            wrong += [day] if (state == "Awake") != (day in law) else []
        day += timedelta(days=1)
    assert wrong == []


def test_there_are_such_days_in_many_countries() -> None:
    assert {"CN", "HU", "LV", "VN"} <= set(COUNTRIES)


@pytest.mark.parametrize("day", ["2026-02-14", "2026-02-28", "2026-10-10"])
def test_such_a_saturday_has_the_hours_of_a_working_day_and_says_why(day: str) -> None:
    """X7"""
    decision = at(f"{day} 04:00", awake=OFFICE, **CHINA)
    assert (decision.state, decision.why.reason) == ("Awake", "WorkingWeekend")
    hours = "working hours Mon-Fri 08:00-18:00 Asia/Shanghai"
    assert decision.why.text == f"{hours}, on a weekend that is a working day in CN"
    assert decision.until == datetime.fromisoformat(f"{day}T18:00+08:00")


def test_a_week_with_such_a_day_turns_as_it_should() -> None:
    """X7: Saturday, 14 February 2026 is worked, then comes the Spring Festival."""
    days = told("2026-02-13 12:00", "2026-02-24 09:00", awake=OFFICE, **CHINA)
    assert days == ["Asleep", "2026-02-14 00:00 Awake", "2026-02-14 10:00 Asleep", "2026-02-24 00:00 Awake"]


def test_a_schedule_may_say_that_it_does_not_follow() -> None:
    decision = at("2026-02-14 04:00", awake=OFFICE, **IGNORED)
    assert (decision.state, decision.why.reason) == ("Asleep", "OutsideWindows")


def test_the_hours_are_those_of_the_first_day_of_the_week_that_has_any() -> None:
    short = [window(["Tue", "Wed", "Thu"], "09:00", "17:00"), window("Fri", "09:00", "12:00")]
    days = told("2026-02-14 00:00", "2026-02-15 00:00", awake=short, **CHINA)
    assert days == ["Asleep", "2026-02-14 01:00 Awake", "2026-02-14 09:00 Asleep"]


def test_hours_that_such_a_day_has_of_its_own_stay() -> None:
    days = told("2026-02-14 00:00", "2026-02-15 00:00", awake=[*OFFICE, window("Sat", "20:00", "22:00")], **CHINA)
    assert days == [
        "Awake",
        "2026-02-14 10:00 Asleep",
        "2026-02-14 12:00 Awake",
        "2026-02-14 14:00 Asleep",
    ]


@pytest.mark.parametrize("rows", [[], [window("Sun", "08:00", "18:00")]], ids=["none at all", "for Sundays only"])
def test_a_week_without_windows_for_working_days_lends_none(rows: list[dict[str, Any]]) -> None:
    assert at("2026-02-14 04:00", awake=rows, **CHINA).state == "Asleep"


def test_a_window_for_every_day_says_nothing_of_the_law() -> None:
    assert at("2026-02-14 04:00", awake=[window(EVERY_DAY, "08:00", "18:00")], **CHINA).why.reason == "Window"


def test_a_schedule_that_only_stops_stops_on_such_a_day_too() -> None:
    started = Circumstances(active_since=datetime(2026, 2, 14, 1, tzinfo=UTC))
    stop = [window(WEEKDAYS, None, "17:00")]
    assert told("2026-02-14 02:00", "2026-02-15 00:00", started, awake=stop, **CHINA)[1:] == ["2026-02-14 09:00 Asleep"]
    assert told("2026-02-14 02:00", "2026-02-15 00:00", started, awake=stop, **IGNORED) == ["Awake"]


def test_the_local_date_counts() -> None:
    """Shanghai's Saturday begins on Friday, at 16:00 UTC."""
    night = [window(WEEKDAYS, "00:00", "06:00")]
    assert told("2026-02-13 12:00", "2026-02-14 12:00", awake=night, **CHINA) == [
        "Asleep",
        "2026-02-13 16:00 Awake",
        "2026-02-13 22:00 Asleep",
    ]


@st.composite
def weeks_with_such_a_day(draw: st.DrawFn) -> Life:
    """Any schedule, watched for two days around a weekend on which people work."""
    life = draw(lives())
    country = draw(st.sampled_from(COUNTRIES))
    day = draw(st.sampled_from(made_up(country)))
    start = datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(hours=draw(st.integers(-24, 12)))
    holidays = {"country": country} | ({"workingWeekends": draw(st.booleans())} if draw(st.booleans()) else {})
    return Life(
        {"timeZone": life.spec["timeZone"], "awake": life.spec["awake"], "holidays": holidays},
        life.zones,
        start - timedelta(hours=3),
        start=start,
        until=start + timedelta(days=2),
    )


@examples(40, 3000)
@given(weeks_with_such_a_day())
def test_any_schedule_is_judged_as_it_is_lived(life: Life) -> None:
    """X7, A17"""
    assert judged(life) == lived(life)
