"""The second place in which it stands how what sleeps is woken (A18)."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest

from sundown.model.base import parse
from sundown.model.record import MOST_RECORDS, Mark, Record, is_sleep_id, read_mark, sleep_id, that_fit
from sundown.model.resources import EnvScheduleStatus

WEB = Record("Deployment", "web", "0b7e", '{"spec":{"replicas":3}}')
ON_THE_WIRE = {"kind": "Deployment", "name": "web", "uid": "0b7e", "restore": '{"spec":{"replicas":3}}'}


def test_a_record_is_written_as_it_is_read() -> None:
    status = parse(EnvScheduleStatus, {"records": [ON_THE_WIRE, {**ON_THE_WIRE, "takenFrom": "{}", "later": 1}]})
    assert status.records == (WEB, Record("Deployment", "web", "0b7e", WEB.restore, "{}"))
    written = status.model_dump(mode="json", exclude_none=True)["records"]
    assert written == [ON_THE_WIRE, {**ON_THE_WIRE, "takenFrom": "{}"}]


def test_a_record_takes_no_dict_of_its_own() -> None:
    """Ten thousand of them stand in a cluster's statuses."""
    assert not hasattr(WEB, "__dict__")


@pytest.mark.parametrize(("many", "fit"), [(10, 10), (4_000, 4_000), (6_000, MOST_RECORDS)])
def test_so_many_records_have_room_in_a_status(many: int, fit: int) -> None:
    """S1: what does not fit stands on the workload alone."""
    assert len(that_fit((WEB,) * many)) == fit


def test_records_together_are_no_larger_than_the_api_server_takes() -> None:
    """S1: names, owners and notes may be long."""
    long = Record("StatefulSet", "x" * 250, "u" * 36, WEB.restore, json.dumps([{"manager": "m" * 100}]))
    status = EnvScheduleStatus(records=that_fit((long,) * MOST_RECORDS))
    assert 0 < len(status.records) < MOST_RECORDS
    assert len(status.model_dump_json(exclude_none=True)) < 1_000_000


def test_the_id_of_a_sleep_is_its_beginning_in_utc_to_the_microsecond() -> None:
    berlin = timezone(timedelta(hours=1))
    assert sleep_id(datetime(2026, 11, 23, 19, 0, 0, 7, tzinfo=berlin)) == "2026-11-23T18:00:00.000007Z"


def test_every_id_of_a_sleep_is_known_as_one() -> None:
    assert is_sleep_id(sleep_id(datetime(2026, 11, 23, 18, tzinfo=UTC)))
    assert not is_sleep_id("2026-11-23T18:00:00Z")
    assert not is_sleep_id(sleep_id(datetime(2026, 11, 23, 18, tzinfo=UTC)) + "\n")


@pytest.mark.parametrize(
    ("mark", "text"),
    [
        (Mark("2026-11-23T17:00:00.000000Z", 0, "uid-web"), "2026-11-23T17:00:00.000000Z/uid-web"),
        (Mark("2026-11-23T17:00:00.000000Z", 12, "uid-web"), "2026-11-23T17:00:00.000000Z/12/uid-web"),
    ],
)
def test_a_mark_is_read_as_it_is_written(mark: Mark, text: str) -> None:
    assert (str(mark), read_mark(text)) == (text, mark)


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "0",
        "/",
        "//",
        "yesterday/uid-web",
        "2026-11-23T17:00:00.000000Z",
        "2026-11-23T17:00:00.000000Z/",
        "2026-11-23T17:00:00.000000Z/1/",
        "2026-11-23T17:00:00.000000Z/0/uid-web",
        "2026-11-23T17:00:00.000000Z/01/uid-web",
        "2026-11-23T17:00:00.000000Z/-1/uid-web",
        "2026-11-23T17:00:00.000000Z/1/2/uid-web",
    ],
)
def test_what_sundown_would_not_write_is_no_mark(text: str | None) -> None:
    assert read_mark(text) is None
