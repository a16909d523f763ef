"""A policy that goes while the operator relies on it: the answer to the next write tells, and the other way is taken."""

import pytest

from support.apiserver import Json, eventually
from support.envs import ALWAYS_AWAKE, Env, manifest
from support.operators import Operator, Stage
from support.policies import Policies

pytestmark = pytest.mark.lab


@pytest.fixture
def operator(stage: Stage, policies: Policies) -> Operator:
    """An operator that has seen the policies in force, and looks again in ten minutes."""
    policies.install()
    one = stage.fresh()
    one.start()
    assert "policies: in force" in one.probe("/readyz")[1]
    return one


@pytest.fixture
def team(env: Env, operator: Operator) -> Env:
    """An env with a Deployment that somebody applies, awake."""
    env.api.apply(f"{env.collection('Deployment')}/web", manifest("Deployment", "web", 3), manager="helm")
    env.schedule(ALWAYS_AWAKE)
    env.until("Awake")
    return env


def notes(env: Env) -> list[str]:
    return [key for key in env.workload("web")["metadata"].get("annotations", {}) if key.startswith("sundown.dev/")]


def owners(env: Env) -> set[str]:
    entries: list[Json] = env.workload("web")["metadata"]["managedFields"]
    return {each["manager"] for each in entries if "f:replicas" in each["fieldsV1"].get("f:spec", {})}


@pytest.mark.parametrize("when", ["in the evening", "at night"])
def test_the_night_goes_on_without_them(operator: Operator, policies: Policies, team: Env, when: str) -> None:
    """Issue 9, W6: nobody's field is taken either way, nothing of it stays, and it is said."""
    if when == "in the evening":
        policies.remove()
    team.wish("Asleep")
    team.until("Asleep")
    assert (team.replicas("web"), team.record("web")) == (0, "3")
    if when == "at night":
        policies.remove()
    team.wish("Awake")
    team.until("Awake")
    assert team.replicas("web") == 3
    eventually(lambda: notes(team) == [], what="nothing of Sundown's is left")
    assert owners(team) == {"helm"}
    status, text = operator.probe("/readyz")
    assert (status, "they did nothing when they should have" in text) == (200, True)
    assert 'sundown_policies{state="idle"} 1.0' in operator.probe("/metrics")[1]
