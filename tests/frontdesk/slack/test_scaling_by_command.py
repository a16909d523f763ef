"""``scale`` and ``restart``, from what somebody types in Slack to the workload and back."""

from __future__ import annotations

import pytest

from sundown_lab.slack.remote import Workspace
from support.apiserver import eventually
from support.envs import ALWAYS_AWAKE, ASLEEP_FOR_EVER, Env
from support.frontdesk.deletable import shown
from support.frontdesk.saying import answer_to, words
from support.operating import let_operate
from support.operators import Operator, Stage

pytestmark = [pytest.mark.lab, pytest.mark.usefixtures("operator", "frontdesk")]

ANA = "ana@example.com"
RESTARTED_AT = "kubectl.kubernetes.io/restartedAt"


@pytest.fixture
def operator(stage: Stage) -> Operator:
    """An operator that runs."""
    return stage.usual()


@pytest.fixture
def env(env: Env) -> Env:
    """An env with two pods."""
    env.add("web", 2)
    return env


def confirm(slack: Workspace, env: Env, command: str, change: str) -> None:
    """Ask for it as ana, see what would change, and say yes."""
    ana = slack.act("ana")
    ana.command(command)
    proposed = ana.wait_for_message(lambda one: bool(one["metadata"]) and env.name in one["text"], channel="#dev")
    assert change in shown(proposed)
    ana.click(proposed, "sundown.answer.confirm")


def test_a_deployment_is_scaled_when_it_is_confirmed(slack: Workspace, env: Env) -> None:
    """I4, I6: what changes is shown before, and nothing happens until then."""
    let_operate(env, ANA)
    env.schedule(ALWAYS_AWAKE)
    env.until("Awake")
    confirm(slack, env, f"scale deploy/web {env.name} 3", "2 -&gt; 3")
    env.until_count("web", 3)
    slack.act("ana").wait_for_message(
        lambda one: env.name in one["text"] and "is scaled: 2 -&gt; 3" in one["text"], channel="#dev"
    )


def test_what_sleeps_wakes_to_what_was_asked_for_and_that_is_said(slack: Workspace, env: Env) -> None:
    """I4"""
    let_operate(env, ANA)
    env.schedule(ASLEEP_FOR_EVER)
    env.until("Asleep")
    confirm(slack, env, f"scale deployment web {env.name} to 4", "when it wakes")
    eventually(lambda: env.record("web") == "4", what="it wakes to four")
    assert env.replicas("web") == 0


def test_a_deployment_is_restarted_when_it_is_confirmed(slack: Workspace, env: Env) -> None:
    """I4: by the annotation of kubectl rollout restart."""
    let_operate(env, ANA)
    env.schedule(ALWAYS_AWAKE)
    env.until("Awake")
    confirm(slack, env, f"restart deployment web {env.name}", "web")
    eventually(
        lambda: RESTARTED_AT in env.workload("web")["spec"]["template"]["metadata"].get("annotations", {}),
        what="it is restarted",
    )


@pytest.mark.parametrize(
    ("command", "right"),
    [
        ("scale deployment web {env} 0", '"patch" deployments/scale.apps'),
        ("restart deploy web {env}", '"patch" deployments.apps'),
    ],
)
def test_who_could_not_do_it_with_kubectl_is_told_which_right_it_takes(
    slack: Workspace, env: Env, command: str, right: str
) -> None:
    """J2"""
    env.schedule(ALWAYS_AWAKE)
    env.until("Awake")
    told = words(answer_to(slack.act("ana"), command.format(env=env.name)))
    assert "may not" in told
    assert right in told
    assert env.replicas("web") == 2


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("scale deployment web {env} -1", "A whole number between 0 and 1,000"),
        ("scale deployment web {env} 1e9", "A whole number between 0 and 1,000"),
        ("scale deployment web {env} drei", '"drei" is no number'),
        ("scale deployment web {env} 2", "has 2"),
        ("scale deployment nothing {env} 2", "there is no Deployment/nothing"),
        ("scael deployment web {env} 2", "did you mean scale?"),
    ],
    ids=["below-zero", "a-billion", "a-word", "as-it-is", "no-such", "misspelt"],
)
def test_what_cannot_be_is_said_before_anybody_is_asked(slack: Workspace, env: Env, command: str, told: str) -> None:
    """I5"""
    let_operate(env, ANA)
    env.schedule(ALWAYS_AWAKE)
    env.until("Awake")
    said = words(answer_to(slack.act("ana"), command.format(env=env.name)))
    assert told in said
    assert slack.act("ana").modals == []
