"""Resume in Slack, where the env's schedule cannot be read any more (fault W10)."""

import pytest

from sundown_lab.slack.remote import Workspace
from support.envs import ASLEEP_FOR_EVER, Env
from support.frontdesk.reminded import announced, running, stopping
from support.frontdesk.saying import answer_to, buttons, words
from support.frontdesks import both_ways
from support.operators import Operator, Stage

pytestmark = [pytest.mark.lab, both_ways, pytest.mark.usefixtures("operator", "frontdesk")]


@pytest.fixture
def operator(stage: Stage) -> Operator:
    """An operator that runs."""
    return stage.usual()


def spoil(env: Env) -> None:
    env.patch({"spec": {"holidays": {"country": "DE", "subdivision": "Preussen"}}})
    env.until_condition("Ready", "False", "InvalidSpec")


def test_the_resume_button_of_an_older_message_wakes_it(slack: Workspace, env: Env) -> None:
    """W10 C5"""
    running(env)
    stopping(env)
    slack.act("bo").click(announced(slack, env, "stops"), "sundown.suspend")
    asleep = announced(slack, env, "is asleep")
    env.until("Asleep")
    spoil(env)
    slack.act("chen").click(asleep, "sundown.resume")
    announced(slack, env, "is awake again", "everything is ready, it took")
    assert env.replicas("web") == 1
    assert "chen@example.com asked for it via slack" in env.condition("Ready")[2]


def test_start_wakes_it_and_status_offers_to(slack: Workspace, env: Env) -> None:
    """W10 D2 D3"""
    running(env)
    env.schedule(ASLEEP_FOR_EVER)
    env.until("Asleep")
    spoil(env)
    ana = slack.act("ana")
    status = answer_to(ana, f"status {env.name}")
    assert buttons(status) == ["sundown.resume"]
    assert "InvalidSpec" in words(status)
    assert "is waking" in words(answer_to(ana, f"start {env.name}"))
    env.until("Awake")
    assert env.replicas("web") == 1


def test_other_wishes_are_refused_with_the_one_that_is_not(slack: Workspace, env: Env) -> None:
    running(env)
    env.schedule(ASLEEP_FOR_EVER)
    env.until("Asleep")
    spoil(env)
    answer = answer_to(slack.act("ana"), f"snooze {env.name} for 2h")
    assert "start wakes it all the same" in words(answer)
    assert env.replicas("web") == 0
