"""An env whose schedule cannot be read any more: people wake it, and nothing puts it to sleep (fault W10, A15)."""

import pytest

from support.apiserver import Json, eventually
from support.commandline import Sundown
from support.envs import ALWAYS_AWAKE, ASLEEP_FOR_EVER, Env
from support.operators import Operator, Stage
from support.unreadable import UNREADABLE

pytestmark = pytest.mark.lab


@pytest.fixture(scope="module", autouse=True)
def operator(stage: Stage) -> Operator:
    """An operator that runs."""
    return stage.usual()


@pytest.fixture
def team(env: Env) -> Env:
    """An env of 3 and 2 replicas."""
    env.add("web", 3)
    env.add("db", 2, kind="StatefulSet")
    return env


def asleep_and_unreadable(team: Env, spec: Json) -> Env:
    team.schedule(ASLEEP_FOR_EVER)
    team.until("Asleep")
    team.patch({"spec": spec})
    team.until_condition("Ready", "False", "InvalidSpec")
    return team


BROKEN = pytest.mark.parametrize("spec", UNREADABLE.values(), ids=list(UNREADABLE))
ALL_UP = {"Deployment/web": 3, "StatefulSet/db": 2}


@BROKEN
def test_start_wakes_it_and_says_that_its_schedule_cannot_be_read(sundown: Sundown, team: Env, spec: Json) -> None:
    """W10"""
    asleep_and_unreadable(team, spec)
    called = sundown("start", team.name, "--wait", "--timeout", "60s")
    assert (called.code, called.err.count("error")) == (0, 0), called
    assert team.counts() == ALL_UP
    status, reason, message = team.condition("Ready")
    assert (status, reason) == ("False", "InvalidSpec")
    assert "it is to be awake all the same, because" in message
    told = sundown("why", team.name).out
    assert message in told
    assert "InvalidSpec" in told


@BROKEN
def test_so_does_a_patch_of_the_override(team: Env, spec: Json) -> None:
    """W10"""
    asleep_and_unreadable(team, spec)
    team.wish("Awake")
    team.until("Awake")
    assert team.counts() == ALL_UP
    assert team.status().get("nextTransition") is None


def test_it_stays_awake_until_the_schedule_is_mended_and_then_follows_it(sundown: Sundown, team: Env) -> None:
    """W10: no stop by an unreadable spec."""
    asleep_and_unreadable(team, {"timeZone": "Mars/Olympus_Mons"})
    assert sundown("start", team.name, "--wait", "--timeout", "60s").code == 0
    refused = sundown("stop", team.name)
    assert refused.code == 1
    assert "spec.timeZone: " in refused.err
    team.wish("Asleep")
    team.until_condition("Ready", "False", "InvalidSpec")
    eventually(lambda: "all the same" not in team.condition("Ready")[2], what="the wish to wake is gone")
    assert team.counts() == ALL_UP
    team.patch({"spec": {"timeZone": "Europe/Berlin"}})
    team.until("Asleep")
    team.wish("Awake")
    team.until("Awake")
    assert team.condition("Ready")[:2] == ("True", "Scheduled")


@BROKEN
def test_an_env_that_is_awake_stays_so(team: Env, spec: Json) -> None:
    """W10"""
    team.schedule(ALWAYS_AWAKE)
    team.until("Awake")
    team.patch({"spec": {**spec, "awake": [], "override": {"state": "Asleep"}}})
    team.until_condition("Ready", "False", "InvalidSpec")
    assert team.counts() == ALL_UP


def test_disabling_its_namespace_wakes_it(team: Env) -> None:
    """A15"""
    asleep_and_unreadable(team, {"holidays": {"country": "XX"}})
    team.label(scheduler="disabled")
    team.until("Paused")
    assert team.counts() == ALL_UP


def test_a_bad_label_keeps_nobody_from_waking_it(sundown: Sundown, team: Env) -> None:
    """A15"""
    team.schedule(ASLEEP_FOR_EVER)
    team.until("Asleep")
    team.label(scheduler="perhaps")
    team.until_condition("Ready", "False", "InvalidLabel")
    assert sundown("start", team.name, "--wait", "--timeout", "60s").code == 0
    assert team.counts() == ALL_UP


def test_wake_all_wakes_it_too(sundown: Sundown, team: Env) -> None:
    """A15: what is uninstalled leaves nothing asleep."""
    asleep_and_unreadable(team, {"holidays": {"country": "XX"}})
    assert sundown("wake-all", "-n", team.name, "--timeout", "60s").code == 0
    assert team.counts() == ALL_UP


def test_wake_all_that_pauses_wakes_it_too(sundown: Sundown, team: Env) -> None:
    """A15"""
    asleep_and_unreadable(team, {"holidays": {"country": "XX"}})
    assert sundown("wake-all", "-n", team.name, "--pause", "--timeout", "60s").code == 0
    assert team.counts() == ALL_UP
