"""Deleting an env from Slack: who is asked, what has to be typed, what is written down, and what they hear of it."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from slack_sdk import WebClient

from sundown_lab.slack.remote import Workspace
from support.apiserver import Api, Json, eventually
from support.enders import keep_from_ending, let_end
from support.envs import NAMESPACES, Env
from support.frontdesk.deletable import REQUESTS, asked_for, deletable, forget, shown, window_of
from support.frontdesks import Counter, Frontdesk
from support.operators import Stage

pytestmark = pytest.mark.lab


@pytest.fixture
def env(make_env: Callable[..., Env]) -> Iterator[Env]:
    """An env that may be deleted, by ana."""
    one = deletable(make_env())
    yield one
    forget(one)


def outcomes(slack: Workspace, env: Env) -> list[Json]:
    """What ana has been told of the env, personally."""
    return [
        each
        for each in slack.messages("@ana")
        if each["metadata"] and each["metadata"]["event_payload"]["namespace"] == env.name
    ]


@pytest.mark.parametrize("transport", ["socket", "http"], indirect=True, scope="module")
def test_who_types_the_name_has_the_env_deleted_and_hears_of_it(
    stage: Stage, slack: Workspace, frontdesk: Frontdesk, env: Env
) -> None:
    """C4, C7, J2"""
    stage.usual()
    ana = slack.act("ana")
    window = window_of(slack, env)
    assert "irreversible" in shown(window)
    assert ana.submit(window, {"name": "something-else"})["view_errors"].keys() == {"name"}
    assert asked_for(env) == []
    assert ana.submit(window, {"name": env.name})["acked"]
    assert "will be deleted" in shown(ana.wait_for_modal(lambda view: "will be deleted" in shown(view)))
    told = ana.wait_for_message(lambda message: "is deleted" in message["text"], channel="@ana")
    assert env.api.find(env.path) is None
    (request,) = asked_for(env)
    assert request["spec"]["requestedBy"] == "ana@example.com"
    assert request["status"]["state"] == "Done"
    payload = told["metadata"]["event_payload"]
    assert payload.keys() == {"namespace", "cluster", "action", "duration", "callback_url", "key"}
    assert (payload["namespace"], payload["action"]) == (env.name, "delete")


def test_whoever_asked_hears_what_holds_a_namespace_that_does_not_go(
    stage: Stage, slack: Workspace, frontdesk: Frontdesk, env: Env
) -> None:
    """X6: once, and again when it is gone"""
    stage.usual()
    env.add("web", 1)
    env.edit("web", {"metadata": {"finalizers": ["example.com/backup"]}})
    ana = slack.act("ana")
    assert ana.submit(window_of(slack, env), {"name": env.name})["acked"]
    eventually(lambda: len(outcomes(slack, env)) == 1, what="ana hears of it")
    assert "something holds it" in outcomes(slack, env)[0]["text"]
    assert "example.com/backup" in outcomes(slack, env)[0]["text"]
    env.edit("web", {"metadata": {"finalizers": None}})
    ana.wait_for_message(lambda message: "is deleted" in message["text"] and env.name in message["text"])
    assert len(outcomes(slack, env)) == 2


@pytest.fixture
def click_delete(slack: Workspace) -> Callable[..., Json]:
    """``click_delete(env, "ana")`` clicks the button of a message in #dev, as reminders have it."""
    environment = slack.environment
    client = WebClient(token=environment["SLACK_BOT_TOKEN"], base_url=environment["SLACK_API_URL"])

    def click(env: Env, who: str, **value: Any) -> Json:
        said = json.dumps({"ns": env.name, "cluster": "default", "do": "delete", **value})
        button = {"type": "button", "action_id": "sundown.delete", "value": said}
        blocks = [{"type": "actions", "elements": [{**button, "text": {"type": "plain_text", "text": "Delete"}}]}]
        posted = client.chat_postMessage(channel="#dev", text="reminder", blocks=blocks)
        message = next(each for each in slack.messages("#dev") if each["ts"] == posted["ts"])
        return slack.act(who).click(message, "sundown.delete")

    return click


def test_the_button_of_a_reminder_opens_the_same_window(
    slack: Workspace, frontdesk: Frontdesk, env: Env, click_delete: Callable[..., Json]
) -> None:
    """C1, C4"""
    assert click_delete(env, "ana")["acked"]
    window = slack.act("ana").wait_for_modal()
    assert "irreversible" in shown(window)
    assert window["submit"] == "Delete for good"


def test_without_the_right_there_is_no_way_to_confirm_it(
    slack: Workspace, frontdesk: Frontdesk, env: Env, click_delete: Callable[..., Json]
) -> None:
    """J2, Z: anyone may stop or delete anything."""
    click_delete(env, "bo")
    window = slack.act("bo").wait_for_modal()
    assert "may not delete" in shown(window)
    assert window["submit"] is None
    slack.act("bo").command(f"delete {env.name}")
    slack.act("bo").wait_for_message(lambda message: "may not delete" in message["text"], channel="#dev")
    assert asked_for(env) == []


def test_the_right_to_delete_its_schedule_is_not_enough(
    slack: Workspace, frontdesk: Frontdesk, make_env: Callable[..., Env]
) -> None:
    """S3: every editor of a namespace has that right, and none of them may delete the namespace."""
    env = make_env()
    env.schedule({"allowDelete": True})
    let_end(env, "ana@example.com", namespaces=False)
    slack.act("ana").command(f"delete {env.name}")
    slack.act("ana").wait_for_message(lambda message: "may not delete the namespace" in message["text"], channel="#dev")
    assert asked_for(env) == []


