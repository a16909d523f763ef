"""Socket Mode: connections that come, go, hang and are replaced."""

import http.client
import threading
from typing import Any
from urllib.parse import urlsplit

import pytest
from slack_bolt.async_app import AsyncApp

from sundown_lab.slack.remote import Workspace
from support.slack.bolts import Bolt, client

Json = dict[str, Any]


def answering(app: AsyncApp) -> None:
    @app.command("/devenv")
    async def devenv(ack: Any) -> None:
        await ack("here")


def until_answered(slack: Workspace) -> None:
    """Somebody tries again until the app answers, as people do."""
    slack.wait_until(lambda: bool(slack.act("ana").command("x")["acked"]), what="the app answers")


def test_of_several_connections_one_gets_each_envelope_in_turn(slack: Workspace) -> None:
    threads: list[int] = []

    def listen(app: AsyncApp) -> None:
        @app.command("/devenv")
        async def devenv(ack: Any) -> None:
            threads.append(threading.get_ident())
            await ack()

    with Bolt(slack, listen) as first, Bolt(slack, listen, count=2):
        for _ in range(4):
            assert slack.act("ana").command("x")["acked"]
        assert first.slack.state()["app"]["connections"] == 2

    assert len(threads) == 4
    assert len(set(threads)) == 2


def test_a_dropped_connection_is_opened_again(slack: Workspace) -> None:
    with Bolt(slack, answering):
        slack.break_socket("drop")
        until_answered(slack)

        assert len(slack.calls("apps.connections.open")) >= 2


def test_the_app_is_asked_to_connect_anew_and_answers_meanwhile(slack: Workspace) -> None:
    with Bolt(slack, answering):
        slack.break_socket("refresh")
        slack.wait_until(lambda: len(slack.calls("apps.connections.open")) == 2, what="it has asked for a new one")
        until_answered(slack)


def test_a_frozen_connection_looks_open_and_answers_nothing_until_it_is_replaced(slack: Workspace) -> None:
    with Bolt(slack, answering):
        slack.break_socket("freeze")
        slack.patience(0.5)
        assert slack.faults()["socket"] == "freeze"
        went = slack.act("ana").command("x")
        until_answered(slack)

    assert went["error"] in {"operation_timeout", "dispatch_failed"}


def test_a_mute_connection_is_pinged_but_brings_nothing(slack: Workspace) -> None:
    with Bolt(slack, answering):
        slack.break_socket("mute")
        slack.patience(0.5)
        assert slack.act("ana").command("x")["error"] == "operation_timeout"
        slack.break_socket("thaw")
        until_answered(slack)

    assert len(slack.calls("apps.connections.open")) == 1


def test_a_ticket_is_good_for_one_connection(slack: Workspace) -> None:
    token = slack.environment["SLACK_APP_TOKEN"]
    url = urlsplit(client(slack).apps_connections_open(app_token=token)["url"])
    statuses = []
    for _ in range(2):
        connection = http.client.HTTPConnection(url.netloc, timeout=10)
        upgrade = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13"}
        connection.request("GET", url.path, headers={**upgrade, "Sec-WebSocket-Key": "MDEyMzQ1Njc4OWFiY2RlZg=="})
        statuses.append(connection.getresponse().status)
        connection.close()

    assert statuses == [101, 408]


@pytest.mark.parametrize("kind", ["500", "429"])
def test_an_app_that_cannot_open_a_socket_tries_again(slack: Workspace, kind: str) -> None:
    slack.fault("apps.connections.open", kind, times=1)

    with Bolt(slack, answering):
        until_answered(slack)
