"""Which cluster a delivery is about, whatever its kind; and that only those on the list are ever passed anything."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sundown.frontdesk.slack.transport.clusters import Clusters
from sundown.frontdesk.slack.transport.targets import answer_in, cluster_of, place_of

VALUE = json.dumps({"ns": "dev1", "cluster": "eu-west", "do": "resume"})
METADATA = {"event_type": "sundown_notice", "event_payload": {"namespace": "dev1", "cluster": "eu-west"}}


@pytest.mark.parametrize(
    "body",
    [
        {"command": "/devenv", "text": "start dev1@eu-west"},
        {"command": "/devenv", "text": "list @eu-west"},
        {"type": "event_callback", "event": {"type": "app_mention", "text": "<@U0> start dev1@eu-west"}},
        {"type": "block_actions", "actions": [{"action_id": "sundown.resume", "value": VALUE}]},
        {"type": "block_actions", "actions": [{"action_id": "x", "selected_option": {"value": VALUE}}]},
        {"type": "block_actions", "actions": [{"action_id": "x", "value": "3h"}], "message": {"metadata": METADATA}},
        {"type": "view_submission", "view": {"private_metadata": VALUE}},
    ],
    ids=["command", "all envs", "mention", "button", "select", "message", "window"],
)
def test_every_kind_of_delivery_says_which_cluster_it_is_about(body: dict[str, Any]) -> None:
    """C8"""
    assert cluster_of(body) == "eu-west"


@pytest.mark.parametrize(
    "body",
    [
        {"command": "/devenv", "text": "start dev1"},
        {"command": "/devenv", "text": "start dev1@"},
        {"command": "/devenv", "text": "gibberish@eu-west"},
        {"type": "event_callback", "event": {"type": "app_home_opened"}},
        {"type": "block_actions", "actions": [{"action_id": "x", "value": "{not json"}]},
        {"type": "block_actions", "actions": [{"action_id": "x", "value": '{"cluster": 7}'}]},
        {"type": "block_actions", "actions": "none"},
    ],
)
def test_what_names_no_cluster_is_about_this_one(body: dict[str, Any]) -> None:
    """C8"""
    assert cluster_of(body) == ""


MARK = {"type": "reaction_added", "user": "U1", "reaction": "white_check_mark", "item": {"channel": "C1", "ts": "1.5"}}
WORD = {"type": "message", "user": "U1", "channel": "C1", "ts": "1.7", "thread_ts": "1.5", "text": "`Approve`!"}


@pytest.mark.parametrize(
    ("event", "word"),
    [
        (MARK, None),
        ({**MARK, "reaction": "heavy_check_mark"}, None),
        (WORD, "approve"),
        ({**WORD, "subtype": "thread_broadcast"}, "approve"),
    ],
)
def test_an_answer_says_to_which_message_it_is_one(event: dict[str, Any], word: str | None) -> None:
    """I6"""
    given = answer_in(event)
    assert given is not None
    assert (given.channel, given.ts, given.user, given.word) == ("C1", "1.5", "U1", word)


@pytest.mark.parametrize(
    "event",
    [
        {**MARK, "reaction": "eyes"},
        {**MARK, "reaction": ["white_check_mark"]},
        {**MARK, "type": "reaction_removed"},
        {**WORD, "text": "I do not approve"},
        {**WORD, "text": "approve" + " " * 100},
        {**WORD, "thread_ts": None},
        {**WORD, "bot_id": "B1"},
        {**WORD, "subtype": "message_changed"},
        {**WORD, "subtype": "bot_message"},
        {**WORD, "subtype": ["thread_broadcast"]},
        {},
    ],
)
def test_what_else_is_done_to_messages_is_no_answer(event: dict[str, Any]) -> None:
    """I6"""
    assert answer_in(event) is None


def test_only_clusters_on_the_list_have_a_door() -> None:
    """C8"""
    clusters = Clusters(own="home", doors={"home": "http://h", "eu": "http://e"}, passes_on=True)
    assert clusters.door_of("eu") == "http://e"
    assert [clusters.door_of(name) for name in ("", "home", "http://evil.example.com")] == [None, None, None]
    by_socket = Clusters(own="home", doors={"eu": "http://e"}, passes_on=False)
    assert by_socket.door_of("eu") is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)
KEYS = st.sampled_from(
    [
        "command",
        "text",
        "event",
        "actions",
        "value",
        "view",
        "private_metadata",
        "message",
        "metadata",
        "user",
        "channel",
        "reaction",
        "item",
        "thread_ts",
    ]
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(KEYS, JSON, max_size=6))
def test_no_delivery_whatever_is_too_odd_to_be_answered(body: dict[str, Any]) -> None:
    cluster_of(body)
    place_of(body)
    answer_in(body)
