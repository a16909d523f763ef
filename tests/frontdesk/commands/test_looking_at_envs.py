"""status and why, as the operator's word changes: every state has its name."""

from collections.abc import Callable

import pytest

from sundown_lab.slack.remote import Workspace
from support.apiserver import eventually
from support.envs import ALWAYS_AWAKE, ASLEEP_FOR_EVER, Env
from support.frontdesk.saying import answer_to, buttons, words
from support.frontdesks import Frontdesk, both_ways
from support.operators import Operator, Stage

pytestmark = [pytest.mark.lab, pytest.mark.usefixtures("frontdesk")]


@pytest.fixture
def operator(stage: Stage) -> Operator:
    """An operator that runs."""
    return stage.usual()


def asked_until(slack: Workspace, text: str, command: str, *, who: str = "ana") -> str:
    """The answer, once it has that text in it: what the frontdesk knows comes by a watch."""
    person = slack.act(who)
    return eventually(
        lambda: next((said for said in [words(answer_to(person, command))] if text in said), None),
        what=f"{command} says {text!r}",
    )


@both_ways
def test_status_tells_what_is_asleep_and_what_it_wakes_to(slack: Workspace, operator: Operator, env: Env) -> None:
    """D3"""
    env.add("web", 3)
    env.add("db", 1, kind="StatefulSet")
    env.annotate(**{"sundown.dev/url": "https://dev1.example.com", "email": "bo@example.com"})
    env.schedule(ASLEEP_FOR_EVER)
    env.until("Asleep")
    said = asked_until(slack, "is asleep", f"status {env.name}")
    assert "Deployment/web asleep, wakes to 3" in said
    assert "StatefulSet/db asleep, wakes to 1" in said
    assert "<https://dev1.example.com|https://dev1.example.com>" in said
    assert "Next: nothing is scheduled" in said


def test_status_and_why_tell_what_still_runs(slack: Workspace, operator: Operator, env: Env) -> None:
    """X11 A20"""
    env.add("web", 1)
    env.add("kept", 1, annotations={"sundown.dev/exclude": "true"})
    eventually(lambda: len(env.pods()) == 2, what="pods are there")
    env.schedule(ASLEEP_FOR_EVER)
    env.until("Asleep")
    told = "Still running: 1 pod: Deployment/kept (excluded)"
    asked_until(slack, told, f"status {env.name}")
    asked_until(slack, told, f"why {env.name}")


def test_status_tells_what_is_awake_and_ready(slack: Workspace, operator: Operator, env: Env) -> None:
    """D3"""
    env.add("web", 2)
    env.schedule(ALWAYS_AWAKE)
    env.until("Awake")
    asked_until(slack, "is awake", f"status {env.name}")
    asked_until(slack, "Deployment/web 2 of 2 ready", f"status {env.name}")
    assert buttons(answer_to(slack.act("ana"), f"status {env.name}")) == ["sundown.suspend"]


def test_status_tells_of_waking_and_of_what_does_not_get_ready(slack: Workspace, operator: Operator, env: Env) -> None:
    """D3"""
    env.add("web", 1)
    env.add("sick", 1, pod={"lab.sundown.dev/fault": "Error"})
    env.schedule({**ASLEEP_FOR_EVER, "waves": {"timeout": "5s"}})
    env.until("Asleep")
    env.wish("Awake")
    asked_until(slack, "is waking", f"status {env.name}")
    said = asked_until(slack, "is awake, degraded", f"status {env.name}")
    assert "Not well: PartsNotReady" in said
    assert "Deployment/sick 0 of 1 ready" in said
    assert "Hanging: Deployment/sick: 0 of 1 ready" in words(answer_to(slack.act("ana"), f"why {env.name}"))


def test_a_paused_env_is_said_to_be_paused_and_offers_nothing(slack: Workspace, operator: Operator, env: Env) -> None:
    """D3"""
    env.schedule({**ALWAYS_AWAKE, "paused": True})
    env.until("Paused")
    asked_until(slack, "is paused", f"status {env.name}")
    answer = answer_to(slack.act("ana"), f"status {env.name}")
    assert buttons(answer) == []
    assert f"{env.name}: it is paused (spec.paused is true)" in words(answer_to(slack.act("ana"), f"stop {env.name}"))


def test_a_namespace_without_a_schedule_is_no_env(slack: Workspace, frontdesk: Frontdesk, env: Env) -> None:
    """D3"""
    said = words(answer_to(slack.act("ana"), f"status {env.name}"))
    assert f'No environment "{env.name}": the namespace has no EnvSchedule' in said


@both_ways
def test_why_names_who_did_it_when_and_what_was_before(slack: Workspace, operator: Operator, env: Env) -> None:
    """D7"""
    env.add("web", 1)
    env.schedule(ALWAYS_AWAKE)
    env.until("Awake")
    answer_to(slack.act("bo"), f"stop {env.name} because the demo is over")
    env.until("Asleep")
    said = asked_until(slack, "is asleep", f"why {env.name}")
    assert "asked for by bo@example.com via slack (unverified): the demo is over" in said
    assert "Who: bo@example.com" in said
    assert "Owner: nobody" in said
    assert "Schedule: EnvSchedule default" in said
    assert "asleep by bo@example.com" in said


def test_an_owner_cannot_mention_everybody(slack: Workspace, operator: Operator, env: Env) -> None:
    """Bad input: markup in the names of owners."""
    env.annotate(email="<!here> *loud*")
    env.schedule(ALWAYS_AWAKE)
    env.until("Awake")
    said = asked_until(slack, "Owner: &lt;!here&gt;", f"why {env.name}")
    assert "<!here>" not in said
    assert "<!here>" not in words(answer_to(slack.act("ana"), "list"))


def test_times_are_told_on_the_clock_of_who_asks(slack: Workspace, operator: Operator, env: Env) -> None:
    env.schedule(ASLEEP_FOR_EVER)
    env.until("Asleep")
    env.wish("Awake", until="2099-06-01T12:00:00Z")
    assert "2099-06-01 14:00" in asked_until(slack, "2099", f"status {env.name}", who="ana")  # Berlin
    assert "2099-06-01 17:30" in asked_until(slack, "2099", f"status {env.name}", who="chen")  # Kolkata


def test_waking_from_slack_wakes_the_workloads(
    slack: Workspace, operator: Operator, make_env: Callable[..., Env]
) -> None:
    """C6: from the command to pods that are ready, without leaving Slack"""
    env = make_env()
    env.add("web", 2)
    env.schedule(ASLEEP_FOR_EVER)
    env.until("Asleep")
    said = asked_until(slack, "is asleep", f"status {env.name}")
    assert "wakes to 2" in said
    assert f"{env.name} is waking: awake until further notice" in words(
        answer_to(slack.act("ana"), f"start {env.name}")
    )
    env.until("Awake")
    env.until_count("web", 2)
