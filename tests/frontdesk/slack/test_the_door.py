"""The HTTP door: only what Slack has signed, just now and for the first time, comes in; nothing gets a 500."""

import json
from collections.abc import AsyncIterator, Iterator
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
import structlog
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import SecretStr, ValidationError
from structlog.testing import capture_logs

from sundown.frontdesk.settings import FrontdeskSettings
from sundown.frontdesk.slack.transport.http_door import MOST_BYTES, PASSED_ON, read
from sundown.frontdesk.slack.transport.signature import SIGNATURE, TIMESTAMP, Replays, flaw, sign
from support.effort import as_many
from support.frontdesk.doors import EXAMPLE, FORM, NOW, SECRET, Visitor, door, signature


@pytest.fixture
def works() -> list[str]:
    """The names of what the listeners have handed on."""
    return []


@pytest.fixture
async def visitor(works: list[str]) -> AsyncIterator[Visitor]:
    async with door(works) as one:
        works.clear()
        yield one


@pytest.fixture
def logged() -> Iterator[list[Any]]:
    structlog.reset_defaults()
    with capture_logs() as entries:
        yield entries


def command(text: str, **more: str) -> bytes:
    return urlencode({"command": "/devenv", "text": text, "user_id": "U1", "channel_id": "C1", **more}).encode()


def test_the_signature_is_that_of_slacks_own_example() -> None:
    """J1: https://docs.slack.dev/authentication/verifying-requests-from-slack"""
    expected = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
    assert sign(SECRET, timestamp="1531420618", body=EXAMPLE) == expected
    headers = {TIMESTAMP: "1531420618", SIGNATURE: expected}
    assert flaw(headers, EXAMPLE, secret=SECRET, now=datetime.fromtimestamp(1531420618, UTC)) is None


async def test_what_slack_has_signed_comes_in(visitor: Visitor) -> None:
    """J1"""
    assert await visitor.signed(command("status")) == 200


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({SIGNATURE: "v0=" + "0" * 64}, "forged"),
        ({SIGNATURE: ""}, "forged"),
        ({SIGNATURE: "v0=ü"}, "forged"),
        ({SIGNATURE: None}, "unsigned"),
        ({TIMESTAMP: None}, "unsigned"),
        ({TIMESTAMP: "soon"}, "timestamp"),
        ({TIMESTAMP: "1e9"}, "timestamp"),
        ({TIMESTAMP: "-1"}, "timestamp"),
        ({TIMESTAMP: "9" * 400}, "timestamp"),
        ({TIMESTAMP: "0"}, "old"),
        (signature(b"command=%2Fdevenv", at=NOW - timedelta(minutes=5, seconds=1)), "old"),
        (signature(b"command=%2Fdevenv", at=NOW + timedelta(minutes=5, seconds=1)), "old"),
        (signature(b"command=%2fdevenv"), "forged"),  # the same once it is decoded
    ],
)
async def test_what_slack_has_not_signed_gets_401_and_one_line_in_the_log(
    visitor: Visitor, logged: list[Any], changed: dict[str, str | None], reason: str
) -> None:
    """J1 Z"""
    headers = {"Content-Type": FORM, **signature(b"command=%2Fdevenv"), **changed}
    sent = {name: value for name, value in headers.items() if value is not None}
    logged.clear()
    assert await visitor.post(b"command=%2Fdevenv", sent) == 401
    assert [(each["event"], each["reason"]) for each in logged] == [("request-refused", reason)]
    assert "exc_info" not in logged[0]


async def test_a_request_that_comes_twice_is_refused(visitor: Visitor, logged: list[Any]) -> None:
    """J1"""
    assert await visitor.signed(command("status")) == 200
    assert await visitor.signed(command("status")) == 401
    assert [each["reason"] for each in logged if each["event"] == "request-refused"] == ["replayed"]


