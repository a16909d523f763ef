"""Public holidays: they take away the windows that start on them."""

import warnings
from datetime import date
from typing import Any

import pytest

from sundown.model.spec import Holidays
from sundown.schedule.days_off import day_off
from sundown.schedule.decision import Circumstances
from support.schedule.telling import EVERY_DAY, WEEKDAYS, at, told, utc, window

BERLIN: dict[str, Any] = {"timeZone": "Europe/Berlin", "holidays": {"country": "DE", "subdivision": "BE"}}


def test_a_holiday_is_slept_through() -> None:
    """A17: 8 March 2027, International Women's Day, a Monday and a holiday in Berlin."""
    days = told("2027-03-05 12:00", "2027-03-09 12:00", awake=[window(WEEKDAYS, "08:00", "18:00")], **BERLIN)
    assert days == ["Awake", "2027-03-05 17:00 Asleep", "2027-03-09 07:00 Awake"]


def test_a_holiday_of_another_subdivision_is_a_working_day() -> None:
    bavaria: dict[str, Any] = {"timeZone": "Europe/Berlin", "holidays": {"country": "DE", "subdivision": "BY"}}
    assert at("2027-03-08 12:00", awake=[window(WEEKDAYS, "08:00", "18:00")], **bavaria).state == "Awake"


def test_a_holiday_that_is_observed_on_another_day_is_free_then() -> None:
    """4 July 2026 is a Saturday, so the United States are off on Friday."""
    usa: dict[str, Any] = {"timeZone": "America/New_York", "holidays": {"country": "US"}}
    decision = at("2026-07-03 16:00", awake=[window(WEEKDAYS, "08:00", "18:00")], **usa)
    assert (decision.state, decision.why.reason) == ("Asleep", "Holiday")
    assert decision.why.text == "holiday in US: Independence Day (observed)"


def test_a_window_that_passes_midnight_into_a_holiday_stays() -> None:
    night = told("2027-03-07 12:00", "2027-03-08 12:00", awake=[window("Sun", "22:00", "06:00")], **BERLIN)
    assert night == ["Asleep", "2027-03-07 21:00 Awake", "2027-03-08 05:00 Asleep"]


def test_a_window_that_starts_on_a_holiday_is_gone_beyond_midnight_too() -> None:
    night = told("2027-03-08 12:00", "2027-03-09 12:00", awake=[window("Mon", "22:00", "06:00")], **BERLIN)
    assert night == ["Asleep"]
    assert at("2027-03-09 02:00", awake=[window("Mon", "22:00", "06:00")], **BERLIN).why.reason == "Holiday"


def test_the_holiday_is_that_of_the_local_date() -> None:
    """Auckland's New Year's Day begins on 31 December, at 11:00 UTC."""
    auckland: dict[str, Any] = {"timeZone": "Pacific/Auckland", "holidays": {"country": "NZ"}}
    days = told("2026-12-31 00:00", "2027-01-03 10:00", awake=[window(EVERY_DAY, "00:00", "24:00")], **auckland)
    assert days == ["Awake", "2026-12-31 11:00 Asleep", "2027-01-02 11:00 Awake"]


def test_a_holiday_takes_the_stop_of_its_date_from_a_schedule_that_only_stops() -> None:
    started = Circumstances(active_since=utc("2027-03-08 09:00"))
    days = told("2027-03-08 10:00", "2027-03-10 00:00", started, awake=[window(WEEKDAYS, None, "17:00")], **BERLIN)
    assert days == ["Awake", "2027-03-09 16:00 Asleep"]


@pytest.fixture
def every_day_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sundown.schedule.windows.day_off", lambda holidays, _: holidays and "Holiday")


@pytest.mark.usefixtures("every_day_is_free")
def test_windows_that_holidays_take_for_ever_are_searched_for_and_given_up() -> None:
    decision = at("2026-11-23 12:00", awake=[window(EVERY_DAY, "08:00", "18:00")], **BERLIN)
    assert (decision.state, decision.why.reason, decision.until) == ("Asleep", "Holiday", None)


@pytest.mark.usefixtures("every_day_is_free")
def test_stops_that_holidays_take_for_ever_never_come() -> None:
    started = Circumstances(active_since=utc("2020-11-23 11:00"))
    decision = at("2026-11-23 12:00", started, awake=[window(EVERY_DAY, None, "18:00")], **BERLIN)
    assert (decision.state, decision.until) == ("Awake", None)


def test_a_year_of_which_the_library_knows_nothing_has_no_holidays() -> None:
    sri_lanka = Holidays(country="LK")
    assert day_off(sri_lanka, date(2026, 12, 25)) is not None
    assert day_off(sri_lanka, date(2040, 12, 25)) is None


def test_a_warning_of_the_library_does_not_reach_the_person() -> None:
    """It knows India's moving feasts up to 2035 only, and says so."""
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        assert day_off(Holidays(country="IN"), date(2039, 1, 26)) is not None
    assert heard == []


def test_holidays_are_named_in_english_where_the_library_can() -> None:
    assert day_off(Holidays(country="DE"), date(2026, 12, 25)) == "Christmas Day"
