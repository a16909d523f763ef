"""What the operator, or another account, asked of the API server, from the audit log of the lab's control plane."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from sundown_lab.cluster import Cluster
from support.operators import USER

READS = {"get", "list", "watch"}
DISCOVERY = {""}
"""What is asked without a resource (``/apis``) is granted to every account of every cluster."""

Right = tuple[str, str]
"""A verb and what it is for: ``("patch", "deployments")``."""


@dataclass(frozen=True)
class Request:
    """One request of the operator that has been answered (a watch counts when it begins, and again when it ends)."""

    verb: str
    resource: str
    namespace: str
    name: str
    code: int

    @property
    def writes(self) -> bool:
        """Whether it changes something."""
        return self.verb not in READS


class Audit:
    """The operator's requests (or those of another user) since the test began, or since ``forget``."""

    def __init__(self, cluster: Cluster, *, user: str = USER) -> None:
        self._file = cluster.audit_log
        self._user = user
        self.forget()

    def forget(self) -> None:
        """Count from now on."""
        self._begin = self._file.stat().st_size

    def requests(self) -> list[Request]:
        """All of them, in the order of their answers."""
        return list(self._read())

    def writes(self, namespace: str | None = None) -> list[Request]:
        """Those that change something, in a namespace (the Namespace itself included) or anywhere."""
        return [each for each in self._read() if each.writes and namespace in {None, each.namespace, each.name}]

    def rewrites(self, namespace: str) -> list[Request]:
        """Those in a namespace, less one of the status: at its next look the operator notes there what was asked for meanwhile."""
        found = self.writes(namespace)
        notes = [each for each in found if (each.resource, each.verb) == ("envschedules/status", "patch")]
        return [each for each in found if each is not next(iter(notes), None)]

    def rights(self) -> set[Right]:
        """What was made use of. Server-side apply that makes an object needs both ``patch`` and ``create``."""
        asked = [each for each in self._read() if each.resource not in DISCOVERY]
        made = {("create", each.resource) for each in asked if each.verb == "patch" and each.code == 201}
        return made | {(each.verb, each.resource) for each in asked}

    def _read(self) -> Iterator[Request]:
        with self._file.open("rb") as file:
            file.seek(self._begin)
            for line in file:
                if not line.endswith(b"\n"):  # being written
                    return
                try:
                    event = json.loads(line)
                except json.JSONDecodeError:  # the API server was killed in the middle of it
                    continue
                if event["user"].get("username") != self._user:
                    continue
                found = event.get("objectRef", {})
                resource = "/".join(filter(None, (found.get("resource"), found.get("subresource"))))
                yield Request(
                    verb=event["verb"],
                    resource=resource,
                    namespace=found.get("namespace", ""),
                    name=found.get("name", ""),
                    code=event.get("responseStatus", {}).get("code", 0),
                )


@pytest.fixture
def audit(control_plane: Cluster) -> Audit:
    """The operator's requests from now on."""
    return Audit(control_plane)
