"""Pods, their containers and the ends of their logs, from an API server that answers anything."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp import web

from sundown.cluster.client import Cluster
from sundown.cluster.errors import ApiError, Refused
from sundown.cluster.pod_containers import containers_of
from sundown.cluster.pod_logs import MOST_BYTES, RawLog, read_log
from sundown.cluster.pod_table import pods_of
from sundown.model.pods import Container
from support.cluster.scripted import Script, door, reply

TABLE = {
    "columnDefinitions": [{"name": name} for name in ("Name", "Ready", "Status", "Restarts", "Age", "IP", "Node")],
    "rows": [
        {"cells": ["web-1", "1/1", "Running", "3 (5m ago)", "2d", "10.0.0.1", "node-1"]},
        {"cells": ["web-2", "0/1", "Pending", 0, "1s", "<none>", "<none>"]},
    ],
}


async def a_log(cluster: Cluster, **more: Any) -> RawLog:
    return await read_log(cluster, "dev", "web-1", container="app", lines=50, **more)


async def test_the_last_lines_are_asked_for_and_no_more_bytes_than_can_be_shown() -> None:
    script = Script(web.Response(body=b"one\ntwo\n"))
    async with door(script) as cluster:
        assert await a_log(cluster, previous=True) == RawLog(b"one\ntwo\n", 50)
    (asked,) = script.asked
    assert asked.path == "/api/v1/namespaces/dev/pods/web-1/log"
    assert dict(asked.query) == {
        "container": "app",
        "tailLines": "50",
        "limitBytes": str(MOST_BYTES),
        "previous": "true",
    }


async def test_lines_that_are_too_long_together_are_asked_for_anew_with_fewer() -> None:
    """The limit cuts their end off, and the end is what is wanted."""
    full = b"x" * MOST_BYTES
    script = Script(web.Response(body=full), web.Response(body=full), web.Response(body=b"the end\n"))
    async with door(script) as cluster:
        assert await a_log(cluster) == RawLog(b"the end\n", 12)
    assert [asked.query["tailLines"] for asked in script.asked] == ["50", "25", "12"]


async def test_one_line_without_an_end_is_its_beginning() -> None:
    script = Script(*(web.Response(body=b"x" * MOST_BYTES) for _ in range(6)))
    async with door(script) as cluster:
        found = await a_log(cluster)
    assert (found.lines, found.goes_on, len(found.raw)) == (1, True, MOST_BYTES)


async def test_an_api_server_that_knows_no_limit_is_not_believed() -> None:
    async with door(Script(web.Response(body=b"x" * (3 * MOST_BYTES)))) as cluster:
        with pytest.raises(ApiError):
            await a_log(cluster)


async def test_a_refusal_is_told_in_the_servers_words() -> None:
    message = 'container "app" in pod "web-1" is waiting to start: ContainerCreating'
    async with door(Script(reply({"kind": "Status", "status": "Failure", "message": message}, 400))) as cluster:
        with pytest.raises(Refused, match="waiting to start"):
            await a_log(cluster)


async def test_pods_are_told_in_the_columns_of_the_api_server() -> None:
    script = Script(reply({**TABLE, "metadata": {"remainingItemCount": 7}}))
    async with door(script) as cluster:
        found = await pods_of(cluster, "dev")
    assert [(one.name, one.restarts, one.node, one.is_well) for one in found.lines] == [
        ("web-1", "3 (5m ago)", "node-1", True),
        ("web-2", "0", "", False),
    ]
    assert found.left_out == 7
    assert "as=Table" in script.asked[0].headers["Accept"]


@pytest.mark.parametrize(
    "answer", [{}, {"items": []}, {"columnDefinitions": [], "rows": [{"cells": None}]}, {"rows": 1}]
)
async def test_what_is_no_table_is_no_empty_one(answer: dict[str, Any]) -> None:
    async with door(Script(reply(answer))) as cluster:
        with pytest.raises(ApiError, match="no table"):
            await pods_of(cluster, "dev")


async def test_a_pod_is_told_with_all_of_its_containers() -> None:
    crashed = {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 40s"}}
    pod = {
        "metadata": {"name": "web-1", "annotations": {"kubectl.kubernetes.io/default-container": "app"}},
        "spec": {
            "initContainers": [{"name": "prepare"}],
            "containers": [{"name": "proxy"}, {"name": "app"}],
            "ephemeralContainers": [{"name": "debugger"}],
        },
        "status": {
            "phase": "Running",
            "containerStatuses": [
                {"name": "app", "state": crashed, "lastState": {"terminated": {"exitCode": 1}}, "restartCount": 3},
                {"name": "proxy", "state": {"running": {"startedAt": "2026-11-23T08:00:00Z"}}, "lastState": {}},
            ],
            "initContainerStatuses": [{"name": "prepare", "state": {"terminated": {"exitCode": 0}}}],
        },
    }
    async with door(Script(reply(pod))) as cluster:
        found = await containers_of(cluster, "dev", "web-1")
    assert found.names == ("proxy", "app", "prepare", "debugger")
    assert found.chosen == "app"
    assert found.container("app") == Container("app", "CrashLoopBackOff: back-off 40s", ended_before=True, restarts=3)
    assert found.container("app") == found.container("")
    assert found.container("prepare") == Container("prepare")
    assert found.container("debugger") == Container("debugger", waiting="")


@pytest.mark.parametrize(
    "pod", [{"metadata": {"name": "x"}}, {"metadata": {"name": "x"}, "spec": {}, "status": {"containerStatuses": None}}]
)
async def test_a_pod_without_containers(pod: dict[str, Any]) -> None:
    async with door(Script(reply(pod))) as cluster:
        found = await containers_of(cluster, "dev", "x")
    assert found.names == ()
    assert found.container("") is None


@pytest.mark.parametrize("pod", [{}, {"metadata": 1}, {"metadata": {"name": "x"}, "spec": {"containers": 1}}])
async def test_what_is_no_pod(pod: dict[str, Any]) -> None:
    async with door(Script(reply(pod))) as cluster:
        with pytest.raises(ApiError, match="no pod"):
            await containers_of(cluster, "dev", "x")
