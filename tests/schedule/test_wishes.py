"""What people ask for, as overrides."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sundown.errors import NothingToDo, OutOfRange, Paused
from sundown.model.base import parse
from sundown.model.spec import EnvScheduleSpec, Override
from sundown.schedule import wishes
from sundown.schedule.decision import Circumstances, decide
from sundown.schedule.wishes import Asker
from support.effort import examples
from support.schedule.clock_changes import ZONES
from support.schedule.lives import Life, lives, moments
from support.schedule.telling import EVERY_DAY, WEEKDAYS, spec_of, utc, window

ANA = Asker(by="ana@example.com", via="cli", reason="release test")
NOBODY = Circumstances()
OFFICE = [window(WEEKDAYS, "08:00", "18:00")]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def office(**more: Any) -> EnvScheduleSpec:
    return spec_of(awake=OFFICE, **more)


def asked(spec: EnvScheduleSpec, override: Override) -> EnvScheduleSpec:
    return spec.model_copy(update={"override": override})


def prolonged(spec: EnvScheduleSpec, now: str, hours: float, circumstances: Circumstances = NOBODY) -> Override:
    return wishes.prolongate(spec, circumstances, utc(now), ANA, span=hours * HOUR)


def test_a_wish_tells_who_asked_when_how_and_what_for() -> None:
    override = wishes.start(office(), NOBODY, utc("2026-11-23 12:00").replace(microsecond=999_999), ANA)
    assert (override.at, override.by, override.via, override.reason) == (
        utc("2026-11-23 12:00"),
        "ana@example.com",
        "cli",
        "release test",
    )


def test_long_names_and_reasons_are_cut_to_what_the_api_server_takes() -> None:
    override = wishes.start(office(), NOBODY, utc("2026-11-23 12:00"), Asker("x" * 999, "y" * 999, "z" * 999))
    assert parse(EnvScheduleSpec, {"override": override.to_json()}).override == override


class TestStart:
    def test_it_lasts_until_the_next_scheduled_shutdown(self) -> None:
        override = wishes.start(office(), NOBODY, utc("2026-11-23 06:00"), ANA)
        assert (override.state, override.until, override.drop_at_reset) == ("Awake", utc("2026-11-23 18:00"), False)

    def test_on_a_weekend_it_lasts_until_mondays_shutdown(self) -> None:
        assert wishes.start(office(), NOBODY, utc("2026-11-28 12:00"), ANA).until == utc("2026-11-30 18:00")

    def test_what_was_asked_before_does_not_count(self) -> None:
        before = Override(state="Asleep", until=utc("2026-11-26 12:00"))
        assert wishes.start(asked(office(), before), NOBODY, utc("2026-11-23 12:00"), ANA).until == utc(
            "2026-11-23 18:00"
        )

    def test_what_was_put_off_stays_put_off(self) -> None:
        """D1: by another who did not look, say."""
        extended = asked(office(), prolonged(office(), "2026-11-23 12:00", 3))
        override = wishes.start(extended, NOBODY, utc("2026-11-23 13:00"), ANA)
        assert (override.until, override.by) == (utc("2026-11-23 21:00"), "ana@example.com")

    def test_what_is_kept_awake_for_days_stays_awake_for_days(self) -> None:
        """D2: until the shutdown after that."""
        snoozed = asked(office(), wishes.snooze(office(), NOBODY, utc("2026-11-23 12:00"), ANA, span=3 * DAY))
        assert wishes.start(snoozed, NOBODY, utc("2026-11-23 13:00"), ANA).until == utc("2026-11-26 18:00")

    def test_what_lasts_until_somebody_stops_it_still_does(self) -> None:
        lasting = asked(office(), wishes.start(spec_of(), NOBODY, utc("2026-11-23 12:00"), ANA))
        assert wishes.start(lasting, NOBODY, utc("2026-11-23 13:00"), ANA).until is None

    def test_a_snooze_that_is_over_sooner_is_no_matter(self) -> None:
        snoozed = asked(office(), wishes.snooze(office(), NOBODY, utc("2026-11-23 12:00"), ANA, span=HOUR))
        assert wishes.start(snoozed, NOBODY, utc("2026-11-23 12:30"), ANA).until == utc("2026-11-23 18:00")

    def test_where_the_schedule_only_stops_it_lasts_until_the_next_stop(self) -> None:
        """A7."""
        evening = spec_of(awake=[window(WEEKDAYS, None, "17:00")])
        assert wishes.start(evening, NOBODY, utc("2026-11-27 18:00"), ANA).until == utc("2026-11-30 17:00")

    def test_during_an_exception_a_schedule_that_only_stops_stops_it_all_the_same(self) -> None:
        closed = {"from": "2026-12-24T00:00", "to": "2027-01-04T00:00", "state": "Asleep"}
        evening = spec_of(awake=[window(WEEKDAYS, None, "17:00")], exceptions=[closed])
        assert wishes.start(evening, NOBODY, utc("2026-12-28 10:00"), ANA).until == utc("2026-12-28 17:00")

    def test_without_a_scheduled_shutdown_it_lasts(self) -> None:
        assert wishes.start(spec_of(), NOBODY, utc("2026-11-23 12:00"), ANA).until is None


class TestStop:
    def test_it_lasts_until_the_next_scheduled_wake(self) -> None:
        override = wishes.stop(office(), NOBODY, utc("2026-11-27 12:00"), ANA)
        assert (override.state, override.until, override.drop_at_reset) == ("Asleep", utc("2026-11-30 08:00"), False)

    def test_where_the_schedule_only_stops_it_lasts(self) -> None:
        evening = spec_of(awake=[window(WEEKDAYS, None, "17:00")])
        started = Circumstances(active_since=utc("2026-11-23 08:00"))
        assert wishes.stop(evening, started, utc("2026-11-23 12:00"), ANA).until is None

    def test_an_earlier_start_wakes_nothing_after_it(self) -> None:
        mixed = spec_of(awake=[window("Wed", "08:00", "18:00"), window("Wed", None, "20:00")])
        started = Circumstances(active_since=utc("2026-11-23 08:00"))
        override = wishes.stop(mixed, started, utc("2026-11-23 12:00"), ANA)
        assert override.until == utc("2026-11-25 08:00")


class TestProlongate:
    def test_it_adds_to_the_shutdown_in_force(self) -> None:
        """D1."""
        override = prolonged(office(), "2026-11-23 12:00", 2)
        assert (override.state, override.until, override.drop_at_reset) == ("Awake", utc("2026-11-23 20:00"), True)

    def test_asked_twice_it_adds_twice(self) -> None:
        """D1; Z: a second prolong starts from the default time."""
        once = asked(office(), prolonged(office(), "2026-11-23 12:00", 2))
        assert prolonged(once, "2026-11-23 19:00", 3).until == utc("2026-11-23 23:00")

    def test_past_midnight_it_lands_on_the_next_day(self) -> None:
        """Z: prolonging past midnight lands on the wrong day."""
        assert prolonged(office(), "2026-11-23 17:00", 9).until == utc("2026-11-24 03:00")

    def test_past_the_weeks_end_it_lands_in_the_next_week(self) -> None:
        """Z: prolonging past the week's end lands on the wrong day."""
        sunday = spec_of(awake=[window("Sun", "08:00", "22:00")])
        assert prolonged(sunday, "2026-11-29 21:00", 5).until == utc("2026-11-30 03:00")

    def test_an_env_that_sleeps_is_awake_from_now_on(self) -> None:
        assert prolonged(office(), "2026-11-23 21:00", 2).until == utc("2026-11-23 23:00")

    def test_an_env_that_somebody_stopped_is_awake_from_now_on(self) -> None:
        stopped = asked(office(), wishes.stop(office(), NOBODY, utc("2026-11-23 10:00"), ANA))
        assert prolonged(stopped, "2026-11-23 12:00", 1).until == utc("2026-11-23 13:00")

    def test_the_shutdown_of_an_env_that_somebody_started_is_put_off(self) -> None:
        started = asked(office(), wishes.start(office(), NOBODY, utc("2026-11-28 10:00"), ANA))
        assert prolonged(started, "2026-11-30 12:00", 1).until == utc("2026-11-30 19:00")

    def test_a_snooze_that_ends_inside_the_window_does_not_hide_the_windows_end(self) -> None:
        snoozed = asked(office(), wishes.snooze(office(), NOBODY, utc("2026-11-23 12:00"), ANA, span=HOUR))
        assert prolonged(snoozed, "2026-11-23 12:30", 1).until == utc("2026-11-23 19:00")

    def test_the_next_morning_the_default_is_back(self) -> None:
        """A13."""
        spec = asked(office(), prolonged(office(), "2026-11-23 17:00", 24))
        assert decide(spec, NOBODY, utc("2026-11-24 05:59")).state == "Awake"
        assert decide(spec, NOBODY, utc("2026-11-24 06:00")).state == "Asleep"
        assert decide(spec, NOBODY, utc("2026-11-24 12:00")).shutdown_at == utc("2026-11-24 18:00")

    def test_beyond_the_daily_reset_it_still_adds_twice(self) -> None:
        once = asked(office(), prolonged(office(), "2026-11-23 17:00", 20))
        assert prolonged(once, "2026-11-23 18:00", 1).until == utc("2026-11-24 15:00")

    def test_what_lasts_beyond_the_daily_reset_lasts_longer_and_does_not_end_at_it(self) -> None:
        """D1: an hour more of a snooze for two days ended it the next morning."""
        snoozed = asked(office(), wishes.snooze(office(), NOBODY, utc("2026-11-27 17:00"), ANA, span=2 * DAY))
        longer = asked(office(), prolonged(snoozed, "2026-11-27 18:00", 1))
        assert decide(longer, NOBODY, utc("2026-11-27 18:00")).shutdown_at == utc("2026-11-29 18:00")
        twice = asked(office(), prolonged(longer, "2026-11-27 18:00", 5))
        assert decide(twice, NOBODY, utc("2026-11-27 18:00")).shutdown_at == utc("2026-11-29 23:00")

    def test_the_shutdown_of_a_night_shift_is_put_off_over_the_daily_reset(self) -> None:
        """D1: nothing came of it, for the reset is before the shutdown."""
        night = spec_of(awake=[window(WEEKDAYS, "20:00", "07:00")])
        assert decide(
            asked(night, prolonged(night, "2026-11-23 22:00", 2)), NOBODY, utc("2026-11-23 22:00")
        ).shutdown_at == utc("2026-11-24 09:00")

    def test_a_window_that_begins_meanwhile_is_put_off_by_the_second_wish(self) -> None:
        """D1: the second wish adds to the window's end, which is the shutdown in force by then."""
        two = spec_of(awake=[window(WEEKDAYS, "10:00", "18:00"), window(WEEKDAYS, "19:00", "07:00")])
        once = asked(two, prolonged(two, "2026-11-23 17:00", 2))
        twice = asked(two, prolonged(once, "2026-11-23 17:30", 1))
        assert decide(once, NOBODY, utc("2026-11-23 17:30")).shutdown_at == utc("2026-11-24 07:00")
        assert decide(twice, NOBODY, utc("2026-11-23 17:30")).shutdown_at == utc("2026-11-24 08:00")

    def test_the_evening_of_a_schedule_that_only_stops_ends_however_often_it_is_put_off(self) -> None:
        """A13: the second wish, after the stop, is no new start."""
        evening = spec_of(awake=[window(WEEKDAYS, None, "17:00")])
        around = Circumstances(active_since=utc("2026-11-23 08:00"))
        once = asked(evening, prolonged(evening, "2026-11-23 16:00", 2, around))
        twice = asked(evening, prolonged(once, "2026-11-23 18:00", 2, around))
        assert twice.override is not None
        assert twice.override.until == utc("2026-11-23 21:00")
        assert decide(twice, around, utc("2026-11-23 21:00")).state == "Asleep"

    def test_where_no_shutdown_is_in_sight_there_is_nothing_to_put_off(self) -> None:
        always = spec_of(awake=[window(EVERY_DAY, "00:00", "24:00")])
        with pytest.raises(NothingToDo, match="no shutdown"):
            prolonged(always, "2026-11-23 12:00", 1)

    @pytest.mark.parametrize(
        "span", [timedelta(), timedelta(seconds=59), DAY + timedelta(seconds=1), -HOUR, 1000 * DAY]
    )
    def test_less_than_a_minute_and_more_than_a_day_are_refused(self, span: timedelta) -> None:
        """Z: hours out of range are accepted."""
        with pytest.raises(OutOfRange, match="between 1m and 1d"):
            wishes.prolongate(office(), NOBODY, utc("2026-11-23 12:00"), ANA, span=span)


