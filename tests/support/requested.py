"""A request to delete an env, as the operator reads it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sundown.cluster import reading
from sundown.cluster.client import Cluster
from sundown.model.action_request import Asked
from sundown.model.base import parse
from sundown.model.env import Env
from sundown.model.resources import ClusterEnvSchedule
from sundown.reconcile.request_judge import judge, understand
from sundown.reconcile.request_verdict import Case, Verdict
from sundown.settings import Settings
from support.samples import NOW, after, env, known, namespace

HOME = "sundown-system"
UID = "uid-of-dev"
SETTINGS = Settings(namespace=HOME)


def covered(*, approval: dict[str, Any] | None = None, guarded: bool = False, **labels: str) -> Env:
    """The env ``dev``, covered by a ClusterEnvSchedule with this policy."""
    cover = parse(
        ClusterEnvSchedule, {"metadata": {"name": "all"}, "spec": {"approval": approval or {}, "template": {}}}
    )
    marks = {"sundown.dev/guarded": "true"} if guarded else {}
    found = env(
        known(spec={"allowDelete": True}),
        namespace=namespace(uid=UID, labels={"scheduler": "enabled", **marks, **labels}),
    )
    return replace(found, defaults=(cover,))


GUARDED = covered(guarded=True)


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


def verdict_on(request: Asked, where: Env) -> Verdict:
    """What the operator makes of a request."""
    return judge(request, where, settings=SETTINGS, now=NOW)


def case_of(request: Asked, where: Env) -> Case:
    """The request with all that it is about, where it can be understood."""
    case = understand(request, where, settings=SETTINGS, now=NOW)
    assert isinstance(case, Case)
    return case


class Patched(Cluster):
    """A cluster that notes what is merged."""

    def __init__(self) -> None:
        self.body: dict[str, Any] = {}

    async def merge_patch(self, path: str, body: dict[str, Any], **_: Any) -> dict[str, Any]:
        self.body = body
        return body
