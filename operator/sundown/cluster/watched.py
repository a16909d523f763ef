"""Lists and watches as a framework reads them, made slim before it sees them.

Kopf takes every list and every event apart as it comes, whole, and keeps the last of each object for a moment. Whoever may
write what is watched could fill its memory; so its session brings it what Sundown reads and nothing else.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Any, cast

import aiohttp
import msgspec
import orjson
import structlog
from kubernetes_asyncio.client import Configuration

from sundown.cluster.bodies import MOST_BYTES_OF_ONE, Bodies
from sundown.cluster.echoes import Echoes
from sundown.cluster.errors import TooLarge
from sundown.cluster.page_size import PageSize
from sundown.cluster.pages import ABOUT_OBJECTS, METADATA_LIST, PassedBy
from sundown.cluster.session import open_session, proxy_for
from sundown.cluster.slim import SlimPage, slim
from sundown.model import managers

log = structlog.get_logger(__name__)

_UNLESS_ASKED = 30.0
_PAGE_BYTES = 2 * 2**20
_AGAIN = 10.0
"""So long a namespace that may not be watched is left in peace, in seconds."""


class _Event(msgspec.Struct, gc=False):
    type: str
    object: msgspec.Raw


_events = msgspec.json.Decoder(_Event)


def open_slim_session(
    configuration: Configuration, *, headers: dict[str, str], echoes: Echoes | None = None
) -> aiohttp.ClientSession:
    """A session whose lists and watches are slim; each request brings its own time-out. ``echoes`` takes its own out of these."""
    return open_session(
        configuration,
        timeout=_UNLESS_ASKED,
        manager=managers.UNNAMED,
        headers=headers,
        proxy=proxy_for(configuration),
        middlewares=(_Slim(echoes).answer,),
    )


class _Outages:
    """How often the API server was away, and which watches have not begun afresh since.

    It may come back with another history, to which etcd was restored. A watch that goes on from a moment of the old one hears
    nothing until the new one has come as far.
    """

    def __init__(self) -> None:
        self._count = 0
        self._listed: dict[str, int] = {}

    def noting(self, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientHandlerType:
        """The handler, with its failures counted."""

        async def handle(request: aiohttp.ClientRequest) -> aiohttp.ClientResponse:
            try:
                response = await handler(request)
            except (aiohttp.ClientError, OSError):
                self._count += 1
                raise
            self._count += response.status >= HTTPStatus.INTERNAL_SERVER_ERROR
            return response

        return handle

    def listed(self, path: str) -> None:
        """What is watched there is listed now."""
        self._listed[path] = self._count

    def is_due(self, path: str) -> bool:
        """Whether it has to be listed again; that is said once."""
        due = self._listed.get(path, self._count) != self._count
        self._listed[path] = self._count
        return due


_outages = _Outages()
"""Of the process: a session lives for some minutes only."""


class _Slim:
    """Stands between a session and the API server."""

    def __init__(self, echoes: Echoes | None = None) -> None:
        self._echoes = echoes
        self._bodies = Bodies()
        self._sizes: dict[str, PageSize] = {}
        self._closed_to_us: set[str] = set()

    async def answer(
        self, request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        """The answer to a request, with another body where it is a list or a watch."""
        query = request.url.query
        if request.method != "GET" or not {"limit", "watch"} & query.keys():
            return await handler(request)
        if "watch" not in query:
            _outages.listed(request.url.path)
            return await self._list(request, _outages.noting(handler))
        response = await self._granted(request, _outages.noting(handler))
        if response.ok:
            over = "resourceVersion" in query and _outages.is_due(request.url.path)
            lines = _Expired() if over else _SlimLines(response.content, self._echoes)
            response.content = cast("aiohttp.StreamReader", lines)
        return response

    async def _granted(
        self, request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
    ) -> aiohttp.ClientResponse:
        """The answer; where one namespace of several may not be watched, a lost connection, which Kopf tries again.

        It would end the process otherwise, and with it what goes on in all other namespaces. The namespace may be gone, and
        its RoleBinding with it, or not be there yet.
        """
        response = await handler(request)
        path = request.url.path
        if response.status != HTTPStatus.FORBIDDEN or "/namespaces/" not in path:
            self._closed_to_us.discard(path)
            return response
        if path not in self._closed_to_us:
            log.warning("namespace-not-granted", path=path)
        self._closed_to_us.add(path)
        response.release()
        await asyncio.sleep(_AGAIN)
        raise aiohttp.ClientConnectionError(f"{path} may not be watched")

    async def _list(self, request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType) -> aiohttp.ClientResponse:
        query = request.url.query
        if "continue" not in query:
            self._sizes[request.url.path] = PageSize(int(query["limit"]), most_bytes=_PAGE_BYTES)
        size = self._sizes[request.url.path]
        while True:
            request.url = request.url.update_query(limit=str(size.now))
            response = await self._granted(request, handler)
            if not response.ok:
                return response
            try:
                async with self._bodies.whole(
                    response, at_most=MOST_BYTES_OF_ONE if size.now == 1 else _PAGE_BYTES
                ) as body:
                    slimmed, taken = SlimPage(body).to_json(), len(body)
            except TooLarge as error:
                if size.now == 1:
                    return await self._pass_by(request, handler, why=error)
                size.halve()
            else:
                size.fitted(taken)
                response.content = cast("aiohttp.StreamReader", _Ready(slimmed))
                return response

    async def _pass_by(
        self, request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType, *, why: TooLarge
    ) -> aiohttp.ClientResponse:
        """An empty page in the place of one with an object that nobody here can read."""
        request.headers["Accept"] = METADATA_LIST
        response = await handler(request)
        async with self._bodies.head(response) as head:
            passed = PassedBy(head)
        log.error("object-passed-by", path=request.url.path, name=passed.name, error=str(why))
        metadata = {"continue": passed.token, "resourceVersion": passed.resource_version}
        empty = orjson.dumps({"kind": "List", "apiVersion": "v1", "metadata": metadata, "items": []})
        response.content = cast("aiohttp.StreamReader", _Ready(empty))
        return response


class _Ready:
    """A body that has been read."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    async def read(self) -> bytes:
        """All of it, once."""
        body, self._body = self._body, b""
        return body

    def exception(self) -> BaseException | None:
        """None: it is complete."""
        return None

    def set_exception(self, *_: object) -> None:
        """Nothing can happen to it any more."""


