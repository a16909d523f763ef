"""Kinds that sleep by having no replicas, and remember their count in an annotation.

The count and its record change in one PATCH that carries the resourceVersion of the object that was looked at: there is
no moment at which the one is written and the other is not, and nobody's edit in between is lost (409: look again).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sundown.cluster.bodies import Body
from sundown.cluster.client import Cluster
from sundown.cluster.workloads import WorkloadPage, workload
from sundown.model.parts import Step, Workload
from sundown.model.resources import PREVIOUS_REPLICAS


@dataclass(frozen=True, slots=True)
class ReplicaKind:
    """A row of the table: what the API server calls a kind that has ``spec.replicas``."""

    kind: str
    prefix: str
    plural: str

    def collection(self, namespace: str | None = None) -> str:
        """The path of all objects, or of those in one namespace."""
        return f"{self.prefix}/namespaces/{namespace}/{self.plural}" if namespace else f"{self.prefix}/{self.plural}"

    def read(self, raw: dict[str, Any]) -> Workload:
        """The object as the plan sees it."""
        return workload(raw, kind=self.kind)

    def read_page(self, answer: Body) -> WorkloadPage:
        """A page of a list of them.

        Raises:
            ValueError: for what is no such list.
        """
        return WorkloadPage(answer, kind=self.kind)


KINDS: dict[str, ReplicaKind] = {
    row.kind: row
    for row in (
        ReplicaKind("Deployment", "/apis/apps/v1", "deployments"),
        ReplicaKind("StatefulSet", "/apis/apps/v1", "statefulsets"),
    )
}


def patch_for(step: Step) -> dict[str, Any]:
    """The merge patch of a step."""
    record = str(step.workload.replicas) if step.action == "Sleep" else None
    body: dict[str, Any] = {
        "metadata": {
            "resourceVersion": step.workload.resource_version,
            "annotations": {PREVIOUS_REPLICAS: record},
        }
    }
    if step.action != "Forget":
        body["spec"] = {"replicas": step.replicas}
    return body


async def write(cluster: Cluster, step: Step) -> None:
    """Carry out one step.

    Raises:
        Conflict: when the workload has changed since it was read.
        Missing: when it is gone.
    """
    found = step.workload
    await cluster.merge_patch(f"{KINDS[found.kind].collection(found.namespace)}/{found.name}", patch_for(step))


async def look(cluster: Cluster, found: Workload) -> Workload:
    """The workload as it is now.

    Raises:
        Missing: when it is gone.
    """
    row = KINDS[found.kind]
    return row.read(await cluster.get(f"{row.collection(found.namespace)}/{found.name}"))
