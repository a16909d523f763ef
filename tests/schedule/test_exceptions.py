"""Dated exceptions, in local time."""

from typing import Any

from support.schedule.telling import WEEKDAYS, at, told, window

OFFICE = [window(WEEKDAYS, "08:00", "18:00")]


def exception(start: str, to: str, state: str, **more: str) -> dict[str, Any]:
    return {"from": start, "to": to, "state": state, **more}


def test_an_exception_wins_over_the_windows_from_its_start_up_to_its_end() -> None:
    """A17."""
    christmas = exception("2026-12-24T12:00", "2026-12-28T10:00", "Asleep")
    days = told("2026-12-24 10:00", "2026-12-28 12:00", awake=OFFICE, exceptions=[christmas])
    assert days == ["Awake", "2026-12-24 12:00 Asleep", "2026-12-28 10:00 Awake"]


def test_an_exception_is_in_local_time() -> None:
    release = exception("2026-11-21T10:00", "2026-11-21T12:00", "Awake")
    saturday = told(
        "2026-11-21 00:00", "2026-11-22 00:00", timeZone="America/New_York", awake=OFFICE, exceptions=[release]
    )
    assert saturday == ["Asleep", "2026-11-21 15:00 Awake", "2026-11-21 17:00 Asleep"]


def test_an_exception_wins_over_a_holiday() -> None:
    release = exception("2026-12-25T10:00", "2026-12-25T12:00", "Awake")
    friday = told(
        "2026-12-25 00:00", "2026-12-26 00:00", awake=OFFICE, exceptions=[release], holidays={"country": "DE"}
    )
    assert friday == ["Asleep", "2026-12-25 10:00 Awake", "2026-12-25 12:00 Asleep"]


def test_of_two_that_overlap_the_later_in_the_list_counts() -> None:
    asleep = exception("2026-11-23T08:00", "2026-11-23T18:00", "Asleep")
    awake = exception("2026-11-23T10:00", "2026-11-23T12:00", "Awake")
    assert told("2026-11-23 00:00", "2026-11-24 00:00", awake=OFFICE, exceptions=[asleep, awake]) == [
        "Asleep",
        "2026-11-23 10:00 Awake",
        "2026-11-23 12:00 Asleep",
    ]
    assert told("2026-11-23 00:00", "2026-11-24 00:00", awake=OFFICE, exceptions=[awake, asleep]) == ["Asleep"]


def test_an_exception_to_awake_that_meets_a_window_leaves_no_turn_between() -> None:
    early = exception("2026-11-23T06:00", "2026-11-23T08:00", "Awake")
    assert told("2026-11-23 00:00", "2026-11-24 00:00", awake=OFFICE, exceptions=[early]) == [
        "Asleep",
        "2026-11-23 06:00 Awake",
        "2026-11-23 18:00 Asleep",
    ]


def test_an_exception_may_be_to_the_second() -> None:
    short = exception("2026-11-23T10:00:15", "2026-11-23T10:00:45", "Asleep")
    decision = at("2026-11-23 10:00", awake=OFFICE, exceptions=[short])
    assert [turn.at.second for turn in decision.upcoming] == [15, 45]


def test_an_exception_that_begins_in_a_gap_begins_at_its_end() -> None:
    night = exception("2026-03-29T02:30", "2026-03-29T04:00", "Awake")
    berlin = told("2026-03-29 00:00", "2026-03-29 12:00", timeZone="Europe/Berlin", exceptions=[night])
    assert berlin == ["Asleep", "2026-03-29 01:00 Awake", "2026-03-29 02:00 Asleep"]


def test_the_reason_says_what_the_exception_is_for() -> None:
    christmas = exception("2026-12-24T12:00", "2027-01-02T08:00", "Asleep", reason="Christmas")
    why = at("2026-12-26 00:00", timeZone="Europe/Berlin", awake=OFFICE, exceptions=[christmas]).why
    assert why.reason == "Exception"
    assert why.text == "asleep by exception from 2026-12-24T12:00 to 2027-01-02T08:00 Europe/Berlin: Christmas"
