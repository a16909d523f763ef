"""The door of the Web API: who may call what, and in which encoding."""

import asyncio
import json
import urllib.request
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from sundown_lab.slack.remote import Workspace
from support.slack.bolts import channel_id, client, refusal


def post(slack: Workspace, method: str, data: bytes, *, content_type: str, token: str | None = None) -> dict[str, Any]:
    request = urllib.request.Request(f"{slack.url}/api/{method}", data, {"Content-Type": content_type})
    if token is not None:
        request.add_header("Authorization", f"Bearer {token}")
    with urllib.request.urlopen(request, timeout=10) as reply:
        answer: dict[str, Any] = json.loads(reply.read())
        return answer


def test_auth_test_says_who_the_app_is(slack: Workspace) -> None:
    who = client(slack).auth_test()

    app = slack.state()["app"]
    assert (who["user_id"], who["bot_id"], who["user"]) == (app["bot_user"], app["bot_id"], "sundown")


def test_a_call_without_a_token_is_not_authed(slack: Workspace) -> None:
    assert post(slack, "auth.test", b"", content_type="application/x-www-form-urlencoded")["error"] == "not_authed"


def test_a_wrong_token_is_invalid_auth(slack: Workspace) -> None:
    assert refusal(client(slack, token="xoxb-wrong").auth_test)["error"] == "invalid_auth"


def test_a_token_is_taken_from_a_form_but_not_from_json(slack: Workspace) -> None:
    token = slack.environment["SLACK_BOT_TOKEN"]

    form = post(slack, "auth.test", f"token={token}".encode(), content_type="application/x-www-form-urlencoded")
    body = post(slack, "auth.test", json.dumps({"token": token}).encode(), content_type="application/json")

    assert form["ok"]
    assert body["error"] == "not_authed"


def test_a_socket_is_opened_with_the_app_token_only(slack: Workspace) -> None:
    app_token = slack.environment["SLACK_APP_TOKEN"]

    assert client(slack).apps_connections_open(app_token=app_token)["url"].startswith("ws://")
    as_bot = client(slack)
    refused = refusal(lambda: as_bot.apps_connections_open(app_token=slack.environment["SLACK_BOT_TOKEN"]))
    assert refused["error"] == "not_allowed_token_type"


def test_an_unknown_method_is_named(slack: Workspace) -> None:
    refused = refusal(lambda: client(slack).api_call("chat.shout"))

    assert (refused["error"], refused["req_method"]) == ("unknown_method", "chat.shout")


def test_a_missing_argument_is_named(slack: Workspace) -> None:
    refused = refusal(lambda: client(slack).api_call("chat.update", json={"channel": "C1"}))

    assert refused["error"] == "invalid_arguments"
    assert refused["response_metadata"]["messages"] == ["[ERROR] missing required field: ts"]


@pytest.mark.parametrize(
    ("body", "content_type", "error"),
    [
        (b"{", "application/json", "invalid_json"),
        (b"[]", "application/json", "json_not_object"),
        (b"hello", "text/plain", "invalid_post_type"),
    ],
)
def test_a_body_that_cannot_be_read_is_refused(slack: Workspace, body: bytes, content_type: str, error: str) -> None:
    token = slack.environment["SLACK_BOT_TOKEN"]

    assert post(slack, "chat.postMessage", body, content_type=content_type, token=token)["error"] == error


def test_blocks_may_come_as_json_within_a_form(slack: Workspace) -> None:
    blocks = json.dumps([{"type": "section", "text": {"type": "mrkdwn", "text": "hello"}}])

    posted = client(slack).api_call("chat.postMessage", data={"channel": "#dev", "text": "hello", "blocks": blocks})

    assert posted["message"]["blocks"][0]["text"]["text"] == "hello"


def test_a_json_body_is_not_read_by_methods_that_want_a_form(slack: Workspace) -> None:
    user = slack.act("ana").id

    refused = refusal(lambda: client(slack).api_call("users.info", json={"user": user}))

    assert refused["error"] == "invalid_arguments"


async def test_the_async_client_posts_too(slack: Workspace) -> None:
    environment = await asyncio.to_thread(lambda: slack.environment)
    web = AsyncWebClient(token=environment["SLACK_BOT_TOKEN"], base_url=environment["SLACK_API_URL"])

    posted = await web.chat_postMessage(channel="#dev", text="hello")

    assert posted["channel"] == await asyncio.to_thread(channel_id, slack)


def test_every_call_is_in_the_traffic_log(slack: Workspace) -> None:
    client(slack).chat_postMessage(channel="#dev", text="hello")
    refusal(lambda: client(slack).chat_postMessage(channel="#nowhere", text="hello"))

    calls = slack.calls("chat.postMessage")
    assert [(c["ok"], c["error"], c["args"]["channel"]) for c in calls] == [
        (True, None, "#dev"),
        (False, "channel_not_found", "#nowhere"),
    ]
    assert "token" not in json.dumps(calls)
