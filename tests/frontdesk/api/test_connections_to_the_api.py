"""Whoever reaches the port of the API can neither fill it nor hold it (S5)."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from functools import partial
from urllib.parse import urlsplit

import pytest

from sundown.process.guard import Connections
from support.frontdesk.api import Caller, calling

HEAD = b"POST /api/v1/envs/dev1/stop HTTP/1.1\r\nHost: sundown\r\n"
TOKEN = b"Authorization: Bearer ana-token\r\n"
CHUNKED = b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.fixture
async def caller(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Caller]:
    """An API that takes three connections at a time."""
    monkeypatch.setattr("sundown.process.guard.Connections", partial(Connections, most=3, head_within=20))
    async with calling() as one:
        one.world.add("dev1")
        yield one


@pytest.fixture
async def hurried(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Caller]:
    """One that waits for nobody for long."""
    monkeypatch.setattr("sundown.process.guard.Connections", partial(Connections, most=3, head_within=0.3))
    monkeypatch.setattr("sundown.frontdesk.api.reception._READ_WITHIN", 0.3)
    async with calling() as one:
        one.world.add("dev1")
        yield one


async def said(caller: Caller, *sent: bytes) -> bytes:
    """All that is answered until the connection ends."""
    reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(caller.url).port)
    try:
        for part in sent:
            writer.write(part)
            await writer.drain()
        with suppress(ConnectionError):
            return await asyncio.wait_for(reader.read(), timeout=20)
        return b""
    finally:
        writer.close()


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ((HEAD, b"Content-Length: 100000\r\n\r\n"), b"401"),
        ((HEAD, TOKEN, b"Content-Length: 100000\r\n\r\n"), b"413"),
        ((HEAD, TOKEN, CHUNKED, *(b"4000\r\n" + b" " * 0x4000 + b"\r\n" for _ in range(5))), b"413"),
        ((HEAD, TOKEN, b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}"), b"400"),
        ((HEAD, TOKEN, TOKEN, b"Connection: close\r\nContent-Length: 0\r\n\r\n"), b"400"),
        ((HEAD, b"Authorization: Bearer \x00\r\nContent-Length: 0\r\n\r\n"), b"400"),
        ((b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",), b"400"),
    ],
    ids=[
        "no token",
        "large",
        "endless",
        "two lengths",
        "two tokens",
        "NUL",
        "TLS",
    ],
)
async def test_it_is_refused_and_the_connection_ends(caller: Caller, sent: tuple[bytes, ...], status: bytes) -> None:
    answer = await said(caller, *sent)
    assert answer.partition(b"\r\n")[0].partition(b" ")[2][:3] == status
    assert caller.world.written == []


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ((HEAD,), (b"",)),
        ((HEAD, TOKEN, b"Content-Type: application/json\r\nContent-Length: 90\r\n\r\n{"), (b"", b"408")),
        ((HEAD, TOKEN, CHUNKED, b"1\r\n{\r\n"), (b"", b"408")),
    ],
    ids=["half a head", "slow", "slow chunks"],
)
async def test_who_does_not_come_to_an_end_is_not_waited_for(
    hurried: Caller, sent: tuple[bytes, ...], status: tuple[bytes, ...]
) -> None:
    """A machine that is slow itself may see no more than half a head of any of them."""
    answer = await said(hurried, *sent)
    assert answer.partition(b"\r\n")[0].partition(b" ")[2][:3] in status
    assert hurried.world.written == []


async def test_who_only_holds_on_is_not_waited_for_by_others(hurried: Caller) -> None:
    """Three connections are all that there are; a moment later they are free again."""
    held = [asyncio.create_task(said(hurried, HEAD)) for _ in range(3)]
    await asyncio.gather(*held)
    assert (await hurried.get("/api/v1/envs"))[0] == 200


@pytest.mark.parametrize(
    "sent",
    [
        b"GET /api/v1/envs?selector=" + b"a" * 9_000 + b" HTTP/1.1\r\nHost: sundown\r\n\r\n",
        b"GET /api/v1/envs/" + b"%C2%B4" * 2_000 + b" HTTP/1.1\r\nHost: sundown\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        HEAD + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    ],
    ids=["long query", "long path", "TLS", "another HTTP", "two lengths"],
)
async def test_what_the_library_cannot_read_is_a_problem_too_and_is_not_repeated(caller: Caller, sent: bytes) -> None:
    """F1"""
    answer = await said(caller, sent)
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.split()[1] == b"400"
    assert b"application/problem+json" in head
    assert json.loads(body)["reason"] == "Unreadable"
    assert b"aaaa" not in body
