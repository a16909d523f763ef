"""A DaemonSet with ``OnDelete`` whose pods are of an older template is left running (requirements A18, A20)."""

import pytest

from support.apiserver import Json, eventually
from support.catalogued import KINDS
from support.envs import ASLEEP_FOR_EVER, Env
from support.operators import Operator
from support.other_tools import set_image

pytestmark = pytest.mark.lab


def test_a_night_leaves_its_pods_as_they_are(env: Env, operator: Operator) -> None:
    """A18: they came back of the newest template."""
    del operator
    labels = {"app": "logs"}
    containers = [{"name": "main", "image": "registry.example.com/main:1"}]
    body: Json = {
        "metadata": {"name": "logs"},
        "spec": {
            "selector": {"matchLabels": labels},
            "updateStrategy": {"type": "OnDelete"},
            "template": {
                "metadata": {"labels": labels},
                "spec": {"terminationGracePeriodSeconds": 0, "containers": containers},
            },
        },
    }
    path = KINDS["DaemonSet"].collection(env.name)
    env.add("web", 1)
    env.api.create(path, body)

    def scheduled() -> int:
        return int(env.api.get(f"{path}/logs").get("status", {}).get("numberAvailable", 0))

    eventually(lambda: scheduled() > 0 and len(env.pods()) == scheduled() + 1, what="its pods run")
    before = {pod["metadata"]["uid"] for pod in env.pods() if pod["metadata"]["labels"]["app"] == "logs"}
    env.api.merge(f"{path}/logs", set_image("registry.example.com/main:2"))
    env.schedule({**ASLEEP_FOR_EVER, "workloads": {"kinds": ["Deployment", "DaemonSet"]}})
    left = env.until("Asleep")["stillRunning"]
    assert [(one["kind"], one["name"], one["why"]) for one in left["first"]] == [("DaemonSet", "logs", "HeldBack")]
    env.wish("Awake")
    env.until("Awake")
    assert {pod["metadata"]["uid"] for pod in env.pods() if pod["metadata"]["labels"]["app"] == "logs"} == before
