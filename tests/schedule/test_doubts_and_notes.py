"""What is legal and hardly meant, and what is harmless and worth saying."""

from typing import Any

import pytest

from sundown.schedule.decision import Circumstances
from sundown.schedule.lint import doubts, notes
from support.schedule.telling import EVERY_DAY, WEEKDAYS, spec_of, utc, window


def doubted(*windows: dict[str, Any]) -> list[str]:
    return [str(doubt) for doubt in doubts(spec_of(awake=list(windows)))]


def noted(**fields: Any) -> list[str]:
    return [
        str(note) for note in notes(spec_of(**{"timeZone": "UTC", **fields}), Circumstances(), utc("2026-11-23 12:00"))
    ]


def test_windows_that_overlap_are_told_at_the_later_one_with_the_other_and_the_day() -> None:
    found = doubted(window(WEEKDAYS, "08:00", "18:00"), window(["Wed", "Sat"], "17:00", "20:00"))
    assert found == ["spec.awake[1]: overlaps spec.awake[0] (Mon-Fri 08:00-18:00) on Wed"]


def test_two_windows_that_overlap_on_many_days_are_told_once() -> None:
    assert len(doubted(window(EVERY_DAY, "08:00", "18:00"), window(EVERY_DAY, "10:00", "12:00"))) == 1


def test_a_window_that_passes_midnight_may_overlap_one_of_the_next_day() -> None:
    found = doubted(window("Tue", "05:00", "07:00"), window("Mon", "22:00", "06:00"))
    assert found == ["spec.awake[1]: overlaps spec.awake[0] (Tue 05:00-07:00) on Tue"]


def test_a_window_that_passes_the_weeks_end_may_overlap_one_of_monday() -> None:
    found = doubted(window("Mon", "05:00", "07:00"), window("Sun", "22:00", "06:00"))
    assert found == ["spec.awake[1]: overlaps spec.awake[0] (Mon 05:00-07:00) on Mon"]


def test_a_window_given_twice_overlaps_itself() -> None:
    assert len(doubted(window("Mon", "08:00", "18:00"), window("Mon", "08:00", "18:00"))) == 1


@pytest.mark.parametrize(
    "windows",
    [
        [window("Mon", "08:00", "12:00"), window("Mon", "12:00", "18:00")],
        [window("Mon", "22:00", "06:00"), window("Tue", "06:00", "12:00")],
        [window("Sun", "22:00", "24:00"), window("Mon", "00:00", "06:00")],
        [window(EVERY_DAY, "06:00", "18:00"), window(EVERY_DAY, "18:00", "06:00")],
        [window("Mon", "08:00", "18:00"), window("Mon", None, "17:00")],
    ],
)
def test_windows_that_touch_and_stops_overlap_nothing(windows: list[dict[str, Any]]) -> None:
    assert doubted(*windows) == []


def test_the_path_is_that_of_the_template_where_the_spec_is_one() -> None:
    spec = spec_of(awake=[window("Mon", "08:00", "18:00"), window("Mon", "08:00", "18:00")])
    [doubt] = doubts(spec, prefix="spec.template")
    assert str(doubt).startswith("spec.template.awake[1]: overlaps spec.template.awake[0]")


def test_an_override_in_the_past_is_worth_a_note() -> None:
    past = {"state": "Awake", "until": "2026-11-20T21:00:00Z"}
    assert noted(override=past) == ["spec.override: is over since 2026-11-20T21:00:00Z: it changes nothing"]


def test_an_override_that_a_reset_has_ended_is_in_the_past() -> None:
    dropped = {"state": "Awake", "at": "2026-11-22T12:00:00Z", "until": "2026-12-01T00:00:00Z", "dropAtReset": True}
    assert noted(override=dropped) == ["spec.override: is over since 2026-11-23T06:00:00Z: it changes nothing"]


def test_an_override_in_force_or_to_come_is_worth_none() -> None:
    assert noted(override={"state": "Awake"}) == []
    assert noted(override={"state": "Awake", "at": "2026-12-01T00:00:00Z", "until": "2026-12-02T00:00:00Z"}) == []


def test_an_exception_in_the_past_is_worth_a_note() -> None:
    past = {"from": "2025-12-24T12:00", "to": "2026-01-02T08:00", "state": "Asleep"}
    assert noted(exceptions=[past]) == ["spec.exceptions[0]: is over since 2026-01-02T08:00: it changes nothing"]


def test_an_exception_that_a_later_one_covers_is_worth_a_note() -> None:
    inner = {"from": "2026-12-24T12:00", "to": "2026-12-25T00:00", "state": "Awake"}
    outer = {"from": "2026-12-24T00:00", "to": "2027-01-02T00:00", "state": "Asleep"}
    assert noted(exceptions=[inner, outer]) == [
        "spec.exceptions[0]: is covered by spec.exceptions[1], which counts as the later: it changes nothing"
    ]
    assert noted(exceptions=[outer, inner]) == []


NO_ZONE = 'spec.timeZone: is not given: its times are those of UTC; write the zone that is meant, as in "Europe/Berlin"'


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"awake": [window("Mon", "08:00", "18:00")]}, [NO_ZONE]),
        ({"awake": [], "dailyReset": "05:00"}, [NO_ZONE]),
        ({"exceptions": [{"from": "2026-12-24T12:00", "to": "2027-01-02T08:00", "state": "Asleep"}]}, [NO_ZONE]),
        ({"awake": [window("Mon", "08:00", "18:00")], "timeZone": "UTC"}, []),
        ({"awake": [window("Mon", "08:00", "18:00")], "timeZone": "owner"}, []),
        ({"awake": []}, []),
        ({"override": {"state": "Awake", "until": "2026-12-01T00:00:00Z"}}, []),
    ],
    ids=["windows", "reset", "exceptions", "UTC is meant", "the owner's", "no times at all", "instants alone"],
)
def test_times_without_a_zone_are_worth_a_note(fields: dict[str, Any], told: list[str]) -> None:
    """A17"""
    assert [str(note) for note in notes(spec_of(**fields), Circumstances(), utc("2026-11-23 12:00"))] == told
