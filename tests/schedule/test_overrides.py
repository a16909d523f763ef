"""What people ask for, the daily reset, and what wins over what."""

from typing import Any

import pytest

from sundown.schedule.decision import Circumstances
from support.schedule.telling import WEEKDAYS, at, told, window

OFFICE = [window(WEEKDAYS, "08:00", "18:00")]


def awake(**more: Any) -> dict[str, Any]:
    return {"state": "Awake", "by": "ana@example.com", "via": "slack", **more}


def test_an_override_wins_until_it_ends() -> None:
    evening = told("2026-11-23 12:00", "2026-11-24 00:00", awake=OFFICE, override=awake(until="2026-11-23T21:00:00Z"))
    assert evening == ["Awake", "2026-11-23 21:00 Asleep"]


def test_an_override_wins_over_an_exception() -> None:
    closed = {"from": "2026-11-23T00:00", "to": "2026-11-28T00:00", "state": "Asleep"}
    decision = at("2026-11-23 12:00", exceptions=[closed], override=awake(until="2026-11-23T21:00:00Z"))
    assert (decision.state, decision.why.reason) == ("Awake", "Override")


def test_pausing_wins_over_an_override() -> None:
    """A9."""
    decision = at("2026-11-23 12:00", paused=True, override=awake())
    assert (decision.state, decision.why.reason, decision.upcoming) == ("Paused", "Paused", ())


def test_an_env_may_be_paused_from_outside_its_spec() -> None:
    """A9."""
    decision = at("2026-11-23 12:00", Circumstances(paused_by="namespace label scheduler=disabled"), awake=OFFICE)
    assert (decision.state, decision.why.text) == ("Paused", "paused: namespace label scheduler=disabled")


def test_an_override_without_an_end_lasts() -> None:
    assert told("2026-11-23 12:00", "2027-11-23 12:00", awake=OFFICE, override=awake()) == ["Awake"]


def test_an_override_begins_when_it_was_made() -> None:
    later = awake(at="2026-11-23T20:00:00Z", until="2026-11-23T21:00:00Z")
    assert told("2026-11-23 19:00", "2026-11-24 00:00", awake=OFFICE, override=later) == [
        "Asleep",
        "2026-11-23 20:00 Awake",
        "2026-11-23 21:00 Asleep",
    ]


def test_an_override_in_the_past_changes_nothing() -> None:
    past = awake(at="2026-11-20T20:00:00Z", until="2026-11-20T21:00:00Z")
    assert told("2026-11-23 00:00", "2026-11-24 00:00", awake=OFFICE, override=past) == told(
        "2026-11-23 00:00", "2026-11-24 00:00", awake=OFFICE
    )


def test_the_daily_reset_ends_an_override_that_says_so() -> None:
    """A13: at 06:00 in the env's zone."""
    prolonged = awake(at="2026-11-23T15:00:00Z", until="2026-11-24T22:00:00Z", dropAtReset=True)
    night = told("2026-11-23 16:00", "2026-11-24 06:00", timeZone="Europe/Berlin", awake=OFFICE, override=prolonged)
    assert night == ["Awake", "2026-11-24 05:00 Asleep"]


def test_the_daily_reset_leaves_an_override_alone_that_does_not_say_so() -> None:
    started = awake(at="2026-11-23T15:00:00Z", until="2026-11-24T22:00:00Z")
    night = told("2026-11-23 16:00", "2026-11-25 00:00", timeZone="Europe/Berlin", awake=OFFICE, override=started)
    assert night == ["Awake", "2026-11-24 22:00 Asleep"]


def test_an_override_made_at_the_reset_lasts_until_the_next_one() -> None:
    prolonged = awake(at="2026-11-23T06:00:00Z", dropAtReset=True)
    assert told("2026-11-23 06:00", "2026-11-25 00:00", override=prolonged) == ["Awake", "2026-11-24 06:00 Asleep"]


def test_the_reset_may_be_at_another_time() -> None:
    prolonged = awake(at="2026-11-23T15:00:00Z", dropAtReset=True)
    night = told("2026-11-23 16:00", "2026-11-25 00:00", dailyReset="03:30", override=prolonged)
    assert night == ["Awake", "2026-11-24 03:30 Asleep"]


def test_a_reset_that_a_clock_change_skips_is_at_the_end_of_the_gap() -> None:
    prolonged = awake(at="2026-03-28T15:00:00Z", dropAtReset=True)
    night = told(
        "2026-03-28 16:00", "2026-03-29 12:00", timeZone="Europe/Berlin", dailyReset="02:30", override=prolonged
    )
    assert night == ["Awake", "2026-03-29 01:00 Asleep"]


def test_the_reason_says_who_asked_how_until_when_and_what_for() -> None:
    asked = awake(until="2026-11-23T21:00:00Z", reason="release test")
    why = at("2026-11-23 20:00", timeZone="Europe/Berlin", awake=OFFICE, override=asked).why
    assert why.by == "ana@example.com"
    assert why.text == (
        "awake until Mon 2026-11-23 22:00 Europe/Berlin, asked for by ana@example.com via slack: release test"
    )


def test_the_reason_says_where_nothing_proves_who_asked() -> None:
    """S7"""
    unproved = Circumstances(unverified=True)
    asked = awake(until="2026-11-23T21:00:00Z", reason="release test")
    why = at("2026-11-23 20:00", unproved, awake=OFFICE, override=asked).why
    assert "asked for by ana@example.com via slack (unverified): release test" in why.text
    assert (why.by, why.unverified) == ("ana@example.com", True)
    for nobody in (
        at("2026-11-23 20:00", unproved, awake=OFFICE),
        at("2026-11-23 20:00", unproved, override={"state": "Asleep"}),
    ):
        assert not nobody.why.unverified
        assert "unverified" not in nobody.why.text


def test_the_reason_of_an_override_without_an_end_says_so() -> None:
    assert at("2026-11-23 20:00", override={"state": "Asleep"}).why.text == "asleep until further notice"


@pytest.mark.parametrize("ahead", ["11:00:45", "11:09:00"])
def test_a_wish_that_a_clock_ahead_of_ours_has_stamped_holds_at_once(ahead: str) -> None:
    """Z: nobody's start waits until the operator's clock has caught up with a laptop's."""
    decision = at("2026-11-29 11:00", awake=OFFICE, override=awake(at=f"2026-11-29T{ahead}Z"))
    assert (decision.state, decision.why.reason) == ("Awake", "Override")


def test_a_wish_that_is_written_by_hand_for_later_waits() -> None:
    later = at("2026-11-29 11:00", awake=OFFICE, override={"state": "Awake", "at": "2026-11-29T11:05:00Z"})
    assert (later.state, later.upcoming[0].to) == ("Asleep", "Awake")