def test_an_env_that_its_owner_took_out_of_sundowns_hands_cannot_be_deleted(
    slack: Workspace, frontdesk: Frontdesk, env: Env
) -> None:
    """S11"""
    env.api.merge(env.path, {"metadata": {"labels": {"scheduler": "disabled"}}})
    slack.act("ana").command(f"delete {env.name}")
    slack.act("ana").wait_for_message(lambda message: "scheduler=disabled" in message["text"], channel="#dev")
    assert asked_for(env) == []


def test_an_env_whose_schedule_does_not_allow_it_cannot_be_deleted(
    slack: Workspace, frontdesk: Frontdesk, env: Env
) -> None:
    """C4: off unless the schedule allows it."""
    env.patch({"spec": {"allowDelete": False}})
    slack.act("ana").command(f"delete {env.name}")
    slack.act("ana").wait_for_message(lambda message: "allowDelete" in message["text"], channel="#dev")
    assert slack.act("ana").modals == []


def test_a_right_that_is_lost_while_the_window_is_open_counts(slack: Workspace, frontdesk: Frontdesk, env: Env) -> None:
    """J2: asked for again at the submission."""
    window = window_of(slack, env)
    keep_from_ending(env, "ana@example.com")
    refused = slack.act("ana").submit(window, {"name": env.name})
    assert refused["acked"]
    assert "may not delete" in shown(slack.act("ana").wait_for_modal(lambda view: "is not deleted" in shown(view)))
    assert asked_for(env) == []


def test_a_namespace_made_anew_while_the_window_is_open_stays(
    slack: Workspace, frontdesk: Frontdesk, env: Env, api: Api
) -> None:
    window = window_of(slack, env)
    api.delete(env.path)
    eventually(lambda: api.find(env.path) is None, what="the namespace is gone")
    api.create(NAMESPACES, {"metadata": {"name": env.name}})
    deletable(env)
    slack.act("ana").submit(window, {"name": env.name})
    text = shown(slack.act("ana").wait_for_modal(lambda view: "is not deleted" in shown(view)))
    assert "meanwhile" in text
    assert asked_for(env) == []


def test_two_submissions_of_a_window_are_one_request(slack: Workspace, frontdesk: Frontdesk, env: Env) -> None:
    ana, window = slack.act("ana"), window_of(slack, env)
    for _ in range(2):
        ana.do("submit", wait=False, view_id=window["id"], values={"name": env.name})
    ana.wait_for_modal(lambda view: "will be deleted" in shown(view))
    assert len(asked_for(env)) == 1


def test_a_mention_says_where_it_can_be_confirmed(slack: Workspace, frontdesk: Frontdesk, env: Env) -> None:
    """D5"""
    slack.act("ana").say("#dev", f"@Sundown delete {env.name}")
    slack.wait_for_message(
        lambda message: f"/devenv delete {env.name}" in json.dumps(message["blocks"]), channel="#dev"
    )


@pytest.fixture
def finished(env: Env) -> Callable[..., str]:
    """``finished(slack)`` makes a request of ana's that the operator has refused meanwhile; its path."""

    def make(slack: Workspace, **told: str) -> str:
        name = f"delete-{secrets.token_hex(4)}"
        spec = {
            "action": "Delete",
            "target": {"namespace": env.name, "uid": "of-one-that-is-gone"},
            "requestedBy": "ana@example.com",
            "via": "slack",
            "requestedAt": "2026-11-23T17:00:00Z",
            "expiresAt": "2026-11-23T17:15:00Z",
            "confirmation": env.name,
        }
        about = {"sundown.dev/slack": json.dumps({"user": slack.act("ana").id, **told})}
        kind = {"apiVersion": "sundown.dev/v1alpha1", "kind": "ActionRequest"}
        env.api.create(REQUESTS, {**kind, "metadata": {"name": name, "annotations": about}, "spec": spec})
        status = {"state": "Refused", "outcome": "it is <!channel> & *newer*"}
        env.api.merge(f"{REQUESTS}/{name}/status", {"status": status})
        return f"{REQUESTS}/{name}"

    return make


def test_an_end_that_came_while_the_frontdesk_was_away_is_told_once(
    stage: Stage, slack: Workspace, counter: Counter, env: Env, finished: Callable[..., str]
) -> None:
    stage.clear()
    frontdesk = counter.fresh(slack)
    path = finished(slack)
    frontdesk.start()
    slack.wait_for_message(lambda message: "is not deleted" in message["text"], channel="@ana")
    eventually(lambda: "told" in env.api.get(path)["metadata"]["annotations"]["sundown.dev/slack"], what="it is noted")
    frontdesk.kill()
    # As if it had been killed after it had written to ana, and before it had noted that it has.
    about = json.dumps({"user": slack.act("ana").id, "about": "Refused"})
    env.api.merge(path, {"metadata": {"annotations": {"sundown.dev/slack": about}}})
    frontdesk.start()
    eventually(lambda: "told" in env.api.get(path)["metadata"]["annotations"]["sundown.dev/slack"], what="it is noted")
    (told,) = outcomes(slack, env)
    assert "<!channel>" not in json.dumps(told["blocks"])


def test_slack_away_at_the_end_is_tried_again(
    slack: Workspace, frontdesk: Frontdesk, env: Env, finished: Callable[..., str]
) -> None:
    slack.fault("chat.postMessage", "500", times=1)
    finished(slack)
    slack.wait_for_message(lambda message: "is not deleted" in message["text"], channel="@ana")
    assert len(outcomes(slack, env)) == 1
