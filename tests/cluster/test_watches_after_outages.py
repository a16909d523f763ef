"""A watch begins afresh after the API server was away: it may have come back with another history (W3)."""

import asyncio
from http import HTTPStatus
from types import SimpleNamespace
from typing import Any

import aiohttp
import msgspec
import pytest
from yarl import URL

from sundown.cluster import watched
from sundown.cluster.watched import _Outages, _Slim

NAMESPACES = "https://lab/api/v1/namespaces"
LIST = b'{"kind":"NamespaceList","apiVersion":"v1","metadata":{"resourceVersion":"7"},"items":[]}'


class _Protocol:
    """What a stream asks for more, of which there is none."""

    _reading_paused = False

    def resume_reading(self, **_: object) -> None:
        """Nothing."""


class ApiServer:
    """Answers with what is due: a list, a watch without events, an error, or nothing."""

    def __init__(self) -> None:
        self.status = HTTPStatus.OK
        self.away = False

    async def answer(self, request: Any) -> Any:
        if self.away:
            raise aiohttp.ClientConnectionError
        body = b"" if "watch" in request.url.query else LIST
        content = aiohttp.StreamReader(_Protocol(), 2**16, loop=asyncio.get_running_loop())  # type: ignore[arg-type]
        content.feed_data(body)
        content.feed_eof()
        return SimpleNamespace(
            status=self.status, ok=self.status < 400, content=content, headers={}, content_length=None, release=int
        )


@pytest.fixture(autouse=True)
def outages(monkeypatch: pytest.MonkeyPatch) -> None:
    """None yet."""
    monkeypatch.setattr(watched, "_outages", _Outages())


async def ask(server: ApiServer, query: str, *, plural: str = NAMESPACES) -> list[Any]:
    """What comes of a request: the events of a watch."""
    request = SimpleNamespace(method="GET", url=URL(f"{plural}?{query}"), headers={})
    answer: Any = await _Slim().answer(request, server.answer)  # type: ignore[arg-type]
    if "watch" not in query:
        return []
    return [msgspec.json.decode(line) async for line in answer.content.iter_chunked(2**16)]


WATCH = "watch=true&resourceVersion=7"


def codes(events: list[Any]) -> list[int]:
    return [event["object"]["code"] for event in events if event["type"] == "ERROR"]


@pytest.mark.parametrize("how", ["away", "503"])
def test_it_is_told_once_that_it_has_to_list_again(how: str) -> None:
    async def run() -> None:
        server = ApiServer()
        await ask(server, "limit=250")
        assert codes(await ask(server, WATCH)) == []
        server.away, server.status = how == "away", HTTPStatus.SERVICE_UNAVAILABLE
        if how == "away":
            with pytest.raises(aiohttp.ClientConnectionError):
                await ask(server, WATCH)
        else:
            await _Slim().answer(SimpleNamespace(method="GET", url=URL(f"{NAMESPACES}?{WATCH}")), server.answer)  # type: ignore[arg-type]
        server.away, server.status = False, HTTPStatus.OK
        assert codes(await ask(server, WATCH)) == [HTTPStatus.GONE]
        await ask(server, "limit=250")
        assert codes(await ask(server, WATCH)) == []

    asyncio.run(run())


def test_a_watch_that_ends_by_itself_goes_on_from_where_it_was() -> None:
    async def run() -> None:
        server = ApiServer()
        await ask(server, "limit=250")
        for _ in range(3):
            assert codes(await ask(server, WATCH)) == []

    asyncio.run(run())
