"""Messages: posting, changing, scheduling, finding them again."""

import pytest

from sundown_lab.slack.remote import Workspace
from support.slack.bolts import channel_id, client, refusal

SECTION = {"type": "section", "text": {"type": "mrkdwn", "text": "in a block"}}


def test_a_message_is_seen_by_everybody_in_the_channel(slack: Workspace) -> None:
    client(slack).chat_postMessage(channel="#dev", text="good morning")

    for user in ("ana", "dina"):
        (seen,) = slack.act(user).messages("#dev")
        assert (seen["text"], seen["username"], seen["ephemeral"]) == ("good morning", "Sundown", False)


def test_a_message_to_a_user_opens_the_direct_messages(slack: Workspace) -> None:
    posted = client(slack).chat_postMessage(channel=slack.act("ana").id, text="only for you")

    assert posted["channel"].startswith("D")
    assert posted["channel"] == client(slack).conversations_open(users=slack.act("ana").id)["channel"]["id"]
    assert [m["text"] for m in slack.act("ana").messages("@ana")] == ["only for you"]
    assert slack.act("bo").messages("@ana") == []


@pytest.mark.parametrize(
    ("channel", "error"),
    [("C0NOWHERE", "channel_not_found"), ("#secret", "channel_not_found"), ("#far", "not_in_channel")],
)
def test_the_app_posts_only_where_it_is(slack: Workspace, channel: str, error: str) -> None:
    channels = [{"name": "far", "bot": False}, {"name": "secret", "bot": False, "is_private": True}]
    slack.load({"channels": channels})

    assert refusal(lambda: client(slack).chat_postMessage(channel=channel, text="hello"))["error"] == error


def test_the_app_can_join_an_open_channel(slack: Workspace) -> None:
    slack.load({"channels": [{"name": "far", "bot": False}]})

    client(slack).conversations_join(channel=channel_id(slack, "far"))

    assert client(slack).chat_postMessage(channel="#far", text="hello")["ok"]


def test_a_message_has_to_say_something(slack: Workspace) -> None:
    assert (
        refusal(lambda: client(slack).api_call("chat.postMessage", json={"channel": "#dev", "text": " "}))["error"]
        == "no_text"
    )


def test_a_text_has_at_most_40000_characters(slack: Workspace) -> None:
    web = client(slack)

    assert web.chat_postMessage(channel="#dev", text="x" * 40_000)["ok"]
    assert refusal(lambda: web.chat_postMessage(channel="#dev", text="x" * 40_001))["error"] == "msg_too_long"


def test_an_updated_text_has_at_most_4000_characters(slack: Workspace) -> None:
    posted = client(slack).chat_postMessage(channel="#dev", text="short")

    refused = refusal(lambda: client(slack).chat_update(channel=posted["channel"], ts=posted["ts"], text="x" * 4_001))

    assert refused["error"] == "msg_too_long"


def test_an_update_stays_one_message(slack: Workspace) -> None:
    web = client(slack)
    posted = web.chat_postMessage(channel="#dev", text="before", blocks=[SECTION])

    web.chat_update(channel=posted["channel"], ts=posted["ts"], text="after", blocks=[])

    (seen,) = slack.messages("#dev")
    assert (seen["text"], seen["blocks"], seen["ts"]) == ("after", [], posted["ts"])


def test_an_update_with_a_text_alone_takes_the_blocks_away(slack: Workspace) -> None:
    web = client(slack)
    posted = web.chat_postMessage(channel="#dev", text="before", blocks=[SECTION])

    web.chat_update(channel=posted["channel"], ts=posted["ts"], text="after")

    assert slack.messages("#dev")[0]["blocks"] == []


def test_an_update_keeps_metadata_that_it_does_not_mention(slack: Workspace) -> None:
    web = client(slack)
    metadata = {"event_type": "sundown_notice", "event_payload": {"namespace": "dev1"}}
    posted = web.chat_postMessage(channel="#dev", text="before", metadata=metadata)

    web.chat_update(channel=posted["channel"], ts=posted["ts"], text="after")

    assert slack.messages("#dev")[0]["metadata"] == metadata


def test_an_update_wants_the_id_of_direct_messages_not_of_the_user(slack: Workspace) -> None:
    web, ana = client(slack), slack.act("ana").id
    posted = web.chat_postMessage(channel=ana, text="hello")

    assert refusal(lambda: web.chat_update(channel=ana, ts=posted["ts"], text="x"))["error"] == "channel_not_found"


def test_other_peoples_messages_cannot_be_changed(slack: Workspace) -> None:
    said = slack.act("ana").say("#dev", "mine")
    web, channel = client(slack), channel_id(slack)

    assert refusal(lambda: web.chat_update(channel=channel, ts=said["ts"], text="x"))["error"] == "cant_update_message"
    assert refusal(lambda: web.chat_delete(channel=channel, ts=said["ts"]))["error"] == "cant_delete_message"


