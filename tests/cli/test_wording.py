"""How times and states are said to people."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from sundown import wording
from sundown.model.base import parse
from sundown.model.resources import EnvScheduleStatus, Parts

MONDAY = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (-5, "0s"),
        (0, "0s"),
        (45, "45s"),
        (60, "1m"),
        (61, "1m 1s"),
        (7200, "2h"),
        (7260, "2h 1m"),
        (90061, "1d 1h"),
        (86_460, "1d"),
    ],
)
def test_a_span_is_said_in_its_two_largest_units(seconds: int, said: str) -> None:
    assert wording.span(timedelta(seconds=seconds)) == said


@pytest.mark.parametrize(
    ("later", "said"),
    [
        (timedelta(hours=2), "18:00"),
        (timedelta(hours=9), "Tue 01:00"),
        (timedelta(days=6), "Sun 16:00"),
        (timedelta(days=7), "2026-11-30 16:00"),
        (timedelta(hours=-17), "2026-11-22 23:00"),
    ],
)
def test_a_time_is_said_by_the_clock_on_the_spot(later: timedelta, said: str) -> None:
    assert wording.clock_time(MONDAY + later, now=MONDAY, zone=BERLIN) == said


def test_what_is_to_come_is_rounded_up_so_that_two_hours_stay_two_hours() -> None:
    assert wording.distance(MONDAY + timedelta(hours=2), now=MONDAY + timedelta(milliseconds=700)) == "in 2h"


def test_what_is_past_is_said_to_be_ago() -> None:
    assert wording.moment(MONDAY - timedelta(minutes=5), now=MONDAY, zone=BERLIN) == "15:55 (5m ago)"


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        (Parts(), "no parts"),
        (Parts(total=1, asleep=1), "1 part: 1 asleep"),
        (Parts(total=5, asleep=1, ready=2), "5 parts: 2 ready, 1 asleep, 2 not ready yet"),
    ],
)
def test_parts_are_counted_by_what_they_do(counts: Parts, said: str) -> None:
    assert wording.parts(counts) == said


def status(**fields: object) -> EnvScheduleStatus:
    return parse(EnvScheduleStatus, fields)


def condition(kind: str, holds: str, message: str) -> dict[str, str]:
    at = "2026-11-23T15:00:00Z"
    return {"type": kind, "status": holds, "reason": "R", "message": message, "lastTransitionTime": at}


def test_a_degraded_env_is_said_to_be_so_beside_its_state() -> None:
    told = status(state="Awake", conditions=[condition("Degraded", "True", "web hangs")])
    assert wording.state(told) == "awake, degraded"


def test_a_schedule_that_cannot_be_followed_is_the_why() -> None:
    told = status(
        state="Awake", why="working hours", conditions=[condition("Ready", "False", "spec.awake: no such zone")]
    )
    assert wording.why(told) == "spec.awake: no such zone"


def test_an_env_that_the_operator_has_not_seen_is_unknown() -> None:
    assert (wording.state(status()), wording.why(status())) == ("unknown", wording.NOT_YET)
