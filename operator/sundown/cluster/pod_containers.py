"""The containers of one pod and how each stands: what somebody has to know who wants to see a log."""

from __future__ import annotations

from typing import Any

import msgspec

from sundown.cluster import paths
from sundown.cluster.client import Cluster
from sundown.cluster.errors import ApiError
from sundown.model.pods import Container, PodContainers

_DEFAULT = "kubectl.kubernetes.io/default-container"


class _Read(msgspec.Struct, rename="camel", gc=False):
    """Base of what is read: camelCase on the wire, other fields skipped."""


class _Named(_Read):
    name: str


class _Why(_Read):
    reason: str | None = None
    message: str | None = None


class _State(_Read):
    waiting: _Why | None = None
    running: dict[str, Any] | None = None
    terminated: _Why | None = None


class _ContainerStatus(_Read):
    name: str
    state: _State | None = None
    last_state: _State | None = None
    restart_count: int = 0


class _Metadata(_Read):
    name: str
    annotations: dict[str, str] | None = None


class _Spec(_Read):
    containers: list[_Named] | None = None
    init_containers: list[_Named] | None = None
    ephemeral_containers: list[_Named] | None = None


class _Status(_Read):
    phase: str | None = None
    reason: str | None = None
    message: str | None = None
    container_statuses: list[_ContainerStatus] | None = None
    init_container_statuses: list[_ContainerStatus] | None = None
    ephemeral_container_statuses: list[_ContainerStatus] | None = None


class _Pod(_Read):
    metadata: _Metadata
    spec: _Spec = msgspec.field(default_factory=_Spec)
    status: _Status = msgspec.field(default_factory=_Status)


async def containers_of(cluster: Cluster, namespace: str, pod: str) -> PodContainers:
    """The containers of a pod.

    Raises:
        Missing: there is no such pod.
        ApiError: it cannot be read.
    """
    path = paths.pod(namespace, pod)
    try:
        return _read(msgspec.convert(await cluster.get(path), _Pod))
    except msgspec.ValidationError as error:
        raise ApiError(f"GET {path}: the answer is no pod: {error}", status=200) from error


def _read(pod: _Pod) -> PodContainers:
    spec, status = pod.spec, pod.status
    known = {
        one.name: one
        for listed in (status.container_statuses, status.init_container_statuses, status.ephemeral_container_statuses)
        for one in listed or ()
    }
    usual = tuple(_container(one.name, known) for one in spec.containers or ())
    others = tuple(
        _container(one.name, known) for one in (*(spec.init_containers or ()), *(spec.ephemeral_containers or ()))
    )
    chosen = (pod.metadata.annotations or {}).get(_DEFAULT)
    return PodContainers(
        pod=pod.metadata.name,
        usual=usual,
        others=others,
        chosen=chosen if any(one.name == chosen for one in usual) else None,
        phase=_why(_Why(status.reason or status.phase, status.message)),
    )


def _container(name: str, known: dict[str, _ContainerStatus]) -> Container:
    status = known.get(name)
    now, before = (status.state, status.last_state) if status is not None else (None, None)
    waiting = now.waiting if now is not None else None
    return Container(
        name=name,
        waiting=_why(waiting) if waiting is not None else (None if now is not None else ""),
        ended_before=before is not None and before.terminated is not None,
        restarts=status.restart_count if status is not None else 0,
    )


def _why(why: _Why) -> str:
    return ": ".join(filter(None, (why.reason, why.message)))