def test_replays_are_remembered_for_as_long_as_the_signature_is_good() -> None:
    """J1"""
    replays = Replays()
    assert replays.is_new("a", now=NOW)
    assert not replays.is_new("a", now=NOW + timedelta(minutes=9))
    assert replays.is_new("a", now=NOW + timedelta(minutes=11))


@pytest.mark.parametrize("seconds", [1, 299])
async def test_what_was_signed_before_the_process_began_is_refused(visitor: Visitor, seconds: int) -> None:
    """S13: whoever remembered that it has been here is gone."""
    assert await visitor.signed(command("status"), at=NOW - timedelta(seconds=seconds)) == 401
    assert await visitor.signed(command("status"), at=NOW + timedelta(seconds=seconds)) == 200


@pytest.mark.parametrize(("first", "answer"), [("us", 401), ("eu", 200), ("", 200)])
async def test_what_names_no_cluster_is_good_at_the_first_ones_door_only(
    works: list[str], first: str, answer: int
) -> None:
    """S13: caught on its way to the first cluster it would be good once more at each of the others."""
    async with door(works, cluster_name="eu", first_cluster=first) as visitor:
        assert await visitor.signed(command("stop dev1")) == answer
        assert await visitor.signed(command("stop dev1@eu")) == 200


def test_tokens_are_sent_where_nobody_can_read_them() -> None:
    """S13: unless somebody says that it is a test."""
    tokens: dict[str, Any] = {"slack_bot_token": SecretStr("xoxb-1"), "slack_app_token": SecretStr("xapp-1")}
    plain = "http://slack.example.com/api/"
    with pytest.raises(ValidationError, match="must be https"):
        FrontdeskSettings(**tokens, slack_api_url=plain)
    assert FrontdeskSettings(**tokens, slack_api_url=plain, slack_api_plain=True).slack_api_url == plain
    assert (
        FrontdeskSettings(**tokens, slack_api_url="http://127.0.0.1:9/api/").slack_api_url == "http://127.0.0.1:9/api/"
    )


@pytest.mark.parametrize(
    ("url", "good"),
    [
        ("https://sundown.example.com/slack/events", True),
        ("http://127.0.0.1:3000/slack/events", True),
        ("http://[::1]:3000/slack/events", True),
        ("http://localhost/slack/events", True),
        ("http://sundown.example.com/slack/events", False),
        ("http://127.0.0.1.example.com/slack/events", False),
        ("http://10.0.0.1/slack/events", False),
        ("ftp://127.0.0.1/", False),
        ("https://", False),
        ("https://[::1/", False),
    ],
)
def test_what_is_signed_is_passed_on_where_nobody_can_read_it(url: str, good: bool) -> None:
    """S13: by https, or without leaving the machine."""
    options: dict[str, Any] = {"slack_bot_token": SecretStr("xoxb-1"), "slack_signing_secret": SecretStr(SECRET)}
    with nullcontext() if good else pytest.raises(ValidationError, match="http only on this machine"):
        FrontdeskSettings(**options, slack_port=0, clusters={"eu": url}, first_cluster="eu")


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"\xff\xfe=1", FORM),
        (b"text=%ff%fe", FORM),
        (b"payload=no+json", FORM),
        (b"payload=[1]", FORM),
        (b"{", "application/json"),
        (b"[]", "application/json"),
        (b"[" * 100_000, "application/json"),
        (b"", FORM),
        (b"&".join(b"a%d=1" % n for n in range(1000)), FORM),
    ],
)
async def test_a_badly_encoded_request_gets_401_although_it_is_signed(
    visitor: Visitor, logged: list[Any], body: bytes, content_type: str
) -> None:
    """J1"""
    logged.clear()
    assert await visitor.signed(body, content_type=content_type) == 401
    assert [(each["event"], each["reason"]) for each in logged] == [("request-refused", "unreadable")]


async def test_too_large_a_request_is_not_read(visitor: Visitor) -> None:
    assert await visitor.signed(b"text=" + b"x" * MOST_BYTES) == 413


async def test_100_kilobytes_of_text_are_taken(visitor: Visitor) -> None:
    assert await visitor.signed(command("x" * 100_000)) == 200


