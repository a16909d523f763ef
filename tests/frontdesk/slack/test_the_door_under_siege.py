"""Whoever reaches the HTTP door can neither fill its memory nor keep Slack out of it for long (S5)."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, suppress
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from sundown.frontdesk.slack.transport.http_door import MOST_BYTES
from sundown.frontdesk.slack.transport.signature import SIGNATURE, TIMESTAMP
from sundown.process.guard import Connections, Crowded, Readings
from support.frontdesk.doors import EXAMPLE, NOW, Visitor, door

HEAD = b"POST /slack/events HTTP/1.1\r\nHost: sundown.example.com\r\n"
PLAUSIBLE = {TIMESTAMP: str(int(NOW.timestamp())), SIGNATURE: f"v0={'0' * 64}"}
MEBIBYTE = 2**20


@pytest.fixture
async def visitor() -> AsyncIterator[Visitor]:
    async with door([]) as one:
        yield one


@pytest.fixture
def limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three connections, and a moment for each head."""
    monkeypatch.setattr("sundown.process.guard.Connections", partial(Connections, most=3, head_within=0.3))


def head(headers: dict[str, str]) -> bytes:
    return HEAD + b"".join(f"{name}: {value}\r\n".encode() for name, value in headers.items()) + b"\r\n"


@asynccontextmanager
async def knock(url: str, said: bytes) -> AsyncIterator[asyncio.StreamReader]:
    """A connection on which so much was said, and nothing after it."""
    reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(url).port)
    try:
        writer.write(said)
        yield reader
    finally:
        writer.close()


async def answer(reader: asyncio.StreamReader) -> bytes:
    """What comes before the connection ends; nothing where it is cut."""
    with suppress(ConnectionError):
        return await asyncio.wait_for(reader.read(), timeout=20)
    return b""


async def said(output: asyncio.StreamReader, beginning: bytes) -> bytes:
    """The first line that begins so; the others are the log's."""
    while not (line := await output.readline()).startswith(beginning):
        assert line
    return line.strip()


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, b"401"),
        ({**PLAUSIBLE, TIMESTAMP: "soon"}, b"401"),
        ({**PLAUSIBLE, TIMESTAMP: "1"}, b"401"),
        ({**PLAUSIBLE, SIGNATURE: "v0=short"}, b"401"),
        ({**PLAUSIBLE, "Content-Length": str(MOST_BYTES + 1)}, b"413"),
    ],
    ids=["unsigned", "no time", "old", "no signature", "large"],
)
async def test_what_the_head_gives_away_is_refused_before_the_body_comes(
    visitor: Visitor, headers: dict[str, str], status: bytes
) -> None:
    async with knock(visitor.url, head({"Content-Length": "100000", **headers})) as reader:
        assert (await answer(reader)).startswith(b"HTTP/1.1 " + status)


async def test_who_goes_in_the_middle_of_a_body_leaves_no_traces_of_a_fault(
    visitor: Visitor, caplog: pytest.LogCaptureFixture
) -> None:
    """J6: whoever likes can, and each would write a page into the log."""
    for _ in range(3):
        async with knock(visitor.url, head({"Content-Length": "9"} | PLAUSIBLE) + b"half"):
            await asyncio.sleep(0.05)
    assert await visitor.signed(EXAMPLE) == 200
    assert [one for one in caplog.records if one.name.startswith("aiohttp")] == []


@pytest.mark.usefixtures("limits")
async def test_half_a_head_does_not_stay(visitor: Visitor) -> None:
    async with knock(visitor.url, HEAD) as reader:
        assert await answer(reader) == b""


@pytest.mark.usefixtures("limits")
async def test_a_head_that_comes_in_pieces_is_a_head(visitor: Visitor) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", urlsplit(visitor.url).port)
    for byte in head({"Content-Length": "0"}):
        writer.write(bytes([byte]))
        await writer.drain()
    assert (await answer(reader)).startswith(b"HTTP/1.1 401")
    writer.close()


@pytest.mark.usefixtures("limits")
async def test_one_connection_too_many_is_cut_and_the_next_after_it_heard(visitor: Visitor) -> None:
    async with AsyncExitStack() as stack:
        waiting = [
            await stack.enter_async_context(knock(visitor.url, head({"Content-Length": "9"} | PLAUSIBLE)))
            for _ in range(3)
        ]
        async with knock(visitor.url, head({"Content-Length": "0"})) as reader:
            assert await answer(reader) == b""
        assert [(await answer(one))[:12] for one in waiting] == [b"HTTP/1.1 408"] * 3
    async with knock(visitor.url, head({"Content-Length": "0"})) as reader:
        assert (await answer(reader)).startswith(b"HTTP/1.1 401")


async def test_slack_is_heard_while_two_hundred_say_half_a_word(visitor: Visitor) -> None:
    half = (HEAD, head({**PLAUSIBLE, "Content-Length": str(MOST_BYTES)}))
    async with AsyncExitStack() as stack:
        for number in range(200):
            await stack.enter_async_context(knock(visitor.url, half[number % 2]))
        assert await visitor.signed(EXAMPLE) == 200


def test_small_bodies_are_read_though_all_places_for_large_ones_are_taken() -> None:
    readings = Readings()
    with ExitStack() as stack:
        with suppress(Crowded):
            while True:
                stack.enter_context(readings.one(MOST_BYTES))
        with pytest.raises(Crowded):
            stack.enter_context(readings.one(None))
        stack.enter_context(readings.one(2000))
    with readings.one(MOST_BYTES):
        pass


@pytest.mark.slow
async def test_memory_stays_whatever_two_hundred_connections_send() -> None:
    """Each sends a body of the largest size but for its last byte; it was 1 MiB, and 67 became 297 MiB."""
    tests = Path(__file__).parents[2]
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        str(tests / "support/frontdesk/besieged.py"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(tests), "MALLOC_ARENA_MAX": "1"},
    )
    assert child.stdin is not None
    assert child.stdout is not None
    url = (await said(child.stdout, b"http://")).decode()
    body = b"x" * (MOST_BYTES - 1)
    async with AsyncExitStack() as stack:
        readers = [
            await stack.enter_async_context(knock(url, head({**PLAUSIBLE, "Content-Length": str(MOST_BYTES)}) + body))
            for _ in range(200)
        ]
        await asyncio.gather(*(answer(reader) for reader in readers))
    child.stdin.write(b"\n")
    grown = int((await said(child.stdout, b"grown ")).removeprefix(b"grown "))
    await child.wait()
    assert grown < 32 * MEBIBYTE, f"{grown / MEBIBYTE:.0f} MiB"