class TestSnooze:
    def test_it_holds_the_env_awake_from_now_on(self) -> None:
        """C2."""
        override = wishes.snooze(office(), NOBODY, utc("2026-11-27 17:00"), ANA, span=3 * DAY)
        assert (override.state, override.until, override.drop_at_reset) == ("Awake", utc("2026-11-30 17:00"), False)

    def test_it_drops_what_was_asked_before(self) -> None:
        """C2."""
        before = asked(office(), prolonged(office(), "2026-11-23 12:00", 12))
        assert wishes.snooze(before, NOBODY, utc("2026-11-23 17:00"), ANA, span=HOUR).until == utc("2026-11-23 18:00")

    @pytest.mark.parametrize("span", [timedelta(seconds=59), 30 * DAY + timedelta(seconds=1)])
    def test_less_than_a_minute_and_more_than_thirty_days_are_refused(self, span: timedelta) -> None:
        with pytest.raises(OutOfRange, match="between 1m and 30d"):
            wishes.snooze(office(), NOBODY, utc("2026-11-23 12:00"), ANA, span=span)


@pytest.mark.parametrize("circumstances", [NOBODY, Circumstances(paused_by="namespace label scheduler=disabled")])
def test_a_paused_env_takes_no_wishes(circumstances: Circumstances) -> None:
    """A9."""
    spec = office(paused=circumstances is NOBODY)
    now = utc("2026-11-23 12:00")
    for wish in (wishes.start, wishes.stop):
        with pytest.raises(Paused, match="does nothing until that is changed"):
            wish(spec, circumstances, now, ANA)
    for wish_of_a_span in (wishes.prolongate, wishes.snooze):
        with pytest.raises(Paused, match="paused"):
            wish_of_a_span(spec, circumstances, now, ANA, span=HOUR)


