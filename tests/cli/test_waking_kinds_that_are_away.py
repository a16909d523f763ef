"""What sleeps by a kind that is not served now is named by ``wake-all --direct``, and its namespace stays marked (A15, G2)."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from sundown.cli.shared.restoring import Sleeping, sleeping, wake
from sundown.cluster.client import Cluster
from sundown.cluster.errors import NoSuchKind
from sundown.schedule.clock import SystemClock
from sundown.settings import Settings

KEY = "Simulator.example.com"
ROW = {"apiVersion": "example.com/v1", "kind": "Simulator", "asleep": {"spec": {"paused": True}}}


class Away(Cluster):
    """A cluster with one namespace, whose directory may say that a kind is there which is not."""

    def __init__(self, *, told: bool) -> None:
        self._told = told
        self.written: list[str] = []

    async def get(self, path: str, **_: Any) -> dict[str, Any]:
        marks = {"sundown.dev/asleep-since": "2026-11-23T18:00:00.123456Z", "sundown.dev/asleep-by": json.dumps([ROW])}
        return {"metadata": {"name": "dev", "annotations": marks, "labels": {"sundown.dev/state": "asleep"}}}

    async def list_as(self, path: str, *_: Any, **__: Any) -> list[Any]:
        return []

    async def directory(self, path: str, accept: str) -> dict[str, Any]:
        kind = {"resource": "simulators", "responseKind": {"kind": "Simulator"}, "scope": "Namespaced"}
        versions = [{"version": "v1", "resources": [kind]}] if self._told else []
        return {"items": [{"metadata": {"name": "example.com"}, "versions": versions}]}

    async def list_pages(self, path: str, read: Callable[..., Any], **_: Any) -> list[Any]:
        if path.endswith("/simulators"):
            raise NoSuchKind("not found", status=404)
        return []

    async def merge_patch(self, path: str, body: Any, **_: Any) -> dict[str, Any]:
        self.written.append(path)
        return {}


@pytest.mark.parametrize("told", [False, True], ids=["not in the directory", "in the directory still"])
async def test_it_is_named_and_nothing_says_that_all_is_awake(*, told: bool) -> None:
    cluster = Away(told=told)
    found: list[Sleeping] = await sleeping(cluster, ("dev",), settings=Settings(), clock=SystemClock())
    (woken,) = await wake(cluster, found, width=1)
    assert [failure.path for failure in woken.failures] == [KEY]
    assert cluster.written == []
