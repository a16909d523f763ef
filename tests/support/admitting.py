"""Namespaces and schedules as they are written to the API server, and why it refuses them."""

from collections.abc import Callable
from pathlib import Path

import yaml

from support.admissions import MARK, Json
from support.apiserver import Answered
from support.envs import SUNDOWN
from support.operators import HOME

POLICIES = Path(__file__).parents[2] / "deploy" / "components" / "admission"
DEFAULTS = f"{SUNDOWN}/clusterenvschedules"
ZONE_NAMES = f"/api/v1/namespaces/{HOME}/configmaps/sundown-time-zones"
TEMPLATE: Json = {"awake": []}


def shipped() -> list[Json]:
    """Every object of the component with the policies."""
    listed = yaml.safe_load((POLICIES / "kustomization.yaml").read_text())["resources"]
    return [each for name in listed for each in yaml.safe_load_all((POLICIES / name).read_text())]


def refusal_of(call: Callable[[], object]) -> str:
    """Why a request is refused; empty where it is not."""
    try:
        call()
    except Answered as answer:
        return str(answer)
    return ""


def default(zone: str, *, name: str = "probe") -> Json:
    """A ClusterEnvSchedule of that zone, which selects nothing."""
    spec = {"namespaceSelector": {"matchLabels": {MARK: "none"}}, "template": {"timeZone": zone, **TEMPLATE}}
    return {**kind("ClusterEnvSchedule"), "metadata": {"name": name}, "spec": spec}


def namespace_of(name: str, labels: object) -> Json:
    """The namespace of a case."""
    assert isinstance(labels, dict)
    return {"metadata": {"name": name, "labels": {**labels, MARK: name}}}


def kind(name: str) -> Json:
    """The head of an object of ours."""
    return {"apiVersion": "sundown.dev/v1alpha1", "kind": name}
