"""Somebody who puts the count back again and again is named once, and not fought for ever (fault W9, requirement G5)."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest

from sundown_lab.cluster import Cluster
from support.apiserver import Api, Json, eventually
from support.audit import Audit
from support.envs import ALWAYS_AWAKE, Env, manifest
from support.meddling import meddling
from support.operators import Operator, Stage

pytestmark = pytest.mark.lab


@pytest.fixture
def operator(stage: Stage) -> Operator:
    """An operator that nobody hinders, and that remembers no fights of other tests."""
    one = stage.fresh()
    one.start()
    return one


def putting_back(cluster: Cluster, path: str, count: int, **headers: Any) -> AbstractContextManager[list[int]]:
    """Somebody who cannot bear another count, and looks five times a second."""
    api = Api(cluster.kubeconfig)

    def meddle() -> bool:
        other: bool = api.get(path)["spec"]["replicas"] != count
        if other:
            api.merge(f"{path}?fieldManager=keeper", {"spec": {"replicas": count}})
        return other

    return meddling(meddle)


def writes_to(audit: Audit, env: Env, name: str) -> int:
    """How often it was written; what came too late to be written (409) does not count."""
    workloads = {"deployments", "statefulsets"}
    made = [one for one in audit.writes(env.name) if one.name == name and one.resource in workloads]
    return len([one for one in made if one.code < 400])


@pytest.fixture
def team(env: Env, operator: Operator) -> Env:
    """An env that is awake: a Deployment that somebody keeps, and others."""
    env.add("kept", 2)
    env.add("web", 1)
    env.add("db", 1, kind="StatefulSet")
    env.schedule(ALWAYS_AWAKE)
    env.until("Awake")
    return env


def test_who_fights_is_named_once_and_written_to_less_and_less_often(
    control_plane: Cluster, team: Env, audit: Audit
) -> None:
    """W9 G5"""
    with putting_back(control_plane, f"{team.collection('Deployment')}/kept", 2) as deeds:
        team.wish("Asleep")
        message = team.until_condition("Degraded", "True", "Fought")
        assert message.startswith(
            "Deployment/kept is set back to a count above 0 while it should sleep, again and again, by "
        )
        assert '"keeper" (field manager)' in message
        # Nobody else waits for it, though StatefulSets sleep after Deployments.
        eventually(lambda: team.counts()["StatefulSet/db"] == team.counts()["Deployment/web"] == 0, what="others sleep")
        eventually(lambda: deeds[0] >= 4, what="it has been put back four times")
        assert team.status()["state"] == "FallingAsleep"
        team.until_told("Fought")
        assert writes_to(audit, team, "kept") <= deeds[0] + 1
        assert team.condition("Degraded") == ("True", "Fought", message)


def test_there_is_peace_when_the_fight_ends(control_plane: Cluster, team: Env) -> None:
    """G5: by itself."""
    with putting_back(control_plane, f"{team.collection('Deployment')}/kept", 2):
        team.wish("Asleep")
        team.until_condition("Degraded", "True", "Fought")
    team.until("Asleep")
    assert team.condition("Degraded")[0] == "False"
    assert team.record("kept") == "2"
    team.wish("Awake")
    team.until("Awake")
    assert team.replicas("kept") == 2


def test_a_fight_is_over_when_the_env_is_meant_to_be_awake(control_plane: Cluster, team: Env) -> None:
    with putting_back(control_plane, f"{team.collection('Deployment')}/kept", 2):
        team.wish("Asleep")
        team.until_condition("Degraded", "True", "Fought")
        team.wish("Awake")
        team.until("Awake")
        assert team.condition("Degraded")[0] == "False"
        assert team.counts() == {"Deployment/kept": 2, "Deployment/web": 1, "StatefulSet/db": 1}


def test_the_controller_of_a_workload_is_named(control_plane: Cluster, env: Env, operator: Operator) -> None:
    """W9: as an operator for databases would."""
    api: Api = env.api
    api.create(f"/api/v1/namespaces/{env.name}/configmaps", {"metadata": {"name": "main"}})
    uid = api.get(f"/api/v1/namespaces/{env.name}/configmaps/main")["metadata"]["uid"]
    owner = {"apiVersion": "v1", "kind": "ConfigMap", "name": "main", "uid": uid, "controller": True}
    owned: Json = manifest("StatefulSet", "db", 2)
    owned["metadata"]["ownerReferences"] = [owner]
    api.create(env.collection("StatefulSet"), owned)
    env.schedule(ALWAYS_AWAKE)
    env.until("Awake")
    with putting_back(control_plane, f"{env.collection('StatefulSet')}/db", 2):
        env.wish("Asleep")
        assert "by its controller ConfigMap/main: " in env.until_condition("Degraded", "True", "Fought")


def test_fights_are_counted(control_plane: Cluster, team: Env, operator: Operator) -> None:
    """G5: a metric."""

    def metric(name: str) -> float:
        lines = operator.probe("/metrics")[1].splitlines()
        return next(float(line.split()[1]) for line in lines if line.startswith(f"{name} "))

    assert metric("sundown_fights") == 0
    with putting_back(control_plane, f"{team.collection('Deployment')}/kept", 2):
        team.wish("Asleep")
        team.until_condition("Degraded", "True", "Fought")
        assert metric("sundown_fights") == 1
        assert metric("sundown_fights_begun_total") == 1


def test_a_person_who_changes_their_mind_twice_fights_nobody(team: Env, make_env: Callable[..., Env]) -> None:
    team.wish("Asleep")
    team.until("Asleep")
    for _ in range(2):
        team.scale("web", 3)
        team.wish("Asleep", reason="look again")
        eventually(lambda: team.replicas("web") == 0, what="it sleeps again")
        team.until("Asleep")
    assert team.condition("Degraded")[0] == "False"
