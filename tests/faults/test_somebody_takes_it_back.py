"""Somebody takes back what the operator writes beside the workloads: the marks of a namespace, the status (W3, G5)."""

from contextlib import AbstractContextManager

import pytest

from sundown_lab.cluster import Cluster
from support.apiserver import Api, eventually
from support.audit import Audit
from support.envs import ALWAYS_AWAKE, STATE, Env
from support.meddling import meddling
from support.operators import Operator, Stage

pytestmark = pytest.mark.lab

MARKS = {"metadata": {"labels": {STATE: None}, "annotations": {"sundown.dev/asleep-since": None}}}


@pytest.fixture
def operator(stage: Stage) -> Operator:
    """An operator that remembers no fights of other tests."""
    one = stage.fresh()
    one.start()
    return one


@pytest.fixture
def team(env: Env, operator: Operator) -> Env:
    """An env that is awake."""
    env.add("web", 3)
    env.schedule(ALWAYS_AWAKE)
    env.until("Awake")
    return env


def taking_marks_off(cluster: Cluster, env: Env) -> AbstractContextManager[list[int]]:
    """Somebody who looks five times a second."""
    api = Api(cluster.kubeconfig)

    def meddle() -> bool:
        marked = STATE in api.get(env.path)["metadata"].get("labels", {})
        if marked:
            api.merge(f"{env.path}?fieldManager=keeper", MARKS)
        return marked

    return meddling(meddle)


def test_who_takes_the_marks_off_is_told_of_and_the_env_sleeps_and_wakes(
    control_plane: Cluster, team: Env, audit: Audit
) -> None:
    """W9 G5: 145 writes in 40 seconds, and nobody heard of it."""
    with taking_marks_off(control_plane, team) as deeds:
        team.wish("Asleep")
        message = team.until_condition("Degraded", "True", "Fought")
        assert "are taken off the namespace again and again by" in message
        team.until("Asleep")
        assert deeds[0] <= 5
        team.wish("Awake")
        team.until_count("web", 3)
    made = [one for one in audit.writes(team.name) if one.resource == "namespaces" and one.code < 400]
    assert len(made) < 20


def test_a_status_that_somebody_empties_is_written_again(team: Env) -> None:
    """W3: the second place was gone for as long as the process lived."""
    team.wish("Asleep")
    before = team.until("Asleep")
    team.api.merge(f"{team.schedules('default')}/status", {"status": dict.fromkeys(before)})
    eventually(lambda: team.status().get("records") == before["records"], what="the records are back")
    assert team.status()["asleepSince"] == before["asleepSince"]
    team.edit(
        "web", {"metadata": {"annotations": {"sundown.dev/previous-replicas": None, "sundown.dev/asleep-since": None}}}
    )
    team.wish("Awake")
    team.until_count("web", 3)
