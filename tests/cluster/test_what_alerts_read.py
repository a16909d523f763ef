"""Of pods, nodes and Deployments only what alerts look at is read (I1), whatever else stands in them."""

import json
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from sundown.cluster import health
from sundown.model.health import ContainerHealth

AT = "2026-11-24T10:00:00Z"
WHEN = datetime(2026, 11, 24, 10, tzinfo=UTC)
Json = dict[str, Any]


def raw(value: Json) -> msgspec.Raw:
    return msgspec.Raw(json.dumps(value).encode())


def pod(*containers: Json, owner: tuple[str, str] = ("ReplicaSet", "web-6f9"), **changes: Any) -> Json:
    kind, name = owner
    metadata = {
        "name": "web-6f9-x1",
        "namespace": "team-a",
        "labels": {"pod-template-hash": "6f9", "filler": "x" * 1000},
        "ownerReferences": [{"kind": kind, "name": name, "controller": True, "uid": "1"}],
        "managedFields": [{"manager": "kubelet"}],
    }
    ready = {"type": "Ready", "status": "False"}
    status = {"phase": "Running", "conditions": [ready], "containerStatuses": list(containers)}
    return {"metadata": metadata, "spec": {"nodeName": "n1", "containers": []}, "status": {**status, **changes}}


def test_a_container_that_crashes() -> None:
    waiting = {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off"}}
    ended = {"terminated": {"exitCode": 137, "reason": "OOMKilled", "finishedAt": AT}}
    found = health.pod(raw(pod({"name": "main", "restartCount": 4, "state": waiting, "lastState": ended})))
    assert (found.namespace, found.name, found.node, found.ready, found.over) == (
        "team-a",
        "web-6f9-x1",
        "n1",
        False,
        False,
    )
    assert (found.owner_kind, found.owner) == ("Deployment", "web")
    assert found.containers == (ContainerHealth("main", 4, "CrashLoopBackOff", "OOMKilled", WHEN),)


def test_of_containers_with_which_nothing_is_wrong_nothing_is_kept() -> None:
    running = {
        "name": "main",
        "restartCount": 0,
        "ready": True,
        "state": {"running": {"startedAt": AT}},
        "lastState": {},
    }
    begun = {"name": "side", "restartCount": 0, "state": {"waiting": {"reason": "ContainerCreating"}}}
    assert health.pod(raw(pod(running, begun))).containers == ()


def test_init_containers_count_too() -> None:
    crashing = {"name": "migrate", "restartCount": 3, "state": {"waiting": {"reason": "CrashLoopBackOff"}}}
    assert health.pod(raw(pod(initContainerStatuses=[crashing]))).containers[0].name == "migrate"


@pytest.mark.parametrize("place", [0, 31, 32, 999])
def test_a_container_that_crashes_is_seen_wherever_it_stands(place: int) -> None:
    """I1: a thousand of which nothing is to be said do not hide it."""
    containers: list[Json] = [{"name": f"c{number}", "state": {"running": {}}} for number in range(1000)]
    containers[place] |= {"restartCount": 3, "state": {"waiting": {"reason": "CrashLoopBackOff"}}}
    assert [one.name for one in health.pod(raw(pod(*containers))).containers] == [f"c{place}"]


def test_of_a_thousand_containers_that_crash_a_few_are_kept() -> None:
    """J6"""
    crashing = {"restartCount": 3, "state": {"waiting": {"reason": "CrashLoopBackOff"}}}
    containers = [{"name": f"c{number}", **crashing} for number in range(1000)]
    assert len(health.pod(raw(pod(*containers))).containers) == 32


@pytest.mark.parametrize(
    ("owner", "found"),
    [
        (("ReplicaSet", "web-6f9"), ("Deployment", "web")),
        (("StatefulSet", "db"), ("StatefulSet", "db")),
        (("Job", "report-29360000"), ("CronJob", "report")),
        (("Job", "report"), ("Job", "report")),
        (("ReplicaSet", "by-hand"), ("ReplicaSet", "by-hand")),
    ],
)
def test_the_owner_is_who_makes_the_pods_again(owner: tuple[str, str], found: tuple[str, str]) -> None:
    made = health.pod(raw(pod(owner=owner)))
    assert (made.owner_kind, made.owner) == found


def test_an_owner_of_a_megabyte_is_cut() -> None:
    """J6: an owner reference is whatever somebody writes there."""
    made = health.pod(raw(pod(owner=("K" * 2**19, "n" * 2**19))))
    assert len(made.owner_kind) + len(made.owner) < 200


def test_an_owner_of_odd_letters_takes_no_more_room_than_another() -> None:
    """J6"""
    made = health.pod(raw(pod(owner=("\x01" * 100, "\U0001f4a9" * 100))))
    assert len(json.dumps(made.owner_kind, ensure_ascii=False).encode()) < 70
    assert len(made.owner.encode()) <= 120


@pytest.mark.parametrize("changes", [{"phase": "Succeeded"}, {"phase": "Failed"}])
def test_a_pod_that_has_run_to_its_end_is_over(changes: Json) -> None:
    assert health.pod(raw(pod(**changes))).over


@pytest.mark.parametrize("odd", [{}, {"metadata": {"name": "x"}}, {"metadata": [], "spec": {}, "status": {}}])
def test_what_is_no_pod_is_refused(odd: Json) -> None:
    with pytest.raises(ValueError, match=r"."):
        health.pod(raw(odd))


def a_node(ready: str = "True", **spec: Any) -> Json:
    condition = {"type": "Ready", "status": ready, "reason": "KubeletReady", "lastTransitionTime": AT}
    metadata = {"name": "n1", "creationTimestamp": AT}
    return {
        "metadata": metadata,
        "spec": spec,
        "status": {"conditions": [{"type": "Other", "status": "True"}, condition]},
    }


@pytest.mark.parametrize("status", ["True", "False", "Unknown"])
def test_a_node_is_what_its_condition_says(status: str) -> None:
    found = health.node(raw(a_node(status)))
    assert (found.name, found.ready, found.since, found.created_at, found.leaves) == ("n1", status, WHEN, WHEN, False)


@pytest.mark.parametrize(
    "spec",
    [
        {"unschedulable": True},
        {"taints": [{"key": "ToBeDeletedByClusterAutoscaler", "effect": "NoSchedule"}]},
        {"taints": [{"key": "karpenter.sh/disrupted", "effect": "NoSchedule"}]},
    ],
)
def test_a_node_that_somebody_takes_away_leaves(spec: Json) -> None:
    assert health.node(raw(a_node("Unknown", **spec))).leaves


def test_a_node_without_a_status_is_not_ready() -> None:
    assert health.node(raw({"metadata": {"name": "n1"}, "spec": {}, "status": {}})).ready == ""


def a_deployment(
    *, replicas: int = 2, observed: int = 5, reason: str = "NewReplicaSetAvailable", **status: int
) -> Json:
    counts = {"replicas": replicas, "updatedReplicas": replicas, "availableReplicas": replicas, **status}
    progress = {"type": "Progressing", "status": "True", "reason": reason, "lastUpdateTime": AT}
    return {
        "metadata": {
            "name": "web",
            "namespace": "team-a",
            "generation": 5,
            "annotations": {"deployment.kubernetes.io/revision": "3"},
        },
        "spec": {"replicas": replicas, "template": {"spec": {"containers": [{"name": "main", "image": "web:3"}]}}},
        "status": {"observedGeneration": observed, "conditions": [progress], **counts},
    }


@pytest.mark.parametrize(
    ("deployment", "complete"),
    [
        (a_deployment(), True),
        (a_deployment(observed=4), False),
        (a_deployment(updatedReplicas=1), False),
        (a_deployment(replicas=2, availableReplicas=1), False),
        (a_deployment(replicas=3, updatedReplicas=3, availableReplicas=3), True),
        ({**a_deployment(), "status": {**a_deployment()["status"], "replicas": 3}}, False),
        (a_deployment(reason="ProgressDeadlineExceeded"), False),
    ],
    ids=[
        "all there",
        "not seen yet",
        "not all are new",
        "not all are available",
        "more",
        "old ones left",
        "past its deadline",
    ],
)
def test_a_rollout_is_complete_when_kubectl_says_so(deployment: Json, complete: bool) -> None:
    found = health.rollout(raw(deployment))
    assert found.complete is complete
    assert (found.revision, found.images) == (3, ("web:3",))


def test_a_rollout_that_is_under_way_or_paused_was_not_completed() -> None:
    assert health.rollout(raw(a_deployment())).completed_at == WHEN
    assert health.rollout(raw(a_deployment(reason="ReplicaSetUpdated"))).completed_at is None
    assert health.rollout(raw(a_deployment(reason="DeploymentPaused"))).completed_at is None
