"""Slash commands through real Bolt, over both ways."""

import asyncio
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp

from sundown_lab.slack.remote import Workspace
from support.slack.bolts import Bolt

both_ways = pytest.mark.parametrize("http", [False, True], ids=["socket", "http"])


@both_ways
def test_a_command_is_answered_to_its_asker_only(slack: Workspace, http: bool) -> None:
    def listen(app: AsyncApp) -> None:
        @app.command("/devenv")
        async def devenv(ack: Any, command: dict[str, Any]) -> None:
            await ack(f"you said {command['text']}")

    with Bolt(slack, listen, http=http):
        went = slack.act("ana").command("status dev1")

    assert went["acked"], went
    assert [m["text"] for m in slack.messages("#dev", "ana")] == ["you said status dev1"]
    assert slack.messages("#dev", "bo") == []


@both_ways
def test_an_ack_after_three_seconds_is_shown_as_a_timeout_and_counted(slack: Workspace, http: bool) -> None:
    def listen(app: AsyncApp) -> None:
        @app.middleware  # Bolt itself gives up when a listener takes 3 s, so the time has to pass before
        async def dawdle(next_: Any) -> None:
            await asyncio.sleep(3.3)
            await next_()

        @app.command("/devenv")
        async def devenv(ack: Any) -> None:
            await ack("too late")

    with Bolt(slack, listen, http=http):
        slack.patience(1)
        went = slack.act("ana").command("status")
        slack.wait_until(lambda: slack.traffic()["late"] == 1, what="the late ack is in the log")

    assert (went["acked"], went["error"]) == (False, "operation_timeout")
    assert slack.messages("#dev", "ana")[-1]["text"] == '/devenv failed with the error "operation_timeout"'
    assert slack.traffic()["missed"] == 0
