"""A newcomer's first hours with Sundown, on the page: real Chromium, the simulator, the frontdesk, the operator, a cluster.

`make screenshots` has these tests write the pictures of docs/slack.md on the way.
"""

import re
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import Page, expect

from sundown_lab.slack.remote import Workspace
from support.apiserver import Api
from support.browsers import PHONE, PICTURE, Open, Shoot, go_to, message, write
from support.enders import let_end
from support.envs import NAMESPACES, Env, instant
from support.frontdesk.deletable import forget
from support.frontdesk.reminded import running
from support.operators import Stage

pytestmark = [
    pytest.mark.lab,
    pytest.mark.browser,
    pytest.mark.usefixtures("frontdesk"),
]


@pytest.fixture
def env(api: Api, stage: Stage) -> Iterator[Env]:
    """An env of ana's with two Deployments, that runs and may be deleted, with an operator that looks after it."""
    stage.usual()
    one = Env(api, f"webshop-{secrets.token_hex(2)}")
    api.create(NAMESPACES, {"metadata": {"name": one.name}})
    one.add("api", 1)
    running(one, replicas=2)
    let_end(one, "ana@example.com")
    yield one
    forget(one)
    api.delete(one.path)


@pytest.fixture
async def page(look: Open, slack: Workspace) -> Page:
    """Slack as ana has it open."""
    slack.patience(10)  # it is not the three seconds that these tests are about
    return await look("ana", size=PICTURE)


def stops_in(env: Env, **later: float) -> None:
    """Give the env a schedule by which it stops so much later every day, and that says so in #dev and to its owner."""
    at = (datetime.now(UTC) + timedelta(**later)).strftime("%H:%M")
    window = {"days": ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"], "to": "24:00" if at == "00:00" else at}
    notify = {"before": ["1h"], "channel": "#dev"}
    env.schedule({"timeZone": "UTC", "awake": [window], "allowDelete": True, "notify": notify})


async def test_somebody_who_is_reminded_snoozes_with_a_click(page: Page, env: Env, shoot: Shoot) -> None:
    """B4 B5 B8 C1 C2 C6"""
    stops_in(env, minutes=30)
    reminder = message(page, env.name)
    await expect(reminder).to_contain_text("No answer means that it stops.")
    await expect(reminder).to_contain_text("Owner: ana@example.com")
    await shoot(page, "reminder")

    await reminder.get_by_role("button", name="Snooze 3 hours").click()

    await expect(reminder).to_contain_text("ana@example.com put it off")
    await expect(reminder.get_by_role("button", name=re.compile("Snooze|Suspend"))).to_have_count(0)
    assert env.until("Awake")["shutdownAt"] > instant(hours=2)


async def test_the_owner_suspends_and_resumes_in_direct_messages(page: Page, env: Env, shoot: Shoot) -> None:
    """A4 B8 C3 C5 C6"""
    stops_in(env, minutes=30)
    await go_to(page, "Sundown")
    await page.get_by_role("tab", name="Messages").click()
    notice = message(page, env.name)

    await notice.get_by_role("button", name="Suspend now").click()
    resume = page.get_by_role("button", name="Resume").last
    await expect(message(page, "is asleep")).to_contain_text("ana@example.com suspended it")
    env.until("Asleep")
    assert set(env.counts().values()) == {0}
    await shoot(page, "asleep")

    await resume.click()
    await expect(message(page, "is awake again")).to_be_visible()
    env.until("Awake")
    assert env.counts() == {"Deployment/api": 1, "Deployment/web": 2}
    await shoot(page, "awake-again")


async def test_commands_are_answered_to_who_asks(page: Page, env: Env, shoot: Shoot) -> None:
    """D3 D5 D7"""
    stops_in(env, hours=3)
    env.until("Awake")

    await write(page, f"/devenv status {env.name}")
    status = message(page, re.compile("is awake", re.IGNORECASE))
    await expect(status).to_contain_text(env.name)
    await expect(status).to_contain_text("Only visible to you")
    await expect(status).to_contain_text("web")

    await write(page, f"/devenv extend {env.name} for 2h")
    await expect(message(page, "stays awake")).to_be_visible()
    await write(page, f"/devenv why {env.name}")
    await expect(message(page, "Who: ana@example.com")).to_contain_text("Only visible to you")
    await shoot(page, "status-and-why")

    await write(page, "/devenv help")
    await expect(message(page, "extend")).to_contain_text("snooze")


async def test_deleting_wants_the_name_typed(page: Page, env: Env, shoot: Shoot) -> None:
    """C4"""
    stops_in(env, minutes=30)
    await message(page, env.name).get_by_role("button", name="Delete…").click()
    modal = page.get_by_role("dialog")
    await expect(modal).to_contain_text("irreversible")
    name = modal.get_by_role("textbox")

    await name.fill("another-env")
    await modal.get_by_role("button", name="Delete for good").click()
    await expect(modal).to_contain_text("That is not its name.")
    assert env.api.find(env.path) is not None
    await shoot(page, "delete")

    await name.fill(env.name)
    await modal.get_by_role("button", name="Delete for good").click()
    await expect(modal).to_contain_text("will be deleted")
    await page.keyboard.press("Escape")
    await go_to(page, "Sundown")
    await page.get_by_role("tab", name="Messages").click()
    await expect(message(page, "is deleted")).to_be_visible()


async def test_the_home_on_a_phone_lists_what_one_owns(look: Open, slack: Workspace, env: Env, shoot: Shoot) -> None:
    """C9"""
    slack.patience(10)
    stops_in(env, hours=3)
    env.until("Awake")
    page = await look("ana", size=PHONE)
    await page.get_by_role("button", name="Channels").click()
    await go_to(page, "Sundown")
    home = page.get_by_role("region", name="App Home")

    await expect(home).to_contain_text(f"{env.name}")
    await shoot(page, "home-on-a-phone")
    await home.get_by_role("button", name="Suspend").first.click()

    await expect(home).to_contain_text(re.compile("asleep", re.IGNORECASE))
    env.until("Asleep")
