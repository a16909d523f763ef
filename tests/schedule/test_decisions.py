"""What a decision holds, how far it sees, and that it never breaks down."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sundown.model.base import parse
from sundown.model.spec import EnvScheduleSpec
from sundown.schedule.decision import Circumstances, asleep_time, decide, turns
from sundown.schedule.instants import BEGINNING, FOREVER
from support.effort import examples
from support.schedule.lives import Life, lives
from support.schedule.telling import EVERY_DAY, WEEKDAYS, at, spec_of, told, utc, window

OFFICE = [window(WEEKDAYS, "08:00", "18:00")]
NEVER = "9999-12-31T23:59"


def test_it_tells_the_next_two_turns() -> None:
    decision = at("2026-11-27 12:00", awake=OFFICE)
    assert [(turn.at, turn.to) for turn in decision.upcoming] == [
        (utc("2026-11-27 18:00"), "Asleep"),
        (utc("2026-11-30 08:00"), "Awake"),
    ]
    assert decision.until == utc("2026-11-27 18:00")


def test_the_shutdown_of_an_env_that_sleeps_is_the_one_after_its_wake() -> None:
    assert at("2026-11-28 12:00", awake=OFFICE).shutdown_at == utc("2026-11-30 18:00")


def test_an_env_that_never_sleeps_again_has_no_shutdown() -> None:
    assert at("2026-11-28 12:00", awake=[window(EVERY_DAY, "00:00", "24:00")]).shutdown_at is None


def test_each_turn_has_its_own_reason() -> None:
    decision = at("2026-12-24 12:00", awake=OFFICE, holidays={"country": "DE"}, timeZone="Europe/Berlin")
    assert [turn.why.reason for turn in decision.upcoming] == ["OutsideWindows", "Window"]


def test_the_reason_does_not_change_while_the_state_lasts() -> None:
    """G9: a status is written only when it changes."""
    morning, evening = at("2026-11-23 08:00", awake=OFFICE), at("2026-11-23 17:59", awake=OFFICE)
    assert morning.why == evening.why


def test_turns_are_told_up_to_and_including_the_end() -> None:
    assert told("2026-11-23 08:00", "2026-11-23 18:00", awake=OFFICE) == ["Awake", "2026-11-23 18:00 Asleep"]


def test_a_turn_at_the_very_start_is_the_state_already() -> None:
    assert told("2026-11-23 08:00", "2026-11-23 08:00", awake=OFFICE) == ["Awake"]


def test_the_end_of_an_exception_is_in_sight_however_far_off() -> None:
    closed = {"from": "2020-01-01T00:00", "to": "2126-11-25T12:00", "state": "Asleep"}
    assert at("2026-11-23 08:00", awake=OFFICE, exceptions=[closed]).until == utc("2126-11-25 12:00")


def test_the_end_of_an_override_is_in_sight_however_far_off() -> None:
    asked = {"state": "Asleep", "until": "2126-11-25T12:00:00Z"}
    assert at("2026-11-23 08:00", awake=OFFICE, override=asked).until == utc("2126-11-25 12:00")


def test_an_exception_to_the_calendars_end_is_one_step() -> None:
    closed = {"from": "2020-01-01T00:00", "to": NEVER, "state": "Asleep"}
    decision = at("2026-11-23 08:00", awake=OFFICE, exceptions=[closed])
    assert (decision.state, decision.why.reason) == ("Asleep", "Exception")


def test_the_time_asleep_is_the_rest_of_the_week() -> None:
    """G8: five days of ten hours awake."""
    start = utc("2026-11-23 00:00")
    asleep = asleep_time(spec_of(awake=OFFICE), Circumstances(), start=start, until=start + timedelta(days=7))
    assert asleep == timedelta(hours=168 - 50)


def test_a_paused_env_sleeps_at_no_time() -> None:
    start = utc("2026-11-23 00:00")
    spec = spec_of(awake=OFFICE, paused=True)
    assert asleep_time(spec, Circumstances(), start=start, until=start + timedelta(days=7)) == timedelta()


@pytest.mark.parametrize("zone_name", ["UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/Berlin"])
@pytest.mark.parametrize("now", [BEGINNING, utc("0001-01-01 12:00"), utc("9999-12-31 12:00"), FOREVER])
def test_at_the_ends_of_the_calendar_it_still_decides(zone_name: str, now: datetime) -> None:
    spec = spec_of(
        timeZone=zone_name,
        awake=[window(EVERY_DAY, "22:00", "06:00"), window(EVERY_DAY, None, "12:00")],
        exceptions=[{"from": "1000-01-01T00:00", "to": NEVER, "state": "Awake"}],
        holidays={"country": "DE"},
        override={"state": "Awake", "at": "9999-12-31T23:00:00Z", "dropAtReset": True},
    )
    assert decide(spec, Circumstances(active_since=now), now).state in {"Awake", "Asleep"}


@examples(60, 3000)
@given(lives(), st.datetimes(timezones=st.just(UTC)), st.none() | st.datetimes(timezones=st.just(UTC)))
def test_at_any_instant_of_ten_thousand_years_turns_alternate_and_lie_ahead(
    life: Life, now: datetime, active_since: datetime | None
) -> None:
    spec = parse(EnvScheduleSpec, life.spec)
    circumstances = Circumstances(active_since=active_since)
    decision = decide(spec, circumstances, now)
    states = [decision.state, *(turn.to for turn in decision.upcoming)]
    assert all(one != other for one, other in pairwise(states))
    instants = [now, *(turn.at for turn in decision.upcoming)]
    assert instants == sorted(set(instants))


@examples(30, 1000)
@given(lives())
def test_just_before_a_turn_the_old_state_holds_and_at_it_the_new_one(life: Life) -> None:
    spec, circumstances = parse(EnvScheduleSpec, life.spec), Circumstances(active_since=life.active_since)
    state = decide(spec, circumstances, life.start).state
    for turn in turns(spec, circumstances, start=life.start, until=life.until):
        assert decide(spec, circumstances, turn.at - timedelta(microseconds=1)).state == state
        assert decide(spec, circumstances, turn.at).state == turn.to
        state = turn.to
