"""A request to delete an env, as the operator reads it."""

from __future__ import annotations

from typing import Any

from sundown.cluster import reading
from sundown.model.action_request import Asked
from support.samples import NOW, after

HOME = "sundown-system"
UID = "uid-of-dev"


def asked(*, state: str | None = None, home: str = HOME, **spec: Any) -> Asked:
    """A request to delete ``dev``, in order unless fields of its spec are given."""
    body = {
        "action": "Delete",
        "target": {"namespace": "dev", "uid": UID},
        "requestedBy": "ana@example.com",
        "via": "slack",
        "requestedAt": NOW,
        "expiresAt": after(minutes=15),
        "confirmation": "dev",
    }
    metadata = {"name": "one", "namespace": home, "uid": "1", "resourceVersion": "7", "generation": 1}
    return reading.action_request({"metadata": metadata, "spec": {**body, **spec}, "status": {"state": state}})
