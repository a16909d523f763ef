"""What people prefer: kept in a ConfigMap, an entry each, and read with patience for what somebody else wrote into it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sundown.cluster import client, credentials
from sundown.errors import OutOfRange
from sundown.frontdesk.people import preferences as room
from sundown.frontdesk.people.preferences import NAME, NONE, FullBook, PreferenceBook, QuietHours, preferred
from sundown.model import managers
from sundown.model.scalars import format_time_of_day
from sundown_lab.cluster import Cluster
from support.apiserver import Api, Json

OF_ANA = preferred(timeZone="Asia/Kolkata", defaultSnooze="3h", quietHours={"from": "20:00", "to": "08:00"})
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    "said",
    [
        {"timeZone": "Mars/Olympus_Mons"},
        {"timeZone": "owner"},
        {"defaultSnooze": "8d"},
        {"defaultSnooze": "0m"},
        {"defaultSnooze": "soon"},
        {"quietHours": {"from": "25:00", "to": "08:00"}},
        {"quietHours": {"from": "20:00"}},
    ],
    ids=str,
)
def test_what_cannot_be_is_refused(said: Json) -> None:
    """C9"""
    with pytest.raises(OutOfRange):
        preferred(**said)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2026-11-23T19:59:59+01:00", None),
        ("2026-11-23T20:00:00+01:00", "2026-11-24T08:00:00+01:00"),
        ("2026-11-24T03:30:00+01:00", "2026-11-24T08:00:00+01:00"),
        ("2026-11-24T08:00:00+01:00", None),
        # The clocks go back in between: the night is an hour longer, and ends at eight all the same.
        ("2026-10-25T00:30:00+02:00", "2026-10-25T08:00:00+01:00"),
    ],
)
def test_quiet_hours_end_on_the_persons_own_clock(now: str, until: str | None) -> None:
    """C9, A17"""
    assert OF_ANA.quiet_hours is not None
    at = datetime.fromisoformat(now).astimezone(UTC)
    expected = datetime.fromisoformat(until) if until else None
    assert OF_ANA.quiet_hours.until(at, zone=BERLIN) == expected


@settings(deadline=None)
@given(
    st.integers(0, 1440),
    st.integers(0, 1440),
    st.datetimes(datetime.fromisoformat("2020-01-01"), datetime.fromisoformat("2030-01-01"), timezones=st.just(UTC)),
)
def test_quiet_never_lasts_longer_than_a_day_and_never_ends_in_the_past(start: int, end: int, now: datetime) -> None:
    """C9"""
    until = QuietHours(from_=format_time_of_day(start), to=format_time_of_day(end)).until(now, zone=BERLIN)
    assert until is None or now < until <= now + timedelta(hours=25)


Open = Callable[[], AbstractAsyncContextManager[PreferenceBook]]


@pytest.fixture
def book(control_plane: Cluster, namespace: str) -> Open:
    """``async with book() as one`` opens the book as another process would; the namespace stands for Sundown's."""

    @asynccontextmanager
    async def opened() -> AsyncIterator[PreferenceBook]:
        configuration = await credentials.load_configuration(kubeconfig=control_plane.kubeconfig)
        async with client.Cluster(configuration) as cluster:
            yield PreferenceBook(cluster, namespace=namespace)

    return opened


def path(namespace: str) -> str:
    return f"/api/v1/namespaces/{namespace}/configmaps/{NAME}"


def entries(api: Api, namespace: str) -> Json:
    found: Json = api.get(path(namespace)).get("data") or {}
    return found


@pytest.mark.lab
async def test_what_one_process_saves_the_next_one_reads(book: Open, api: Api, namespace: str) -> None:
    """C9"""
    async with book() as one:
        assert one.of("U1") == NONE
        await one.save("U1", OF_ANA)
        await one.save("U2", preferred(defaultSnooze="1h"))
        assert one.of("U1") == OF_ANA
    async with book() as other:
        await other.load()
        assert (other.of("U1"), other.of("U2")) == (OF_ANA, preferred(defaultSnooze="1h"))
    assert json.loads(entries(api, namespace)["U1"]) == OF_ANA.to_json()
    wrote = {each["manager"] for each in api.get(path(namespace))["metadata"]["managedFields"]}
    assert wrote == {managers.FRONTDESK}


@pytest.mark.lab
async def test_who_prefers_nothing_any_more_leaves_no_entry(book: Open, api: Api, namespace: str) -> None:
    """C9"""
    async with book() as one:
        await one.save("U1", OF_ANA)
        await one.save("U2", OF_ANA)
        await one.save("U1", NONE)
    assert entries(api, namespace).keys() == {"U2"}


@pytest.mark.lab
async def test_two_people_at_once_do_not_lose_each_others(book: Open) -> None:
    """C9"""
    people = [f"U{number}" for number in range(6)]
    async with book() as one, book() as other:
        await asyncio.gather(*((one, other)[at % 2].save(who, OF_ANA) for at, who in enumerate(people)))
        await one.load()
        assert [who for who in people if one.of(who) != OF_ANA] == []


@pytest.mark.lab
async def test_entries_that_cannot_be_read_are_passed_over_with_a_line_in_the_log(
    book: Open, api: Api, namespace: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """C9, Z: one malformed object stops the whole controller."""
    broken = {
        "U1": "no json",
        "U2": "[]",
        "U3": '{"timeZone": "Mars/Olympus_Mons"}',
        "U4": '{"timeZone": "UTC", "later": 1, "quietHours": null}',
        "U5": json.dumps({"timeZone": "UTC", "padding": "x" * 2_000}),
    }
    api.create(path(namespace).rpartition("/")[0], {"metadata": {"name": NAME}, "data": broken})
    async with book() as one:
        await one.load()
        await one.load()
        assert [who for who in broken if one.of(who) != NONE] == ["U4"]
        await one.save("U9", OF_ANA)
    assert entries(api, namespace).keys() == {*broken, "U9"}
    said = capsys.readouterr().out
    assert [said.count(f"user={who}") for who in ("U1", "U2", "U3", "U5")] == [1, 1, 1, 1]


@pytest.mark.lab
async def test_a_full_book_takes_nobody_else_in(book: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "_MOST_PEOPLE", 1)
    async with book() as one:
        await one.save("U1", OF_ANA)
        with pytest.raises(FullBook):
            await one.save("U2", OF_ANA)
        await one.save("U1", preferred(defaultSnooze="1h"))
        assert one.of("U1") == preferred(defaultSnooze="1h")
