"""Z (HPA or KEDA fights the sleep): an autoscaler has no say while an env sleeps, and its say again when it wakes."""

import pytest

from support.apiserver import Json, eventually
from support.envs import ASLEEP_FOR_EVER, Env
from support.operators import Operator

pytestmark = pytest.mark.lab


def scaled(env: Env, name: str, *, least: int, most: int) -> str:
    """Have Kubernetes' own autoscaler look after a Deployment; the path of that object."""
    path = f"/apis/autoscaling/v2/namespaces/{env.name}/horizontalpodautoscalers"
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": name}
    spec: Json = {"scaleTargetRef": target, "minReplicas": least, "maxReplicas": most}
    env.api.create(path, {"apiVersion": "autoscaling/v2", "metadata": {"name": name}, "spec": spec})
    return f"{path}/{name}"


def active(env: Env, path: str) -> tuple[str, str]:
    """Status and reason of the autoscaler's condition ScalingActive."""
    conditions = env.api.get(path).get("status", {}).get("conditions", [])
    found: Json = next((each for each in conditions if each["type"] == "ScalingActive"), {})
    return found.get("status", ""), found.get("reason", "")


@pytest.mark.proves("holds", kinds=["Deployment"], against="an autoscaler")
@pytest.mark.proves("real controller", kinds=["HorizontalPodAutoscaler"])
def test_an_autoscaler_of_kubernetes_lets_a_deployment_sleep_and_scales_it_again_by_day(
    env: Env, operator: Operator
) -> None:
    env.add("web", 3)
    autoscaler = scaled(env, "web", least=2, most=5)
    env.schedule(ASLEEP_FOR_EVER)
    env.until("Asleep")
    disabled = ("False", "ScalingDisabled")
    eventually(lambda: active(env, autoscaler) == disabled, what="it stands back")
    assert env.replicas("web") == 0
    env.wish("Awake")
    env.until("Awake")
    assert env.replicas("web") == 3
    eventually(lambda: active(env, autoscaler) != disabled, what="it is at work again")
    assert 2 <= env.replicas("web") <= 5


@pytest.mark.proves("again", kinds=["Deployment"], against="its scale")
def test_what_keda_does_at_night_is_a_wish_for_the_morning(env: Env, operator: Operator) -> None:
    """KEDA wakes a Deployment from zero by its scale subresource; whoever does that while the env sleeps gets it afterwards."""
    env.add("worker", 1)
    env.schedule(ASLEEP_FOR_EVER)
    env.until("Asleep")
    env.scale("worker", 4)
    env.until_count("worker", 0)
    eventually(lambda: env.record("worker") == "4", what="the wish is remembered")
    env.wish("Awake")
    env.until("Awake")
    assert env.replicas("worker") == 4
