"""What keeps pods from becoming ready is told by the workload that they are of."""

import json
from typing import Any

import pytest

from sundown.cluster.pod_troubles import Search, unready_pods
from sundown.model.pods import Trouble, UnreadyPod
from support.cluster.scripted import Script, door, reply

Json = dict[str, Any]

NO_NODE = "0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector."
UNSCHEDULABLE = {
    "conditions": [{"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": NO_NODE}]
}
STARTING = {"containerStatuses": [{"name": "main", "state": {"waiting": {"reason": "ContainerCreating"}}}]}
READY = {"conditions": [{"type": "Ready", "status": "True"}]}
CRASHES = {"containerStatuses": [{"name": "main", "state": {"waiting": {"reason": "CrashLoopBackOff"}}}]}


def pod(status: Json, *, kind: str = "StatefulSet", name: str = "db", **metadata: Any) -> Json:
    owner = {"kind": kind, "name": name, "uid": "u", "controller": True}
    named = {"name": f"{name}-0", "uid": "p", "namespace": "dev"}
    return {"metadata": {**named, "ownerReferences": [owner], **metadata}, "status": status}


def page(*pods: Any, token: str = "") -> Json:
    return {"kind": "PodList", "metadata": {"continue": token}, "items": list(pods)}


def told(*pods: Any, of: str = "StatefulSet/db", above: dict[str, str] | None = None) -> UnreadyPod | None:
    """What a search for this one finds."""
    search = Search({of}, above or {})
    search.read(json.dumps(page(*pods)).encode())
    assert search.found.keys() <= {of}
    return search.found.get(of)


@pytest.mark.parametrize(
    ("there", "workload"),
    [
        (pod(UNSCHEDULABLE), "StatefulSet/db"),
        (
            pod(UNSCHEDULABLE, kind="ReplicaSet", name="web-7d9c", labels={"pod-template-hash": "7d9c"}),
            "Deployment/web",
        ),
        (
            pod(UNSCHEDULABLE, kind="ReplicaSet", name="web-7d9c", labels={"rollouts-pod-template-hash": "7d9c"}),
            "Rollout/web",
        ),
        (pod(UNSCHEDULABLE, kind="DaemonSet", name="agent"), "DaemonSet/agent"),
        (pod(UNSCHEDULABLE, kind="Cluster", name="pg"), "Cluster/pg"),
        (pod(UNSCHEDULABLE, name="prometheus-main"), "Prometheus/main"),
        (pod(UNSCHEDULABLE, name="pg-1"), "postgresql/pg"),
    ],
)
def test_a_pod_speaks_for_whoever_made_it_or_stands_above(there: Json, workload: str) -> None:
    """G2, G3, D3"""
    above = {
        "StatefulSet/prometheus-main": "Prometheus/main",
        "StatefulSet/pg-1": "PodSet/pg",
        "PodSet/pg": "postgresql/pg",
        "StatefulSet/round": "StatefulSet/round",
    }
    found = told(there, of=workload, above=above)
    assert found is not None
    assert found.trouble == Trouble("Unschedulable", NO_NODE)


@pytest.mark.parametrize(
    "there",
    [
        pod(READY),
        pod(UNSCHEDULABLE, deletionTimestamp="2026-11-23T18:00:00Z"),
        pod(UNSCHEDULABLE, name="other"),
        pod(UNSCHEDULABLE, name="round"),
        pod(UNSCHEDULABLE, ownerReferences=None),
        {"metadata": {"name": 7}},
        {"metadata": {"name": "x"}, "status": {"containerStatuses": "none"}},
        None,
        [],
    ],
    ids=["ready", "leaves", "another's", "own controller", "nobody's", "no name", "no list", "null", "no object"],
)
def test_who_is_well_leaves_is_anothers_or_cannot_be_read_says_nothing(there: Any) -> None:
    """D3, Z (one malformed object)"""
    assert told(there, above={"StatefulSet/round": "StatefulSet/round"}) is None
    after = told(there, pod(UNSCHEDULABLE))
    assert after is not None
    assert after.trouble is not None


def test_the_first_pod_that_has_one_speaks_for_its_workload() -> None:
    """D3"""
    found = told(pod(STARTING, uid="1"), pod(UNSCHEDULABLE, uid="2"), pod(CRASHES, uid="3"))
    assert found is not None
    assert (found.uid, found.trouble) == ("2", Trouble("Unschedulable", NO_NODE))


def test_the_first_that_is_not_ready_is_known_where_none_says_why() -> None:
    """G3"""
    found = told(pod(READY, uid="1"), pod(STARTING, uid="2"), pod(STARTING, uid="3"))
    assert found == UnreadyPod("db-0", "2", None, Trouble("ContainerCreating"))


async def test_no_page_is_asked_for_that_nobody_needs() -> None:
    """J6: a workload may have thousands of pods."""
    script = Script(reply(page(pod(READY), token="2")), reply(page(pod(CRASHES), token="3")))
    async with door(script) as cluster:
        found = await unready_pods(cluster, "dev", {"StatefulSet/db"}, above={})
    assert found.keys() == {"StatefulSet/db"}
    assert [request.query.get("continue") for request in script.asked] == [None, "2"]
    assert all(int(request.query["limit"]) <= 250 for request in script.asked)


async def test_of_pods_without_end_only_so_many_are_looked_at() -> None:
    """J6"""
    script = Script(*(reply(page(pod(READY), token="more")) for _ in range(99)))
    async with door(script) as cluster:
        assert await unready_pods(cluster, "dev", {"StatefulSet/db"}, above={}) == {}
    assert len(script.asked) == 8


@pytest.mark.parametrize(
    "refusal",
    [
        reply({"kind": "Status", "status": "Failure", "message": "pods is forbidden"}, 403),
        reply({"kind": "Status", "status": "Failure", "message": "gone"}, 404),
        reply({"kind": "Status", "status": "Failure", "message": "in a 200"}),
        reply(["no", "list"]),
    ],
)
async def test_where_pods_cannot_be_listed_nothing_is_known(refusal: Any) -> None:
    """E4: and nothing else is kept from being done."""
    async with door(Script(refusal)) as cluster:
        assert await unready_pods(cluster, "dev", {"StatefulSet/db"}, above={}) == {}