class _Expired:
    """The body of a watch that cannot go on from where it was."""

    async def iter_chunked(self, _size: int) -> AsyncIterator[bytes]:
        """What the API server says where it has forgotten that moment."""
        status = {
            "kind": "Status",
            "code": int(HTTPStatus.GONE),
            "reason": "Expired",
            "message": "the API server was away",
        }
        yield orjson.dumps({"type": "ERROR", "object": status}) + b"\n"

    def exception(self) -> BaseException | None:
        """None: there is nothing more to come."""
        return None

    def set_exception(self, *_: object) -> None:
        """Nothing can happen to it any more."""


class _SlimLines:
    """The lines of a watch, each with a slim object, less those that tell of writes of our own."""

    def __init__(self, stream: aiohttp.StreamReader, echoes: Echoes | None) -> None:
        self._stream = stream
        self._echoes = echoes

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    async def iter_chunked(self, size: int) -> AsyncIterator[bytes]:
        """One line after the other."""
        async for line in lines(self._stream, size):
            event = _events.decode(line)
            if event.type in ABOUT_OBJECTS:
                found = slim(event.object)
                if self._echoes is None or not self._echoes.take(event.type, found):
                    yield orjson.dumps({"type": event.type, "object": found}) + b"\n"
            else:
                yield bytes(line) + b"\n"


async def lines(stream: aiohttp.StreamReader, size: int) -> AsyncIterator[bytearray]:
    """The lines of a stream; one that is too long is left out, and the next listing makes up for it."""
    line = bytearray()
    whole = True
    async for chunk in stream.iter_chunked(size):
        *ended, rest = chunk.split(b"\n")
        for end in ended:
            line += end
            if line and whole and len(line) <= MOST_BYTES_OF_ONE:
                yield line
            elif line:
                log.error("event-passed-by", error=f"it has more than {MOST_BYTES_OF_ONE:,} bytes")
            line, whole = bytearray(), True
        line += rest
        if len(line) > MOST_BYTES_OF_ONE:
            whole = False
            del line[1:]
