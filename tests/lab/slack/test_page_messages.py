"""The page draws what was written, as it was meant, and nothing more."""

import re
from typing import Any

import pytest
from playwright.async_api import expect

from sundown_lab.slack.remote import Workspace
from support.browsers import Open, become, go_to, message, write
from support.slack.bolts import channel_id, client
from support.slack.envapp import REMINDER, mrkdwn, plain

pytestmark = pytest.mark.browser
EVIL = "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"


async def test_markup_in_a_message_is_text(slack: Workspace, look: Open) -> None:
    page = await look("ana")

    await write(page, EVIL)

    await expect(message(page, EVIL)).to_be_visible()
    await expect(page.locator("#messages script, #messages img")).to_have_count(0)


async def test_markup_in_blocks_labels_and_reactions_is_text(slack: Workspace, look: Open) -> None:
    button = {"type": "button", "action_id": "a", "text": plain("<i>Go</i>")}
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": plain("<b>Head</b>")},
        {
            "type": "section",
            "text": mrkdwn("*&lt;u&gt;bold&lt;/u&gt;* <javascript:alert(1)|click>"),
            "accessory": button,
        },
        {"type": "image", "image_url": "http://127.0.0.1/x.png", "alt_text": "<s>alt</s>"},
    ]
    client(slack).chat_postMessage(channel="#dev", text="x", blocks=blocks)
    page = await look("ana")

    shown = message(page, "<b>Head</b>")
    await expect(shown.get_by_role("button", name="<i>Go</i>")).to_be_visible()
    await expect(shown.locator("b", has_text="<u>bold</u>")).to_be_visible()
    await expect(shown.get_by_role("img", name="<s>alt</s>")).to_be_visible()
    await expect(shown.get_by_role("link")).to_have_count(0)


async def test_mrkdwn_is_drawn(slack: Workspace, look: Open) -> None:
    dev = channel_id(slack)
    ana = next(each["id"] for each in slack.state()["users"] if each["name"] == "ana")
    text = (
        f"*bold* _italic_ ~gone~ `a_b*c*` <https://example.com/x?a=1&amp;b=2|a link> <@{ana}> <#{dev}> :tada: 5*3*2 "
        "<!date^1763899200^{date_num} {time}|then> see http://example.com/a_b_c?d=1.\n```\nkubectl get envs\n```\n&gt; quoted"
    )
    client(slack).chat_postMessage(channel="#dev", text=text)
    page = await look("chen")  # in India, five and a half hours ahead of UTC

    shown = message(page, "a link")
    for tag, content in {"b": "bold", "i": "italic", "s": "gone", "code": "a_b*c*", "pre": "kubectl get envs"}.items():
        await expect(shown.locator(f".text {tag}")).to_have_text(content)
    await expect(shown.locator("blockquote")).to_have_text("quoted")
    await expect(shown.get_by_role("link", name="a link")).to_have_attribute("href", "https://example.com/x?a=1&b=2")
    await expect(shown.get_by_role("link", name="example.com/a_b_c")).to_have_attribute(
        "href", "http://example.com/a_b_c?d=1"
    )
    await expect(shown).to_contain_text("@ana")
    await expect(shown.get_by_role("button", name="#dev")).to_be_visible()
    await expect(shown.get_by_role("img", name=":tada:")).to_be_visible()
    await expect(shown).to_contain_text("5*3*2 2025-11-23 5:30 PM")


async def test_what_is_posted_changed_and_removed_is_seen_at_once(slack: Workspace, look: Open) -> None:
    page = await look("ana")
    slackbot = client(slack)

    posted = slackbot.chat_postMessage(channel="#dev", text="dev1 falls asleep")
    await expect(message(page, "dev1 falls asleep")).to_be_visible()

    slack.act("bo").say("#dev", "good night")
    await expect(message(page, "good night")).to_be_visible()

    channel, ts = str(posted["channel"]), str(posted["ts"])
    slackbot.chat_update(channel=channel, ts=ts, text="dev1 is asleep")
    await expect(message(page, "dev1 is asleep")).to_be_visible()
    await expect(page.get_by_text("dev1 falls asleep")).to_have_count(0)

    slackbot.chat_delete(channel=channel, ts=ts)
    await expect(page.get_by_text("dev1 is asleep")).to_have_count(0)


