"""What is asked of the API server: reads, lists and writes, JSON as it is on the wire."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from functools import partial
from typing import Any, Self, TypeVar

import structlog
from kubernetes_asyncio.client import Configuration

from sundown.cluster.bodies import MOST_BYTES, MOST_BYTES_OF_ONE, Bodies
from sundown.cluster.body import Body
from sundown.cluster.errors import ApiError, Denied, Expired, TooLarge, told
from sundown.cluster.page_size import PageSize
from sundown.cluster.pages import METADATA_ALONE, METADATA_LIST, Page, PassedBy, RawPage, ReadPage, json_object
from sundown.cluster.scope import EVERYWHERE, Scope
from sundown.cluster.transport import Transport
from sundown.model import managers

log = structlog.get_logger(__name__)

Json = dict[str, Any]
T = TypeVar("T")

MERGE_PATCH = "application/merge-patch+json"
APPLY_PATCH = "application/apply-patch+yaml"
_METADATA_ONLY = f"{METADATA_ALONE},application/json"
_TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io"


class Cluster:
    """An open connection to one cluster. Use as ``async with Cluster(configuration) as cluster``.

    ``manager`` is the field manager of the writes that name none. What is listed of all namespaces is listed in ``scope``.
    """

    def __init__(
        self,
        configuration: Configuration,
        *,
        request_timeout: float = 20.0,
        attempts: int = 5,
        manager: str = managers.UNNAMED,
        scope: Scope = EVERYWHERE,
    ) -> None:
        self.configuration = configuration
        self._transport = Transport(configuration, request_timeout=request_timeout, attempts=attempts, manager=manager)
        self._manager = manager
        self._scope = scope
        self._closed_to_us: set[str] = set()
        self._bodies = Bodies()

    async def __aenter__(self) -> Self:
        await self._transport.open()
        return self

    async def __aexit__(self, *_exc: object) -> None:
        await self._transport.close()

    async def get(self, path: str, **params: str) -> Json:
        """GET one object, or a whole list in one page."""
        return await self._request("GET", path, params=params)

    async def table(self, path: str, **params: str) -> Json:
        """GET a list as kubectl shows it: the API server makes the columns and the cells."""
        return await self._request("GET", path, accept=_TABLE, params=params)

    async def directory(self, path: str, accept: str) -> Json:
        """GET what the API server serves, all groups in one answer."""
        return await self._request("GET", path, accept=accept, params={})

    async def raw(self, path: str, *, at_most: int, **params: str) -> bytes:
        """GET what is no JSON, such as a log.

        Raises:
            TooLarge: there are more bytes of it.
        """
        take = partial(self._bodies.whole, at_most=at_most)
        return await self._transport.send("GET", path, params=params, accept="*/*", take=take, decode=bytes)

    async def pages(self, path: str, *, limit: int = 500, **params: str) -> AsyncIterator[Iterable[Json]]:
        """GET a list page by page, as the items of each page, in the order of namespace and name.

        Raises:
            Expired: when the list took so long that its next page is gone; what was read so far is stale.
        """
        async for items in self.pages_as(path, RawPage, limit=limit, first=None, metadata_only=False, **params):
            yield items

    async def pages_as(
        self,
        path: str,
        read: Callable[[Body], Page[T]],
        *,
        limit: int = 500,
        first: int | None = None,
        metadata_only: bool = False,
        **params: str,
    ) -> AsyncIterator[Iterable[T]]:
        """The same with pages that are read from their bytes at once: for lists that are too large to be taken apart first.

        ``read`` raises ValueError for what is no such page. The ``first`` page can be shorter, so that it comes sooner.
        A page of too many bytes is asked for again with fewer objects; one that is too large by itself is passed by.

        A namespace in which the scope may not look is passed by: it is gone, and its RoleBinding with it.

        Raises:
            Expired: as with ``pages``.
        """
        places = self._scope.lists(path)
        for place in places:
            pages = self._pages(place, read, limit=limit, first=first, metadata_only=metadata_only, **params)
            try:
                async for items in pages:
                    yield items
            except Denied as error:
                if places == (path,):
                    raise
                if place not in self._closed_to_us:
                    log.warning("namespace-not-granted", path=place, error=str(error))
                self._closed_to_us.add(place)
            else:
                self._closed_to_us.discard(place)

    async def _pages(
        self,
        path: str,
        read: Callable[[Body], Page[T]],
        *,
        limit: int,
        first: int | None,
        metadata_only: bool,
        **params: str,
    ) -> AsyncIterator[Iterable[T]]:
        """The pages of one list."""
        size = PageSize(limit, first=first)
        accept = METADATA_LIST if metadata_only else "application/json"
        while True:
            asked = {**params, "limit": str(size.now)}
            try:
                page, taken = await self._page(path, read, params=asked, accept=accept, alone=size.now == 1)
            except TooLarge as error:
                if size.now > 1:
                    size.halve()
                    continue
                token = await self._pass_by(path, asked, why=error)
            else:
                size.fitted(taken)
                yield page.items
                token = page.token
                del page
            if not token:
                return
            params = {**params, "continue": token}

    async def _page(
        self, path: str, read: Callable[[Body], Page[T]], *, params: Mapping[str, str], accept: str, alone: bool
    ) -> tuple[Page[T], int]:
        try:
            return await self._transport.send(
                "GET",
                path,
                params=params,
                accept=accept,
                take=partial(self._bodies.whole, at_most=MOST_BYTES_OF_ONE if alone else MOST_BYTES),
                decode=lambda body: (read(body), len(body)),
            )
        except ValueError as error:
            raise ApiError(f"GET {path}: the answer is no list: {error}", status=200) from error

    async def _pass_by(self, path: str, params: Mapping[str, str], *, why: TooLarge) -> str:
        """Say which object it is that nobody here can read, and ask for what comes behind it."""
        passed = await self._transport.send(
            "GET", path, params=params, accept=METADATA_LIST, take=self._bodies.head, decode=PassedBy
        )
        log.error("object-passed-by", path=path, name=passed.name, error=str(why))
        return passed.token

    async def list_all(self, path: str, *, limit: int = 500, **params: str) -> list[Json]:
        """Every item of a list, over all its pages; begun afresh when a page has expired."""
        while True:
            try:
                return [item async for page in self.pages(path, limit=limit, **params) for item in page]
            except Expired:
                continue

    async def list_as(self, path: str, read: Callable[[Json], T], *, limit: int = 500, **params: str) -> list[T]:
        """The same of objects with spec and status, each as ``read`` makes of it: only one is there as JSON.

        They are slim ones; see ``sundown.cluster.slim``.
        """
        return await self.list_pages(path, lambda body: ReadPage(body, read), limit=limit, **params)

    async def list_pages(
        self, path: str, read: Callable[[Body], Page[T]], *, limit: int = 500, **params: str
    ) -> list[T]:
        """The same of pages that are read from their bytes at once."""
        while True:
            try:
                pages = self.pages_as(path, read, limit=limit, first=None, metadata_only=False, **params)
                return [item async for page in pages for item in page]
            except Expired:
                continue

    async def merge_patch(self, path: str, body: Json, *, whole: bool = False, **params: str) -> Json:
        """PATCH with a JSON merge patch; answers with the object's metadata only, or with all of it where that is asked for.

        The field manager is always said: policies do not see the one that the API server makes of the User-Agent.
        """
        named = {"fieldManager": self._manager, **params}
        return await self._request(
            "PATCH",
            path,
            body=body,
            content_type=MERGE_PATCH,
            accept="application/json" if whole else _METADATA_ONLY,
            params=named,
        )

    async def apply(self, path: str, body: Json, *, manager: str, force: bool = False, **params: str) -> Json:
        """Server-side apply under the name of a field manager.

        Raises:
            Conflict: when somebody else owns a field and ``force`` is false.
        """
        params = {**params, "fieldManager": manager, "force": "true" if force else "false"}
        return await self._request("PATCH", path, body=body, content_type=APPLY_PATCH, params=params)

    async def create(self, path: str, body: Json, **params: str) -> Json:
        """POST a new object."""
        return await self._request("POST", path, body=body, params=params)

    async def delete(self, path: str, *, uid: str, **version: str) -> Json:
        """DELETE an object, provided that it is still the one with that uid, and of that ``resourceVersion`` if one is given.

        Raises:
            Conflict: when it is another by now, or cannot be deleted in its present state.
        """
        body = {"apiVersion": "v1", "kind": "DeleteOptions", "preconditions": {"uid": uid, **version}}
        return await self._request("DELETE", path, body=body, params={})

    async def _request(
        self,
        method: str,
        path: str,
        *,
        body: Json | None = None,
        content_type: str = "application/json",
        accept: str = "application/json",
        params: Mapping[str, str],
    ) -> Json:
        take = partial(self._bodies.whole, at_most=MOST_BYTES_OF_ONE)
        try:
            reply = await self._transport.send(
                method,
                path,
                body=body,
                content_type=content_type,
                accept=accept,
                params=params,
                take=take,
                decode=json_object,
            )
        except ValueError as error:
            raise ApiError(f"{method} {path}: the answer is no JSON", status=200) from error
        if reply.get("kind") == "Status" and reply.get("status") == "Failure":
            raise ApiError(f"{method} {path}: {told(str(reply.get('message') or 200))}", status=200)
        return reply