def test_a_deleted_message_is_gone(slack: Workspace) -> None:
    web = client(slack)
    posted = web.chat_postMessage(channel="#dev", text="hello")

    web.chat_delete(channel=posted["channel"], ts=posted["ts"])

    assert slack.messages("#dev") == []
    again = refusal(lambda: web.chat_update(channel=posted["channel"], ts=posted["ts"], text="x"))
    assert again["error"] == "message_not_found"


def test_an_ephemeral_message_is_seen_by_one_and_changed_by_none(slack: Workspace) -> None:
    web, ana = client(slack), slack.act("ana").id
    posted = web.chat_postEphemeral(channel=channel_id(slack), user=ana, text="psst")

    assert [m["ephemeral"] for m in slack.act("ana").messages("#dev")] == [True]
    assert slack.act("bo").messages("#dev") == []
    assert web.conversations_history(channel=channel_id(slack))["messages"] == []
    refused = refusal(lambda: web.chat_update(channel=channel_id(slack), ts=posted["message_ts"], text="x"))
    assert refused["error"] == "message_not_found"


def test_an_ephemeral_message_reaches_members_only(slack: Workspace) -> None:
    slack.load({"channels": [{"name": "dev", "members": ["bo"]}]})

    refused = refusal(lambda: client(slack).chat_postEphemeral(channel="#dev", user=slack.act("ana").id, text="psst"))

    assert refused["error"] == "user_not_in_channel"


def test_an_ephemeral_message_is_seen_in_a_thread_only_where_there_is_one(slack: Workspace) -> None:
    """https://docs.slack.dev/reference/methods/chat.postEphemeral"""
    web, ana = client(slack), slack.act("ana").id
    top = web.chat_postMessage(channel="#dev", text="top")
    said = {"channel": top["channel"], "user": ana, "thread_ts": top["ts"]}
    assert web.chat_postEphemeral(**said, text="to nobody")["ok"]
    assert slack.act("ana").messages("#dev")[0]["replies"] == []

    web.chat_postMessage(channel="#dev", text="below", thread_ts=top["ts"])
    web.chat_postEphemeral(**said, text="psst")

    (seen,) = slack.act("ana").messages("#dev")
    assert [(each["text"], each["ephemeral"]) for each in seen["replies"]] == [("below", False), ("psst", True)]


def test_a_reply_stands_in_its_thread(slack: Workspace) -> None:
    web = client(slack)
    top = web.chat_postMessage(channel="#dev", text="top")
    web.chat_postMessage(channel="#dev", text="below", thread_ts=top["ts"])

    (seen,) = slack.messages("#dev")
    assert [reply["text"] for reply in seen["replies"]] == ["below"]
    replies = web.conversations_replies(channel=top["channel"], ts=top["ts"])["messages"]
    assert [(m["text"], m.get("reply_count")) for m in replies] == [("top", 1), ("below", None)]
    assert [m["text"] for m in web.conversations_history(channel=top["channel"])["messages"]] == ["top"]


def test_a_thread_that_is_not_there_takes_no_reply(slack: Workspace) -> None:
    refused = refusal(lambda: client(slack).chat_postMessage(channel="#dev", text="below", thread_ts="1.000001"))

    assert refused["error"] == "thread_not_found"


def test_history_gives_the_newest_first_page_by_page(slack: Workspace) -> None:
    web, channel = client(slack), channel_id(slack)
    for number in range(5):
        web.chat_postMessage(channel=channel, text=str(number))

    pages = web.conversations_history(channel=channel, limit=2)

    read = [([m["text"] for m in page["messages"]], page["has_more"]) for page in pages]
    assert read == [(["4", "3"], True), (["2", "1"], True), (["0"], False)]


def test_history_between_two_moments_leaves_both_out_unless_told(slack: Workspace) -> None:
    web, channel = client(slack), channel_id(slack)
    sent = [web.chat_postMessage(channel=channel, text=str(number))["ts"] for number in range(3)]

    without = web.conversations_history(channel=channel, oldest=sent[0], latest=sent[2])
    inclusive = web.conversations_history(channel=channel, oldest=sent[0], latest=sent[2], inclusive=True)

    assert [m["text"] for m in without["messages"]] == ["1"]
    assert [m["text"] for m in inclusive["messages"]] == ["2", "1", "0"]


def test_history_shows_metadata_when_asked(slack: Workspace) -> None:
    """C7: what a message is about can be read back from it."""
    web, channel = client(slack), channel_id(slack)
    metadata = {"event_type": "sundown_notice", "event_payload": {"namespace": "dev1"}}
    web.chat_postMessage(channel=channel, text="hello", metadata=metadata)

    (plain,) = web.conversations_history(channel=channel)["messages"]
    (full,) = web.conversations_history(channel=channel, include_all_metadata=True)["messages"]

    assert "metadata" not in plain
    assert full["metadata"] == metadata


