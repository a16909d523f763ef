"""What keeps pods from becoming ready is told by the workload that they are of."""

from typing import Any

import pytest

from sundown.cluster.pod_troubles import troubles_of

NO_NODE = "0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector."
UNSCHEDULABLE = {
    "conditions": [{"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": NO_NODE}]
}
BACK_OFF = {"state": {"waiting": {"reason": "ImagePullBackOff", "message": "no such image"}}}


def pod(status: dict[str, Any], *, kind: str = "StatefulSet", name: str = "db", **metadata: Any) -> dict[str, Any]:
    owner = {"kind": kind, "name": name, "uid": "u", "controller": True}
    return {"metadata": {"name": f"{name}-0", "ownerReferences": [owner], **metadata}, "status": status}


@pytest.mark.parametrize(
    ("there", "told"),
    [
        (pod(UNSCHEDULABLE), {"StatefulSet/db": f"Unschedulable: {NO_NODE.rstrip('.')}"}),
        (
            pod(UNSCHEDULABLE, kind="ReplicaSet", name="web-7d9c", labels={"pod-template-hash": "7d9c"}),
            {"Deployment/web": f"Unschedulable: {NO_NODE.rstrip('.')}"},
        ),
        (pod({"containerStatuses": [BACK_OFF]}), {"StatefulSet/db": "ImagePullBackOff: no such image"}),
        (pod({"containerStatuses": [{"state": {"waiting": {"reason": "ContainerCreating"}}}]}), {}),
        (pod({"conditions": [{"type": "PodScheduled", "status": "True"}]}), {}),
        (pod(UNSCHEDULABLE, deletionTimestamp="2026-11-23T18:00:00Z"), {}),
        (pod({}), {}),
    ],
    ids=["no node", "of a Deployment", "no image", "on its way", "has a node", "leaves", "says nothing"],
)
def test_each_trouble(there: dict[str, Any], told: dict[str, str]) -> None:
    """D3"""
    assert troubles_of([there]) == told


def test_the_first_pod_that_has_one_speaks_for_its_workload() -> None:
    """D3"""
    crash = pod({"containerStatuses": [{"state": {"waiting": {"reason": "CrashLoopBackOff"}}}]})
    assert troubles_of([pod({}), pod(UNSCHEDULABLE), crash]) == {
        "StatefulSet/db": f"Unschedulable: {NO_NODE.rstrip('.')}"
    }
