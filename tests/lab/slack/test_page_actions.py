"""What people do on the page reaches the app, and they see what came of it."""

import asyncio
import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.async_api import Route, expect
from slack_bolt.async_app import AsyncApp

from sundown_lab.slack.remote import Workspace
from support.browsers import PHONE, Open, become, go_to, message, write
from support.slack.bolts import Bolt, client
from support.slack.envapp import REMINDER, EnvApp, mrkdwn, options, plain

pytestmark = pytest.mark.browser


@pytest.fixture
def app(slack: Workspace) -> Iterator[EnvApp]:
    """The app, connected; its reminder stands in #dev."""
    one = EnvApp()
    slack.patience(10)
    with Bolt(slack, one.listen):
        client(slack).chat_postMessage(channel="#dev", text="dev1 stops", blocks=REMINDER)
        yield one


@pytest.mark.usefixtures("app")
async def test_a_click_updates_the_message(look: Open) -> None:
    page = await look("ana")

    await page.get_by_role("button", name="Suspend now").click()

    await expect(message(page, "suspend by @ana")).to_be_visible()
    await expect(page.get_by_role("button", name="Suspend now")).to_have_count(0)


@pytest.mark.usefixtures("app")
async def test_no_second_button_can_be_clicked_while_the_first_acts(slack: Workspace, look: Open) -> None:
    page = await look("ana")
    release = asyncio.Event()

    async def hold(route: Route) -> None:
        await release.wait()
        await route.continue_()

    await page.route("**/control/do", hold)
    await page.get_by_role("button", name="Suspend now").click()
    delete = page.get_by_role("button", name="Delete")
    await expect(delete).to_be_disabled()
    await delete.click(force=True)
    await expect(page.get_by_role("dialog")).to_have_count(0)
    release.set()

    await expect(message(page, "suspend by @ana")).to_be_visible()
    assert len(slack.deliveries("block_actions")) == 1


@pytest.mark.usefixtures("app")
async def test_a_click_counts_for_whom_one_acts_as(look: Open) -> None:
    page = await look("ana")
    await become(page, "Chen")

    await page.get_by_role("button", name="Suspend now").click()

    await expect(message(page, "suspend by @chen")).to_be_visible()


@pytest.mark.usefixtures("app")
async def test_what_needs_confirmation_asks_first(slack: Workspace, look: Open) -> None:
    page = await look("ana")
    delete = page.get_by_role("button", name="Delete")
    dialog = page.get_by_role("dialog", name="Delete dev1?")

    await delete.click()
    await expect(dialog).to_contain_text("This is for ever.")
    await dialog.get_by_role("button", name="Keep it").click()
    await expect(dialog).to_have_count(0)
    assert slack.deliveries("block_actions") == []

    await delete.click()
    await dialog.get_by_role("button", name="Do it").click()
    await expect(message(page, "delete by @ana")).to_be_visible()


@pytest.mark.usefixtures("app")
async def test_a_select_is_used_with_the_keyboard(slack: Workspace, look: Open) -> None:
    page = await look("ana")
    select = page.get_by_role("combobox", name="Snooze")

    await select.press("Enter")
    await expect(page.get_by_role("option", name="1 hour")).to_be_focused()
    await page.keyboard.press("ArrowDown")
    assert slack.deliveries("block_actions") == []  # looking at an option is not choosing it
    await page.keyboard.press("Enter")

    await expect(message(page, "snooze 3hours by @ana")).to_be_visible()


@pytest.mark.usefixtures("app")
async def test_an_overflow_menu_is_used(look: Open) -> None:
    page = await look("ana")

    await page.get_by_role("button", name="More actions").click()
    await page.get_by_role("menuitem", name="History").click()

    await expect(message(page, "more History by @ana")).to_be_visible()


@pytest.mark.usefixtures("app")
async def test_an_app_that_does_not_answer_is_said_and_counted_in_red(slack: Workspace, look: Open) -> None:
    slack.patience(1)
    page = await look("ana")

    await page.get_by_role("button", name="Never answered").click()

    await expect(page.get_by_role("alert").first).to_contain_text("The app did not answer within 3 seconds")
    await expect(message(page, "dev1 stops")).to_contain_text("did not answer in time")
    await expect(page.get_by_role("contentinfo", name="Traffic").locator(".late").first).to_be_visible()


@pytest.mark.usefixtures("app")
async def test_a_command_is_answered_to_who_asked(look: Open) -> None:
    page = await look("ana")

    await write(page, "/devenv status")

    answer = message(page, "dev1 is awake; you asked for status")
    await expect(answer).to_contain_text("Only visible to you")
    await expect(answer.locator("code")).to_have_text("dev1")


@pytest.mark.usefixtures("app")
async def test_commands_are_suggested(look: Open) -> None:
    page = await look("ana")
    box = page.get_by_role("textbox", name="Message #dev")

    await box.press_sequentially("/de")
    await expect(page.get_by_role("option", name="/devenv")).to_be_visible()
    await box.press("Tab")

    await expect(box).to_have_value("/devenv ")


@pytest.mark.usefixtures("app")
async def test_a_mention_is_answered_in_a_thread(look: Open) -> None:
    page = await look("ana")

    await write(page, "@Sundown are you there?")

    asked = message(page, "are you there?")
    await asked.get_by_role("button", name="1 reply").click()
    await expect(page.get_by_role("complementary", name="Thread")).to_contain_text("Here I am")


