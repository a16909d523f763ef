"""Reports that change nothing: of one env, and of the whole operator."""

from collections.abc import Callable

import pytest

from support.apiserver import eventually
from support.audit import Audit
from support.envs import ASLEEP_FOR_EVER, PLURALS, RECORD, STATE, Env
from support.operators import Operator, Stage

pytestmark = pytest.mark.lab

MAY_WRITE = {"envschedules/status", "clusterenvschedules/status", "events"}


@pytest.fixture
def team(env: Env) -> Env:
    """An env with a Deployment of three, which nobody has put to sleep."""
    env.add("web", 3)
    return env


@pytest.fixture
def onlooker(stage: Stage) -> Operator:
    """An operator that may only report."""
    operator = stage.fresh(SUNDOWN_DRY_RUN="true")
    operator.start()
    return operator


@pytest.mark.proves("dry run", kinds=PLURALS)
def test_a_dry_env_is_reported_and_not_changed(team: Env, operator: Operator, audit: Audit) -> None:
    """G8"""
    team.add("db", 2, kind="StatefulSet")
    team.schedule({**ASLEEP_FOR_EVER, "dryRun": True})
    status = team.until("Awake")
    assert "would be asleep" in status["why"]
    assert team.condition("Ready")[:2] == ("True", "DryRun")
    assert {each.resource for each in audit.writes(team.name)} <= MAY_WRITE
    assert team.counts() == {"Deployment/web": 3, "StatefulSet/db": 2}


def test_a_dry_env_says_what_it_would_save_in_a_week(team: Env, operator: Operator) -> None:
    """G8: three pods of 100m and 256Mi, asleep all 168 hours of the week."""
    eventually(lambda: team.workload("web").get("status", {}).get("readyReplicas") == 3, what="the pods are ready")
    team.schedule({**ASLEEP_FOR_EVER, "dryRun": True})
    savings = team.until("Awake")["savings"]
    assert savings["potentialAsleepHours"] == pytest.approx(168)
    assert savings["potentialCpuHours"] == pytest.approx(168 * 3 * 0.1)
    assert savings["potentialMemoryGibHours"] == pytest.approx(168 * 3 * 0.25)


def test_an_env_falls_asleep_when_its_dry_run_ends(team: Env, operator: Operator) -> None:
    """G8"""
    team.schedule({**ASLEEP_FOR_EVER, "dryRun": True})
    team.until("Awake")
    team.patch({"spec": {"dryRun": False}})
    status = team.until("Asleep")
    assert "potentialAsleepHours" not in status.get("savings", {})
    assert team.replicas("web") == 0


def test_a_dry_operator_writes_nothing_but_its_report(
    make_env: Callable[..., Env], make_default: Callable[..., str], onlooker: Operator, audit: Audit
) -> None:
    """G8"""
    make_default(ASLEEP_FOR_EVER, team="dry")
    covered = make_env({"team": "dry", "scheduler": "enabled"})
    own, orphan = make_env(), make_env({STATE: "asleep"})
    for env in (covered, own, orphan):
        env.add("web", 3)
    orphan.edit("web", {"metadata": {"annotations": {RECORD: "5"}}, "spec": {"replicas": 0}})
    own.schedule(ASLEEP_FOR_EVER)
    status = own.until("Awake")
    assert "would be asleep" in status["why"]
    assert {each.resource for each in audit.writes()} <= MAY_WRITE
    assert [own.replicas("web"), covered.replicas("web"), orphan.replicas("web")] == [3, 3, 0]
    assert STATE not in own.labels()
    assert covered.api.items(covered.schedules()) == []


def test_a_dry_operator_tells_the_truth_about_an_env_that_sleeps_already(team: Env, stage: Stage) -> None:
    """G8, G9: it wakes nobody, so nobody is waking."""
    stage.usual()
    team.schedule(ASLEEP_FOR_EVER)
    team.until("Asleep")
    operator = stage.fresh(SUNDOWN_DRY_RUN="true")
    operator.start()
    team.patch({"spec": {"dailyReset": "05:00"}})
    assert team.until("Asleep", "Awake", "Waking")["state"] == "Asleep"
    team.wish("Awake")
    status = team.until("Asleep", "Awake", "Waking")
    assert status["state"] == "Asleep"
    assert "would be awake" in status["why"]
    assert team.replicas("web") == 0
