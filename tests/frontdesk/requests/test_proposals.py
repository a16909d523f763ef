"""What is proposed in a channel: one message, confirmed, approved and rejected by click, check mark or word, once."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from sundown_lab.slack.actor import Actor
from sundown_lab.slack.remote import Workspace
from support.apiserver import Json, eventually
from support.envs import ALWAYS_AWAKE, Env
from support.frontdesk.deletable import asked_for, forget, shown
from support.frontdesk.reminded import left_behind
from support.frontdesks import Counter, Frontdesk
from support.operating import let_operate
from support.operators import Stage
from support.requests import let_approve

pytestmark = pytest.mark.lab

ANA, BO = "ana@example.com", "bo@example.com"
Press = Callable[[Actor, Json, str], object]


@pytest.fixture
def frontdesk(counter: Counter, slack: Workspace) -> Frontdesk:
    """A frontdesk that can be killed."""
    one = counter.fresh(slack)
    one.start()
    return one


@pytest.fixture
def env(stage: Stage, make_env: Callable[..., Env]) -> Iterator[Env]:
    """An env that ana may operate, and bo may approve."""
    stage.usual()
    one = make_env()
    one.add("web", 3)
    one.schedule(ALWAYS_AWAKE)
    let_operate(one, ANA)
    let_approve(one, BO)
    one.until("Awake")
    yield one
    forget(one)


def proposed(slack: Workspace, env: Env, replicas: int = 1) -> Json:
    """What ana is shown when she wants it scaled."""
    slack.act("ana").command(f"scale deployment web {env.name} {replicas}")
    return slack.act("ana").wait_for_message(lambda message: _is_about(message, env), channel="#dev")


def _is_about(message: Json, env: Env) -> bool:
    return env.name in message["text"] and bool(message["metadata"])


def says(slack: Workspace, message: Json, text: str) -> None:
    """Return once the message, the same one, says so."""

    def now() -> bool:
        return any(each["ts"] == message["ts"] and text in shown(each) for each in slack.messages("#dev"))

    eventually(now, what=f"the message says {text!r}")


PRESSES: dict[str, Press] = {
    "click": lambda who, message, word: who.click(message, f"sundown.answer.{word}"),
    "check mark": lambda who, message, _: who.react(message, "white_check_mark"),
    "word": lambda who, message, word: who.say("#dev", word, thread=message),
}
ways = pytest.mark.parametrize("way", PRESSES)


@ways
def test_what_is_proposed_is_done_once_who_asked_confirms_it(
    slack: Workspace, frontdesk: Frontdesk, env: Env, way: str
) -> None:
    """I6, C7, I8: one path for all three, in one message."""
    message = proposed(slack, env)
    late = left_behind(slack, message)
    assert "3 -&gt; 1" in shown(message)
    assert env.replicas("web") == 3
    PRESSES[way](slack.act("bo"), message, "confirm")
    PRESSES[way](slack.act("ana"), message, "confirm")
    PRESSES["click"](slack.act("ana"), late, "confirm")
    says(slack, message, "is scaled: 3 -&gt; 1")
    assert env.replicas("web") == 1
    (request,) = asked_for(env)
    assert (request["spec"]["requestedBy"], request["status"]["state"]) == (ANA, "Done")
    assert len([each for each in slack.messages("#dev") if _is_about(each, env)]) == 1


@ways
def test_a_guarded_env_takes_a_second_person(slack: Workspace, frontdesk: Frontdesk, env: Env, way: str) -> None:
    """I7: and never the one who asked."""
    env.label(**{"sundown.dev/guarded": "true"})
    message = proposed(slack, env)
    PRESSES["click"](slack.act("ana"), message, "confirm")
    says(slack, message, "Somebody else has to approve that")
    message = next(each for each in slack.messages("#dev") if each["ts"] == message["ts"])
    PRESSES[way](slack.act("ana"), message, "approve")
    slack.act("ana").wait_for_message(lambda one: "you (ana@example.com)" in one["text"], channel="#dev")
    assert env.replicas("web") == 3
    PRESSES[way](slack.act("bo"), message, "approve")
    says(slack, message, "is scaled: 3 -&gt; 1")
    (request,) = asked_for(env)
    assert (request["spec"]["approval"]["by"], request["spec"]["approval"]["via"]) == (BO, "slack")
    says(slack, message, "approved by bo@example.com")


@pytest.mark.parametrize(
    ("who", "word", "text"), [("bo", "reject", "rejected by bo@"), ("ana", "withdraw", "withdrawn by ana@")]
)
def test_a_no_is_said_in_the_same_message(
    slack: Workspace, frontdesk: Frontdesk, env: Env, who: str, word: str, text: str
) -> None:
    """I7"""
    env.label(**{"sundown.dev/guarded": "true"})
    message = proposed(slack, env)
    PRESSES["click"](slack.act("ana"), message, "confirm")
    says(slack, message, "Somebody else has to approve that")
    PRESSES["word"](slack.act(who), message, word)
    says(slack, message, text)
    assert env.replicas("web") == 3


def test_a_frontdesk_that_was_away_brings_the_same_message_up_to_date(
    slack: Workspace, frontdesk: Frontdesk, env: Env
) -> None:
    """I6, I8"""
    message = proposed(slack, env)
    frontdesk.kill()
    (request,) = asked_for(env)
    where = f"/apis/sundown.dev/v1alpha1/namespaces/sundown-system/actionrequests/{request['metadata']['name']}"
    env.api.merge(where, {"spec": {"confirmation": env.name}})
    eventually(lambda: env.replicas("web") == 1, what="it is scaled")
    frontdesk.start()
    says(slack, message, "is scaled: 3 -&gt; 1")
    assert len([each for each in slack.messages("#dev") if _is_about(each, env)]) == 1


def test_what_cannot_be_is_said_at_once_and_proposed_to_nobody(
    slack: Workspace, frontdesk: Frontdesk, env: Env
) -> None:
    """I5, I6: a count that it has already, and somebody who may not."""
    slack.act("ana").command(f"scale deployment web {env.name} 3")
    slack.act("ana").wait_for_message(lambda message: "has 3 already" in message["text"], channel="#dev")
    slack.act("bo").command(f"scale deployment web {env.name} 1")
    slack.act("bo").wait_for_message(lambda message: "may not scale" in message["text"], channel="#dev")
    assert asked_for(env) == []
