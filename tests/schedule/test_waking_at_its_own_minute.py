"""G4: ``spec.spread`` wakes an env before its windows begin, at a minute of its own, and changes nothing else."""

from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sundown.schedule.decision import Circumstances, decide, turns
from sundown.schedule.timetable import early
from sundown.schedule.wishes import Asker, stop
from support.effort import examples
from support.schedule.telling import EVERY_DAY, WEEKDAYS, spec_of, utc, window

OFFICE: dict[str, Any] = {"timeZone": "Europe/Berlin", "awake": [window(WEEKDAYS, "08:00", "18:00")]}
NAMES = [f"dev{number}" for number in range(200)]


def wakes(name: str, start: str, **spec: Any) -> str:
    """When the env wakes next after ``start``, in UTC."""
    found = decide(spec_of(**OFFICE, **spec), Circumstances(env=name), utc(start))
    return next(f"{turn.at:%Y-%m-%d %H:%M}" for turn in found.upcoming if turn.to == "Awake")


def test_no_env_wakes_later_than_its_windows_or_earlier_than_is_allowed() -> None:
    times = {wakes(name, "2026-11-22 12:00", spread="15m") for name in NAMES}
    assert times <= {f"2026-11-23 06:{minute}" for minute in range(45, 60)} | {"2026-11-23 07:00"}


def test_envs_are_spread_over_all_of_the_time() -> None:
    """Sixteen minutes to choose from: nearly all are taken, and none by a crowd."""
    times = [wakes(name, "2026-11-22 12:00", spread="15m") for name in NAMES]
    assert len(set(times)) == 16
    assert max(times.count(one) for one in times) <= 30


def test_the_minute_is_the_same_every_day_and_after_a_restart() -> None:
    """Nothing is thrown that could fall otherwise: so a name's minute is written down here."""
    days = [f"2026-11-{day} 18:30" for day in (23, 24, 25)]
    assert [wakes("dev1", day, spread="15m")[-5:] for day in days] == ["06:51"] * 3


def test_without_it_everything_is_as_written() -> None:
    assert wakes("dev1", "2026-11-22 12:00") == "2026-11-23 07:00"


def test_it_falls_asleep_when_its_windows_end() -> None:
    found = decide(spec_of(**OFFICE, spread="15m"), Circumstances(env="dev1"), utc("2026-11-23 12:00"))
    assert found.shutdown_at == utc("2026-11-23 17:00")


def test_the_day_on_which_clocks_change_is_no_other() -> None:
    """The window begins at one in the night that has no hour from two to three."""
    spec = spec_of(timeZone="Europe/Berlin", awake=[window(EVERY_DAY, "03:10", "18:00")], spread="15m")
    found = decide(spec, Circumstances(env="dev1"), utc("2026-03-28 20:00"))
    assert found.upcoming[0].at == utc("2026-03-29 01:10") - early(timedelta(minutes=15), "dev1")


def test_a_window_that_begins_at_midnight_wakes_it_the_day_before() -> None:
    spec = spec_of(awake=[window("Tue", "00:00", "06:00"), window("Mon", "09:00", "10:00")], spread="15m")
    found = decide(spec, Circumstances(env="dev1"), utc("2026-11-23 12:00"))
    assert found.upcoming[0].at == utc("2026-11-24 00:00") - early(timedelta(minutes=15), "dev1")


def test_on_a_holiday_it_does_not_wake_for_windows_that_there_are_not() -> None:
    spec = spec_of(**OFFICE, spread="15m", holidays={"country": "DE"})
    found = decide(spec, Circumstances(env="dev1"), utc("2026-12-24 20:00"))
    assert found.upcoming[0].at == utc("2026-12-28 07:00") - early(timedelta(minutes=15), "dev1")


@pytest.mark.parametrize("spread", ["1m", "90s", "4h"])
def test_no_spread_is_too_small_or_too_large(spread: str) -> None:
    wakes("dev1", "2026-11-22 12:00", spread=spread)


windows = st.lists(
    st.builds(
        window,
        st.sampled_from([WEEKDAYS, EVERY_DAY, ["Sun", "Mon"]]),
        st.integers(0, 22).map(lambda hour: f"{hour:02}:10"),
        st.integers(1, 23).map(lambda hour: f"{hour:02}:00"),
    ),
    min_size=1,
    max_size=3,
)


@given(windows, st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kathmandu"]), st.sampled_from(NAMES[:20]))
@examples(30)
def test_whatever_the_windows_it_is_awake_when_they_say_so_and_a_little_before(
    rows: list[dict[str, Any]], zone: str, name: str
) -> None:
    """As a property: turns alternate, and one that is spread is awake exactly where the other is now or soon."""
    plain, spread = spec_of(timeZone=zone, awake=rows), spec_of(timeZone=zone, awake=rows, spread="25m")
    around, ahead = Circumstances(env=name), early(timedelta(minutes=25), name)
    start, until = utc("2026-10-24 00:00"), utc("2026-10-28 00:00")
    for before, after in pairwise(turns(spread, around, start=start, until=until)):
        assert before.at < after.at
        assert before.to != after.to
    at = start
    while at < until:
        soon = any(decide(plain, around, at + step).state == "Awake" for step in (timedelta(), ahead))
        assert (decide(spread, around, at).state == "Awake") == soon
        at += timedelta(minutes=97)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-11-23 06:40", "2026-11-23 06:51"),
        ("2026-11-23 06:51", "2026-11-23 07:00"),
        ("2026-11-23 06:55", "2026-11-23 07:00"),
        ("2026-11-23 07:00", "2026-11-24 06:51"),
        ("2026-11-23 12:00", "2026-11-24 06:51"),
        ("2026-11-27 12:00", "2026-11-30 06:51"),
    ],
)
def test_who_stops_it_before_its_hours_has_it_in_its_hours(now: str, until: str) -> None:
    """It would have slept through the whole day."""
    spec = spec_of(**OFFICE, spread="15m")
    override = stop(spec, Circumstances(env="dev1"), utc(now), Asker(by="ana", via="cli"))
    assert (override.state, override.until) == ("Asleep", utc(until))
    stopped = spec.model_copy(update={"override": override})
    assert decide(stopped, Circumstances(env="dev1"), utc(now)).state == "Asleep"
    assert decide(stopped, Circumstances(env="dev1"), utc(until)).state == "Awake"
