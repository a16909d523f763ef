"""A kind that only these tests know, ReplicationController: one row, and the operator puts it to sleep (docs/adding.md)."""

import json
from collections.abc import Iterator

import pytest

from sundown_lab.cluster import Cluster
from support.apiserver import Json, eventually
from support.envs import ASLEEP_FOR_EVER, RECORD, Env
from support.operators import USER, Stage

pytestmark = pytest.mark.lab

A_KIND = """
from sundown.sleepers.kinds import KINDS, ReplicaKind
KINDS["ReplicationController"] = ReplicaKind("ReplicationController", "/api/v1", "replicationcontrollers", wave=5)
"""
RIGHTS: list[Json] = [
    {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRole",
        "metadata": {"name": "test-a-kind"},
        "rules": [{"apiGroups": [""], "resources": ["replicationcontrollers"], "verbs": ["get", "list", "patch"]}],
    },
    {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRoleBinding",
        "metadata": {"name": "test-a-kind"},
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "test-a-kind"},
        "subjects": [{"kind": "User", "apiGroup": "rbac.authorization.k8s.io", "name": USER}],
    },
]
CHOSEN = {"workloads": {"kinds": ["Deployment", "ReplicationController"]}}


@pytest.fixture
def operator(stage: Stage, control_plane: Cluster) -> Iterator[None]:
    """An operator with the row, and with the rights that a row of a new kind needs."""
    document = json.dumps({"apiVersion": "v1", "kind": "List", "items": RIGHTS})
    stage.fresh(with_rows=A_KIND)  # makes the account
    control_plane.kubectl("apply", "-f", "-", input=document)
    stage.fresh(with_rows=A_KIND).start()
    yield
    stage.clear()
    control_plane.kubectl("delete", "-f", "-", input=document)


def controller(replicas: int) -> Json:
    template = {
        "metadata": {"labels": {"app": "legacy"}},
        "spec": {"containers": [{"name": "main", "image": "registry.example.com/main:1"}]},
    }
    return {
        "metadata": {"name": "legacy"},
        "spec": {"replicas": replicas, "selector": {"app": "legacy"}, "template": template},
    }


@pytest.mark.usefixtures("operator")
def test_a_kind_is_a_row(env: Env) -> None:
    """E1, A2: asleep by its count, with its record, its wave and its name in the status; awake with its pods."""
    path = f"{env.path}/replicationcontrollers"
    env.api.create(path, controller(2))
    env.add("web", 1)
    env.schedule({**ASLEEP_FOR_EVER, **CHOSEN, "override": {"state": "Awake"}})
    env.until("Awake")
    env.wish("Asleep")
    status = env.until("Asleep")
    assert status["parts"]["total"] == 2
    assert ("ReplicationController", '{"spec":{"replicas":2}}') in {
        (one["kind"], one["restore"]) for one in status["records"]
    }
    found = env.api.get(f"{path}/legacy")
    assert (found["spec"]["replicas"], found["metadata"]["annotations"][RECORD]) == (0, "2")
    env.wish("Awake")
    env.until("Awake")
    woken = eventually(lambda: ready(env.api.get(f"{path}/legacy")), what="its pods are back")
    assert RECORD not in woken["metadata"].get("annotations", {})


def ready(found: Json) -> Json | None:
    """Itself, once all its pods are ready."""
    return found if found["status"].get("readyReplicas") == found["spec"]["replicas"] == 2 else None


def test_a_kind_that_no_row_knows_is_named_and_left_alone(env: Env, stage: Stage) -> None:
    """E1: the API server cannot know the table; whoever reads the Ready condition does."""
    stage.usual()
    env.add("web", 1)
    env.schedule({**ASLEEP_FOR_EVER, **CHOSEN})
    env.until("Asleep")
    assert 'spec.workloads.kinds: nothing is known of a kind "ReplicationController"' in env.condition("Ready")[2]
