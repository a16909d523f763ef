"""The weekly windows, without clock changes."""

from typing import Any

import pytest

from support.schedule.telling import EVERY_DAY, WEEKDAYS, at, told, window

BERLIN = "Europe/Berlin"


def test_the_env_is_awake_from_the_start_up_to_the_end() -> None:
    week = told("2026-11-23 00:00", "2026-11-25 00:00", timeZone=BERLIN, awake=[window(WEEKDAYS, "08:00", "18:00")])
    assert week == [
        "Asleep",
        "2026-11-23 07:00 Awake",
        "2026-11-23 17:00 Asleep",
        "2026-11-24 07:00 Awake",
        "2026-11-24 17:00 Asleep",
    ]


def test_at_its_start_the_window_has_begun_and_at_its_end_it_is_over() -> None:
    awake = [window("Mon", "08:00", "18:00")]
    assert at("2026-11-23 08:00", awake=awake).state == "Awake"
    assert at("2026-11-23 18:00", awake=awake).state == "Asleep"


def test_a_weekend_is_slept_through() -> None:
    week = told("2026-11-27 12:00", "2026-11-30 12:00", awake=[window(WEEKDAYS, "08:00", "18:00")])
    assert week == ["Awake", "2026-11-27 18:00 Asleep", "2026-11-30 08:00 Awake"]


def test_a_window_may_pass_midnight_and_belongs_to_the_day_on_which_it_starts() -> None:
    night = told("2026-11-27 12:00", "2026-12-01 00:00", awake=[window("Fri", "22:00", "06:00")])
    assert night == ["Asleep", "2026-11-27 22:00 Awake", "2026-11-28 06:00 Asleep"]


def test_a_window_may_pass_the_weeks_end() -> None:
    night = told("2026-11-29 12:00", "2026-11-30 12:00", awake=[window("Sun", "22:00", "06:00")])
    assert night == ["Asleep", "2026-11-29 22:00 Awake", "2026-11-30 06:00 Asleep"]


def test_a_window_may_end_with_the_day() -> None:
    day = told("2026-11-23 00:00", "2026-11-25 00:00", awake=[window("Mon", "20:00", "24:00")])
    assert day == ["Asleep", "2026-11-23 20:00 Awake", "2026-11-24 00:00 Asleep"]


def test_a_window_to_midnight_is_the_same_as_one_to_the_days_end() -> None:
    midnight = told("2026-11-23 00:00", "2026-11-25 00:00", awake=[window("Mon", "20:00", "00:00")])
    assert midnight == ["Asleep", "2026-11-23 20:00 Awake", "2026-11-24 00:00 Asleep"]


def test_windows_that_overlap_are_one() -> None:
    both = [window("Mon", "08:00", "14:00"), window("Mon", "12:00", "18:00")]
    assert told("2026-11-23 00:00", "2026-11-24 00:00", awake=both) == [
        "Asleep",
        "2026-11-23 08:00 Awake",
        "2026-11-23 18:00 Asleep",
    ]


def test_windows_that_touch_are_one() -> None:
    both = [window("Mon", "12:00", "18:00"), window("Mon", "08:00", "12:00")]
    assert told("2026-11-23 00:00", "2026-11-24 00:00", awake=both) == [
        "Asleep",
        "2026-11-23 08:00 Awake",
        "2026-11-23 18:00 Asleep",
    ]


def test_windows_that_fill_the_week_leave_no_turn() -> None:
    shifts = [window(EVERY_DAY, "06:00", "18:00"), window(EVERY_DAY, "18:00", "06:00")]
    decision = at("2026-11-23 12:00", awake=shifts)
    assert (decision.state, decision.until, decision.upcoming) == ("Awake", None, ())


@pytest.mark.parametrize(
    ("left_out", "sleeps", "wakes"),
    [
        (window("Sun", "00:00", "23:00"), "2026-11-29 23:00 Asleep", "2026-11-30 00:00 Awake"),
        (window("Mon", "01:00", "24:00"), "2026-11-30 00:00 Asleep", "2026-11-30 01:00 Awake"),
        (window("Thu", "00:00", "12:00"), "2026-11-26 12:00 Asleep", "2026-11-27 00:00 Awake"),
    ],
    ids=["its last hour", "its first hour", "an afternoon"],
)
def test_windows_that_fill_the_week_but_for_a_part_leave_that(
    left_out: dict[str, Any], sleeps: str, wakes: str
) -> None:
    rest = window([day for day in EVERY_DAY if day not in left_out["days"]], "00:00", "24:00")
    assert told("2026-11-24 00:00", "2026-11-30 12:00", awake=[rest, left_out]) == ["Awake", sleeps, wakes]


def test_without_windows_the_env_sleeps_until_somebody_starts_it() -> None:
    decision = at("2026-11-23 12:00")
    assert (decision.state, decision.why.reason, decision.until) == ("Asleep", "NoWindows", None)


def test_the_reason_names_the_window_and_its_zone() -> None:
    awake = [window(WEEKDAYS, "08:00", "18:00"), window("Sat", "10:00", "12:00")]
    inside = at("2026-11-23 12:00", timeZone=BERLIN, awake=awake).why
    assert (inside.reason, inside.text) == ("Window", "working hours Mon-Fri 08:00-18:00 Europe/Berlin")
    outside = at("2026-11-23 22:00", timeZone=BERLIN, awake=awake).why
    assert outside.reason == "OutsideWindows"
    assert outside.text == "outside working hours Mon-Fri 08:00-18:00, Sat 10:00-12:00 Europe/Berlin"
