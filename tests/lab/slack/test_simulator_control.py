"""The control API: what the page and tests read and do."""

import http.client
import json
import threading
from typing import Any
from urllib.parse import urlsplit

import pytest

from sundown_lab.slack.onlooker import Refusal
from sundown_lab.slack.remote import Workspace
from support.slack.bolts import client

Json = dict[str, Any]


def test_everybody_has_unread_messages_of_their_own(slack: Workspace) -> None:
    slack.act("ana").say("#dev", "one")
    slack.act("bo").say("#dev", "two")

    def unread(user: str) -> int:
        return next(int(c["unread"]) for c in slack.state(user)["channels"] if c["name"] == "dev")

    assert (unread("ana"), unread("bo"), unread("chen")) == (1, 0, 2)
    slack.act("chen").do("read", channel="#dev")
    assert unread("chen") == 0


def test_a_user_sees_only_channels_they_are_in(slack: Workspace) -> None:
    slack.load({"channels": [{"name": "dev"}, {"name": "board", "members": ["dina"], "is_private": True}]})

    assert [c["name"] for c in slack.state("ana")["channels"]] == ["dev"]
    assert [c["name"] for c in slack.state("dina")["channels"]] == ["dev", "board"]
    with pytest.raises(Refusal, match="ana is not in #board"):
        slack.act("ana").say("#board", "let me in")


def test_waiting_ends_with_the_next_change(slack: Workspace) -> None:
    before = slack.state()["seq"]
    timer = threading.Timer(0.2, lambda: slack.act("ana").say("#dev", "hello"))
    timer.start()

    after = slack.ask("GET", f"/control/wait?since={before}&timeout=50")["seq"]

    timer.join()
    assert after > before


def test_changes_stream_as_server_sent_events(slack: Workspace) -> None:
    connection = http.client.HTTPConnection(urlsplit(slack.url).netloc, timeout=30)
    connection.request("GET", "/control/changes")
    stream = connection.getresponse()
    assert stream.headers["Content-Type"] == "text/event-stream"
    assert stream.readline() == b": hello\n"

    said = slack.act("ana").say("#dev", "hello")

    changes: list[Json] = []
    while not changes or changes[-1]["kind"] != "message":
        line = stream.readline()
        if line.startswith(b"data: "):
            changes.append(json.loads(line[6:]))
    connection.close()
    assert changes[-1]["channel"] == slack.messages("#dev")[0]["channel"]
    assert said["ok"]


def test_a_reset_forgets_what_was_said_and_what_was_broken(slack: Workspace) -> None:
    slack.act("ana").say("#dev", "hello")
    slack.fault("*", "500", times=None)
    slack.clock_advance(10_000)
    slack.load({"users": [{"name": "solo"}], "usergroups": []})

    slack.reset()

    assert slack.every_message() == []
    assert slack.faults()["faults"] == []
    assert slack.traffic()["calls"] == []
    assert slack.ask("GET", "/control/clock")["advanced"] == 0
    assert [u["name"] for u in slack.state()["users"]] == ["ana", "bo", "chen", "dina", "sundown"]


@pytest.mark.parametrize(
    ("wish", "complaint"),
    [
        ({"as": "nobody", "do": "say"}, "nobody here is called 'nobody'"),
        ({"as": "ana", "do": "dance"}, "nobody can dance"),
        ({"as": "ana", "do": "say", "channel": "#dev"}, "text has to be said"),
        ({"as": "ana", "do": "say", "channel": "#moon", "text": "x"}, "there is no channel '#moon'"),
        ({"as": "ana", "do": "say", "channel": "@bo", "text": "x"}, "direct messages are with the app only"),
        ({"as": "ana", "do": "home_click", "action_id": "x"}, "no App Home"),
        ({"as": "ana", "do": "click", "channel": "#dev", "ts": "1.0", "action_id": "x"}, "sees no message"),
    ],
)
def test_what_cannot_be_done_is_said_in_words(slack: Workspace, wish: Json, complaint: str) -> None:
    with pytest.raises(Refusal, match=complaint):
        slack.ask("POST", "/control/do", wish)


@pytest.mark.parametrize(
    ("spec", "complaint"),
    [
        ({"users": [{"name": "ana", "tz": "Mars/Base"}]}, "no IANA time zone"),
        ({"events": ["party"]}, "party is none of"),
        ({"channels": [{"name": "dev", "members": ["zoe"]}]}, "zoe, who is no user"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_workspace_that_is_none_is_refused(slack: Workspace, spec: Json, complaint: str) -> None:
    with pytest.raises(Refusal, match=complaint):
        slack.load(spec)


def test_a_path_that_is_not_there_is_said_so(slack: Workspace) -> None:
    with pytest.raises(Refusal, match="there is no /control/moon"):
        slack.ask("GET", "/control/moon")


def test_a_command_that_the_app_does_not_have_is_not_sent(slack: Workspace) -> None:
    went = slack.act("ana").command("x", command="/nothing")

    assert went["error"] == "invalid_command"
    assert slack.messages("#dev", "ana")[0]["text"].startswith("/nothing is not a valid command")
    assert slack.deliveries() == []


def test_the_log_can_be_read_from_where_one_has_read_it(slack: Workspace) -> None:
    client(slack).chat_postMessage(channel="#dev", text="hello")
    seen = slack.traffic()["seq"]

    assert slack.calls(since=seen) == []
