"""Rollouts that their owners hold back, and a night (requirements A18, A20; kubernetes #121534)."""

from collections import Counter
from collections.abc import Callable

import pytest

from support.apiserver import Json, eventually
from support.envs import ALWAYS_AWAKE, Env, manifest
from support.operators import Operator
from support.other_tools import set_image, sleep, wake

pytestmark = pytest.mark.lab

NEW = "registry.example.com/main:2"
SICK: Json = {"spec": {"template": {"metadata": {"annotations": {"lab.sundown.dev/fault": "Error"}}}}}
"""New pods do not become ready, so that a rollout comes to a stop half way."""


@pytest.fixture
def team(env: Env, operator: Operator) -> Env:
    """An env that is awake, with something in it that has nothing to hold back."""
    del operator
    env.add("api", 1)
    env.schedule(ALWAYS_AWAKE)
    env.until("Awake")
    return env


def images(env: Env, name: str) -> Counter[str]:
    """How many pods of a workload have which image."""
    mine = (pod for pod in env.pods() if pod["metadata"]["labels"].get("app") == name)
    return Counter(pod["spec"]["containers"][0]["image"].rpartition(":")[2] for pod in mine)


def uids(env: Env) -> set[str]:
    return {pod["metadata"]["uid"] for pod in env.pods() if pod["metadata"]["labels"].get("app") != "api"}


def parted(env: Env) -> None:
    body = manifest("StatefulSet", "it", 3)
    body["spec"]["updateStrategy"] = {"type": "RollingUpdate", "rollingUpdate": {"partition": 2}}
    env.api.create(env.collection("StatefulSet"), body)
    eventually(lambda: images(env, "it") == {"1": 3}, what="it runs")
    env.edit("it", set_image(NEW), kind="StatefulSet")
    eventually(lambda: images(env, "it") == {"1": 2, "2": 1}, what="one pod is new")


def on_delete(env: Env) -> None:
    body = manifest("StatefulSet", "it", 2)
    body["spec"]["updateStrategy"] = {"type": "OnDelete"}
    env.api.create(env.collection("StatefulSet"), body)
    eventually(lambda: images(env, "it") == {"1": 2}, what="it runs")
    env.edit("it", set_image(NEW), kind="StatefulSet")


def paused(env: Env, *, history: int = 10) -> None:
    body = manifest("Deployment", "it", 4)
    body["spec"] |= {
        "revisionHistoryLimit": history,
        "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 1}},
    }
    env.api.create(env.collection("Deployment"), body)
    ready = lambda: env.workload("it")["status"].get("availableReplicas") == 4  # noqa: E731
    eventually(ready, what="it runs")
    change = set_image(NEW)
    change["spec"]["template"] |= SICK["spec"]["template"]
    env.edit("it", change)
    eventually(lambda: images(env, "it") == {"1": 3, "2": 2}, what="it is half way")
    env.edit("it", {"spec": {"paused": True}})


def paused_without_history(env: Env) -> None:
    paused(env, history=0)


@pytest.mark.parametrize(
    ("make", "kind"),
    [
        (parted, "StatefulSet"),
        (on_delete, "StatefulSet"),
        (paused, "Deployment"),
        (paused_without_history, "Deployment"),
    ],
)
def test_a_night_leaves_it_as_it_is_and_names_it(team: Env, make: Callable[[Env], None], kind: str) -> None:
    """A18, A20: afterwards all pods were new, and of a Deployment without history the old ReplicaSet was gone."""
    make(team)
    before, pods = images(team, "it"), uids(team)
    sleep(team)
    assert team.counts()["Deployment/api"] == 0
    left = team.status()["stillRunning"]
    assert [(one["kind"], one["name"], one["why"]) for one in left["first"]] == [(kind, "it", "HeldBack")]
    assert "sundown.dev/rollout=finish" in team.condition("Ready")[2]
    assert "its rollout is held back" in team.condition("Asleep")[2]
    team.wish("Awake")
    team.until("Waking", "Awake")
    team.until_count("api", 1)
    assert (images(team, "it"), uids(team)) == (before, pods)


@pytest.mark.parametrize(("make", "kind"), [(parted, "StatefulSet"), (paused, "Deployment")])
def test_its_owner_may_have_a_night_finish_it(team: Env, make: Callable[[Env], None], kind: str) -> None:
    """A18: what the annotation allows is what Kubernetes makes of a rollout at zero."""
    make(team)
    team.edit("it", {"metadata": {"annotations": {"sundown.dev/rollout": "finish"}}}, kind=kind)
    count = team.replicas("it", kind=kind)
    sleep(team)
    assert "stillRunning" not in team.status()
    team.wish("Awake")
    eventually(lambda: images(team, "it") == {"2": count}, what="all its pods are new")


def test_it_falls_asleep_when_it_is_not_held_back_any_more(team: Env) -> None:
    parted(team)
    sleep(team)
    team.edit("it", {"spec": {"updateStrategy": {"rollingUpdate": {"partition": 0}}}}, kind="StatefulSet")
    team.wish("Asleep", reason="have a look")
    team.until_count("it", 0, kind="StatefulSet")


def test_a_rollout_that_nobody_holds_back_sleeps_as_it_is(team: Env) -> None:
    """Neither one that is under way nor a pause with nothing unfinished keeps anything up."""
    paused(team)
    team.edit("it", {"spec": {"paused": False}})
    team.add("idle", 2)
    eventually(lambda: images(team, "idle") == {"1": 2}, what="it runs")
    team.edit("idle", {"spec": {"paused": True}})
    sleep(team)
    assert set(team.counts().values()) == {0}


def test_a_deployment_that_is_paused_at_night_wakes_as_it_was(team: Env) -> None:
    """The rollout began to be held back while it slept."""
    team.add("it", 2)
    eventually(lambda: images(team, "it") == {"1": 2}, what="it runs")
    sleep(team)
    team.edit("it", {"spec": {"paused": True}})
    team.edit("it", set_image(NEW))
    wake(team)
    assert images(team, "it") == {"1": 2}
