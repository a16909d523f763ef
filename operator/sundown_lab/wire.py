"""Requests to the API server as the lab makes them: many at once, independent of the client that the operator has.

What measures the operator must not share its code, or a mistake in there would be in the yardstick too.
"""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from http import HTTPStatus
from pathlib import Path
from typing import Any, Self, TypeVar

import aiohttp
from kubernetes_asyncio.client import Configuration
from kubernetes_asyncio.config import load_kube_config
from kubernetes_asyncio.config.config_exception import ConfigException

from sundown_lab.errors import LabError

Json = dict[str, Any]
T = TypeVar("T")

MANAGER = "sundown-lab"
"""The field manager of what is made here: the API server takes it from the User-Agent."""
MERGE_PATCH = "application/merge-patch+json"
PLAIN = "application/json"
METADATA = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1"
METADATA_LIST = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
AT_ONCE = 64
ATTEMPTS = 10


class Wire:
    """Connections to one API server as whoever the kubeconfig logs in. Use as ``async with Wire(kubeconfig) as wire``."""

    def __init__(self, kubeconfig: Path, *, connections: int = 2 * AT_ONCE) -> None:
        self._kubeconfig = kubeconfig
        self._connections = connections
        self._server = ""
        self._headers: dict[str, str] = {}
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        configuration = Configuration()
        try:
            await load_kube_config(config_file=str(self._kubeconfig), client_configuration=configuration)
        except (ConfigException, OSError, ValueError) as error:
            raise LabError(f"{self._kubeconfig} is no kubeconfig that can be used: {error}") from error
        context = ssl.create_default_context(cafile=configuration.ssl_ca_cert)
        if configuration.cert_file:
            context.load_cert_chain(configuration.cert_file, configuration.key_file)
        token = await configuration.get_api_key_with_prefix("BearerToken")
        self._headers = {"Authorization": token} if token else {}
        self._server = str(configuration.host).rstrip("/")
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=self._connections, ssl=context),
            headers={**self._headers, "Accept-Encoding": "identity", "User-Agent": MANAGER},
            timeout=aiohttp.ClientTimeout(total=120),
            read_bufsize=2**20,
        )
        return self

    async def __aexit__(self, *_exc: object) -> None:
        if self._session is not None:
            await self._session.close()

    async def ask(
        self,
        method: str,
        path: str,
        *,
        body: Json | None = None,
        content_type: str = PLAIN,
        accept: str = PLAIN,
        fine: tuple[int, ...] = (),
    ) -> Json:
        """One request; what is answered with a status in ``fine`` counts as done, and 429 is asked again.

        Raises:
            LabError: any other status of 400 or more, or no answer.
        """
        data = json.dumps(body).encode() if body is not None else None
        headers = {"Accept": accept, "Content-Type": content_type}
        for _ in range(ATTEMPTS):
            status, text, wait = await self._once(method, path, data=data, headers=headers)
            if status != HTTPStatus.TOO_MANY_REQUESTS:
                break
            await asyncio.sleep(wait)
        if status >= 400 and status not in fine:
            raise LabError(f"{method} {path} was answered with {status}: {text[:300].decode(errors='replace')}")
        answer = json.loads(text) if text.startswith(b"{") else {}
        return answer if isinstance(answer, dict) else {}

    async def _once(
        self, method: str, path: str, *, data: bytes | None, headers: dict[str, str]
    ) -> tuple[int, bytes, float]:
        """Status, body, and how many seconds the server asks to wait."""
        assert self._session is not None, "use `async with`"
        try:
            async with self._session.request(method, self._server + path, data=data, headers=headers) as reply:
                return reply.status, await reply.read(), float(reply.headers.get("Retry-After", "1"))
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise LabError(f"{method} {path}: {str(error) or type(error).__name__}") from error

    async def text(self, path: str) -> str:
        """What is no JSON: the API server's own metrics, say. Raises LabError as `ask`."""
        assert self._session is not None, "use `async with`"
        async with self._session.get(self._server + path) as reply:
            if reply.status >= 400:
                raise LabError(f"GET {path} was answered with {reply.status}")
            return await reply.text()

    async def listed(self, path: str, *, accept: str = PLAIN, selector: str = "") -> tuple[list[Json], str]:
        """Every object of a collection, page by page, and the resourceVersion from which a watch can go on."""
        objects: list[Json] = []
        chosen = f"&labelSelector={selector}" if selector else ""
        token = ""
        while True:
            page = await self.ask("GET", f"{path}?limit=1000{chosen}{token}", accept=accept)
            objects += page.get("items") or []
            token = f"&continue={page['metadata']['continue']}" if page["metadata"].get("continue") else ""
            if not token:
                return objects, str(page["metadata"]["resourceVersion"])

    async def watch(self, path: str, *, since: str, accept: str = PLAIN) -> AsyncIterator[Json]:
        """The events of a collection after a resourceVersion, until the API server ends the watch (two hours)."""
        assert self._session is not None, "use `async with`"
        url = f"{self._server}{path}?watch=1&resourceVersion={since}&timeoutSeconds=7200"
        async with self._session.get(
            url, headers={"Accept": accept}, timeout=aiohttp.ClientTimeout(total=None)
        ) as reply:
            if reply.status >= 400:
                raise LabError(f"the watch of {path} was answered with {reply.status}")
            rest = b""
            async for chunk in reply.content.iter_any():
                *lines, rest = (rest + chunk).split(b"\n")
                for line in lines:
                    yield json.loads(line)


async def each(
    things: Iterable[T],
    do: Callable[[T], Awaitable[object]],
    *,
    at_once: int = AT_ONCE,
    done: Callable[[int], None] = lambda _count: None,
) -> None:
    """Does something with every thing, ``at_once`` of them at a time; ``done`` is told how many are through."""
    waiting = iter(things)
    through = 0

    async def work() -> None:
        nonlocal through
        for thing in waiting:
            await do(thing)
            through += 1
            done(through)

    async with asyncio.TaskGroup() as group:
        for _ in range(at_once):
            group.create_task(work())


def label_selector(labels: Mapping[str, str]) -> str:
    """``a=b,c=d``, as the API server takes it in a query."""
    return "%2C".join(f"{key}%3D{value}" for key, value in labels.items())
