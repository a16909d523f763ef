"""Alerts: how soon a channel hears of a pod that crashes, and what ten thousand pods cost that are watched for it."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from sundown_lab.bench.clicks import quantile, slack_and_frontdesk
from sundown_lab.bench.memory import peak_mib
from sundown_lab.bench.rows import Row, bar
from sundown_lab.bench.stage import ROOT, Stage
from sundown_lab.processes import Process
from sundown_lab.slack.remote import Workspace
from sundown_lab.wire import MERGE_PATCH, METADATA, Json, each

CHANNEL = "#dev"
NAMESPACE = "bench-alerts"
CRASHES = 10
"""More within a minute are told as one."""
_PATIENCE = 120.0
_PODS = f"/api/v1/namespaces/{NAMESPACE}/pods"


async def alerts(stage: Stage, *, pods: int) -> list[Row]:
    """Compare a frontdesk with one that watches for alerts, and have pods crash, one after the other.

    Raises:
        LabError: something does not start, or an alert does not come.
    """
    progress = stage.progress
    with progress.step(f"making {pods:,} pods"):
        await _make(stage, pods)
    async with slack_and_frontdesk(stage) as (_, frontdesk):
        await asyncio.sleep(_SETTLING)
        without = peak_mib(frontdesk)
    async with _watching(stage) as (workspace, frontdesk):
        with progress.step("a crash after the other"):
            took = sorted([await _crash(stage, workspace, number) for number in range(CRASHES)])
        watched = peak_mib(frontdesk)
    size = f"{pods:,} pods"
    p95 = quantile(took, 0.95)
    detail = {"p50": round(quantile(took, 0.5), 3), "most": round(took[-1], 3), "alerts": CRASHES}
    memory = {"without": round(without, 1), "with": round(watched, 1)}
    return [
        Row(bar("alert"), size, p95, detail=detail),
        Row(bar("alerts-memory"), size, watched - without, detail=memory),
    ]


_SETTLING = 10.0


@asynccontextmanager
async def _watching(stage: Stage) -> AsyncIterator[tuple[Workspace, Process]]:
    for name in ("rights.yaml", "incidents.yaml"):
        stage.control_plane.kubectl("apply", "--server-side", "-f", str(ROOT / "deploy/components/alerts" / name))
    settings = {"SUNDOWN_ALERTS_CHANNEL": CHANNEL, "SUNDOWN_ALERTS_OFF": '["rollout-complete", "node-not-ready"]'}
    async with slack_and_frontdesk(stage, settings=settings) as found:
        await asyncio.sleep(_SETTLING)
        yield found


async def _make(stage: Stage, pods: int) -> None:
    await stage.wire.ask("POST", "/api/v1/namespaces", body={"metadata": {"name": NAMESPACE}}, fine=(409,))
    account = f"/api/v1/namespaces/{NAMESPACE}/serviceaccounts"
    await stage.wire.ask("POST", account, body={"metadata": {"name": "default"}}, fine=(409,))
    await each(range(pods), partial(_pod, stage))


async def _pod(stage: Stage, number: int) -> None:
    """A pod as a Deployment of three would have it, with a status as a kubelet writes it."""
    owner = f"app-{number // 3:04d}-7d4b9c6f5"
    labels = {"app": f"app-{number // 3:04d}", "pod-template-hash": "7d4b9c6f5"}
    reference = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": owner, "uid": f"u{number}", "controller": True}
    variables = [{"name": f"SETTING_{index}", "value": "x" * 40} for index in range(20)]
    container = {"name": "main", "image": "registry.example.com/main:1", "env": variables}
    body = {
        "metadata": {"name": f"{owner}-{number:05d}", "labels": labels, "ownerReferences": [reference]},
        "spec": {"containers": [container]},
    }
    await stage.wire.ask("POST", _PODS, body=body, fine=(409,), accept=METADATA)
    await _say(stage, f"{owner}-{number:05d}", ready=True, restarts=0, state={"running": {}})


async def _say(stage: Stage, name: str, *, ready: bool, restarts: int, state: Json) -> None:
    container = {
        "name": "main",
        "image": "registry.example.com/main:1",
        "imageID": "registry.example.com/main@sha256:" + "0" * 64,
        "ready": ready,
        "restartCount": restarts,
        "state": state,
    }
    conditions = [{"type": kind, "status": str(ready)} for kind in ("PodScheduled", "Initialized", "Ready")]
    status = {"phase": "Running", "conditions": conditions, "containerStatuses": [container]}
    path = f"{_PODS}/{name}/status"
    await stage.wire.ask("PATCH", path, body={"status": status}, content_type=MERGE_PATCH, accept=METADATA)


async def _crash(stage: Stage, workspace: Workspace, number: int) -> float:
    """The seconds from a pod's status to the message."""
    owner = f"app-{number:04d}"
    waiting = {"waiting": {"reason": "CrashLoopBackOff"}}
    name = f"{owner}-7d4b9c6f5-{3 * number:05d}"
    began = time.time()
    await _say(stage, name, ready=False, restarts=3, state=waiting)
    told = await asyncio.to_thread(
        workspace.wait_for_message, lambda message: owner in str(message["text"]), channel=CHANNEL, within=_PATIENCE
    )
    return float(told["ts"]) - began
