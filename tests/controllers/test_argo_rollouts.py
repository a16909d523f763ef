"""Argo Rollouts' own controller lets a Rollout sleep, and brings it back (G2, G5; issue 12: proven against the real thing)."""

import pytest

from support.apiserver import Api, Json, eventually
from support.audit import Audit
from support.catalogued import KINDS, as_owned, body, found, of_sundown
from support.controllers import TEN, Controller
from support.envs import ASLEEP_FOR_EVER, Env
from support.operators import Operator

pytestmark = pytest.mark.lab

CHOSEN: Json = {**ASLEEP_FOR_EVER, "workloads": {"kinds": ["Rollout"]}}
CONTAINER: Json = {"name": "main", "image": "registry.example.com/main:1", "resources": {"requests": {"cpu": "100m"}}}
TEMPLATE: Json = {
    "metadata": {"labels": {"app": "it"}},
    "spec": {"terminationGracePeriodSeconds": 0, "containers": [CONTAINER]},
}
NEWER: Json = {"spec": {"template": {"spec": {"containers": [{**CONTAINER, "image": "registry.example.com/main:2"}]}}}}
STRATEGIES: dict[str, Json] = {
    "canary": {"canary": {}},
    "canary-in-steps": {"canary": {"steps": [{"setWeight": 50}, {"pause": {"duration": "1s"}}]}},
    "blue-green": {"blueGreen": {"activeService": "it"}},
}
UNTIL_TOLD: Json = {"canary": {"steps": [{"setWeight": 50}, {"pause": {}}]}}


@pytest.fixture
def path(env: Env, operator: Operator, argo_rollouts: Controller) -> str:
    """Where the Rollout of an env is, whose Service is there."""
    del operator, argo_rollouts
    service = {"metadata": {"name": "it"}, "spec": {"selector": {"app": "it"}, "ports": [{"port": 80}]}}
    env.api.create(f"{env.path}/services", service)
    return f"{KINDS['Rollout'].collection(env.name)}/it"


def make(env: Env, strategy: Json, *, replicas: int | None = 3) -> None:
    count = {} if replicas is None else {"replicas": replicas}
    spec = {**count, "selector": {"matchLabels": {"app": "it"}}, "template": TEMPLATE, "strategy": strategy}
    env.api.create(KINDS["Rollout"].collection(env.name), body("Rollout", spec))
    until_healthy(env, replicas or 1)


def until_healthy(env: Env, pods: int) -> None:
    def is_so() -> bool:
        status = found(env.api, "Rollout", env.name).get("status", {})
        return (status.get("phase"), status.get("availableReplicas"), len(env.pods())) == ("Healthy", pods, pods)

    eventually(is_so, what=f"the Rollout is healthy with {pods} pods")


def look(controller: Controller, env: Env, *, times: int = TEN) -> None:
    """Let the controller look at the env's Rollout so many times more."""
    controller.look("Reconciliation completed", f"namespace={env.name}", times=times)


@pytest.mark.parametrize("strategy", STRATEGIES)
@pytest.mark.proves("real controller", kinds=["Rollout"])
def test_a_rollout_sleeps_through_ten_looks_of_its_controller_and_wakes_as_it_was(
    env: Env, path: str, argo_rollouts: Controller, audit: Audit, strategy: str
) -> None:
    """G2, A2, A3: neither its controller nor Sundown writes a thing while it sleeps."""
    make(env, STRATEGIES[strategy])
    before = as_owned(env.api.get(path))
    env.schedule(CHOSEN)
    env.until("Asleep")
    eventually(lambda: env.pods() == [], what="its pods are gone")
    look(argo_rollouts, env, times=2)  # what the evening left to be written is written
    asleep = env.api.get(path)
    audit.forget()
    argo_rollouts.audit.forget()
    look(argo_rollouts, env)
    assert (argo_rollouts.audit.writes(env.name), audit.writes(env.name)) == ([], [])
    assert (env.api.get(path), env.pods()) == (asleep, [])
    env.wish("Awake")
    env.until("Awake")
    until_healthy(env, 3)
    eventually(lambda: as_owned(env.api.get(path)) == before, what="it is as it was")


def test_what_is_released_at_night_is_what_runs_in_the_morning(env: Env, path: str, argo_rollouts: Controller) -> None:
    """A3, W9"""
    make(env, STRATEGIES["canary-in-steps"])
    env.schedule(CHOSEN)
    env.until("Asleep")
    env.api.merge(path, NEWER)
    look(argo_rollouts, env, times=2)
    assert env.pods() == []
    env.wish("Awake")
    env.until("Awake")
    until_healthy(env, 3)
    assert {pod["spec"]["containers"][0]["image"] for pod in env.pods()} == {"registry.example.com/main:2"}


def test_one_without_a_count_wakes_to_what_its_controller_made_of_that(env: Env, path: str) -> None:
    """A3: it writes a 1 where its owner wrote none, by day."""
    make(env, STRATEGIES["canary"], replicas=None)
    before = as_owned(env.api.get(path))
    env.schedule(CHOSEN)
    env.until("Asleep")
    eventually(lambda: env.pods() == [], what="its pods are gone")
    env.wish("Awake")
    env.until("Awake")
    until_healthy(env, 1)
    eventually(lambda: as_owned(env.api.get(path)) == before, what="it is as it was")
    assert before["spec"]["replicas"] == 1


def test_one_that_waits_half_way_for_a_person_is_left_as_it_is(env: Env, path: str, argo_rollouts: Controller) -> None:
    """What its controller says of a pause is what Sundown reads."""
    make(env, UNTIL_TOLD)
    env.api.merge(path, NEWER)
    eventually(lambda: env.api.get(path)["status"].get("phase") == "Paused", what="it waits half way")
    env.schedule(CHOSEN)
    left_running = env.until("Asleep")["stillRunning"]["first"]
    assert [(one["kind"], one["name"], one["why"]) for one in left_running] == [("Rollout", "it", "HeldBack")]
    look(argo_rollouts, env, times=2)
    left = env.api.get(path)
    assert (left["spec"]["replicas"], left["status"]["phase"], of_sundown(left)) == (3, "Paused", [])


def test_the_deployment_that_it_took_over_stays_at_0_in_the_morning(env: Env, path: str, api: Api) -> None:
    """``workloadRef.scaleDown``: by night and by day its pods are the Rollout's."""
    env.add("web", 2)
    reference = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web", "scaleDown": "onsuccess"}
    spec = {"replicas": 2, "workloadRef": reference, "strategy": STRATEGIES["canary"]}
    spec["selector"] = {"matchLabels": {"app": "web"}}
    api.create(path.rpartition("/")[0], body("Rollout", spec))
    eventually(lambda: env.replicas("web") == 0, what="it has taken over")
    until_healthy(env, 2)
    env.schedule({**ASLEEP_FOR_EVER, "workloads": {"kinds": ["Deployment", "Rollout"]}})
    env.until("Asleep")
    eventually(lambda: env.pods() == [], what="its pods are gone")
    env.wish("Awake")
    env.until("Awake")
    until_healthy(env, 2)
    assert (env.replicas("web"), api.get(path)["spec"]["replicas"]) == (0, 2)
