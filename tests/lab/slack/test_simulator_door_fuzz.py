"""Whatever an app sends to the Web API is answered as Slack would: never with a failure of the simulator's own."""

import http.client
import json
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sundown_lab.slack.methods.table import METHODS
from sundown_lab.slack.remote import Workspace

ARGUMENTS = (
    "attachments", "blocks", "channel", "channels", "cursor", "email", "file", "filename", "files", "hash", "latest", "length",
    "limit", "metadata", "name", "oldest", "post_at", "scheduled_message_id", "text", "thread_ts", "timestamp", "trigger_id", "ts",
    "types", "user", "user_id", "usergroup", "users", "view", "view_id",
)  # fmt: skip
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=30)
    | st.sampled_from(["#dev", "1.2", "[{}]"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
calls = st.tuples(
    st.sampled_from(sorted(set(METHODS) - {"apps.connections.open"})),
    st.dictionaries(st.sampled_from(ARGUMENTS), values, max_size=8),
)


@pytest.fixture
def door(slack: Workspace) -> Iterator[http.client.HTTPConnection]:
    connection = http.client.HTTPConnection(urlsplit(slack.url).netloc, timeout=30)
    yield connection
    connection.close()


@settings(
    deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(calls)
def test_any_arguments_get_an_answer(
    slack: Workspace, door: http.client.HTTPConnection, call: tuple[str, dict[str, object]]
) -> None:
    method, arguments = call
    headers = {"Authorization": f"Bearer {tokens(slack)}", "Content-Type": "application/json"}

    door.request("POST", f"/api/{method}", json.dumps(arguments), headers)
    reply = door.getresponse()
    answer = json.loads(reply.read())

    assert reply.status == 200
    assert answer["ok"] is True or isinstance(answer["error"], str)


known: dict[str, str] = {}


def tokens(slack: Workspace) -> str:
    """The bot's token, asked for once."""
    if slack.url not in known:
        known[slack.url] = slack.environment["SLACK_BOT_TOKEN"]
    return known[slack.url]