spans = st.integers(1, 24 * 60).map(lambda minutes: timedelta(minutes=minutes))
zones_and_moments = st.sampled_from(ZONES).flatmap(lambda name: st.tuples(st.just(name), moments(name)))


@examples(100, 5000)
@given(zones_and_moments, st.lists(spans, min_size=1, max_size=4))
def test_prolongations_of_a_working_day_add_up_from_its_end(
    place: tuple[str, datetime], wished: list[timedelta]
) -> None:
    """D1; Z: past midnight, past the week's end and over clock changes, each on top of the one before."""
    zone_name, now = place
    today = EVERY_DAY[now.astimezone(ZoneInfo(zone_name)).weekday()]
    spec = spec_of(timeZone=zone_name, awake=[window(today, "00:00", "24:00")])
    shutdown = decide(spec, NOBODY, now).shutdown_at
    assert shutdown is not None
    for count, span in enumerate(wished, start=1):
        spec = asked(spec, wishes.prolongate(spec, NOBODY, now, ANA, span=span))
        assert spec.override is not None
        assert spec.override.until == shutdown + sum(wished[:count], timedelta())


@examples(50, 2000)
@given(zones_and_moments, st.lists(spans, min_size=1, max_size=4))
def test_prolongations_of_an_env_that_sleeps_add_up_from_now(
    place: tuple[str, datetime], wished: list[timedelta]
) -> None:
    """D1."""
    zone_name, now = place
    spec = spec_of(timeZone=zone_name)
    for count, span in enumerate(wished, start=1):
        spec = asked(spec, wishes.prolongate(spec, NOBODY, now, ANA, span=span))
        assert spec.override is not None
        assert spec.override.until == now + sum(wished[:count], timedelta())


