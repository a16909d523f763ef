"""An older answer never undoes newer word of Slack's, and what Slack leaves out is not taken for good (S16)."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from sundown.frontdesk.people.people import People, Profile, UnknownPerson
from sundown.frontdesk.slack.transport.client import SentOn, client_for, is_slack, open_session
from sundown.frontdesk.slack.transport.directory import SlackDirectory
from sundown.frontdesk.slack.transport.identity import Identity

ANA = Profile(id="U1", email="ana@example.com", name="Ana", time_zone="UTC")
GONE = replace(ANA, deleted=True)


class Clock:
    def now(self) -> datetime:
        return datetime(2026, 11, 23, 12, tzinfo=UTC)


class SlowDirectory:
    """Answers with what was so when it was asked, when ``answer`` is set."""

    def __init__(self) -> None:
        self.now: Profile = ANA
        self.members: dict[str, frozenset[str]] = {"admins": frozenset({"U1"})}
        self.answer = asyncio.Event()
        self.asked = asyncio.Event()

    async def user(self, _user_id: str) -> Profile | None:
        return await self._later(self.now)

    async def user_by_email(self, _email: str) -> Profile | None:
        return await self._later(self.now)

    async def groups(self) -> dict[str, frozenset[str]]:
        seen = dict(self.members)
        await self.answer.wait()
        return seen

    async def _later(self, seen: Profile) -> Profile:
        self.asked.set()
        await self.answer.wait()
        return seen


WAYS: dict[str, Callable[[People], Awaitable[object]]] = {
    "by id": lambda people: people.of("U1"),
    "by address": lambda people: people.by_email("ana@example.com"),
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("waiting", [1, 3])
async def test_who_was_deactivated_while_slack_was_asked_has_no_rights(
    way: Callable[[People], Awaitable[object]], waiting: int
) -> None:
    directory = SlowDirectory()
    people = People(directory, clock=Clock(), time_to_live=timedelta(minutes=10))
    asking = [asyncio.ensure_future(way(people)) for _ in range(waiting)]
    await directory.asked.wait()
    directory.now = GONE
    people.changed(GONE)
    directory.answer.set()
    outcomes = await asyncio.gather(*asking, return_exceptions=True)
    assert all(isinstance(outcome, Exception) for outcome in outcomes)
    with pytest.raises(UnknownPerson):
        await people.of("U1")
    await people.close()


async def test_who_left_a_group_while_slack_was_asked_is_of_it_once_at_most() -> None:
    directory = SlowDirectory()
    people = People(directory, clock=Clock(), time_to_live=timedelta(minutes=10))
    people.changed(ANA)
    asking = asyncio.ensure_future(people.of("U1"))
    await asyncio.sleep(0)
    directory.members = {}
    people.groups_changed()
    directory.answer.set()
    await asking
    assert (await people.of("U1")).groups == ()


@pytest.mark.parametrize("said", [{}, {"is_email_confirmed": None}, {"is_email_confirmed": False}])
async def test_an_address_of_which_slack_does_not_say_that_it_is_confirmed_is_not(said: dict[str, Any]) -> None:
    async with open_session() as session:
        directory = SlackDirectory(client_for("http://127.0.0.1:9/api/", token="xoxb-1", session=session))
        directory.home = Identity(team="T1")
        about = {"id": "U1", "team_id": "T1", "profile": {"email": "ana@example.com"}}
        assert not directory.profile({**about, **said}).confirmed
        assert directory.profile({**about, "is_email_confirmed": True}).confirmed


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.slack.com/commands/1",
        "https://hooks.slack.com.example.com/1",
        "https://evilslack.com/1",
        "https://slack.com@example.com/1",
        "https://user:pass@hooks.slack.com/1",
        "https://hooks.slack.com:8443/1",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1/1",
        "file:///etc/passwd",
        "",
    ],
)
def test_answers_go_to_slack_only(url: str) -> None:
    assert not is_slack(url, api="https://slack.com/api/")


@pytest.mark.parametrize(
    ("url", "api"),
    [
        ("https://hooks.slack.com/commands/T1/2/3", "https://slack.com/api/"),
        ("https://hooks.slack-gov.com/commands/T1/2/3", "https://slack-gov.com/api/"),
        ("http://127.0.0.1:8443/response/1", "http://127.0.0.1:8443/api/"),
    ],
)
def test_the_addresses_of_slack_itself_are_known(url: str, api: str) -> None:
    assert is_slack(url, api=api)


async def test_no_call_is_sent_on_to_another_address() -> None:
    heard: list[str] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        heard.append(request.path)
        raise web.HTTPTemporaryRedirect("/elsewhere")

    application = web.Application()
    application.router.add_route("*", "/{path:.*}", answer)
    async with TestServer(application) as server, open_session() as session:
        with pytest.raises(SentOn):
            await session.post(server.make_url("/response/1"), data=b"{}")
    assert heard == ["/response/1"]
