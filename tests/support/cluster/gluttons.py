"""An API server of a few lines on which everything is as large as one tenant can make it."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

from sundown.cluster import paths

MEGABYTE = 10**6
DEPLOYMENTS = "/apis/apps/v1/deployments"

Tags = dict[str, str]


def _many_labels(size: int) -> Tags:
    return {f"l{number}": "v" for number in range(size // 12)}


def _foreign_annotations(size: int) -> Tags:
    return {"kubectl.kubernetes.io/last-applied-configuration": "a" * min(size, 250_000)}


def _our_annotations(size: int) -> Tags:
    return {f"sundown.dev/a{number}": "v" * 100 for number in range(min(size, 250_000) // 120)}


def _a_spec(size: int) -> dict[str, Any]:
    return {"template": {"spec": {"containers": [{"name": "c", "env": [{"name": "E", "value": "<" * size}]}]}}}


def _a_patch(size: int) -> dict[str, Any]:
    return {"workloads": {"patches": [{"apiVersion": "v1", "kind": "K", "asleep": {"a": [[]] * (size // 3)}}]}}


def _a_patch_of_names(size: int) -> dict[str, Any]:
    return {"workloads": {"patches": [{"apiVersion": "v1", "kind": "K", "asleep": dict(_many_labels(size))}]}}


FORMS: dict[str, Callable[[int], dict[str, Any]]] = {
    "labels": lambda size: {"metadata": {"labels": _many_labels(size)}},
    "annotations": lambda size: {"metadata": {"annotations": _foreign_annotations(size)}},
    "our annotations": lambda size: {"metadata": {"annotations": _our_annotations(size)}},
    "managed fields": lambda size: {"metadata": {"managedFields": [{"fieldsV1": {"f:a": {}}}] * (size // 30)}},
    "finalizers": lambda size: {"metadata": {"finalizers": ["a.b/c"] * (size // 9 + 1)}},
    "pod template": lambda size: {"spec": _a_spec(size)},
    "patch of lists": lambda size: {"spec": _a_patch(size)},
    "patch of names": lambda size: {"spec": _a_patch_of_names(size)},
}
"""What a tenant fills an object with; every form in turn where none is asked for."""

_KINDS = {
    DEPLOYMENTS: ("apps/v1", "Deployment"),
    paths.NAMESPACES: ("v1", "Namespace"),
    paths.ENV_SCHEDULES: ("sundown.dev/v1alpha1", "EnvSchedule"),
}

_DISCOVERY: dict[str, Any] = {
    "/api": {"versions": ["v1"]},
    "/apis": {
        "groups": [
            {"name": "sundown.dev", "versions": [{"version": "v1alpha1"}], "preferredVersion": {"version": "v1alpha1"}}
        ]
    },
    "/api/v1": {
        "resources": [
            {
                "name": "namespaces",
                "singularName": "",
                "kind": "Namespace",
                "namespaced": False,
                "verbs": ["list", "watch"],
            }
        ]
    },
    "/apis/sundown.dev/v1alpha1": {
        "resources": [
            {
                "name": "envschedules",
                "singularName": "",
                "kind": "EnvSchedule",
                "namespaced": True,
                "verbs": ["list", "watch"],
            }
        ]
    },
}


class Gluttons:
    """``sizes`` has the size of each object of every list; ``asked`` the limits of the pages that were asked for."""

    def __init__(self, *sizes: int, form: str | None = None, events: int = 0) -> None:
        self.sizes = sizes
        self.events = events
        self.asked: list[int] = []
        self.served: list[int] = []
        self._forms = (FORMS[form],) if form else tuple(FORMS.values())
        self._fillings: dict[tuple[int, int], bytes] = {}

    def wire(self, path: str, number: int, *, version: int = 1) -> bytes:
        """One object as it is on the wire."""
        api_version, kind = _KINDS[path]
        form = number % len(self._forms)
        key = (form, self.sizes[number])
        if key not in self._fillings:
            self._fillings[key] = json.dumps(self._forms[form](self.sizes[number])).encode()
        filling = self._fillings[key]
        own = {"name": f"n{number:05}", "namespace": "glutton", "uid": f"u{number}", "resourceVersion": str(version)}
        created = {"creationTimestamp": "2026-11-23T08:00:00Z", "generation": version}
        head = json.dumps({"apiVersion": api_version, "kind": kind})[:-1].encode()
        metadata = json.dumps({**own, **created})[:-1].encode()
        if filling.startswith(b'{"metadata": {'):
            return head + b', "metadata": ' + metadata + b", " + filling[len(b'{"metadata": {') :]
        return head + b', "metadata": ' + metadata + b"}, " + filling[1:]

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """A page, or a watch."""
        if "watch" in request.query:
            return await self._watch(request)
        if request.path in _DISCOVERY:
            return web.json_response(_DISCOVERY[request.path])
        limit = int(request.query.get("limit", "1000000"))
        start = int(request.query.get("continue") or 0)
        end = min(start + limit, len(self.sizes))
        token = str(end) if end < len(self.sizes) else ""
        api_version, kind = _KINDS[request.path]
        metadata_only = "PartialObjectMetadataList" in request.headers["Accept"]
        self.asked.append(limit)
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        await response.prepare(request)
        sent = 0
        listed = json.dumps({"resourceVersion": "7", "continue": token}, separators=(",", ":"))
        try:
            await response.write(
                f'{{"kind":"{kind}List","apiVersion":"{api_version}","metadata":{listed},"items":['.encode()
            )
            for number in range(start, end):
                whole = self.wire(request.path, number)
                if metadata_only:
                    whole = (
                        f'{{"metadata":{{"name":"n{number:05}","namespace":"glutton","annotations":"'.encode() + whole
                    )
                sent += len(whole)
                await response.write((b"," if number > start else b"") + whole)
            await response.write(b"]}")
        except ConnectionError:
            pass
        self.served.append(sent)
        return response

    async def _watch(self, request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        await response.prepare(request)
        try:
            for event in range(self.events):
                number = event % len(self.sizes)
                line = self.wire(request.path, number, version=100 + event)
                await response.write(b'{"type":"MODIFIED","object":' + line + b"}\n")
            await asyncio.sleep(60)
        except ConnectionError:
            pass
        return response

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[str]:
        """Its address."""
        application = web.Application()
        application.router.add_get("/{path:.*}", self.answer)
        async with TestServer(application) as server:
            yield str(server.make_url("")).rstrip("/")
