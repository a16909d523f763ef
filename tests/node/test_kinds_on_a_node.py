"""Kinds that sleep by a patch, with real containers: their pods end, and others come in the morning (G2)."""

import copy
import json
from collections.abc import Callable, Iterator

import pytest

from sundown_lab.node import cgroups
from sundown_lab.slack.remote import Workspace
from support.apiserver import Json, eventually
from support.catalogued import KINDS, SAMPLES, body
from support.commandline import Sundown
from support.controllers import Built, Controller, argo_rollouts
from support.envs import ALWAYS_AWAKE, Env, instant
from support.node.real_envs import RealEnv
from support.nodes import Ground, Installation, Node, really

pytestmark = pytest.mark.node

CHOSEN = ("CronJob", "DaemonSet", "Rollout")


@pytest.fixture(scope="module")
def rollouts(machine: Node, built: Built, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Controller]:
    """Argo Rollouts' own controller; those of the other kinds are Kubernetes'."""
    directory = tmp_path_factory.mktemp("argo-rollouts")
    with argo_rollouts(machine.control_plane, built("rollouts-controller"), directory) as controller:
        yield controller


@pytest.fixture
def installed(rollouts: Controller, ground: Ground, slack_of_pods: Workspace) -> Installation:
    """Sundown with the rights on these kinds."""
    del rollouts
    return ground.install("kinds/cronjob", "kinds/daemonset", "kinds/argo-rollout", slack=slack_of_pods.environment)


@pytest.fixture
def env(installed: Installation, make_env: Callable[..., Env]) -> Env:
    """One that is always awake, unless somebody says otherwise."""
    del installed
    one = make_env(labels={"scheduler": "enabled"})
    one.schedule({**ALWAYS_AWAKE, "workloads": {"kinds": list(CHOSEN)}})
    return one


def create(env: Env, kind: str, spec: Json) -> str:
    """An object of that kind; its path."""
    env.api.create(KINDS[kind].collection(env.name), body(kind, spec))
    return f"{KINDS[kind].collection(env.name)}/it"


def sample(kind: str) -> Json:
    return copy.deepcopy(SAMPLES[kind].spec)


def test_containers_of_a_daemon_set_and_of_a_rollout_end_at_night(env: Env, node: Node, sundown: Sundown) -> None:
    """G2, A3: one on the only node that is real, and two."""
    create(env, "DaemonSet", really({"spec": sample("DaemonSet")})["spec"])
    create(env, "Rollout", {**really({"spec": sample("Rollout")})["spec"], "replicas": 2, "strategy": {"canary": {}}})
    real = RealEnv(env, node.control_plane)
    was = real.awake()
    sundown("stop", env.name)
    eventually(lambda: not any(cgroups.processes(one) for one in was), what="its containers are gone")
    env.until("Asleep")
    sundown("start", env.name)
    assert not set(real.awake()) & set(was)


def test_a_cron_job_that_came_due_at_night_runs_as_a_container_in_the_morning(
    env: Env, node: Node, sundown: Sundown
) -> None:
    """G2: what was missed in an hour runs once."""
    jobs = sample("CronJob")["jobTemplate"]
    pod = really(jobs)["spec"]["template"]["spec"]
    pod["containers"][0]["command"] = ["sh", "-c", "echo good morning"]
    path = create(env, "CronJob", {"schedule": "0 0 29 2 *", "jobTemplate": jobs})
    sundown("stop", env.name)
    env.until("Asleep")
    env.api.merge(path, {"spec": {"schedule": "* * * * *"}})
    env.api.merge(f"{path}/status", {"status": {"lastScheduleTime": instant(hours=-1)}})
    assert env.pods() == []
    sundown("start", env.name)

    def done() -> list[str]:
        return [pod["metadata"]["name"] for pod in env.pods() if pod["status"].get("phase") == "Succeeded"]

    first = eventually(done, what="what was missed has run")[0]
    logs = node.control_plane.kubectl("-n", env.name, "logs", first).stdout
    assert logs == "good morning\n"
    found = json.loads(node.control_plane.kubectl("-n", env.name, "get", "cronjob", "it", "-o", "json").stdout)
    assert "suspend" not in found["spec"] or found["spec"]["suspend"] is False
