"""Stands before the doors of HTTP: bounds how many connections there are, how long a head may take, how much is read at once.

Anybody on the internet may reach them. Whatever they do, the memory stays small, and who says nothing is gone in a moment.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from http import HTTPStatus
from typing import Any

import structlog
from aiohttp import web

log = structlog.get_logger(__name__)

MOST_CONNECTIONS = 256
HEAD_WITHIN = 5.0
SMALL = 32 * 2**10
"""What Slack posts is smaller, but for some windows and messages."""

_KEPT_ALIVE = 30.0
_LINGERING = 1.0
"""So long the rest of a body that was refused is listened to, so that the refusal arrives."""
_MOST_SMALL = 256
_MOST_LARGE = 16
_END = b"\r\n\r\n"


Refused = Callable[[str], None]
"""Told of each connection that is cut, and in a word why."""
Unreadable = Callable[[], web.Response]
"""Answers what cannot be read."""


class Connections:
    """The connections to one door."""

    def __init__(self, refused: Refused, *, most: int = MOST_CONNECTIONS, head_within: float = HEAD_WITHIN) -> None:
        self.refused = refused
        self._most = most
        self._head_within = head_within
        self._open = 0

    def guard(self, make: Callable[[], asyncio.Protocol]) -> asyncio.Protocol:
        """A protocol with one of ``make`` behind it, unless there are too many."""
        return _Guarded(self, make)

    @property
    def full(self) -> bool:
        """Whether no more are taken."""
        return self._open >= self._most

    @property
    def head_within(self) -> float:
        """So many seconds the first head may take; later ones fall under the server's own keep-alive."""
        return self._head_within

    def came(self) -> None:
        """One more."""
        self._open += 1

    def went(self) -> None:
        """One fewer."""
        self._open -= 1


class _Guarded(asyncio.Protocol):
    def __init__(self, connections: Connections, make: Callable[[], asyncio.Protocol]) -> None:
        self._connections = connections
        self._make = make
        self._inner: asyncio.Protocol | None = None
        self._deadline: asyncio.TimerHandle | None = None
        self._tail = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        if self._connections.full:
            self._connections.refused("crowded")
            transport.abort()
            return
        self._connections.came()
        self._inner = self._make()
        self._deadline = asyncio.get_running_loop().call_later(self._connections.head_within, self._too_slow, transport)
        self._inner.connection_made(transport)

    def data_received(self, data: bytes) -> None:
        if self._inner is None:
            return
        if self._deadline is not None:
            if _END in self._tail + data:
                self._in_time()
            self._tail = (self._tail + data)[-len(_END) :]
        self._inner.data_received(data)

    def eof_received(self) -> bool | None:
        return self._inner.eof_received() if self._inner is not None else None

    def pause_writing(self) -> None:
        if self._inner is not None:
            self._inner.pause_writing()

    def resume_writing(self) -> None:
        if self._inner is not None:
            self._inner.resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._inner is not None:
            self._in_time()
            self._connections.went()
            self._inner.connection_lost(exc)

    def _in_time(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _too_slow(self, transport: asyncio.Transport) -> None:
        self._deadline = None
        self._connections.refused("slow")
        log.warning("request-refused", reason="slow", status=0, remote=_address(transport))
        transport.abort()


class _InOurForm(web.RequestHandler):
    """Answers what the library cannot read, and would answer in its own words, with what was sent in them."""

    def __init__(self, server: web.Server, unreadable: Unreadable, **options: Any) -> None:
        super().__init__(server, **options)
        self._unreadable = unreadable

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        if request.writer.output_size > 0 or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return super().handle_error(request, status, exc, message)
        log.info("request-refused", reason="unreadable", status=status)
        response = self._unreadable()
        response.force_close()
        return response


class BrokenOff(Exception):
    """Whoever sent a body has gone in the middle of it, or it is not cut into pieces as it says."""


async def whole(request: web.Request) -> bytes:
    """The body, letter by letter: one that is packed stays so (``auto_decompress``).

    Raises:
        BrokenOff: it has no end.
        web.HTTPRequestEntityTooLarge: it is larger than the application takes.
    """
    try:
        return await request.read()
    except (ConnectionError, web.RequestPayloadError) as error:
        raise BrokenOff from error


class Crowded(Exception):
    """So much is being read that no more can be; whoever comes again in a second may be heard."""


class Readings:
    """How many bodies are being read at once: of small ones many, of large ones a few, so that neither shuts the others out."""

    def __init__(self) -> None:
        self._small = self._large = 0

    @contextmanager
    def one(self, size: int | None) -> Iterator[None]:
        """While a body of that size is read; of one that does not say it the worst is thought.

        Raises:
            Crowded: there are too many.
        """
        if size is not None and size <= SMALL:
            if self._small >= _MOST_SMALL:
                raise Crowded
            self._small += 1
            try:
                yield
            finally:
                self._small -= 1
            return
        if self._large >= _MOST_LARGE:
            raise Crowded
        self._large += 1
        try:
            yield
        finally:
            self._large -= 1


@asynccontextmanager
async def listening(
    server: web.Application,
    *,
    host: str,
    port: int,
    refused: Refused,
    longest_header: int = 8190,
    tls: ssl.SSLContext | None = None,
    unreadable: Unreadable | None = None,
) -> AsyncIterator[int]:
    """Serve an application behind the guard on ``port`` (0: any free one), with ``tls`` by https; gives the port.

    What is no HTTP, or too long a head, is answered by ``unreadable``, or as the library does.

    Raises:
        OSError: when the port is taken.
    """
    options: dict[str, Any] = {
        "access_log": None,
        "keepalive_timeout": _KEPT_ALIVE,
        "lingering_time": _LINGERING,
        "read_bufsize": SMALL,
        "max_field_size": longest_header,
        # Nobody packs what is so small, and what cannot be unpacked would be a fault of the library's, told by a 500.
        "auto_decompress": False,
    }
    runner = web.AppRunner(server, shutdown_timeout=0.5, **options)
    await runner.setup()
    listens: asyncio.Server | None = None
    try:
        assert runner.server is not None
        loop, connections = asyncio.get_running_loop(), Connections(refused)
        inner: Callable[[], asyncio.Protocol] = runner.server
        if unreadable is not None:
            inner = partial(_InOurForm, runner.server, unreadable, loop=loop, **options)
        listens = await loop.create_server(
            lambda: connections.guard(inner),
            host or None,
            port,
            backlog=128,
            ssl=tls,
            ssl_handshake_timeout=HEAD_WITHIN if tls is not None else None,
        )
        yield int(listens.sockets[0].getsockname()[1])
    finally:
        if listens is not None:
            listens.close()
        await runner.cleanup()


def _address(transport: asyncio.Transport) -> str:
    peer = transport.get_extra_info("peername")
    return str(peer[0]) if isinstance(peer, tuple) and peer else ""
