"""What is sent by server-side apply: the fields that are one's own, and the very object that they are meant for."""

from __future__ import annotations

from typing import Any

from sundown.model.resources import API_VERSION, Metadata


def part_of_env_schedule(
    metadata: Metadata,
    *,
    spec: dict[str, Any] | None = None,
    annotations: dict[str, str] | None = None,
    as_read: bool = True,
) -> dict[str, Any]:
    """These fields of the EnvSchedule of this uid; with ``as_read`` only if nobody has written to it since."""
    identity: dict[str, Any] = {"name": metadata.name, "namespace": metadata.namespace, "uid": metadata.uid}
    if as_read:
        identity["resourceVersion"] = metadata.resource_version
    if annotations is not None:
        identity["annotations"] = annotations
    body: dict[str, Any] = {"apiVersion": API_VERSION, "kind": "EnvSchedule", "metadata": identity}
    return body if spec is None else {**body, "spec": spec}
