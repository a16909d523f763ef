"""Waking can take minutes: whoever asked for it is told when it has finished, wherever they asked."""

import pytest

from sundown.cluster import reading
from sundown.frontdesk.seal import Seal, vouch
from sundown_lab.slack.remote import Workspace
from support.apiserver import eventually
from support.envs import ASLEEP_FOR_EVER, Env, instant
from support.frontdesk.reminded import all_about, announced, marks, running
from support.frontdesk.saying import words
from support.frontdesks import Counter, Frontdesk
from support.operators import Operator, Stage

pytestmark = [pytest.mark.lab, pytest.mark.usefixtures("operator", "frontdesk")]


@pytest.fixture
def operator(stage: Stage) -> Operator:
    """An operator that runs."""
    return stage.usual()


@pytest.fixture
def sleeping(env: Env) -> Env:
    """An env that sleeps until somebody starts it."""
    running(env)
    env.schedule({**ASLEEP_FOR_EVER, "notify": {"channel": "#dev"}})
    env.until("Asleep")
    return env


def test_a_start_by_command_is_reported_in_the_same_channel_when_everything_is_ready(
    slack: Workspace, sleeping: Env
) -> None:
    """A4 C5"""
    bo = slack.act("bo")
    bo.command(f"start {sleeping.name}", channel="#general")
    report = announced(slack, sleeping, "is awake again", "everything is ready, it took", channel="#general")
    assert f"<@{bo.id}>" in words(report)
    assert sleeping.status()["parts"]["ready"] == 1
    assert report["metadata"]["event_payload"]["action"] == "ready"
    eventually(lambda: '"waiting"' not in marks(sleeping), what="nobody waits any more")


def test_a_start_where_the_app_cannot_write_is_reported_to_the_person(slack: Workspace, sleeping: Env) -> None:
    """C5"""
    slack.load({"channels": [{"name": "dev"}, {"name": "private", "bot": False}]})
    slack.act("bo").command(f"start {sleeping.name}", channel="#private")
    announced(slack, sleeping, "is awake again", channel="@bo")


def test_nobody_is_told_that_an_env_is_awake_which_was_so_before(slack: Workspace, env: Env) -> None:
    """A4"""
    running(env)
    env.schedule({**ASLEEP_FOR_EVER, "override": {"state": "Awake"}, "notify": {"channel": "#dev"}})
    since = env.until("Awake")["since"]
    eventually(lambda: instant() > since, what="it has been awake for a second")
    slack.act("bo").command(f"snooze {env.name} for 3h", channel="#dev")
    slack.wait_for_message(lambda message: env.name in words(message), channel="#dev")
    env.until("Awake")
    assert '"waiting"' not in marks(env)
    assert [one for one in all_about(slack, env) if "awake again" in words(one)] == []


def vouched_for(slack: Workspace, env: Env) -> None:
    """As the frontdesk writes it with the wish (S6)."""
    known = reading.env_schedule(env.api.get(env.schedules("default")))
    assert known.schedule is not None
    assert known.schedule.spec.override is not None
    seal = Seal(slack.environment["SLACK_BOT_TOKEN"], cluster="default")
    annotations = vouch(seal, known.metadata, known.schedule.spec.override)
    env.patch({"metadata": {"annotations": annotations}})


def test_a_frontdesk_that_ended_before_it_noted_who_waits_finds_out_by_the_schedule(
    slack: Workspace, counter: Counter, frontdesk: Frontdesk, sleeping: Env
) -> None:
    """A4 C5: nothing forgotten."""
    assert frontdesk.runs
    counter.clear()
    sleeping.wish("Awake", at=instant(), by="chen@example.com", via="slack")
    vouched_for(slack, sleeping)
    sleeping.until("Awake")
    counter.usual(slack)
    announced(slack, sleeping, "is awake again", channel="@chen")
