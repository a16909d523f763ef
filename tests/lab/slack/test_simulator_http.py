"""Signed HTTP: the headers, the encodings, and what is no ack."""

import http.server
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.signature import SignatureVerifier

from sundown_lab.slack.onlooker import Refusal
from sundown_lab.slack.remote import Workspace
from support.slack.bolts import Bolt, client

Json = dict[str, Any]


@dataclass
class Listener:
    """Takes whatever comes, and answers as told."""

    url: str
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    answer: bytes = b""
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)


@pytest.fixture
def slack(slack: Workspace) -> Workspace:
    """The workspace with an app that hears of mentions alone: each that it does not ack is counted here."""
    slack.load({"events": ["app_mention"]})
    return slack


@pytest.fixture
def listener() -> Iterator[Listener]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            there.got.append(({key.lower(): value for key, value in self.headers.items()}, body))
            self.send_response(there.status)
            for name, value in there.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(there.answer)))
            self.end_headers()
            self.wfile.write(there.answer)

        def log_message(self, *_args: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    there = Listener(f"http://127.0.0.1:{server.server_port}/slack/events")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield there
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_signature_is_over_the_bytes_that_are_sent(slack: Workspace, listener: Listener) -> None:
    """J1: what the app has to check is made as Slack makes it."""
    slack.deliver_by_http(listener.url)

    slack.act("ana").command("status ümlaut & more=1")

    ((headers, body),) = listener.got
    verifier = SignatureVerifier(slack.environment["SLACK_SIGNING_SECRET"])
    assert verifier.is_valid_request(body, headers)
    assert not verifier.is_valid_request(body + b" ", headers)
    assert not SignatureVerifier("another").is_valid_request(body, headers)


def test_a_command_is_a_form(slack: Workspace, listener: Listener) -> None:
    slack.deliver_by_http(listener.url)

    slack.act("ana").command("status dev1")

    ((headers, body),) = listener.got
    form = parse_qs(body.decode())
    assert headers["content-type"] == "application/x-www-form-urlencoded"
    assert (form["command"], form["text"], form["user_name"]) == (["/devenv"], ["status dev1"], ["ana"])


def test_a_click_is_json_within_a_form(slack: Workspace, listener: Listener) -> None:
    slack.deliver_by_http(listener.url)
    button = {"type": "button", "action_id": "x", "text": {"type": "plain_text", "text": "Go"}}
    client(slack).chat_postMessage(channel="#dev", text="x", blocks=[{"type": "actions", "elements": [button]}])

    slack.act("ana").click(slack.messages("#dev")[0], "x")

    ((headers, body),) = listener.got
    assert headers["content-type"] == "application/x-www-form-urlencoded"
    assert json.loads(parse_qs(body.decode())["payload"][0])["actions"][0]["action_id"] == "x"


def test_an_event_is_json(slack: Workspace, listener: Listener) -> None:
    slack.deliver_by_http(listener.url)

    slack.act("ana").say("#dev", "@Sundown hello")

    ((headers, body),) = listener.got
    assert headers["content-type"] == "application/json"
    assert "x-slack-retry-num" not in headers
    assert json.loads(body)["event"]["type"] == "app_mention"


@pytest.mark.parametrize("text", [b"answered", b'{"text": "answered"}'])
def test_what_comes_with_the_ack_is_shown(slack: Workspace, listener: Listener, text: bytes) -> None:
    slack.deliver_by_http(listener.url)
    listener.answer = text
    listener.headers = {"Content-Type": "application/json" if text.startswith(b"{") else "text/plain"}

    assert slack.act("ana").command("x")["acked"]

    assert [m["text"] for m in slack.messages("#dev", "ana")] == ["answered"]


@pytest.mark.parametrize("status", [302, 401, 404, 500])
def test_another_status_than_200_is_no_ack(slack: Workspace, listener: Listener, status: int) -> None:
    slack.deliver_by_http(listener.url)
    listener.status = status

    went = slack.act("ana").command("x")

    assert (went["acked"], went["error"]) == (False, "dispatch_failed")
    assert slack.deliveries("/devenv")[0]["status"] == status
    assert slack.messages("#dev", "ana")[-1]["text"] == '/devenv failed with the error "dispatch_failed"'
    assert len(listener.got) == 1


def test_an_event_that_failed_is_sent_again_with_its_number(slack: Workspace, listener: Listener) -> None:
    slack.deliver_by_http(listener.url)
    listener.status = 500

    slack.act("ana").say("#dev", "@Sundown hello")
    slack.wait_until(lambda: [d["acked"] for d in slack.deliveries("app_mention")] == [False] * 2)
    slack.clock_advance(61)
    slack.wait_until(lambda: [d["acked"] for d in slack.deliveries("app_mention")] == [False] * 3)

    numbers = [(h.get("x-slack-retry-num"), h.get("x-slack-retry-reason")) for h, _ in listener.got]
    assert numbers == [(None, None), ("1", "http_error"), ("2", "http_error")]


def test_an_app_may_ask_not_to_be_sent_an_event_again(slack: Workspace, listener: Listener) -> None:
    slack.deliver_by_http(listener.url)
    listener.status, listener.headers = 500, {"X-Slack-No-Retry": "1"}

    slack.act("ana").say("#dev", "@Sundown hello")
    slack.clock_advance(1_000)
    slack.act("ana").say("#dev", "@Sundown again")

    assert [json.loads(body)["event"]["text"].split()[-1] for _, body in listener.got] == ["hello", "again"]


def test_nobody_there_is_a_failure_at_once(slack: Workspace) -> None:
    slack.deliver_by_http("http://127.0.0.1:1/slack/events")

    assert slack.act("ana").command("x")["error"] == "dispatch_failed"


def test_bolt_refuses_what_is_signed_with_another_secret(slack: Workspace) -> None:
    def listen(app: AsyncApp) -> None:
        @app.command("/devenv")
        async def devenv(ack: Any) -> None:
            await ack("here")

    with Bolt(slack, listen, http=True) as bolt:
        slack.deliver_by_http(bolt.url, signing_secret="another")
        went = slack.act("ana").command("x")

    assert went["error"] == "dispatch_failed"
    assert slack.deliveries("/devenv")[0]["status"] == 401


def test_a_url_that_does_not_answer_the_challenge_is_not_taken(slack: Workspace, listener: Listener) -> None:
    with pytest.raises(Refusal, match="did not answer the challenge"):
        slack.deliver_by_http(listener.url, verify=True)

    assert slack.state()["app"]["delivery"] == "socket"
