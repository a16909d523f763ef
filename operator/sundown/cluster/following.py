"""Follows what there is of a kind: a list, then a watch from where the list ended, and again from the list where that is lost.

Kopf watches what both processes live by. It spends a task on each object that it is told of, and ends the process where it may
not watch. Of ten thousand pods, which only some look at, this reads a line at a time and keeps what ``read`` makes of it.

Or it only hears of a kind: a watch of the metadata alone, and nothing is kept.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from functools import partial
from typing import Generic, Protocol, Self, TypeVar

import aiohttp
import msgspec
import structlog
from kubernetes_asyncio.client import Configuration

from sundown.backoff import Backoff
from sundown.cluster.body import Body
from sundown.cluster.client import Cluster
from sundown.cluster.errors import ApiError, Denied, Expired, Missing, Unreachable, error_for
from sundown.cluster.hearing import Hearings
from sundown.cluster.pages import ABOUT_OBJECTS, METADATA_ALONE
from sundown.cluster.scope import Scope
from sundown.cluster.session import open_session, proxy_for
from sundown.cluster.watched import lines
from sundown.model import managers

log = structlog.get_logger(__name__)

T = TypeVar("T")
T_contra = TypeVar("T_contra", contravariant=True)
Read = Callable[[msgspec.Raw], T]
"""Makes something of the JSON of one object. Raises ValueError: it cannot."""

_PAGE = 250
_WATCHED_FOR = 240
_SILENT_FOR = 270.0
"""Seconds until a watch without a line is given up; the API server ends it by itself before that."""
_CONNECTED_WITHIN = 10.0
_CHUNK = 64 * 1024
_AGAIN = Backoff(0.5, longest=15.0)
_NOT_GRANTED = 30.0
_PAUSE = 1.0

_FROM_NOW = "0"
"""The version from which a watch begins with what there is, out of the API server's memory."""
_HEARD_FOR = 4 * 3600
"""Seconds. Where nothing changes, such a watch gives no sign of life for up to ten minutes when it has begun."""
_SPEECHLESS_FOR = 900.0
"""Seconds without a line until such a watch is given up: where nothing changes there may be no bookmark for minutes."""
_IN_VAIN = 3
_HEARD_AGAIN = Backoff(1.0, longest=60.0)
_HEARD_WITHOUT_RIGHT = 600.0


class Keeper(Protocol[T_contra]):
    """Keeps what is followed."""

    def put(self, one: T_contra, /) -> None:
        """One that is there, or is different."""
        ...

    def drop(self, one: T_contra, /) -> None:
        """One that is gone."""
        ...

    def keep_only(self, all_of_them: Iterable[T_contra], /) -> None:
        """All that there are, at the end of a list."""
        ...


class _Metadata(msgspec.Struct, rename="camel", gc=False):
    resource_version: str = ""
    token: str = msgspec.field(name="continue", default="")


class _Object(msgspec.Struct, gc=False):
    metadata: _Metadata = msgspec.field(default_factory=_Metadata)
    code: int = 0
    message: str = ""


class _List(msgspec.Struct, gc=False):
    metadata: _Metadata
    # No default: an error that comes with a 200 has no items, and is not an empty list.
    items: list[msgspec.Raw] | None


class _Event(msgspec.Struct, gc=False):
    type: str
    object: msgspec.Raw


_objects = msgspec.json.Decoder(_Object)
_lists = msgspec.json.Decoder(_List)
_events = msgspec.json.Decoder(_Event)


class _ListPage(Generic[T]):
    def __init__(self, answer: Body, read: Read[T]) -> None:
        page = _lists.decode(answer)
        self.items = [one for raw in page.items or () if (one := _made(read, raw)) is not None]
        self.token = page.metadata.token
        self.version = page.metadata.resource_version