@examples(60, 3000)
@given(lives(), spans)
def test_a_wish_has_its_effect_at_once(life: Life, span: timedelta) -> None:
    spec, around, now = parse(EnvScheduleSpec, life.spec), Circumstances(active_since=life.active_since), life.start
    assert decide(asked(spec, wishes.start(spec, around, now, ANA)), around, now).state == "Awake"
    assert decide(asked(spec, wishes.stop(spec, around, now, ANA)), around, now).state == "Asleep"
    assert decide(asked(spec, wishes.snooze(spec, around, now, ANA, span=span)), around, now).state == "Awake"
    try:
        override = wishes.prolongate(spec, around, now, ANA, span=span)
    except NothingToDo:
        assert decide(spec, around, now).shutdown_at is None
    else:
        assert decide(asked(spec, override), around, now).state == "Awake"


@examples(60, 3000)
@given(lives(), spans)
def test_who_prolongs_has_nothing_end_sooner(life: Life, span: timedelta) -> None:
    """D1: whatever keeps it awake, and wherever the daily reset is."""
    spec, around, now = parse(EnvScheduleSpec, life.spec), Circumstances(active_since=life.active_since), life.start
    before = decide(spec, around, now)
    assume(before.state == "Awake" and before.shutdown_at is not None)
    after = decide(asked(spec, wishes.prolongate(spec, around, now, ANA, span=span)), around, now)
    assert before.shutdown_at is not None
    assert after.shutdown_at is None or after.shutdown_at >= before.shutdown_at


@examples(60, 3000)
@given(lives())
def test_who_starts_has_nothing_end_sooner(life: Life) -> None:
    """D2: whatever keeps it awake, and wherever the daily reset is."""
    spec, around, now = parse(EnvScheduleSpec, life.spec), Circumstances(active_since=life.active_since), life.start
    before = decide(spec, around, now)
    assume(before.state == "Awake")
    after = decide(asked(spec, wishes.start(spec, around, now, ANA)), around, now)
    assert after.shutdown_at is None or (before.shutdown_at is not None and after.shutdown_at >= before.shutdown_at)


@examples(60, 3000)
@given(lives())
def test_what_a_stop_ends_with_is_a_wake_and_what_a_start_ends_with_a_sleep(life: Life) -> None:
    spec = parse(EnvScheduleSpec, {**life.spec, "override": None})
    around, now = Circumstances(), life.start
    assume(not spec.stops_only)
    stop, start = wishes.stop(spec, around, now, ANA), wishes.start(spec, around, now, ANA)
    if stop.until is not None:
        assert decide(asked(spec, stop), around, stop.until).state == "Awake"
    if start.until is not None:
        assert decide(asked(spec, start), around, start.until).state == "Asleep"
