"""Kubernetes Events: what people see under ``kubectl describe``."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import uuid4

import structlog

from sundown.cluster.client import Cluster
from sundown.cluster.errors import ApiError
from sundown.cluster.gate import Gate, Urgency
from sundown.model.cutting import clip_bytes

log = structlog.get_logger(__name__)

_NAME, _INSTANCE, _NOTE = 200, 128, 1024
"""Bytes, as the API server counts (https://github.com/kubernetes/kubernetes/blob/master/pkg/apis/core/validation/events.go)."""
_BACKLOG = 2000


@dataclass(frozen=True, slots=True)
class Regarding:
    """The object that an Event is about."""

    api_version: str
    kind: str
    name: str
    namespace: str
    uid: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """An Event to be: ``reason`` is stable, for machines; ``note`` is for people."""

    regarding: Regarding
    reason: str
    note: str
    action: str
    at: datetime
    type: Literal["Normal", "Warning"] = "Normal"


class EventRecorder:
    """Posts Events behind everything else. Where they come faster than they can be posted, the oldest are dropped."""

    def __init__(self, cluster: Cluster, gate: Gate, *, instance: str) -> None:
        self._cluster = cluster
        self._gate = gate
        self._instance = instance
        self._queue: asyncio.Queue[Notice] = asyncio.Queue(maxsize=_BACKLOG)

    def post(self, notice: Notice) -> None:
        """Hand over an Event; never waits, never fails."""
        if self._queue.full():
            self._queue.get_nowait()
        self._queue.put_nowait(notice)

    async def run(self) -> None:
        """Post what is handed over, until cancelled."""
        async with asyncio.TaskGroup() as group:
            for _ in range(4):
                group.create_task(self._work())

    async def _work(self) -> None:
        while True:
            notice = await self._queue.get()
            try:
                async with self._gate.slot(Urgency.EVENT, whose=notice.regarding.namespace):
                    await self._cluster.create(
                        f"/apis/events.k8s.io/v1/namespaces/{notice.regarding.namespace}/events", self._body(notice)
                    )
            except ApiError as error:
                # The namespace may be on its way out; an Event is a courtesy and not worth a retry.
                log.debug("event-not-posted", namespace=notice.regarding.namespace, why=notice.reason, error=str(error))

    def _body(self, notice: Notice) -> dict[str, object]:
        regarding = notice.regarding
        return {
            "apiVersion": "events.k8s.io/v1",
            "kind": "Event",
            "metadata": {"name": _name(regarding.name), "namespace": regarding.namespace},
            "eventTime": notice.at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "reportingController": "sundown.dev/operator",
            "reportingInstance": clip_bytes(self._instance, _INSTANCE, more=""),
            "action": notice.action,
            "reason": notice.reason,
            "note": clip_bytes(notice.note, _NOTE),
            "type": notice.type,
            "regarding": {
                "apiVersion": regarding.api_version,
                "kind": regarding.kind,
                "name": regarding.name,
                "namespace": regarding.namespace,
                "uid": regarding.uid,
            },
        }


def _name(regarding: str) -> str:
    """A new name for an Event about the object of that name, which may be longer than leaves room for more."""
    return f"{regarding[:_NAME].rstrip('.-')}.{uuid4().hex[:16]}"
