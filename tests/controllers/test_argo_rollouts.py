"""Argo Rollouts' own controller lets a Rollout sleep, and brings it back (G2, G5; issue 12: proven against the real thing)."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from sundown_lab.cluster import Cluster
from support.apiserver import Api, Json, eventually
from support.audit import Audit
from support.catalogued import KINDS, as_owned, body, found, of_sundown
from support.controllers import TEN, Controller
from support.envs import ASLEEP_FOR_EVER, Env
from support.held_kinds import held
from support.operators import Operator, Stage
from support.other_tools import editor

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


@pytest.fixture(scope="module")
def with_policy(argo_rollouts: Controller, api: Api, control_plane: Cluster, stage: Stage) -> Iterator[None]:
    """The policy that keeps Rollouts asleep, for the rest of this file."""
    del argo_rollouts
    with held(stage, api, control_plane, "Rollout"):
        yield


def manifests(**counts: int) -> str:
    """Rollouts of these names, as people apply them."""
    items = []
    for name, count in counts.items():
        labels = {"app": name}
        template = {**TEMPLATE, "metadata": {"labels": labels}}
        spec = {
            "replicas": count,
            "selector": {"matchLabels": labels},
            "template": template,
            "strategy": {"canary": {}},
        }
        items.append(body("Rollout", spec, name=name))
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": items})


def rollouts(env: Env) -> dict[str, Json]:
    """All of an env, by name."""
    return {raw["metadata"]["name"]: raw for raw in env.api.items(KINDS["Rollout"].collection(env.name))}


def asked(env: Env) -> dict[str, int]:
    """The count that each Rollout of an env is asked to have."""
    return {name: raw["spec"]["replicas"] for name, raw in rollouts(env).items()}


def available(env: Env) -> dict[str, int]:
    """The count that each has."""
    return {name: raw.get("status", {}).get("availableReplicas", 0) for name, raw in rollouts(env).items()}


@pytest.mark.proves("real controller", kinds=["Rollout"])
@pytest.mark.proves("holds", kinds=["Rollout"], against=["its own controller", "kubectl apply", "kubectl edit"])
@pytest.mark.proves("again", kinds=["Rollout"], against="kubectl scale")
def test_with_its_policy_what_is_asked_for_at_night_waits_for_the_morning(
    with_policy: None,
    env: Env,
    operator: Operator,
    argo_rollouts: Controller,
    stage: Stage,
    control_plane: Cluster,
    audit: Audit,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """G1, A18, A16: by an operator, too, that is killed in the night and dead while somebody asks."""
    del with_policy
    evening = {"applied": 2, "edited": 2, "scaled": 2}
    control_plane.kubectl("apply", "-n", env.name, "-f", "-", input=manifests(**evening))
    eventually(lambda: available(env) == evening, what="they run")
    before = {name: as_owned(raw)["spec"] for name, raw in rollouts(env).items()}
    env.schedule(CHOSEN)
    env.until("Asleep")
    eventually(lambda: env.pods() == [], what="their pods are gone")
    pods = env.api.get(f"{env.path}/pods")["metadata"]["resourceVersion"]
    control_plane.kubectl("scale", "-n", env.name, "rollout/scaled", "--replicas=3")
    control_plane.kubectl("apply", "-n", env.name, "-f", "-", input=manifests(applied=5))
    eventually(lambda: asked(env)["scaled"] == 0, what="what was scaled sleeps again")
    eventually(lambda: env.pods() == [], what="its pods are gone")
    look(argo_rollouts, env, times=2 * len(evening))  # what that left to be written is written
    audit.forget()
    argo_rollouts.audit.forget()
    look(argo_rollouts, env, times=TEN * len(evening))
    assert (argo_rollouts.audit.writes(env.name), audit.rewrites(env.name)) == ([], [])
    operator.kill()
    monkeypatch.setenv("KUBE_EDITOR", editor(tmp_path, "s/^  replicas: 0$/  replicas: 4/"))
    control_plane.kubectl("edit", "-n", env.name, "rollout/edited")
    assert asked(env) == dict.fromkeys(evening, 0)
    made = {raw["metadata"]["labels"]["app"] for raw in env.api.since(f"{env.path}/pods", pods)}
    assert made <= {"scaled"}
    stage.usual()
    env.wish("Awake")
    env.until("Awake")
    morning = {"applied": 5, "edited": 4, "scaled": 3}
    eventually(lambda: available(env) == morning, what="they run as was asked")
    for name, raw in rollouts(env).items():
        assert (as_owned(raw)["spec"], of_sundown(raw)) == ({**before[name], "replicas": morning[name]}, [])