async def test_an_ephemeral_message_is_seen_by_its_user_alone(slack: Workspace, look: Open) -> None:
    ana = next(each["id"] for each in slack.state()["users"] if each["name"] == "ana")
    client(slack).chat_postEphemeral(channel="#dev", user=ana, text="between us")
    slack.act("bo").say("#dev", "hello all")
    page = await look("ana")

    await expect(message(page, "between us")).to_contain_text("Only visible to you")

    await become(page, "Bo")
    await expect(page.get_by_text("between us")).to_have_count(0)
    await expect(message(page, "hello all")).to_be_visible()


async def test_a_thread_is_read_and_answered_beside_the_channel(slack: Workspace, look: Open) -> None:
    posted = client(slack).chat_postMessage(channel="#dev", text="dev1 did not wake")
    client(slack).chat_postMessage(channel="#dev", text="its last lines", thread_ts=posted["ts"])
    page = await look("ana")
    await message(page, "dev1 did not wake").get_by_role("button", name="1 reply").click()

    thread = page.get_by_role("complementary", name="Thread")
    await expect(thread.get_by_role("article")).to_have_count(2)
    await thread.get_by_role("textbox", name="Reply").fill("I look at it")
    await thread.get_by_role("button", name="Send").click()

    await expect(thread.get_by_role("article").filter(has_text="I look at it")).to_be_visible()
    await expect(message(page, "dev1 did not wake").get_by_role("button", name="2 replies")).to_be_visible()


async def test_a_reaction_is_added_and_taken_back(slack: Workspace, look: Open) -> None:
    client(slack).chat_postMessage(channel="#dev", text="dev1 woke")
    page = await look("ana")
    shown = message(page, "dev1 woke")

    await shown.hover()
    await shown.get_by_role("button", name="Add reaction").click()
    await page.get_by_role("menuitem", name="eyes").click()
    reaction = shown.get_by_role("button", name="eyes reaction, 1")
    await expect(reaction).to_have_attribute("aria-pressed", "true")

    await reaction.click()
    await expect(reaction).to_have_count(0)


async def test_a_badge_counts_what_is_unread_until_it_is_looked_at(slack: Workspace, look: Open) -> None:
    page = await look("ana")
    for text in ("one", "two"):
        slack.act("bo").say("#general", text)

    badge = page.get_by_role("button", name="general, 2 unread")
    await expect(badge).to_be_visible()
    await badge.click()

    await expect(message(page, "two")).to_be_visible()
    await go_to(page, "dev")
    await expect(page.get_by_role("button", name=re.compile("unread"))).to_have_count(0)


async def test_what_one_types_stays_while_messages_arrive(slack: Workspace, look: Open) -> None:
    client(slack).chat_postMessage(channel="#dev", text="dev1", blocks=REMINDER)
    page = await look("ana")
    box = page.get_by_role("textbox", name="Message #dev")
    await box.fill("half a sen")

    slack.act("bo").say("#dev", "in between")

    await expect(message(page, "in between")).to_be_visible()
    await expect(box).to_have_value("half a sen")
    await expect(box).to_be_focused()


async def test_every_sort_of_block_is_drawn(slack: Workspace, look: Open) -> None:
    words = [{"type": "text", "text": "rich", "style": {"bold": True}}, {"type": "emoji", "name": "zzz"}]
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": plain("The head")},
        {"type": "section", "fields": [mrkdwn("*Owner*\nana"), mrkdwn("*State*\nawake")]},
        {"type": "divider"},
        {"type": "context", "elements": [mrkdwn("small print")]},
        {"type": "image", "image_url": "http://127.0.0.1/x.png", "alt_text": "a graph"},
        {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": words}]},
    ]
    client(slack).chat_postMessage(channel="#dev", text="x", blocks=blocks)
    page = await look("ana")

    shown = message(page, "small print")
    await expect(shown.get_by_role("heading", name="The head")).to_be_visible()
    await expect(shown).to_contain_text("Owner")
    await expect(shown.get_by_role("separator")).to_have_count(1)
    await expect(shown.get_by_role("img", name="a graph")).to_be_visible()
    await expect(shown.locator("b", has_text="rich")).to_be_visible()
    await expect(shown.get_by_role("img", name=":zzz:")).to_be_visible()
