"""What the JSON of a workload says of a rollout that its owner holds back (requirement A18; kubernetes #121534)."""

from typing import Any

import pytest

from sundown.cluster.workloads import workload
from sundown.model.parts import Hold

Json = dict[str, Any]
ROLLED: Json = {"annotations": {"deployment.kubernetes.io/revision": "2"}}


def read(
    kind: str, spec: Json, status: Json, metadata: Json | None = None, *, generation: int = 4, observed: int = 4
) -> Hold | None:
    raw = {
        "metadata": {
            "name": "web",
            "namespace": "dev",
            "resourceVersion": "7",
            "generation": generation,
            **(metadata or {}),
        },
        "spec": {"replicas": 3, **spec},
        "status": {"observedGeneration": observed, "replicas": 3, **status},
    }
    return workload(raw, kind=kind, counts_leaving=kind == "StatefulSet").hold


def parted(partition: int | None) -> Json:
    inner = {"rollingUpdate": {"partition": partition}} if partition is not None else {}
    return {"updateStrategy": {"type": "RollingUpdate", **inner}}


PENDING: Json = {"currentRevision": "db-1", "updateRevision": "db-2"}
DONE: Json = {"currentRevision": "db-2", "updateRevision": "db-2", "updatedReplicas": 3}
ON_DELETE: Json = {"updateStrategy": {"type": "OnDelete"}}


@pytest.mark.parametrize(
    ("spec", "status", "hold"),
    [
        pytest.param({"paused": True}, {"updatedReplicas": 1}, "Paused", id="paused half way"),
        pytest.param({"paused": True}, {}, "Paused", id="paused, and nothing of the new template is there yet"),
        pytest.param({"paused": True}, {"updatedReplicas": 3}, None, id="paused with nothing unfinished"),
        pytest.param({"paused": True}, {"replicas": 5, "updatedReplicas": 3}, "Paused", id="paused with a surge"),
        pytest.param(
            {"paused": True}, {"replicas": 2, "updatedReplicas": 2}, "Paused", id="a pod of before may be missing"
        ),
        pytest.param({"paused": True, "replicas": 0}, {"replicas": 0}, None, id="paused at zero"),
        pytest.param({"paused": False}, {"updatedReplicas": 1}, None, id="under way and not held back"),
        pytest.param({}, {"updatedReplicas": 1}, None, id="under way, paused is not said"),
    ],
)
def test_a_deployment(spec: Json, status: Json, hold: Hold | None) -> None:
    """A18"""
    assert read("Deployment", spec, status, ROLLED) == hold


def test_a_deployment_that_was_made_paused_holds_nothing_back() -> None:
    """There is no ReplicaSet of before."""
    assert read("Deployment", {"paused": True}, {"replicas": 0}) is None


@pytest.mark.parametrize(
    ("spec", "status", "hold"),
    [
        pytest.param(parted(2), {**PENDING, "updatedReplicas": 1}, "Partition", id="partition"),
        pytest.param(parted(3), PENDING, "Partition", id="partition as large as the count"),
        pytest.param(parted(50), PENDING, "Partition", id="partition beyond it"),
        pytest.param(parted(2), {**PENDING, "replicas": 0}, "Partition", id="its pods are away for a moment"),
        pytest.param(parted(2), DONE, None, id="partition and nothing pending"),
        pytest.param(parted(0), {**PENDING, "updatedReplicas": 1}, None, id="under way"),
        pytest.param(parted(None), {**PENDING, "updatedReplicas": 1}, None, id="under way, no partition is said"),
        pytest.param(ON_DELETE, PENDING, "OnDelete", id="OnDelete, none was deleted"),
        pytest.param(ON_DELETE, {**PENDING, "updatedReplicas": 2}, "OnDelete", id="OnDelete, some were deleted"),
        pytest.param(ON_DELETE, {**PENDING, "updatedReplicas": 3}, None, id="OnDelete, all were deleted"),
        pytest.param(ON_DELETE, DONE, None, id="OnDelete, nothing pending"),
        pytest.param({}, PENDING, None, id="no strategy is said"),
    ],
)
def test_a_stateful_set(spec: Json, status: Json, hold: Hold | None) -> None:
    """A18: with OnDelete the current revision stays what it was even when every pod is new."""
    assert read("StatefulSet", spec, status) == hold


@pytest.mark.parametrize(
    ("kind", "spec", "hold"),
    [
        ("Deployment", {"paused": True}, "Unobserved"),
        ("StatefulSet", parted(1), "Unobserved"),
        ("StatefulSet", ON_DELETE, "Unobserved"),
        ("Deployment", {}, None),
        ("StatefulSet", parted(0), None),
    ],
)
def test_what_a_status_of_before_says_is_not_believed(kind: str, spec: Json, hold: Hold | None) -> None:
    """A18: the image was set a moment ago, and the controller has not looked yet."""
    assert read(kind, spec, {**DONE, "updatedReplicas": 3}, ROLLED, generation=5) == hold
