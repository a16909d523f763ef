"""Raw objects of the API server as plain types. A field of a form that cannot be is read as if it were not there."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import orjson

from sundown.cluster.slim import MOST_SPEC, OVERSIZE, TAKEN_OVER
from sundown.errors import InvalidObject, Mistake
from sundown.model.action_request import ActionRequestSpec, ActionRequestStatus, Asked
from sundown.model.base import parse
from sundown.model.env import Known, Namespace
from sundown.model.resources import (
    ASLEEP_BY,
    ASLEEP_SINCE,
    MANAGED_BY,
    NEEDS_APPROVAL,
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
from sundown.model.support_pod import SupportPodSpec, SupportPodStatus, Wanted

_KUBERNETES = "kubernetes"
"""The finalizer that every namespace has, and that goes last."""
_USUAL_SPEC = 4 * 2**10


def namespace(raw: dict[str, Any]) -> Namespace:
    """A namespace, whole or as metadata only."""
    metadata = raw["metadata"]
    annotations = metadata.get("annotations") or {}
    return Namespace(
        name=metadata["name"],
        created=parse_instant(metadata.get("creationTimestamp") or "1970-01-01T00:00:00Z"),
        labels=dict(metadata.get("labels") or {}),
        annotations={
            key: annotations[key]
            for key in (OWNER, OWNER_EMAIL, URL, ASLEEP_BY, ASLEEP_SINCE, NEEDS_APPROVAL)
            if key in annotations
        },
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
    taken_over = raw["metadata"].get(TAKEN_OVER, False)
    labels = raw["metadata"].get("labels") or {}
    # Of its labels only one is read, and how many there may be nobody limits.
    kept = {MANAGED_BY: labels[MANAGED_BY]} if MANAGED_BY in labels else {}
    metadata = parse(Metadata, {**raw["metadata"], "labels": kept})
    try:
        status = parse(EnvScheduleStatus, raw.get("status") or {})
    except InvalidObject:
        status = EnvScheduleStatus()
    whole = {**raw, "metadata": metadata, "status": {}}
    try:
        if isinstance(whole.get("spec"), dict):
            whole["spec"] = _spec(_in_bounds(whole["spec"]))
        schedule = parse(EnvSchedule, whole)
    except InvalidObject as error:
        return Known(
            metadata, status, mistakes=error.mistakes, salvaged=salvage(raw.get("spec")), taken_over=taken_over
        )
    return Known(metadata=metadata, status=status, schedule=schedule, taken_over=taken_over)


def _in_bounds(spec: dict[str, Any]) -> bytes:
    """A spec as JSON.

    Raises:
        InvalidObject: when it is larger than any that a person writes.
    """
    wire = orjson.dumps(spec) if OVERSIZE not in spec else b""
    size = spec.get(OVERSIZE) or len(wire)
    if size > MOST_SPEC:
        text = f"has {size:,} bytes of JSON, and more than {MOST_SPEC:,} are not read; make it shorter"
        raise InvalidObject((Mistake("spec", text),))
    return wire


def _spec(wire: bytes) -> EnvScheduleSpec:
    """A spec from its JSON; those that are kept for others are all small, so that nobody's edits fill the memory.

    Raises:
        InvalidObject: when it cannot be read.
    """
    return _usual_spec(wire) if len(wire) <= _USUAL_SPEC else _parse_spec(wire)


@lru_cache(maxsize=256)
def _usual_spec(wire: bytes) -> EnvScheduleSpec:
    """Envs that have the same one share it, and those of a ClusterEnvSchedule do by the thousand."""
    return _parse_spec(wire)


def _parse_spec(wire: bytes) -> EnvScheduleSpec:
    return parse(EnvScheduleSpec, orjson.loads(wire), prefix="spec")


def cluster_env_schedule(raw: dict[str, Any]) -> ClusterEnvSchedule:
    """A ClusterEnvSchedule.

    Raises:
        InvalidObject: when its spec cannot be read.
    """
    _in_bounds(raw.get("spec") or {})
    return parse(ClusterEnvSchedule, raw)


def action_request(raw: dict[str, Any]) -> Asked:
    """An ActionRequest; when its spec cannot be read, what is wrong with it."""
    metadata = parse(Metadata, raw["metadata"])
    try:
        status = parse(ActionRequestStatus, raw.get("status") or {})
    except InvalidObject:
        status = ActionRequestStatus()
    try:
        _in_bounds(raw.get("spec") or {})
        spec = parse(ActionRequestSpec, raw.get("spec") or {}, prefix="spec")
    except InvalidObject as error:
        return Asked(metadata=metadata, status=status, mistakes=error.mistakes)
    return Asked(metadata=metadata, status=status, spec=spec)


def support_pod(raw: dict[str, Any]) -> Wanted:
    """A SupportPod; when its spec cannot be read, what is wrong with it."""
    metadata = parse(Metadata, raw["metadata"])
    try:
        status = parse(SupportPodStatus, raw.get("status") or {})
    except InvalidObject:
        status = SupportPodStatus()
    try:
        _in_bounds(raw.get("spec") or {})
        spec = parse(SupportPodSpec, raw.get("spec") or {}, prefix="spec")
    except InvalidObject as error:
        return Wanted(metadata=metadata, status=status, mistakes=error.mistakes)
    return Wanted(metadata=metadata, status=status, spec=spec)
