"""The REST API by itself, before a cluster of a few lines: who has which token and right is a table, envs are on the board."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import ClientResponse, ClientSession, TCPConnector
from kubernetes_asyncio.client import Configuration
from pydantic import SecretStr

from sundown.cluster import reading
from sundown.cluster.errors import ApiError, Conflict
from sundown.frontdesk.api.server import open_api
from sundown.frontdesk.context import Desk
from sundown.frontdesk.settings import FrontdeskSettings

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
ANA, BO = "ana@example.com", "bo@example.com"
TOKENS = {"ana-token": ANA, "bo-token": BO}
Json = dict[str, Any]


class Clock:
    """Stands still until it is set."""

    def __init__(self) -> None:
        self.at = NOW

    def now(self) -> datetime:
        return self.at

    def pass_by(self, **span: float) -> None:
        self.at += timedelta(**span)


def schedule(name: str, *, version: str = "7", status: Json | None = None, **spec: Any) -> Json:
    """An EnvSchedule of an env, as the API server has it: awake from Monday to Friday, 08:00 to 18:00 UTC."""
    window = {"days": ["Mon", "Tue", "Wed", "Thu", "Fri"], "from": "08:00", "to": "18:00"}
    return {
        "apiVersion": "sundown.dev/v1alpha1",
        "kind": "EnvSchedule",
        "metadata": {
            "name": "default",
            "namespace": name,
            "uid": f"uid-{name}",
            "resourceVersion": version,
            "generation": 1,
        },
        "spec": {"awake": [window], **spec},
        "status": {"state": "Awake", "why": "it is in its hours", "observedGeneration": 1, **(status or {})},
    }


def action_request(name: str, env: str, *, at: str = "12:00", state: str | None = None, **spec: Any) -> Json:
    """A request of Ana's to delete an env, asked for at that time of the day, as the API server has it."""
    body = {
        "action": "Delete",
        "target": {"namespace": env, "uid": env},
        "requestedBy": ANA,
        "via": "slack",
        "requestedAt": f"2026-11-23T{at}:00Z",
        "expiresAt": "2026-11-23T13:00:00Z",
        "confirmation": env,
    }
    metadata = {"name": name, "namespace": "sundown-system", "uid": name, "resourceVersion": "1"}
    given = {key: value for key, value in {**body, **spec}.items() if value is not None}
    status = {"state": state, "outcome": "as it was asked"} if state else {}
    kind = {"apiVersion": "sundown.dev/v1alpha1", "kind": "ActionRequest"}
    return {**kind, "metadata": metadata, "spec": given, "status": status}


