"""Buttons and selects in messages, and what the app may answer through the response_url."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.webhook import WebhookClient

from sundown_lab.slack.onlooker import Refusal
from sundown_lab.slack.reading import actions, words
from sundown_lab.slack.remote import Workspace
from support.slack.bolts import Bolt, channel_id, client, refusal

both_ways = pytest.mark.parametrize("http", [False, True], ids=["socket", "http"])
Json = dict[str, Any]

CHOICES = [{"text": {"type": "plain_text", "text": f"{n} h"}, "value": str(n)} for n in (1, 3)]
BLOCKS: list[Json] = [
    {"type": "section", "text": {"type": "mrkdwn", "text": "*dev1* stops at 17:00"}},
    {
        "type": "actions",
        "block_id": "what",
        "elements": [
            {
                "type": "button",
                "action_id": "suspend",
                "text": {"type": "plain_text", "text": "Suspend"},
                "value": "dev1",
            },
            {"type": "static_select", "action_id": "snooze", "options": CHOICES},
        ],
    },
]


def listening(answer: Callable[[Any, Json], Any] | None = None) -> tuple[Callable[[AsyncApp], None], list[Json]]:
    seen: list[Json] = []

    def listen(app: AsyncApp) -> None:
        @app.action({"type": "block_actions", "action_id": "suspend"})
        @app.action({"type": "block_actions", "action_id": "snooze"})
        async def acted(ack: Any, body: Json, respond: Any) -> None:
            await ack()
            if answer is not None:
                await answer(respond, body)
            seen.append(body)

    return listen, seen


def post(slack: Workspace, **more: Any) -> Json:
    client(slack).chat_postMessage(channel="#dev", text="dev1 stops", blocks=BLOCKS, **more)
    return slack.messages("#dev")[-1]


@both_ways
def test_a_click_reaches_the_app_with_the_value_and_the_message(slack: Workspace, http: bool) -> None:
    listen, seen = listening()
    metadata = {"event_type": "sundown_notice", "event_payload": {"namespace": "dev1"}}
    message = post(slack, metadata=metadata)
    assert actions(message) == ["suspend", "snooze"]
    assert "*dev1* stops at 17:00" in words(message)

    with Bolt(slack, listen, http=http):
        went = slack.act("bo").click(message, "suspend")
        slack.wait_until(lambda: len(seen) == 1)

    assert went["acked"], went
    (body,) = seen
    assert (body["actions"][0]["value"], body["actions"][0]["block_id"]) == ("dev1", "what")
    assert (body["user"]["id"], body["channel"]["name"]) == (slack.act("bo").id, "dev")
    assert body["message"]["ts"] == message["ts"]
    assert body["message"]["metadata"] == metadata


@both_ways
def test_a_choice_reaches_the_app_and_stays_on_the_page(slack: Workspace, http: bool) -> None:
    listen, seen = listening()
    message = post(slack)

    with Bolt(slack, listen, http=http):
        slack.act("bo").choose(message, "snooze", "3 h")
        slack.wait_until(lambda: len(seen) == 1)

    assert seen[0]["actions"][0]["selected_option"]["value"] == "3"
    assert seen[0]["state"]["values"]["what"]["snooze"]["selected_option"]["value"] == "3"
    assert slack.messages("#dev")[0]["state"]["what"]["snooze"]["selected_option"]["value"] == "3"


def test_the_content_of_an_ephemeral_message_is_not_sent_along(slack: Workspace) -> None:
    listen, seen = listening()
    ana = slack.act("ana")
    client(slack).chat_postEphemeral(channel=channel_id(slack), user=ana.id, text="psst", blocks=BLOCKS)

    with Bolt(slack, listen):
        ana.click(ana.messages("#dev")[-1], "suspend")
        slack.wait_until(lambda: len(seen) == 1)

    assert "message" not in seen[0]
    assert seen[0]["container"]["is_ephemeral"]


def test_what_is_not_there_cannot_be_clicked(slack: Workspace) -> None:
    message = post(slack)

    with pytest.raises(Refusal, match="there is suspend, snooze"):
        slack.act("ana").click(message, "delete", within=0)
    with pytest.raises(Refusal, match="none of its options"):
        slack.act("ana").choose(message, "snooze", "9 h")
    with pytest.raises(Refusal, match="choose it"):
        slack.act("ana").click(message, "snooze")


def test_a_button_that_is_not_there_yet_is_waited_for(slack: Workspace) -> None:
    listen, seen = listening()
    web = client(slack)
    message = web.chat_postMessage(channel=channel_id(slack), text="dev1 is stopping")
    (bare,) = slack.messages("#dev")
    update = threading.Timer(
        0.2,
        web.chat_update,
        kwargs={"channel": bare["channel"], "ts": message["ts"], "text": "dev1 stops", "blocks": BLOCKS},
    )

    with Bolt(slack, listen):
        update.start()
        slack.act("ana").click(bare, "suspend")
        slack.wait_until(lambda: len(seen) == 1)

    assert seen[0]["message"]["ts"] == message["ts"]


def test_which_of_two_buttons_has_to_be_said(slack: Workspace) -> None:
    rows = [
        {**BLOCKS[1], "block_id": name, "elements": [{**BLOCKS[1]["elements"][0], "value": name}]}
        for name in ("a", "b")
    ]
    client(slack).chat_postMessage(channel="#dev", text="rows", blocks=rows)
    (message,) = slack.messages("#dev")

    with pytest.raises(Refusal, match="say block_id or value too"):
        slack.act("ana").click(message, "suspend")
    assert slack.act("ana").click(message, "suspend", value="b")["error"] == "dispatch_failed"


def test_a_click_that_nobody_acks_is_marked_at_the_message_for_who_clicked(slack: Workspace) -> None:
    slack.load({"events": []})  # nor would Slack's word of the message be acked
    message = post(slack)

    with Bolt(slack, lambda _app: None):
        slack.patience(0.1)
        went = slack.act("ana").click(message, "suspend")

    assert (went["acked"], went["error"]) == (False, "operation_timeout")
    assert slack.act("ana").messages("#dev")[0]["error"] == "operation_timeout"
    assert slack.act("bo").messages("#dev")[0]["error"] is None
    assert slack.traffic()["missed"] == 1
    assert len(slack.deliveries("block_actions")) == 1


def test_without_a_connection_a_click_fails_at_once(slack: Workspace) -> None:
    assert slack.act("ana").click(post(slack), "suspend")["error"] == "dispatch_failed"


@both_ways
def test_the_app_may_replace_the_message_that_was_clicked(slack: Workspace, http: bool) -> None:
    async def replace(respond: Any, _body: Json) -> None:
        await respond(text="dev1 sleeps", replace_original=True)

    listen, _ = listening(replace)
    message = post(slack)

    with Bolt(slack, listen, http=http):
        slack.act("ana").click(message, "suspend")
        slack.wait_for_message(lambda m: m["text"] == "dev1 sleeps", channel="#dev")

    (seen,) = slack.messages("#dev")
    assert (seen["ts"], seen["blocks"]) == (message["ts"], [])


def test_the_app_may_delete_the_message_that_was_clicked(slack: Workspace) -> None:
    async def delete(respond: Any, _body: Json) -> None:
        await respond(delete_original=True)

    listen, _ = listening(delete)

    with Bolt(slack, listen):
        slack.act("ana").click(post(slack), "suspend")
        slack.wait_until(lambda: slack.messages("#dev") == [])


def test_the_app_may_answer_to_all_or_to_the_one_who_clicked(slack: Workspace) -> None:
    async def both(respond: Any, _body: Json) -> None:
        await respond(text="for ana", response_type="ephemeral", replace_original=False)
        await respond(text="for all", response_type="in_channel", replace_original=False)

    listen, _ = listening(both)

    with Bolt(slack, listen):
        slack.act("ana").click(post(slack), "suspend")
        slack.wait_for_message(lambda m: m["text"] == "for all", channel="#dev")

    assert [m["text"] for m in slack.messages("#dev", "ana")] == ["dev1 stops", "for ana", "for all"]
    assert [m["text"] for m in slack.messages("#dev", "bo")] == ["dev1 stops", "for all"]


def clicked(slack: Workspace) -> WebhookClient:
    """The response_url of a click that nobody has answered."""
    return WebhookClient(slack.act("ana").click(post(slack), "suspend")["response_url"])


def test_a_response_url_takes_five_answers(slack: Workspace) -> None:
    hook = clicked(slack)

    assert [hook.send(text=str(n)).status_code for n in range(5)] == [200] * 5
    sixth = hook.send(text="6")

    assert (sixth.status_code, sixth.body) == (404, '{"ok": false, "error": "used_url"}')


def test_a_response_url_lives_for_half_an_hour(slack: Workspace) -> None:
    hook = clicked(slack)
    slack.clock_advance(1_790)
    assert hook.send(text="in time").status_code == 200

    slack.clock_advance(20)

    late = hook.send(text="too late")
    assert (late.status_code, late.body) == (404, '{"ok": false, "error": "expired_url"}')


def test_a_response_url_checks_blocks_as_posting_does(slack: Workspace) -> None:
    answer = clicked(slack).send(text="x", blocks=[{"type": "hologram"}])

    assert answer.status_code == 400
    assert "unsupported type: hologram" in answer.body


def test_a_trigger_lives_for_three_seconds_and_opens_one_modal(slack: Workspace) -> None:
    view = {"type": "modal", "title": {"type": "plain_text", "text": "Sure?"}, "blocks": []}
    web, message = client(slack), post(slack)
    slack.patience(10)  # 30 s, so that a slow machine can use the first one in time
    used = slack.act("ana").click(message, "suspend")["trigger_id"]
    old = slack.act("ana").click(message, "suspend")["trigger_id"]
    web.views_open(trigger_id=used, view=view)
    slack.clock_advance(31)

    assert refusal(lambda: web.views_open(trigger_id=used, view=view))["error"] == "exchanged_trigger_id"
    assert refusal(lambda: web.views_open(trigger_id=old, view=view))["error"] == "expired_trigger_id"
    assert refusal(lambda: web.views_open(trigger_id="1.2.u", view=view))["error"] == "invalid_trigger_id"


def test_a_trigger_is_as_short_lived_as_slacks_unless_told_otherwise(slack: Workspace) -> None:
    trigger = slack.act("ana").click(post(slack), "suspend")["trigger_id"]
    slack.clock_advance(3.1)
    view = {"type": "modal", "title": {"type": "plain_text", "text": "Sure?"}, "blocks": []}

    assert refusal(lambda: client(slack).views_open(trigger_id=trigger, view=view))["error"] == "expired_trigger_id"


def test_two_people_may_click_at_once(slack: Workspace) -> None:
    listen, seen = listening()
    message = post(slack)

    with Bolt(slack, listen):
        first = slack.act("ana").click(message, "suspend", wait=False)
        second = slack.act("bo").choose(message, "snooze", "1")
        slack.wait_until(lambda: len(seen) == 2)

    assert first["acked"] is None
    assert second["acked"]
    assert {body["user"]["name"] for body in seen} == {"ana", "bo"}