async def test_a_command_with_the_word_payload_in_it_is_a_command_all_the_same(visitor: Visitor) -> None:
    assert read(command("start payload=1"), content_type=FORM) is not None
    assert await visitor.signed(command("start payload")) == 200


async def test_the_challenge_of_a_new_address_is_answered(visitor: Visitor) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "abc"}).encode()
    assert await visitor.signed(body, content_type="application/json") == 200


@pytest.mark.parametrize(
    "payload",
    [
        {"type": "block_actions", "actions": [{"action_id": "who.knows", "block_id": "b", "type": "button"}]},
        {"type": "view_submission", "view": {"callback_id": "who.knows", "type": "modal"}},
        {"type": "view_closed", "view": {"callback_id": "who.knows"}},
        {"type": "shortcut", "callback_id": "who.knows"},
        {"type": "message_action", "callback_id": "who.knows"},
        {"type": "event_callback", "event": {"type": "who_knows"}},
    ],
)
async def test_what_nobody_listens_to_is_acknowledged(visitor: Visitor, payload: dict[str, Any]) -> None:
    assert await visitor.signed(json.dumps(payload).encode(), content_type="application/json") == 200


async def test_an_event_that_slack_sends_again_is_heard_once(visitor: Visitor, works: list[str]) -> None:
    """D1 Z: its acknowledgement was lost, and the repetition is signed anew"""
    event = {"type": "app_mention", "user": "U1", "channel": "C1", "ts": "1.2", "text": "<@U0> extend dev1 1h"}
    body = json.dumps({"type": "event_callback", "event_id": "Ev1", "event": event}).encode()
    for seconds in range(3):
        assert await visitor.signed(body, at=NOW + timedelta(seconds=seconds), content_type="application/json") == 200
    assert works == ["mention"]


async def test_what_is_packed_otherwise_than_it_says_is_no_fault_of_the_doors(visitor: Visitor) -> None:
    """J1: the signature is that of the body as it came, and anybody can send a head that is not to be believed."""
    body = command("status")
    wrong = {TIMESTAMP: str(int(NOW.timestamp())), SIGNATURE: f"v0={'0' * 64}", "Content-Encoding": "gzip"}
    assert await visitor.post(body, wrong) == 401
    assert await visitor.post(body, {**signature(body), "Content-Encoding": "gzip", "Content-Type": FORM}) == 200


EDITED = {"edited": {"user": "U1", "ts": "1.9"}}


@pytest.mark.parametrize(
    ("changes", "done"),
    [
        (({}, EDITED), ["mention", "edited"]),
        (({}, EDITED, EDITED | {"text": "<@U0> extend dev1 2h"}), ["mention", "edited"]),
        (({}, {"attachments": [{"from_url": "https://example.com"}]}), ["mention"]),
        ((EDITED,), ["edited"]),
        (({}, {"ts": "1.3"}), ["mention", "mention"]),
        (({}, {"channel": "C2"}), ["mention", "mention"]),
    ],
    ids=["edited", "edited twice", "with a preview", "edited while nobody listened", "another", "elsewhere"],
)
async def test_a_message_is_carried_out_once_however_often_it_is_edited(
    visitor: Visitor, works: list[str], changes: tuple[dict[str, Any], ...], done: list[str]
) -> None:
    """D1, Z: for each edit Slack sends an event of another name."""
    event = {"type": "app_mention", "user": "U1", "channel": "C1", "ts": "1.2", "text": "<@U0> extend dev1 1h"}
    for number, change in enumerate(changes):
        told = {"type": "event_callback", "event_id": f"Ev{number}", "event": event | change}
        assert await visitor.signed(json.dumps(told).encode(), content_type="application/json") == 200
    assert works == done


ANSWERS: dict[str, dict[str, Any]] = {
    "check mark": {
        "type": "reaction_added",
        "user": "U1",
        "reaction": "white_check_mark",
        "item": {"type": "message", "channel": "C1", "ts": "1.5"},
    },
    "word": {"type": "message", "user": "U1", "channel": "C1", "ts": "1.7", "thread_ts": "1.5", "text": "Confirm."},
}
OF_EU = {"cluster_name": "eu", "first_cluster": "us"}


