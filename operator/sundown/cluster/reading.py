"""Raw objects of the API server as plain types. A field of a form that cannot be is read as if it were not there."""

from __future__ import annotations

from typing import Any

from sundown.errors import InvalidObject
from sundown.model.base import parse
from sundown.model.env import Known, Namespace
from sundown.model.parts import Workload
from sundown.model.quantities import quantity
from sundown.model.resources import (
    EXCLUDE,
    OWNER,
    OWNER_EMAIL,
    PREVIOUS_REPLICAS,
    ClusterEnvSchedule,
    EnvSchedule,
    EnvScheduleStatus,
    Metadata,
)
from sundown.model.scalars import parse_instant

_GIB = 1024**3


def namespace(raw: dict[str, Any]) -> Namespace:
    """A namespace, whole or as metadata only."""
    metadata = raw["metadata"]
    annotations = metadata.get("annotations") or {}
    return Namespace(
        name=metadata["name"],
        created=parse_instant(metadata.get("creationTimestamp") or "1970-01-01T00:00:00Z"),
        labels=dict(metadata.get("labels") or {}),
        annotations={key: annotations[key] for key in (OWNER, OWNER_EMAIL) if key in annotations},
        terminating="deletionTimestamp" in metadata,
        resource_version=metadata.get("resourceVersion", ""),
    )


def env_schedule(raw: dict[str, Any]) -> Known:
    """An EnvSchedule; when its spec cannot be read, what is wrong with it."""
    metadata = parse(Metadata, raw["metadata"])
    try:
        status = parse(EnvScheduleStatus, raw.get("status") or {})
    except InvalidObject:
        status = EnvScheduleStatus()
    try:
        schedule = parse(EnvSchedule, {**raw, "status": {}})
    except InvalidObject as error:
        return Known(metadata=metadata, status=status, mistakes=error.mistakes)
    return Known(metadata=metadata, status=status, schedule=schedule)


def cluster_env_schedule(raw: dict[str, Any]) -> ClusterEnvSchedule:
    """A ClusterEnvSchedule.

    Raises:
        InvalidObject: when its spec cannot be read.
    """
    return parse(ClusterEnvSchedule, raw)


def workload(raw: dict[str, Any], *, kind: str) -> Workload:
    """A Deployment or StatefulSet."""
    metadata, spec, status = raw["metadata"], raw.get("spec") or {}, raw.get("status") or {}
    annotations = metadata.get("annotations") or {}
    replicas = spec.get("replicas", 1)
    cpu, memory = _requests(((spec.get("template") or {}).get("spec") or {}).get("containers") or ())
    return Workload(
        kind=kind,
        namespace=metadata["namespace"],
        name=metadata["name"],
        resource_version=metadata["resourceVersion"],
        replicas=replicas,
        pods=status.get("replicas") or 0,
        ready=status.get("readyReplicas") or 0,
        settled=(status.get("observedGeneration") or 0) >= (metadata.get("generation") or 0),
        record=annotations.get(PREVIOUS_REPLICAS),
        exclude=annotations.get(EXCLUDE),
        labels=metadata.get("labels"),
        cpu=cpu,
        memory=memory,
    )


def _requests(containers: Any) -> tuple[float, float]:
    """CPU in cores and memory in GiB that one pod's containers request together."""
    cpu = memory = 0.0
    for container in containers:
        requests = (container.get("resources") or {}).get("requests") or {}
        cpu += quantity(str(requests.get("cpu", "0")))
        memory += quantity(str(requests.get("memory", "0"))) / _GIB
    return cpu, memory
