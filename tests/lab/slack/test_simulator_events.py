"""Events: what is told to whom, and what happens when nobody acks."""

from functools import partial
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp

from sundown_lab.slack.onlooker import Refusal
from sundown_lab.slack.remote import Workspace
from support.slack.bolts import Bolt, channel_id, client

both_ways = pytest.mark.parametrize("http", [False, True], ids=["socket", "http"])
Json = dict[str, Any]
ALL = [
    "app_mention",
    "app_home_opened",
    "message.channels",
    "message.im",
    "reaction_added",
    "subteam_members_changed",
    "user_change",
]


@both_ways
def test_a_mention_reaches_the_app_and_is_answered_in_the_thread(slack: Workspace, http: bool) -> None:
    def listen(app: AsyncApp) -> None:
        @app.event("app_mention")
        async def mentioned(event: Json, say: Any) -> None:
            await say(text=f"heard: {event['text']}", thread_ts=event["ts"])

    with Bolt(slack, listen, http=http):
        said = slack.act("ana").say("#dev", "@Sundown status <dev1>")
        assert said["acked"], said
        bot = slack.state()["app"]["bot_user"]
        answer = slack.wait_for_message(lambda m: m["bot_id"] is not None)

    assert answer["text"] == f"heard: <@{bot}> status &lt;dev1&gt;"
    assert answer["thread_ts"] == said["ts"]


def test_an_edit_of_a_mention_is_another_mention_of_the_same_message(slack: Workspace) -> None:
    seen: list[Json] = []

    def listen(app: AsyncApp) -> None:
        @app.event("app_mention")
        async def mentioned(event: Json) -> None:
            seen.append(event)

    with Bolt(slack, listen):
        ana = slack.act("ana")
        said = ana.say("#dev", "@Sundown list")
        message = slack.messages("#dev")[0]
        assert ana.edit(message, "@Sundown status")["acked"]
        with pytest.raises(Refusal, match="one edits messages"):
            slack.act("bo").edit(message, "mine now")

    assert [event["ts"] for event in seen] == [said["ts"]] * 2
    assert ["edited" in event for event in seen] == [False, True]
    assert (slack.messages("#dev")[0]["text"].endswith("status"), slack.messages("#dev")[0]["edited"]) == (True, True)


def test_what_does_not_mention_the_app_is_not_sent_to_one_that_hears_of_mentions_only(slack: Workspace) -> None:
    slack.load({"events": ["app_mention"]})
    assert slack.act("ana").say("#dev", "hello @bo, see #general")["acked"] is None

    (seen,) = slack.messages("#dev")
    assert seen["text"] == f"hello <@{slack.act('bo').id}>, see <#{channel_id(slack, 'general')}|general>"
    assert slack.deliveries() == []


def test_links_that_people_type_are_in_angle_brackets(slack: Workspace) -> None:
    slack.act("ana").say("#dev", "see https://example.com/?a=1&b=2 or ask bo@example.com")

    assert slack.messages("#dev")[0]["text"] == (
        "see <https://example.com/?a=1&amp;b=2> or ask <mailto:bo@example.com|bo@example.com>"
    )


def test_messages_reach_an_app_that_has_subscribed_to_them(slack: Workspace) -> None:
    seen: list[Json] = []

    def listen(app: AsyncApp) -> None:
        @app.event("message")
        async def heard(event: Json) -> None:
            seen.append(event)

    slack.load({"events": ALL})
    with Bolt(slack, listen):
        slack.act("ana").say("#dev", "to all")
        slack.act("ana").say("@sundown", "to you")
        client(slack).chat_postMessage(channel="#dev", text="of its own")
        slack.wait_until(lambda: len(slack.deliveries("message")) == 3)
        slack.wait_until(lambda: all(d["acked"] for d in slack.deliveries("message")))

    assert [(e["text"], e["channel_type"]) for e in seen] == [("to all", "channel"), ("to you", "im")]


def test_reactions_profiles_and_user_groups_are_told_too(slack: Workspace) -> None:
    seen: list[Json] = []

    def listen(app: AsyncApp) -> None:
        @app.event("reaction_added")
        @app.event("user_change")
        @app.event("subteam_members_changed")
        async def heard(event: Json) -> None:
            seen.append(event)

    slack.load({"events": ALL})
    message = client(slack).chat_postMessage(channel="#dev", text="done?")
    with Bolt(slack, listen):
        slack.act("bo").react({"channel": message["channel"], "ts": message["ts"]}, "white_check_mark")
        slack.act("bo").change_profile(tz="Asia/Tokyo")
        slack.act("bo").change_group("platform", ["bo", "chen"])
        slack.wait_until(lambda: len(seen) == 3)

    assert (seen[0]["reaction"], seen[0]["item"]["ts"]) == ("white_check_mark", message["ts"])
    assert (seen[1]["user"]["tz"], seen[1]["user"]["tz_offset"]) == ("Asia/Tokyo", 32_400)
    assert (seen[2]["added_users"], seen[2]["removed_users"]) == ([slack.act("bo").id], [slack.act("ana").id])


@both_ways
def test_an_event_that_is_not_acked_comes_again_three_times(slack: Workspace, http: bool) -> None:
    """Nearly at once, after a minute, after five minutes: the clock is advanced for the last two."""

    def listen(app: AsyncApp) -> None:
        @app.middleware
        async def refuse(_resp: Any = None) -> None:
            """Ends the request here, so that Bolt answers nothing good."""

    def refused(times: int) -> bool:
        return [d["acked"] for d in slack.deliveries("app_mention")] == [False] * times

    with Bolt(slack, listen, http=http):
        slack.patience(0.1)
        slack.act("ana").say("#dev", "@Sundown hello")
        for attempts, seconds in ((2, 61), (3, 301), (4, 0)):
            slack.wait_until(partial(refused, attempts))
            slack.clock_advance(seconds)

    deliveries = slack.deliveries("app_mention")
    assert [d["retry"] for d in deliveries] == [0, 1, 2, 3]
    assert len({d["payload"]["event_id"] for d in deliveries}) == 1


def test_a_click_is_never_sent_again(slack: Workspace) -> None:
    button = {"type": "button", "action_id": "x", "text": {"type": "plain_text", "text": "Go"}}
    client(slack).chat_postMessage(channel="#dev", text="x", blocks=[{"type": "actions", "elements": [button]}])

    slack.act("ana").click(slack.messages("#dev")[0], "x")
    slack.clock_advance(1_000)

    assert len(slack.deliveries("block_actions")) == 1
