"""A wave is gone when its pods are (fault W7)."""

import pytest

from support.apiserver import Api, eventually
from support.envs import ASLEEP_FOR_EVER, Env, manifest
from support.operators import Operator

pytestmark = [pytest.mark.lab, pytest.mark.usefixtures("with_and_without_policies")]


def test_who_is_called_stays_until_the_last_pod_of_who_calls_is_gone(env: Env, operator: Operator, api: Api) -> None:
    """W7, G3: and "Asleep" is said when all pods are gone."""
    for kind, name in (("Deployment", "api"), ("StatefulSet", "db")):
        body = manifest(kind, name, 2)
        body["spec"]["template"]["metadata"]["finalizers"] = ["example.com/drain"]
        api.create(env.collection(kind), body)
    env.schedule(ASLEEP_FOR_EVER)
    env.until_count("api", 0)
    eventually(lambda: len(leaving(env)) == 2, what="its pods are on their way out")
    env.wish("Asleep", reason="have a look")
    env.until("FallingAsleep")
    assert env.replicas("db", kind="StatefulSet") == 2
    drain(env)
    env.until_count("db", 0, kind="StatefulSet")
    eventually(lambda: leaving(env), what="its pods are on their way out")
    assert env.status()["state"] == "FallingAsleep"

    def sleeps_once_drained() -> bool:
        drain(env)
        return bool(env.status()["state"] == "Asleep")

    eventually(sleeps_once_drained, what="it sleeps")


def leaving(env: Env) -> list[str]:
    pods = env.api.items(f"{env.path}/pods")
    return [pod["metadata"]["name"] for pod in pods if "deletionTimestamp" in pod["metadata"]]


def drain(env: Env) -> None:
    """Let the pods go that wait for it."""
    for name in leaving(env):
        env.api.merge(f"{env.path}/pods/{name}", {"metadata": {"finalizers": None}})