class Followers:
    """Opens the connection on which kinds are followed. Use as ``async with Followers(...) as followers``."""

    def __init__(
        self, configuration: Configuration, cluster: Cluster, *, scope: Scope, hearings: Hearings | None = None
    ) -> None:
        self._configuration = configuration
        self._cluster = cluster
        self._scope = scope
        self._session: aiohttp.ClientSession | None = None
        self._hearings = hearings or Hearings()
        self.refused: dict[str, str] = {}

    async def __aenter__(self) -> Self:
        self._session = open_session(
            self._configuration,
            timeout=_SILENT_FOR,
            manager=managers.UNNAMED,
            proxy=proxy_for(self._configuration),
        )
        return self

    async def __aexit__(self, *_exc: object) -> None:
        if self._session is not None:
            await self._session.close()

    def places(self, path: str) -> tuple[str, ...]:
        """Where the objects at a path are followed: by namespace where not all of them may be seen."""
        return self._scope.lists(path)

    async def follow(self, place: str, read: Read[T], keeper: Keeper[T], *, listed: Callable[[], None]) -> None:
        """Tell ``keeper`` what there is at one place, and what becomes of it, until cancelled.

        ``listed`` is called after each list, and when there may be none: ``refused`` says why.
        """
        failures = 0
        while True:
            try:
                version = await self._list(place, read, keeper)
                self.refused.pop(place, None)
                listed()
                failures = 0
                while True:
                    before = version
                    version = await self._watch(place, read, keeper, version=version)
                    if version == before:
                        # Nothing came of it: whoever ends watches at once is not asked for the next at once.
                        await asyncio.sleep(_PAUSE)
            except Expired:
                continue
            except (Denied, Missing) as error:
                if place not in self.refused:
                    log.warning("not-granted", path=place, error=str(error))
                self.refused[place] = str(error)
                listed()
                await asyncio.sleep(_NOT_GRANTED)
            except ApiError as error:
                failures += 1
                wait = _AGAIN.after(failures)
                log.info("followed-again", path=place, error=str(error), wait_seconds=wait)
                await asyncio.sleep(wait)

    async def hear(self, place: str, read: Read[T], told: Callable[[str, T], None]) -> None:
        """Tell of the metadata of each object at one place as it is now, and of what becomes of it, until cancelled.

        ``told`` is called with ``ADDED``, ``MODIFIED`` or ``DELETED``; where the history is gone, with what there is once more.
        ``refused`` says why nothing is heard, where that is so.
        """
        try:
            await self._hear(place, read, told)
        finally:
            self._hearings.ended(place)

    async def _hear(self, place: str, read: Read[T], told: Callable[[str, T], None]) -> None:
        version, failures = _FROM_NOW, 0
        while True:
            before = version
            begun = partial(self._hearings.begun, place, afresh=version == _FROM_NOW)
            events = self._events(place, version, accept=METADATA_ALONE, seconds=_HEARD_FOR, begun=begun)
            try:
                async for event in events:
                    version = _version_after(event, place) or version
                    failures = 0
                    self.refused.pop(place, None)
                    about_one = event.type in ABOUT_OBJECTS
                    one = _made(read, event.object) if about_one else None
                    self._hearings.line(place, event.type, readable=one is not None or not about_one)
                    if one is not None:
                        told(event.type, one)
                if version == before:
                    await asyncio.sleep(_PAUSE)
            except Denied as error:
                self._hearings.interrupted(place)
                if place not in self.refused:
                    log.warning("not-granted", path=place, error=str(error))
                self.refused[place] = str(error)
                version = _FROM_NOW
                await asyncio.sleep(_HEARD_WITHOUT_RIGHT)
            except ApiError as error:
                self._hearings.interrupted(place)
                failures += 1
                # A CRD that is made anew is back in seconds. Of another history the API server only says that it does not
                # know it yet.
                if isinstance(error, Expired | Missing) or failures > _IN_VAIN:
                    version = _FROM_NOW
                wait = _HEARD_AGAIN.after(failures)
                log.info("heard-again", path=place, error=str(error), wait_seconds=wait)
                await asyncio.sleep(wait)

    async def _list(self, place: str, read: Read[T], keeper: Keeper[T]) -> str:
        versions: list[str] = []

        def page_of(answer: Body) -> _ListPage[T]:
            page = _ListPage(answer, read)
            versions.append(page.version)
            return page

        found: list[T] = []
        async for items in self._cluster.pages_as(place, page_of, limit=_PAGE):
            found.extend(items)
        for one in found:
            keeper.put(one)
        keeper.keep_only(found)
        return versions[0] if versions else ""

    async def _watch(self, place: str, read: Read[T], keeper: Keeper[T], *, version: str) -> str:
        """The version at which it ended, as it does every few minutes."""
        async for event in self._events(place, version):
            version = _version_after(event, place) or version
            one = _made(read, event.object) if event.type in ABOUT_OBJECTS else None
            if one is not None and event.type == "DELETED":
                keeper.drop(one)
            elif one is not None:
                keeper.put(one)
        return version

    async def _events(
        self,
        place: str,
        version: str,
        *,
        accept: str = "application/json",
        seconds: int = _WATCHED_FOR,
        begun: Callable[[], None] = lambda: None,
    ) -> AsyncIterator[_Event]:
        assert self._session is not None, "use `async with`"
        asked = {
            "watch": "true",
            "resourceVersion": version,
            "allowWatchBookmarks": "true",
            "timeoutSeconds": str(seconds),
        }
        token = await self._configuration.get_api_key_with_prefix("BearerToken")
        try:
            async with self._session.get(
                str(self._configuration.host).rstrip("/") + place,
                params=asked,
                headers={"Accept": accept, **({"Authorization": token} if token else {})},
                timeout=_timeout(seconds),
                server_hostname=self._configuration.tls_server_name or None,
            ) as response:
                if response.status >= 400:
                    raise error_for(response.status, f"watching {place}: {response.status}", None)
                begun()
                async for line in lines(response.content, _CHUNK):
                    yield _events.decode(line)
        except (aiohttp.ClientError, TimeoutError, OSError, msgspec.MsgspecError) as error:
            raise Unreachable(f"watching {place}: {str(error) or type(error).__name__}") from error


def _timeout(seconds: int) -> aiohttp.ClientTimeout:
    """A short watch may take as long as it was asked for; a long one may be silent for so long."""
    if seconds <= _WATCHED_FOR:
        return aiohttp.ClientTimeout(total=_SILENT_FOR, connect=_CONNECTED_WITHIN)
    return aiohttp.ClientTimeout(total=seconds + _SPEECHLESS_FOR, connect=_CONNECTED_WITHIN, sock_read=_SPEECHLESS_FOR)


def _version_after(event: _Event, place: str) -> str:
    """The version that an event has brought; empty for none.

    Raises:
        ApiError: what the API server says of a watch that cannot go on.
    """
    found = _objects.decode(event.object)
    if event.type == "ERROR":
        raise error_for(found.code or 500, f"watching {place}: {found.message}", None)
    return found.metadata.resource_version


def _made(read: Read[T], raw: msgspec.Raw) -> T | None:
    try:
        return read(raw)
    except ValueError as error:
        # One that cannot be read must not hide all others.
        log.warning("object-unreadable", error=str(error)[:200])
        return None
