"""Kubernetes' own autoscaler with metrics to go by rests while what it scales is asleep, and goes on in the morning (Z, G2).

It looks every second here, as its flag says.
"""

from collections.abc import Iterator

import pytest

from sundown_lab.cluster import Cluster
from support.apiserver import Json, eventually
from support.audit import Audit
from support.controllers import TEN, granted
from support.envs import ASLEEP_FOR_EVER, Env
from support.metrics_api import Metrics
from support.operators import Operator, Stage

pytestmark = pytest.mark.lab

ITS_USER = "system:serviceaccount:kube-system:horizontal-pod-autoscaler"
# Of 100m that each pod requests, so that a load of 200m makes four pods.
HALF: Json = {
    "type": "Resource",
    "resource": {"name": "cpu", "target": {"type": "Utilization", "averageUtilization": 50}},
}


@pytest.fixture(scope="module", autouse=True)
def rights(control_plane: Cluster, stage: Stage) -> Iterator[None]:
    """Autoscalers may be put to sleep: that they are left alone is for another reason."""
    stage.usual()  # installs what the rights are added to
    with granted(control_plane, "horizontalpodautoscaler"):
        yield


@pytest.fixture
def autoscaler(control_plane: Cluster) -> Audit:
    """What it asks of the API server."""
    return Audit(control_plane, user=ITS_USER)


@pytest.fixture
def scaled(env: Env, operator: Operator, metrics: Metrics) -> Env:
    """An env with four pods, where two were asked for, for its autoscaler has made more of them."""
    del operator
    metrics.load[env.name] = 200
    env.add("web", 2)
    at_once = {"stabilizationWindowSeconds": 0}
    spec: Json = {
        "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "web"},
        "minReplicas": 2,
        "maxReplicas": 6,
        "metrics": [HALF],
        "behavior": {"scaleUp": at_once, "scaleDown": at_once},
    }
    env.api.create(autoscalers(env), {"metadata": {"name": "web"}, "spec": spec})
    env.until_count("web", 4)
    return env


def autoscalers(env: Env) -> str:
    return f"/apis/autoscaling/v2/namespaces/{env.name}/horizontalpodautoscalers"


def condition(env: Env, kind: str) -> str:
    """The reason of a condition of the autoscaler."""
    conditions = env.api.get(f"{autoscalers(env)}/web").get("status", {}).get("conditions", [])
    return next((str(each["reason"]) for each in conditions if each["type"] == kind), "")


def look(audit: Audit, env: Env, *, times: int = TEN) -> None:
    """Return when it has looked at the scale so many times more."""
    audit.forget()

    def looks() -> int:
        asked = (each for each in audit.requests() if each.namespace == env.name)
        return sum((each.verb, each.resource) == ("get", "deployments/scale") for each in asked)

    eventually(lambda: looks() >= times, what=f"the autoscaler looks {times} times")


@pytest.mark.parametrize("load", [0, 600], ids=["idle", "busy"])
@pytest.mark.proves("real controller", kinds=["HorizontalPodAutoscaler"])
def test_it_raises_nothing_from_0_and_goes_on_where_it_was(
    scaled: Env, metrics: Metrics, autoscaler: Audit, audit: Audit, load: int
) -> None:
    """Z: whatever it measures at night, neither it nor Sundown writes a thing."""
    before = scaled.api.get(f"{autoscalers(scaled)}/web")["spec"]
    scaled.schedule({**ASLEEP_FOR_EVER, "workloads": {"kinds": ["Deployment", "HorizontalPodAutoscaler"]}})
    scaled.until("Asleep")
    assert scaled.condition("Degraded")[0] == "False"
    eventually(lambda: condition(scaled, "ScalingActive") == "ScalingDisabled", what="it rests")
    metrics.load[scaled.name] = load
    look(autoscaler, scaled, times=2)  # what the evening left to be written is written
    audit.forget()
    look(autoscaler, scaled)
    assert (autoscaler.writes(scaled.name), audit.writes(scaled.name)) == ([], [])
    assert (scaled.replicas("web"), scaled.pods()) == (0, [])
    assert scaled.api.get(f"{autoscalers(scaled)}/web")["spec"] == before
    metrics.load[scaled.name] = 200
    scaled.wish("Awake")
    scaled.until("Awake")
    assert scaled.replicas("web") == 4
    metrics.load[scaled.name] = 300
    scaled.until_count("web", 6)
    metrics.load[scaled.name] = 50
    scaled.until_count("web", 2)
