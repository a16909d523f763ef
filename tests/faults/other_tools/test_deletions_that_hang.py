"""Workloads and namespaces whose deletion waits for somebody's finalizer (requirements A15, A20)."""

from collections.abc import Callable, Iterator

import pytest

from support.apiserver import eventually
from support.envs import ALWAYS_AWAKE, ASLEEP_FOR_EVER, Env, manifest
from support.operators import Operator
from support.other_tools import notes, sleep

pytestmark = pytest.mark.lab

FINALIZER = {"metadata": {"finalizers": ["example.com/mine"]}}
Delete = Callable[[Env, str, str], None]


@pytest.fixture
def team(env: Env, operator: Operator) -> Iterator[Env]:
    """An env that is awake; what hangs in it at the end is let go."""
    del operator
    for kind, name in (("Deployment", "web"), ("Deployment", "old"), ("StatefulSet", "db")):
        env.api.create(env.collection(kind), manifest(kind, name, 2))
        env.edit(name, FINALIZER, kind=kind)
    env.schedule(ALWAYS_AWAKE)
    env.until("Awake")
    yield env
    for kind, name in (("Deployment", "web"), ("Deployment", "old"), ("StatefulSet", "db")):
        if env.api.find(f"{env.collection(kind)}/{name}") is not None:
            env.edit(name, {"metadata": {"finalizers": None}}, kind=kind)


def delete(env: Env, name: str, kind: str) -> None:
    env.api.delete(f"{env.collection(kind)}/{name}")
    eventually(lambda: "deletionTimestamp" in env.workload(name, kind=kind)["metadata"], what="it is being deleted")


def test_what_is_being_deleted_holds_up_neither_the_night_nor_the_morning(team: Env) -> None:
    """A20: FallingAsleep for ever, with nothing but a count that its controller does not follow."""
    for name, kind in (("old", "Deployment"), ("db", "StatefulSet")):
        delete(team, name, kind)
    sleep(team)
    assert team.replicas("web") == 0
    left = team.status()["stillRunning"]["first"]
    assert {(one["kind"], one["name"], one["why"]) for one in left} <= {
        ("Deployment", "old", "BeingDeleted"),
        ("StatefulSet", "db", "BeingDeleted"),
    }
    assert notes(team, "old") == {}
    team.wish("Awake")
    team.until("Awake")
    assert team.condition("Degraded")[0] == "False"


def test_what_is_deleted_while_it_sleeps_is_not_waited_for_in_the_morning(team: Env) -> None:
    """A15"""
    sleep(team)
    delete(team, "old", "Deployment")
    team.wish("Awake")
    team.until("Awake")
    assert (team.replicas("web"), team.replicas("old")) == (2, 0)
    assert team.condition("Degraded")[0] == "False"


def test_a_namespace_whose_deletion_hangs_is_left_alone(team: Env, make_env: Callable[[], Env]) -> None:
    sleep(team)
    team.until_told("Asleep")
    said = len(team.events())
    team.api.delete(team.path)
    eventually(lambda: team.api.get(team.path)["status"]["phase"] == "Terminating", what="it is being deleted")
    eventually(lambda: team.api.find(team.schedules("default")) is None, what="its schedule is gone")
    later = make_env()
    later.add("web", 1)
    later.schedule(ASLEEP_FOR_EVER)
    later.until("Asleep")  # so that the operator has seen what was before
    for kind, name in (("Deployment", "web"), ("StatefulSet", "db")):
        assert team.replicas(name, kind=kind) == 0
    assert len(team.events()) <= said