async def test_a_modal_shows_its_errors_and_then_goes(app: EnvApp, look: Open) -> None:
    page = await look("ana")
    await write(page, "/devenv delete")
    modal = page.get_by_role("dialog", name="Delete dev1")
    name = modal.get_by_role("textbox", name="Type its name")
    await expect(name).to_be_focused()

    await name.fill("dev2")
    await modal.get_by_role("combobox", name="Time zone").click()
    await page.get_by_role("option", name="Asia/Kolkata").click()
    await modal.get_by_role("radio", name="Gently").check()
    await modal.get_by_role("checkbox", name="Friday").check()
    await modal.get_by_label("Quiet from").fill("21:30")
    await modal.get_by_role("button", name="Delete").click()
    await expect(modal.get_by_text("That is not its name.")).to_be_visible()
    await expect(name).to_have_value("dev2")
    assert app.submitted == []

    await name.fill("dev1")
    await modal.get_by_role("button", name="Delete").click()
    await expect(message(page, "dev1 is gone")).to_be_visible()
    await expect(modal).to_have_count(0)
    [values] = app.submitted
    assert values["zone"]["zone"]["selected_option"]["value"] == "Asia/Kolkata"
    assert values["how"]["how"]["selected_option"]["value"] == "Gently"
    assert [each["value"] for each in values["days"]["days"]["selected_options"]] == ["Friday"]
    assert values["quiet"]["quiet"]["selected_time"] == "21:30"


async def test_a_modal_asks_for_what_is_required_and_can_be_left(app: EnvApp, slack: Workspace, look: Open) -> None:
    page = await look("ana")
    await write(page, "/devenv delete")
    modal = page.get_by_role("dialog", name="Delete dev1")

    await modal.get_by_role("button", name="Delete").click()
    await expect(modal.get_by_text("Please complete this required field.")).to_have_count(3)
    assert slack.deliveries("view_submission") == []

    await page.keyboard.press("Escape")
    await expect(modal).to_have_count(0)
    assert slack.act("ana").modals == []


@pytest.mark.usefixtures("app")
async def test_the_app_home_is_shown_and_used(look: Open) -> None:
    page = await look("ana")

    await go_to(page, "Sundown")
    home = page.get_by_role("region", name="App Home")
    await expect(home).to_contain_text("dev1 is asleep")

    await home.get_by_role("button", name="Resume").click()
    await expect(home).to_contain_text("dev1 is waking")


@pytest.mark.usefixtures("app")
async def test_a_phone_has_room_for_all_of_it(look: Open) -> None:
    page = await look("ana", size=PHONE)
    sidebar = page.get_by_role("navigation", name="Workspace")
    await expect(sidebar).to_be_hidden()

    await page.get_by_role("button", name="Channels").click()
    await become(page, "Dina")
    await go_to(page, "dev")
    await expect(sidebar).to_be_hidden()
    await page.get_by_role("button", name="Suspend now").click()

    await expect(message(page, "suspend by @dina")).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


async def test_several_options_people_and_dates_are_chosen(slack: Workspace, look: Open) -> None:
    chosen: dict[str, Any] = {}

    def listen(app: AsyncApp) -> None:
        @app.action(re.compile(".*"))
        async def acted(ack: Any, body: dict[str, Any]) -> None:
            await ack()
            chosen[body["actions"][0]["action_id"]] = body["actions"][0]

    kinds: dict[str, dict[str, Any]] = {
        "days": {"type": "multi_static_select", "placeholder": plain("Days"), "options": options("Monday", "Friday")},
        "who": {"type": "users_select", "placeholder": plain("Who")},
        "date": {"type": "datepicker"},
        "how": {"type": "radio_buttons", "options": options("Gently", "At once")},
    }
    blocks = [
        {"type": "section", "text": mrkdwn(f"Choose {name}"), "accessory": {"action_id": name, **element}}
        for name, element in kinds.items()
    ]
    slack.patience(10)
    with Bolt(slack, listen):
        client(slack).chat_postMessage(channel="#dev", text="choose", blocks=blocks)
        page = await look("ana")

        await page.get_by_role("combobox", name="Choose days").click()
        for day in ("Monday", "Friday"):
            await page.get_by_role("option", name=day).click()
        await page.keyboard.press("Escape")
        await expect(page.get_by_role("combobox", name="Choose days")).to_have_text("Monday, Friday▾")

        await page.get_by_role("combobox", name="Choose who").click()
        await page.get_by_role("option", name="@dina").click()
        await expect(page.get_by_role("combobox", name="Choose who")).to_contain_text("@dina")

        await page.get_by_label("Choose date").fill("2026-12-24")
        await page.get_by_label("Choose date").blur()
        await page.get_by_role("radio", name="At once").check()
        slack.wait_until(lambda: chosen.keys() == kinds.keys(), what="the app heard of all four")

    assert [each["value"] for each in chosen["days"]["selected_options"]] == ["Monday", "Friday"]
    dina = next(each["id"] for each in slack.state()["users"] if each["name"] == "dina")
    assert chosen["who"]["selected_user"] == dina
    assert chosen["date"]["selected_date"] == "2026-12-24"
    assert chosen["how"]["selected_option"]["value"] == "Atonce"
