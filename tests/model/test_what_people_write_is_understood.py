"""What is legal: zones, times, durations, holidays, and that objects survive being written and read again."""

from datetime import timedelta
from zoneinfo import available_timezones

import pytest

from sundown.model.base import parse
from sundown.model.scalars import format_duration, parse_duration
from sundown.model.spec import EnvScheduleSpec


def test_every_zone_of_the_iana_database_is_known() -> None:
    """Z: a zone such as America/Port-au-Prince is refused."""
    names = available_timezones() - {"localtime"}  # which is no zone but whatever the machine is set to
    assert {parse(EnvScheduleSpec, {"timeZone": name}).time_zone for name in names} == names
    assert "America/Port-au-Prince" in names


def test_the_zone_may_be_the_owners() -> None:
    """B2."""
    assert parse(EnvScheduleSpec, {"timeZone": "owner"}).time_zone == "owner"


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("90m", timedelta(minutes=90)),
        ("1h30m", timedelta(minutes=90)),
        ("3d", timedelta(days=3)),
        ("1d2h3m4s", timedelta(days=1, hours=2, minutes=3, seconds=4)),
        ("0s", timedelta()),
    ],
)
def test_a_duration_is_read(text: str, span: timedelta) -> None:
    assert parse_duration(text) == span


@pytest.mark.parametrize("text", ["1h30m", "3d", "1d2h3m4s", "0s", "45s"])
def test_a_duration_is_written_as_it_is_read(text: str) -> None:
    assert format_duration(parse_duration(text)) == text


@pytest.mark.parametrize("subdivision", ["BE", "Berlin", "Bayern", "Augsburg"])
def test_a_subdivision_goes_by_its_code_or_its_name(subdivision: str) -> None:
    """A17."""
    spec = parse(EnvScheduleSpec, {"holidays": {"country": "DE", "subdivision": subdivision}})
    assert spec.holidays is not None
    assert spec.holidays.subdivision == subdivision


def test_a_timestamp_with_an_offset_is_an_instant_in_utc() -> None:
    spec = parse(EnvScheduleSpec, {"override": {"state": "Awake", "until": "2026-11-23T22:00:00+01:00"}})
    assert spec.to_json()["override"]["until"] == "2026-11-23T21:00:00Z"


def test_a_spec_survives_being_written_and_read_again() -> None:
    raw = {
        "timeZone": "Asia/Kathmandu",
        "awake": [{"days": ["Mon", "Sun"], "from": "22:00", "to": "06:00"}, {"days": ["Tue"], "to": "24:00"}],
        "holidays": {"country": "NP"},
        "exceptions": [{"from": "2026-12-24T12:00", "to": "2027-01-02T08:00:30", "state": "Asleep", "reason": "Tihar"}],
        "dailyReset": "05:30",
        "override": {"state": "Awake", "at": "2026-11-23T15:58:10Z", "dropAtReset": True},
        "notify": {"before": ["1h", "30m"], "channel": "#dev"},
    }
    assert parse(EnvScheduleSpec, raw).to_json() == raw
