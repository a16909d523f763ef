"""Windows without ``from``: they stop, and somebody has to start."""

from sundown.schedule.decision import Circumstances
from support.schedule.telling import WEEKDAYS, at, told, utc, window

EVENING = [window(WEEKDAYS, None, "17:00")]


def started(moment: str) -> Circumstances:
    return Circumstances(active_since=utc(moment))


def test_it_stops_and_never_wakes() -> None:
    """A7: a schedule may only stop; A8: such as the default, weekdays 17:00."""
    week = told("2026-11-23 09:00", "2026-12-07 00:00", started("2026-11-23 08:00"), awake=EVENING)
    assert week == ["Awake", "2026-11-23 17:00 Asleep"]


def test_started_after_the_last_stop_of_the_week_it_runs_through_the_weekend() -> None:
    weekend = told("2026-11-28 12:00", "2026-12-07 00:00", started("2026-11-28 11:00"), awake=EVENING)
    assert weekend == ["Awake", "2026-11-30 17:00 Asleep"]


def test_never_started_it_sleeps() -> None:
    decision = at("2026-11-23 09:00", awake=EVENING)
    assert (decision.state, decision.why.reason, decision.until) == ("Asleep", "NotStarted", None)


def test_started_before_the_last_stop_it_sleeps() -> None:
    decision = at("2026-11-24 09:00", started("2026-11-23 16:59"), awake=EVENING)
    assert (decision.state, decision.why.reason) == ("Asleep", "Stopped")


def test_a_start_at_the_very_instant_of_a_stop_is_after_it() -> None:
    assert at("2026-11-23 17:00", started("2026-11-23 17:00"), awake=EVENING).state == "Awake"


def test_a_start_to_come_is_a_turn() -> None:
    day = told("2026-11-23 09:00", "2026-11-24 00:00", started("2026-11-23 10:00"), awake=EVENING)
    assert day == ["Asleep", "2026-11-23 10:00 Awake", "2026-11-23 17:00 Asleep"]


def test_an_override_to_awake_is_a_start() -> None:
    start = {"state": "Awake", "at": "2026-11-23T20:00:00Z", "until": "2026-11-23T21:00:00Z"}
    evening = told("2026-11-23 19:00", "2026-11-25 00:00", awake=EVENING, override=start)
    assert evening == ["Asleep", "2026-11-23 20:00 Awake", "2026-11-24 17:00 Asleep"]


def test_an_override_without_a_time_of_its_making_is_no_start() -> None:
    hold = {"state": "Awake", "until": "2026-11-23T21:00:00Z"}
    evening = told("2026-11-23 19:00", "2026-11-25 00:00", awake=EVENING, override=hold)
    assert evening == ["Awake", "2026-11-23 21:00 Asleep"]


def test_the_later_of_two_starts_counts() -> None:
    start = {"state": "Awake", "at": "2026-11-23T08:00:00Z", "until": "2026-11-23T09:00:00Z"}
    assert at("2026-11-24 10:00", started("2026-11-24 09:00"), awake=EVENING, override=start).state == "Awake"


def test_beside_regular_windows_it_is_awake_inside_them_without_a_start() -> None:
    mixed = [window("Mon", "08:00", "12:00"), window("Tue", None, "17:00")]
    assert told("2026-11-23 00:00", "2026-11-26 00:00", awake=mixed) == [
        "Asleep",
        "2026-11-23 08:00 Awake",
        "2026-11-23 12:00 Asleep",
    ]


def test_the_end_of_a_regular_window_is_a_stop_too() -> None:
    mixed = [window("Mon", "08:00", "12:00"), window("Tue", None, "17:00")]
    day = told("2026-11-23 07:00", "2026-11-26 00:00", started("2026-11-23 06:00"), awake=mixed)
    assert day == ["Awake", "2026-11-23 12:00 Asleep"]


def test_a_stop_inside_a_regular_window_waits_for_its_end() -> None:
    mixed = [window("Mon", "08:00", "18:00"), window("Mon", None, "17:00")]
    day = told("2026-11-23 07:00", "2026-11-24 00:00", started("2026-11-23 06:00"), awake=mixed)
    assert day == ["Awake", "2026-11-23 18:00 Asleep"]


def test_a_stop_may_be_at_the_days_end() -> None:
    late = [window("Mon", None, "24:00")]
    assert told("2026-11-23 09:00", "2026-12-07 00:00", started("2026-11-23 08:00"), awake=late) == [
        "Awake",
        "2026-11-24 00:00 Asleep",
    ]


def test_a_stop_at_midnight_is_at_the_beginning_of_its_day() -> None:
    early = [window("Tue", None, "00:00")]
    assert told("2026-11-23 09:00", "2026-12-07 00:00", started("2026-11-23 08:00"), awake=early) == [
        "Awake",
        "2026-11-24 00:00 Asleep",
    ]
