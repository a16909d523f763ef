"""The second place in which it stands how what sleeps is woken (A18)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from sundown.model.base import parse
from sundown.model.record import Record, is_sleep_id, sleep_id
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


def test_the_id_of_a_sleep_is_its_beginning_in_utc_to_the_microsecond() -> None:
    berlin = timezone(timedelta(hours=1))
    assert sleep_id(datetime(2026, 11, 23, 19, 0, 0, 7, tzinfo=berlin)) == "2026-11-23T18:00:00.000007Z"


def test_every_id_of_a_sleep_is_known_as_one() -> None:
    assert is_sleep_id(sleep_id(datetime(2026, 11, 23, 18, tzinfo=UTC)))
    assert not is_sleep_id("2026-11-23T18:00:00Z")
    assert not is_sleep_id(sleep_id(datetime(2026, 11, 23, 18, tzinfo=UTC)) + "\n")
