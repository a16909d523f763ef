"""Pods that do not come: the env says so, and nobody else waits for them."""

import pytest

from support.apiserver import Json, eventually
from support.envs import ALWAYS_AWAKE, ASLEEP_FOR_EVER, Env
from support.operators import Operator

pytestmark = pytest.mark.lab

IN_TWO_SECONDS: Json = {"waves": {"timeout": "2s"}}
CRASHES = {"lab.sundown.dev/fault": "Error"}


@pytest.fixture
def team(env: Env, operator: Operator) -> Env:
    """An env with a healthy Deployment and StatefulSet."""
    env.add("web", 2)
    env.add("db", 2, kind="StatefulSet")
    return env


def pod_template(annotations: Json) -> Json:
    return {"spec": {"template": {"metadata": {"annotations": annotations}}}}


def test_one_that_never_gets_ready_degrades_the_env_and_holds_nobody_up(team: Env) -> None:
    """E4, Z (an unhealthy part blocks all others from waking)"""
    team.add("sick", 1, kind="StatefulSet", pod=CRASHES)
    team.schedule({**ASLEEP_FOR_EVER, **IN_TWO_SECONDS})
    team.until("Asleep")
    team.wish("Awake")
    message = team.until_condition("Degraded", "True", "PartsNotReady")
    assert "StatefulSet/sick" in message
    status = team.until("Awake")
    assert status["parts"] == {"total": 3, "asleep": 0, "ready": 2}
    assert team.counts() == {"Deployment/web": 2, "StatefulSet/db": 2, "StatefulSet/sick": 1}


def test_the_env_is_well_again_when_its_sick_part_is(team: Env) -> None:
    """G3"""
    team.add("sick", 1, pod=CRASHES)
    team.schedule({**ASLEEP_FOR_EVER, **IN_TWO_SECONDS})
    team.until("Asleep")
    team.wish("Awake")
    team.until_condition("Degraded", "True", "PartsNotReady")
    team.edit("sick", pod_template({"lab.sundown.dev/fault": None}))
    eventually(lambda: team.condition("Degraded")[0] == "False", what="all is well")


def test_what_is_sick_before_the_night_does_not_degrade_the_day(team: Env) -> None:
    """I1: somebody else's alert."""
    team.add("sick", 1, pod=CRASHES)
    team.schedule(ALWAYS_AWAKE)
    team.until("Awake")
    assert team.condition("Degraded")[0] == "False"