@dataclass
class World:
    """The cluster: who may do what, and what has been written. ``away`` is raised instead of any answer.

    Writes wait for ``lets_write``; ``wants_to_write`` is set when one does.
    """

    desk: Desk
    clock: Clock
    rights: dict[str, frozenset[str]] = field(default_factory=lambda: {ANA: frozenset({"*"}), BO: frozenset({"get"})})
    tokens: dict[str, str] = field(default_factory=lambda: dict(TOKENS))
    schedules: dict[str, Json] = field(default_factory=dict)
    pods: dict[str, Json] = field(default_factory=dict)
    asked: list[Json] = field(default_factory=list)
    written: list[Json] = field(default_factory=list)
    requests: list[Json] = field(default_factory=list)
    workloads: list[Json] = field(default_factory=list)
    away: ApiError | None = None
    lets_write: asyncio.Event = field(default_factory=asyncio.Event)
    wants_to_write: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.lets_write.set()

    def add(self, name: str, *, labels: Mapping[str, str] | None = None, **options: Any) -> None:
        """An env on the board, and in the cluster."""
        raw = {"metadata": {"name": name, "uid": name, "resourceVersion": "1", "labels": dict(labels or {})}}
        self.desk.board.put_namespace(reading.namespace(raw))
        self.schedules[name] = schedule(name, **options)
        self.desk.board.put_schedule(reading.env_schedule(self.schedules[name]))

    async def create(self, path: str, body: Json, **_: str) -> Json:
        self.asked.append(body)
        if self.away is not None:
            raise self.away
        if body["kind"] == "TokenReview":
            name = self.tokens.get(body["spec"]["token"])
            if name is None:
                return {"status": {"error": "no such token"}}
            user = {"username": name, "uid": "7", "groups": ["dev"], "extra": {"scopes": ["all"]}}
            return {"status": {"authenticated": True, "user": user}}
        if body["kind"] == "SupportPod":
            return self._start(body)
        if body["kind"] == "ActionRequest":
            return self._ask(body)
        attributes = body["spec"]["resourceAttributes"]
        granted = self.rights.get(body["spec"]["user"], frozenset())
        told = {attributes["verb"], f"{attributes['verb']} {attributes.get('namespace', '')}", "*"}
        return {"status": {"allowed": bool(granted & told)}}

    async def apply(self, path: str, body: Json, **_: Any) -> Json:
        self.wants_to_write.set()
        await self.lets_write.wait()
        return self._write(body["metadata"], body["spec"]["override"])

    async def merge_patch(self, path: str, body: Json, **_: Any) -> Json:
        if self.away is not None:
            raise self.away
        namespace = path.split("/")[5]
        if "/actionrequests/" in path:
            return self._answer(path.rsplit("/", maxsplit=1)[-1], body)
        if "/supportpods/" in path:
            pod = self.pods[path.rsplit("/", maxsplit=1)[-1]]
            pod["spec"] |= body["spec"]
            return pod
        return self._write({**body["metadata"], "namespace": namespace}, body["spec"]["override"])

    async def list_all(self, path: str, *, fieldSelector: str = "", **_: Any) -> list[Json]:  # noqa: N803
        return [one for one in self.workloads if fieldSelector in {"", f"metadata.name={one['metadata']['name']}"}]

    async def list_as(self, path: str, read: Any, *, fieldSelector: str = "", **_: Any) -> list[Any]:  # noqa: N803
        if self.away is not None:
            raise self.away
        if path.endswith("/actionrequests"):
            found = (one for one in self.requests if fieldSelector in {"", f"metadata.name={one['metadata']['name']}"})
            return [read(one) for one in found]
        if path.endswith("/supportpods"):
            return [read(one) for one in self.pods.values()]
        namespace = path.split("/")[5]
        return [read(self.schedules[namespace])] if namespace in self.schedules else []

    async def delete(self, path: str, **_: Any) -> Json:
        return self.pods.pop(path.rsplit("/", maxsplit=1)[-1])

    async def get(self, path: str, **_: Any) -> Json:
        return {"metadata": {"name": path.rsplit("/", maxsplit=1)[-1], "uid": "1"}}

    async def list_pages(self, *_: Any, **__: Any) -> list[Any]:
        return []

    def request(self, name: str) -> Json:
        """One of the requests."""
        return next(one for one in self.requests if one["metadata"]["name"] == name)

    def _ask(self, body: Json) -> Json:
        if any(one["metadata"]["name"] == body["metadata"]["name"] for one in self.requests):
            raise Conflict("there is one", status=409)
        of_it = {"namespace": "sundown-system", "uid": f"uid-{len(self.requests)}", "resourceVersion": "1"}
        made = {**body, "metadata": {**body["metadata"], **of_it}, "status": {}}
        self.requests.append(made)
        return made

    def _answer(self, name: str, body: Json) -> Json:
        there = self.request(name)
        if body["metadata"]["resourceVersion"] != there["metadata"]["resourceVersion"]:
            raise Conflict("it has changed", status=409)
        there["spec"] |= body["spec"]
        there["metadata"]["resourceVersion"] = str(int(there["metadata"]["resourceVersion"]) + 1)
        return there

    def _start(self, body: Json) -> Json:
        name = body["metadata"]["name"]
        if name in self.pods:
            raise Conflict("there is one", status=409)
        of_it = {"namespace": "sundown-support", "uid": name, "resourceVersion": "1"}
        metadata = {**body["metadata"], **of_it, "creationTimestamp": "2026-11-23T12:00:00Z"}
        self.pods[name] = {**body, "metadata": metadata, "status": {}}
        return self.pods[name]

    def _write(self, metadata: Json, override: Json | None) -> Json:
        if self.away is not None:
            raise self.away
        there = self.schedules[metadata["namespace"]]
        if there["metadata"]["resourceVersion"] != metadata["resourceVersion"]:
            raise Conflict("it has changed", status=409)
        version = str(int(there["metadata"]["resourceVersion"]) + 1)
        spec = {key: value for key, value in there["spec"].items() if key != "override"}
        spec |= {"override": override} if override is not None else {}
        changed = {**there, "metadata": {**there["metadata"], "resourceVersion": version}, "spec": spec}
        self.schedules[metadata["namespace"]] = changed
        self.written.append(changed)
        return changed


@dataclass
class Caller:
    """Calls the API."""

    session: ClientSession
    url: str
    world: World

    async def ask(
        self, method: str, path: str, body: Any = None, *, token: str | None = "ana-token", **headers: str
    ) -> tuple[int, Json, Mapping[str, str]]:
        """Status, body and headers of an answer; ``Some_Header`` is the header Some-Header."""
        said = {name.replace("_", "-"): value for name, value in headers.items()}
        if token is not None:
            said["Authorization"] = f"Bearer {token}"
        how: Json = {"data": body} if isinstance(body, bytes) else {"json": body} if body is not None else {}
        async with self.session.request(method, self.url + path, headers=said, **how) as answer:
            return answer.status, await _json(answer), answer.headers

    async def get(self, path: str, **options: Any) -> tuple[int, Json]:
        """Status and body."""
        return (await self.ask("GET", path, **options))[:2]

    async def post(self, path: str, body: Any = None, **options: Any) -> tuple[int, Json]:
        """Status and body."""
        return (await self.ask("POST", path, body, **options))[:2]


async def _json(answer: ClientResponse) -> Json:
    found: Json = await answer.json(content_type=None)
    return found


@asynccontextmanager
async def calling(*, trust: ssl.SSLContext | None = None, **settings: Any) -> AsyncIterator[Caller]:
    """An API that listens, with ana who may do everything and bo who may look; called by https with ``trust``."""
    options: dict[str, Any] = {"slack_bot_token": SecretStr("xoxb-1"), "slack_app_token": SecretStr("xapp-1")}
    chosen = FrontdeskSettings(
        **options,
        **{"sight_seconds": 0, "support_namespace": "sundown-support", **settings},
        api_port=0,
        api_host="127.0.0.1",
    )
    clock = Clock()
    desk = Desk(Configuration(), chosen, clock=clock)
    world = World(desk, clock)
    for name in ("create", "apply", "merge_patch", "list_as", "list_all", "list_pages", "get", "delete"):
        setattr(desk.cluster, name, getattr(world, name))
    connector = TCPConnector(ssl=trust if trust is not None else True, force_close=trust is not None)
    try:
        async with open_api(desk) as port, ClientSession(connector=connector) as session:
            yield Caller(session, f"{'http' if trust is None else 'https'}://127.0.0.1:{port}", world)
    finally:
        await desk.tasks.stop()


async def until(condition: Callable[[], bool]) -> None:
    """Returns when it holds. Raises TimeoutError: it never does."""
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 - what it looks at tells nobody
            await asyncio.sleep(0.01)
