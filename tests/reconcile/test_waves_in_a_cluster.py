"""Waves as the API server saw them: which workload was written when, and what of the others was there by then."""

from collections.abc import Callable

import pytest

from support.apiserver import Json, eventually
from support.envs import ALWAYS_AWAKE, ASLEEP_FOR_EVER, Env
from support.operators import Operator, Stage

pytestmark = pytest.mark.lab

WAVE = "sundown.dev/wave"


def ready_after(span: str | None) -> Json:
    """The patch after which new pods take so long, in the lab, to get ready."""
    return {"spec": {"template": {"metadata": {"annotations": {"lab.sundown.dev/ready-after": span}}}}}


def now(env: Env) -> str:
    """The version of everything at this moment."""
    return str(env.api.get(env.collection("Deployment"))["metadata"]["resourceVersion"])


def first(env: Env, title: str, since: str, holds: Callable[[Json], bool]) -> int:
    """The first version of a workload after ``since`` that is as described; versions count over all objects."""
    kind, name = title.split("/")
    versions = env.api.since(env.collection(kind), since)
    found = [one for one in versions if one["metadata"]["name"] == name and holds(one)]
    assert found, f"{title} never was"
    return int(found[0]["metadata"]["resourceVersion"])


def runs(found: Json) -> bool:
    return bool(found["spec"]["replicas"])


def is_ready(found: Json) -> bool:
    return runs(found) and found["status"].get("readyReplicas") == found["spec"]["replicas"]


def is_at_zero(found: Json) -> bool:
    return not runs(found) and not found["status"].get("replicas")


@pytest.fixture
def team(env: Env) -> Env:
    """An env of a Deployment and a StatefulSet whose pods take their time."""
    env.add("web", 2)
    env.add("db", 2, kind="StatefulSet", pod={"lab.sundown.dev/ready-after": "1s"})
    return env


@pytest.fixture
def asleep(team: Env, operator: Operator) -> Env:
    """The same, asleep."""
    team.schedule(ASLEEP_FOR_EVER)
    team.until("Asleep")
    return team


def test_no_deployment_is_woken_before_the_statefulsets_are_ready(asleep: Env) -> None:
    """G3"""
    began = now(asleep)
    asleep.wish("Awake")
    asleep.until("Awake")
    assert first(asleep, "StatefulSet/db", began, is_ready) < first(asleep, "Deployment/web", began, runs)


def test_no_statefulset_is_put_to_sleep_before_the_deployments_are_gone(team: Env, operator: Operator) -> None:
    """G3"""
    team.schedule(ALWAYS_AWAKE)
    team.until("Awake")
    began = now(team)
    team.wish("Asleep")
    team.until("Asleep")
    written = first(team, "StatefulSet/db", began, lambda found: not runs(found))
    assert first(team, "Deployment/web", began, is_at_zero) < written


def test_the_annotation_says_another_wave(asleep: Env) -> None:
    """G3"""
    asleep.edit("web", {"metadata": {"annotations": {WAVE: "-1"}}})
    began = now(asleep)
    asleep.wish("Awake")
    asleep.until("Awake")
    assert first(asleep, "Deployment/web", began, is_ready) < first(asleep, "StatefulSet/db", began, runs)


def test_a_wave_that_cannot_be_read_is_reported_and_the_usual_one_counts(asleep: Env) -> None:
    """G3, Z (one malformed annotation)"""
    asleep.edit("web", {"metadata": {"annotations": {WAVE: "first"}}})
    began = now(asleep)
    asleep.wish("Awake")
    message = asleep.until_condition("Degraded", "True", "InvalidAnnotation")
    assert message.startswith(f"Deployment/web: annotation {WAVE}: must be a whole number")
    asleep.until("Awake")
    assert first(asleep, "StatefulSet/db", began, is_ready) < first(asleep, "Deployment/web", began, runs)


def test_a_wave_that_hangs_is_named_while_the_env_goes_on_waking(env: Env, operator: Operator) -> None:
    """G3, E4, Z (an unhealthy part blocks all others from waking)"""
    env.add("sick", 1, kind="StatefulSet", pod={"lab.sundown.dev/fault": "Error"})
    env.add("slow", 1, pod={"lab.sundown.dev/ready-after": "1h"})
    env.schedule({**ASLEEP_FOR_EVER, "waves": {"timeout": "3s"}})
    env.until("Asleep")
    env.wish("Awake")
    assert "StatefulSet/sick" in env.until_condition("Degraded", "True", "PartsNotReady")
    env.until_count("slow", 1)
    env.until("Awake")
    assert "Deployment/slow" in env.condition("Degraded")[2]


def test_an_operator_that_is_killed_between_two_waves_goes_on_where_it_was(team: Env, stage: Stage) -> None:
    """G3, A16"""
    operator = stage.fresh()
    operator.start()
    team.edit("db", ready_after("1h"), kind="StatefulSet")
    team.schedule(ASLEEP_FOR_EVER)
    team.until("Asleep")
    team.wish("Awake")
    team.until("Waking")
    team.until_count("db", 2, kind="StatefulSet")
    operator.kill()
    assert team.counts() == {"StatefulSet/db": 2, "Deployment/web": 0}
    team.edit("db", ready_after(None), kind="StatefulSet")
    db = f"{team.collection('StatefulSet')}/db"
    eventually(lambda: is_ready(team.api.get(db)), what="the StatefulSet is ready")
    assert team.replicas("web") == 0
    operator.start()
    team.until("Awake")
    assert team.counts() == {"StatefulSet/db": 2, "Deployment/web": 2}
