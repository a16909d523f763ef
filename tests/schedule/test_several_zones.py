"""Envs that follow their owners' zones (``timeZone: owner``)."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import pairwise
from typing import Any
from unittest import mock
from zoneinfo import available_timezones

import pytest

from sundown.schedule.decision import Circumstances, decide
from sundown.schedule.owners import parse_owner_zones
from sundown.schedule.windows import Span, ZoneWeek
from support.schedule.telling import EVERY_DAY, WEEKDAYS, at, spec_of, told, utc, window

OFFICE: dict[str, Any] = {"timeZone": "owner", "awake": [window(WEEKDAYS, "09:00", "17:00")]}
TEAM = Circumstances(zones=("Europe/Berlin", "America/New_York"))


def ignored(entry: str) -> str:
    """What is said of an entry that is no zone."""
    return f'no time zone "{entry}", it is ignored'


@contextmanager
def counted(asked: Counter[str]) -> Iterator[None]:
    """Count how often the week of each zone is asked about an instant."""
    around = ZoneWeek.around

    def count(week: ZoneWeek, at: datetime) -> Span | None:
        asked[week.zone_name] += 1
        return around(week, at)

    with mock.patch.object(ZoneWeek, "around", count):
        yield


def test_the_env_is_awake_while_any_owner_works() -> None:
    """B3: Berlin from 08:00 to 16:00 UTC, New York from 14:00 to 22:00."""
    assert told("2026-11-23 00:00", "2026-11-24 00:00", TEAM, **OFFICE) == [
        "Asleep",
        "2026-11-23 08:00 Awake",
        "2026-11-23 22:00 Asleep",
    ]


def test_between_the_hours_of_zones_far_apart_the_env_sleeps() -> None:
    far = Circumstances(zones=("Asia/Tokyo", "Europe/Berlin"))
    short = {"timeZone": "owner", "awake": [window(WEEKDAYS, "09:00", "12:00")]}
    assert told("2026-11-23 00:00", "2026-11-23 23:59", far, **short) == [
        "Awake",
        "2026-11-23 03:00 Asleep",
        "2026-11-23 08:00 Awake",
        "2026-11-23 11:00 Asleep",
    ]


def test_an_exception_holds_in_each_zone_by_its_own_clock() -> None:
    closed = {"from": "2026-11-23T00:00", "to": "2026-11-24T00:00", "state": "Asleep"}
    days = told("2026-11-23 00:00", "2026-11-24 12:00", TEAM, **OFFICE, exceptions=[closed])
    assert days == ["Asleep", "2026-11-24 08:00 Awake"]


def test_an_exception_keeps_no_zone_asleep_in_which_it_does_not_hold_yet() -> None:
    closed = {"from": "2026-11-24T00:00", "to": "2026-11-25T00:00", "state": "Asleep"}
    late = {"timeZone": "owner", "awake": [window(WEEKDAYS, "09:00", "24:00")]}
    night = told("2026-11-23 22:00", "2026-11-24 12:00", TEAM, **late, exceptions=[closed])
    assert night == ["Awake", "2026-11-24 05:00 Asleep"]


def test_a_stop_is_when_the_last_owner_goes() -> None:
    started = Circumstances(active_since=utc("2026-11-23 09:00"), zones=TEAM.zones)
    day = told(
        "2026-11-23 10:00", "2026-11-25 00:00", started, timeZone="owner", awake=[window(WEEKDAYS, None, "17:00")]
    )
    assert day == ["Awake", "2026-11-23 22:00 Asleep"]


def test_the_daily_reset_is_that_of_the_first_zone() -> None:
    """A13."""
    prolonged = {"state": "Awake", "at": "2026-11-23T23:00:00Z", "dropAtReset": True}
    night = told("2026-11-23 23:30", "2026-11-24 06:00", TEAM, **OFFICE, override=prolonged)
    assert night == ["Awake", "2026-11-24 05:00 Asleep"]


def test_while_no_owners_zone_is_known_the_fallback_counts() -> None:
    """B2."""
    nobody = Circumstances(fallback_zone="Asia/Tokyo")
    assert told("2026-11-23 00:00", "2026-11-23 12:00", nobody, **OFFICE) == ["Awake", "2026-11-23 08:00 Asleep"]


def test_owners_zones_mean_nothing_to_a_schedule_with_a_zone_of_its_own() -> None:
    assert at("2026-11-23 18:00", TEAM, timeZone="UTC", awake=[window(WEEKDAYS, "09:00", "17:00")]).state == "Asleep"


def test_a_zone_that_is_given_twice_counts_once() -> None:
    twice = Circumstances(zones=("Europe/Berlin", "Europe/Berlin"))
    assert at("2026-11-23 20:00", twice, **OFFICE).why.text == "outside working hours Mon-Fri 09:00-17:00 Europe/Berlin"


@pytest.mark.parametrize(
    ("text", "known", "bad"),
    [
        ("Europe/Berlin", ("Europe/Berlin",), ()),
        (" Europe/Berlin ,America/Port-au-Prince,", ("Europe/Berlin", "America/Port-au-Prince"), ()),
        ("Europe/Berlin,Europe/Berlin", ("Europe/Berlin",), ()),
        ("Mars,UTC, Mars", ("UTC",), (ignored("Mars"),)),
        ("", (), ()),
        (",,, ,", (), ()),
        ("owner", (), (ignored("owner"),)),
        ("\x00,../etc/passwd", (), (ignored("\x00"), ignored("../etc/passwd"))),
    ],
)
def test_the_annotation_is_read_as_far_as_it_can_be(text: str, known: tuple[str, ...], bad: tuple[str, ...]) -> None:
    """B2; Z: one malformed annotation stops the whole controller."""
    assert parse_owner_zones(text) == (known, bad)


def test_an_entry_of_10000_characters_is_repeated_in_a_few() -> None:
    _, [bad] = parse_owner_zones("x" * 10_000)
    assert len(bad) == len(ignored("x" * 60))


def test_of_zones_without_end_as_many_count_as_a_day_has_hours() -> None:
    """Z: one annotation with all zones there are kept a whole operator busy for minutes."""
    everywhere = sorted(name for name in available_timezones() if "/" in name)
    known, slips = parse_owner_zones(",".join(everywhere[:90]))
    assert known == tuple(everywhere[:24])
    assert slips == (f"24 time zones count, ignored: {', '.join(everywhere[24:27])} and 63 more",)


def test_of_entries_without_end_only_the_first_are_looked_for_among_files() -> None:
    known, slips = parse_owner_zones("Mars," * 100 + "UTC")
    assert (known, slips) == ((), (ignored("Mars"), "100 entries are looked at, the rest is ignored"))


SPELT = [f"{half // 2:02d}:{30 * (half % 2):02d}" for half in range(48)]


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"awake": [window(EVERY_DAY, "08:00", "18:00")]}, id="somebody works at every hour"),
        pytest.param({"awake": [window(EVERY_DAY, one, other) for one, other in pairwise(SPELT)]}, id="many windows"),
        pytest.param(
            {
                "awake": [window(EVERY_DAY, "08:00", "18:00")],
                "exceptions": [
                    {
                        "from": f"2027-{1 + day // 28:02d}-{1 + day % 28:02d}T00:00",
                        "to": "2028-01-01T00:00",
                        "state": "Awake",
                    }
                    for day in range(100)
                ],
            },
            id="many exceptions",
        ),
        pytest.param({"awake": [window(EVERY_DAY, None, "18:00")]}, id="stops only"),
        pytest.param({"awake": []}, id="never"),
    ],
)
def test_many_zones_are_no_dearer_to_decide_about_than_one(fields: dict[str, Any]) -> None:
    """J6: what the search looks through is shared by the zones, so that nobody's schedule keeps all others waiting."""
    spec = spec_of(timeZone="owner", **fields)
    names = sorted(name for name in available_timezones() if "/" in name)[::23][:24]
    asked = Counter[str]()
    with counted(asked):
        decide(spec, Circumstances(zones=tuple(names)), utc("2026-11-28 10:00"))
    assert asked.total() < 4_000