@pytest.mark.parametrize("event", ANSWERS.values(), ids=ANSWERS)
@pytest.mark.parametrize(
    ("settings", "ts", "done"),
    [
        ({}, "1.5", ["answer"]),
        ({}, "2.5", ["elsewhere"]),
        (OF_EU, "1.5", ["answer"]),
        (OF_EU, "2.5", []),
    ],
    ids=["its own", "perhaps another's", "its own at another's door", "nobody's there"],
)
async def test_an_answer_that_names_no_cluster_is_good_where_its_message_stands(
    works: list[str], event: dict[str, Any], settings: dict[str, str], ts: str, done: list[str]
) -> None:
    """C8 I6 S13: the first cluster asks around, and to the others it is nothing but what they have asked."""
    body = json.dumps({"type": "event_callback", "event_id": "Ev1", "event": event}).encode()
    async with door(works, asked={("C1", ts): "one"}, **settings) as visitor:
        works.clear()
        assert await visitor.signed(body, content_type="application/json") == 200
    assert works == done


async def test_what_was_passed_on_already_goes_no_further(works: list[str]) -> None:
    """C8: two that ask each other would do so for ever."""
    body = json.dumps({"type": "event_callback", "event_id": "Ev1", "event": ANSWERS["word"]}).encode()
    async with door(works) as visitor:
        works.clear()
        headers = {**signature(body), "Content-Type": "application/json", PASSED_ON: "us"}
        assert await visitor.post(body, headers) == 200
    assert works == []


SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=20)
KEYS = st.sampled_from(
    [
        "type",
        "command",
        "text",
        "user",
        "user_id",
        "channel",
        "channel_id",
        "team",
        "actions",
        "action_id",
        "block_id",
        "value",
        "view",
        "callback_id",
        "state",
        "event",
        "event_id",
        "authorizations",
        "enterprise",
        "bot_id",
        "message",
        "metadata",
        "response_url",
        "response_urls",
        "trigger_id",
        "container",
        "item",
        "reaction",
        "ts",
        "thread_ts",
    ]
)
KINDS = st.sampled_from(
    [
        "block_actions",
        "view_submission",
        "view_closed",
        "event_callback",
        "shortcut",
        "app_mention",
        "user_change",
        "/devenv",
        "reaction_added",
        "message",
        "white_check_mark",
    ]
)
VALUES = st.recursive(
    SCALARS | KINDS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5), max_leaves=12
)
PAYLOADS = st.dictionaries(KEYS, VALUES, min_size=1, max_size=8)


@settings(max_examples=as_many(50), deadline=None, suppress_health_check=list(HealthCheck))
@given(payload=PAYLOADS, as_form=st.booleans())
async def test_no_signed_payload_whatever_gets_a_500(visitor: Visitor, payload: dict[str, Any], as_form: bool) -> None:
    text = json.dumps(payload)
    body = urlencode({"payload": text}).encode() if as_form else text.encode()
    assert await visitor.signed(body, content_type=FORM if as_form else "application/json") < 500


@settings(max_examples=as_many(50), deadline=None, suppress_health_check=list(HealthCheck))
@given(body=st.binary(max_size=300), timestamp=st.text(max_size=20), signed=st.booleans(), kind=st.text(max_size=30))
async def test_no_bytes_and_headers_whatever_get_a_500(
    visitor: Visitor, body: bytes, timestamp: str, signed: bool, kind: str
) -> None:
    """J1"""
    odd = {
        name: "".join(filter(str.isprintable, text)) for name, text in ((TIMESTAMP, timestamp), ("Content-Type", kind))
    }
    headers = {**odd, **(signature(body) if signed else {SIGNATURE: odd[TIMESTAMP]})}
    assert await visitor.post(body, headers) < 500