@pytest.mark.parametrize(
    ("metadata", "error"),
    [
        ({"event_type": "x"}, "invalid_metadata_format"),
        ({"event_type": "x y", "event_payload": {}}, "invalid_metadata_format"),
        ({"event_type": "x", "event_payload": []}, "invalid_metadata_format"),
        ({"event_type": "x", "event_payload": {"long": "x" * 8_000}}, "metadata_too_large"),
    ],
)
def test_metadata_has_a_form_and_a_limit(slack: Workspace, metadata: dict[str, object], error: str) -> None:
    refused = refusal(lambda: client(slack).chat_postMessage(channel="#dev", text="hello", metadata=metadata))

    assert refused["error"] == error


def test_a_scheduled_message_comes_when_its_time_has_come(slack: Workspace) -> None:
    web = client(slack)
    web.chat_scheduleMessage(channel="#dev", text="later", post_at=int(slack.clock()) + 600)
    assert [m["text"] for m in web.chat_scheduledMessages_list()["scheduled_messages"]] == ["later"]

    slack.clock_advance(601)

    slack.wait_for_message(lambda m: m["text"] == "later", channel="#dev")
    assert web.chat_scheduledMessages_list()["scheduled_messages"] == []


def test_a_scheduled_message_with_metadata_never_comes(slack: Workspace) -> None:
    """A bug of Slack's that its documentation warns of; who relies on such messages has to notice."""
    web, at = client(slack), int(slack.clock()) + 600
    web.chat_scheduleMessage(
        channel="#dev", text="lost", post_at=at, metadata={"event_type": "x", "event_payload": {"a": 1}}
    )
    web.chat_scheduleMessage(channel="#dev", text="comes", post_at=at + 1)

    slack.clock_advance(700)

    slack.wait_for_message(lambda m: m["text"] == "comes", channel="#dev")
    assert [m["text"] for m in slack.messages("#dev")] == ["comes"]


def test_a_scheduled_message_can_be_taken_back(slack: Workspace) -> None:
    web = client(slack)
    planned = web.chat_scheduleMessage(channel="#dev", text="later", post_at=int(slack.clock()) + 600)
    identity = planned["scheduled_message_id"]

    web.chat_deleteScheduledMessage(channel=planned["channel"], scheduled_message_id=identity)

    slack.clock_advance(601)
    again = refusal(lambda: web.chat_deleteScheduledMessage(channel=planned["channel"], scheduled_message_id=identity))
    assert again["error"] == "invalid_scheduled_message_id"
    assert slack.messages("#dev") == []


@pytest.mark.parametrize(("seconds", "error"), [(-5, "time_in_past"), (121 * 86_400, "time_too_far")])
def test_a_message_is_scheduled_for_the_next_120_days(slack: Workspace, seconds: int, error: str) -> None:
    at = int(slack.clock()) + seconds

    refused = refusal(lambda: client(slack).chat_scheduleMessage(channel="#dev", text="later", post_at=at))

    assert refused["error"] == error


def test_reactions_are_added_once_and_can_be_read(slack: Workspace) -> None:
    web = client(slack)
    said = slack.act("ana").say("#dev", "done")
    where = {"channel": channel_id(slack), "timestamp": said["ts"]}

    web.reactions_add(name="white_check_mark", **where)

    shown = web.reactions_get(**where)["message"]["reactions"]
    assert [(r["name"], r["count"]) for r in shown] == [("white_check_mark", 1)]
    assert refusal(lambda: web.reactions_add(name="white_check_mark", **where))["error"] == "already_reacted"
    web.reactions_remove(name="white_check_mark", **where)
    assert refusal(lambda: web.reactions_remove(name="white_check_mark", **where))["error"] == "no_reaction"
    assert refusal(lambda: web.reactions_add(name="No Such", **where))["error"] == "invalid_name"


def test_a_permalink_leads_to_the_message(slack: Workspace) -> None:
    posted = client(slack).chat_postMessage(channel="#dev", text="hello")

    link = client(slack).chat_getPermalink(channel=posted["channel"], message_ts=posted["ts"])["permalink"]

    assert link.endswith(f"/archives/{posted['channel']}/p{posted['ts'].replace('.', '')}")


def test_a_file_is_uploaded_in_three_steps(slack: Workspace) -> None:
    web = client(slack)

    web.files_upload_v2(channel=channel_id(slack), content="a,b\n1,2\n", filename="savings.csv", title="Savings")

    (seen,) = slack.messages("#dev")
    assert [(f["name"], f["title"], f["size"]) for f in seen["files"]] == [("savings.csv", "Savings", 8)]


def test_a_file_that_was_never_sent_cannot_be_completed(slack: Workspace) -> None:
    web = client(slack)
    promised = web.files_getUploadURLExternal(filename="savings.csv", length=8)

    refused = refusal(lambda: web.files_completeUploadExternal(files=[{"id": promised["file_id"], "title": "x"}]))

    assert refused["error"] == "file_not_found"
