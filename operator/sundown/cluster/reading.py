"""Raw objects of the API server as plain types. A field of a form that cannot be is read as if it were not there."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import orjson

from sundown.errors import InvalidObject
from sundown.model.action_request import ActionRequestSpec, ActionRequestStatus, Asked
from sundown.model.base import parse
from sundown.model.env import Known, Namespace
from sundown.model.resources import (
    ASLEEP_SINCE,
    OWNER,
    OWNER_EMAIL,
    URL,
    ClusterEnvSchedule,
    EnvSchedule,
    EnvScheduleStatus,
    Metadata,
)
from sundown.model.salvage import salvage
from sundown.model.scalars import parse_instant
from sundown.model.spec import EnvScheduleSpec

_KUBERNETES = "kubernetes"
"""The finalizer that every namespace has, and that goes last."""


def namespace(raw: dict[str, Any]) -> Namespace:
    """A namespace, whole or as metadata only."""
    metadata = raw["metadata"]
    annotations = metadata.get("annotations") or {}
    return Namespace(
        name=metadata["name"],
        created=parse_instant(metadata.get("creationTimestamp") or "1970-01-01T00:00:00Z"),
        labels=dict(metadata.get("labels") or {}),
        annotations={key: annotations[key] for key in (OWNER, OWNER_EMAIL, URL, ASLEEP_SINCE) if key in annotations},
        terminating="deletionTimestamp" in metadata,
        resource_version=metadata.get("resourceVersion", ""),
        uid=metadata.get("uid", ""),
        **(_going(raw) if "deletionTimestamp" in metadata else {}),
    )


def _going(raw: dict[str, Any]) -> dict[str, Any]:
    """What there is to know of a namespace that is being deleted."""
    metadata, spec = raw["metadata"], raw.get("spec") or {}
    conditions = (raw.get("status") or {}).get("conditions") or ()
    finalizers = [*(metadata.get("finalizers") or ()), *(spec.get("finalizers") or ())]
    return {
        "deleted_at": parse_instant(metadata["deletionTimestamp"]),
        "finalizers": tuple(str(name) for name in finalizers if name != _KUBERNETES),
        "holding": tuple(
            (str(one.get("type", "")), str(one.get("message", ""))) for one in conditions if one.get("status") == "True"
        ),
    }


def metadata(raw: dict[str, Any]) -> Metadata:
    """The part of any object's metadata that Sundown reads."""
    return parse(Metadata, raw["metadata"])


def env_schedule(raw: dict[str, Any]) -> Known:
    """An EnvSchedule; when its spec cannot be read, what is wrong with it."""
    metadata = parse(Metadata, raw["metadata"])
    try:
        status = parse(EnvScheduleStatus, raw.get("status") or {})
    except InvalidObject:
        status = EnvScheduleStatus()
    whole = {**raw, "metadata": metadata, "status": {}}
    try:
        if isinstance(whole.get("spec"), dict):
            whole["spec"] = _spec(orjson.dumps(whole["spec"]))
        schedule = parse(EnvSchedule, whole)
    except InvalidObject as error:
        return Known(metadata, status, mistakes=error.mistakes, salvaged=salvage(raw.get("spec")))
    return Known(metadata=metadata, status=status, schedule=schedule)


@lru_cache(maxsize=256)
def _spec(spec: bytes) -> EnvScheduleSpec:
    """A spec from its JSON; envs that have the same one share it, and those of a ClusterEnvSchedule do by the thousand.

    Raises:
        InvalidObject: when it cannot be read.
    """
    return parse(EnvScheduleSpec, orjson.loads(spec), prefix="spec")


def cluster_env_schedule(raw: dict[str, Any]) -> ClusterEnvSchedule:
    """A ClusterEnvSchedule.

    Raises:
        InvalidObject: when its spec cannot be read.
    """
    return parse(ClusterEnvSchedule, raw)


def action_request(raw: dict[str, Any]) -> Asked:
    """An ActionRequest; when its spec cannot be read, what is wrong with it."""
    metadata = parse(Metadata, raw["metadata"])
    try:
        status = parse(ActionRequestStatus, raw.get("status") or {})
    except InvalidObject:
        status = ActionRequestStatus()
    try:
        spec = parse(ActionRequestSpec, raw.get("spec") or {}, prefix="spec")
    except InvalidObject as error:
        return Asked(metadata=metadata, status=status, mistakes=error.mistakes)
    return Asked(metadata=metadata, status=status, spec=spec)
