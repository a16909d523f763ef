"""An env that is asleep says what runs on in it, and why (fault X11, A20)."""

from collections.abc import Callable

import pytest

from support.apiserver import Json, eventually
from support.audit import Audit
from support.envs import ALWAYS_AWAKE, ASLEEP_FOR_EVER, Env
from support.operators import Operator

pytestmark = pytest.mark.lab

POD: Json = {
    "terminationGracePeriodSeconds": 0,
    "containers": [{"name": "main", "image": "registry.example.com/main:1"}],
}


def make(env: Env, group: str, plural: str, name: str, spec: Json) -> None:
    eventually(lambda: env.api.find(f"{env.path}/serviceaccounts/default"), what="pods can be made")
    env.api.create(f"{group}/namespaces/{env.name}/{plural}", {"metadata": {"name": name}, "spec": spec})


def template(name: str, **more: object) -> Json:
    labels = {"app": name}
    return {"metadata": {"labels": labels}, "spec": {**POD, **more}}


def pods_of(env: Env) -> int:
    return sum(pod.get("status", {}).get("phase") == "Running" for pod in env.pods())


@pytest.fixture
def team(env: Env, operator: Operator) -> Env:
    """An env with a Deployment that sleeps, one that is excluded, a DaemonSet, a Job and a bare pod."""
    env.add("web", 2)
    env.add("kept", 2, annotations={"sundown.dev/exclude": "true"})
    selector = {"matchLabels": {"app": "logs"}}
    make(env, "/apis/apps/v1", "daemonsets", "logs", {"selector": selector, "template": template("logs")})
    make(env, "/apis/batch/v1", "jobs", "backup", {"template": template("backup", restartPolicy="Never")})
    make(env, "/api/v1", "pods", "debug", POD)
    eventually(lambda: pods_of(env) >= 6, what="all pods run")
    return env


def test_each_is_named_with_its_owner_and_the_reason_and_forgotten_when_the_env_wakes(team: Env) -> None:
    """X11 A20: a pod of a Deployment is told as the Deployment's."""
    running = {pod["metadata"]["name"] for pod in team.pods()}
    jobs = sum(name.startswith("backup") for name in running)
    team.schedule(ASLEEP_FOR_EVER)
    found = team.until("Asleep")["stillRunning"]
    told = {(f"{one['kind']}/{one['name']}", one["why"]) for one in found["first"]}
    logs = {("DaemonSet/logs", "OtherKind")}
    assert told - {("Job/backup", "OtherKind")} == {("Deployment/kept", "Excluded"), ("Pod/debug", "Unowned")} | logs
    assert found["owners"] == len(told)
    said = next(one["message"] for one in team.status()["conditions"] if one["type"] == "Asleep")
    assert said.startswith(f"still running: {found['pods']} pods: ")
    assert found["pods"] == sum(one["pods"] for one in found["first"])
    assert jobs <= 1
    team.wish("Awake")
    assert "stillRunning" not in team.until("Awake")


def test_nothing_is_said_where_nothing_runs(env: Env, operator: Operator) -> None:
    env.add("web", 1)
    env.schedule(ASLEEP_FOR_EVER)
    assert "stillRunning" not in env.until("Asleep")


def test_pods_are_listed_once_a_sleep(env: Env, operator: Operator, audit: Audit) -> None:
    """Design 10: idle envs cost nothing."""
    env.add("web", 1)
    env.schedule(ALWAYS_AWAKE)
    env.until("Awake")
    assert ("list", "pods") not in audit.rights()
    env.wish("Asleep")
    env.until("Asleep")
    env.annotate(note="something else")
    env.patch({"metadata": {"annotations": {"note": "here too"}}})
    env.wish("Asleep", reason="still")
    env.until("Asleep")
    assert [each for each in audit.requests() if each.resource == "pods"] != []
    assert len([each for each in audit.requests() if each.resource == "pods" and each.namespace == env.name]) == 1


def test_many_envs_that_fall_asleep_together_are_listed_together(
    make_env: Callable[..., Env], operator: Operator, audit: Audit
) -> None:
    """Design 10"""
    envs = [make_env() for _ in range(30)]
    for env in envs:
        env.add("web", 1)
        env.schedule(ALWAYS_AWAKE)
    for env in envs:
        env.until("Awake")
    for env in envs:
        env.wish("Asleep")
    for env in envs:
        env.until("Asleep")
    assert len([each for each in audit.requests() if each.resource == "pods"]) < len(envs) / 2
