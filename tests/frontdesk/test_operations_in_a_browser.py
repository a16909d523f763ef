"""What an operations channel sees on the page: an alert with its log, a proposal that takes two people, a support pod.

`make screenshots` has these tests write the pictures of docs/slack.md on the way.
"""

import re
import secrets
from collections.abc import Iterator

import pytest
from playwright.async_api import Page, expect

from sundown_lab.slack.remote import Workspace
from support.alerting import Begin
from support.apiserver import Api
from support.browsers import PICTURE, Open, Shoot, become, go_to, message, write
from support.envs import NAMESPACES, Env
from support.frontdesk.deletable import forget
from support.frontdesk.granted import SEE_LOGS, grant
from support.frontdesk.reminded import running
from support.frontdesks import Counter
from support.operating import let_operate
from support.operators import Stage
from support.requests import let_approve
from support.supporting import ON, Supported

pytestmark = [pytest.mark.lab, pytest.mark.browser]

ANA, BO = "ana@example.com", "bo@example.com"


@pytest.fixture
async def page(look: Open, slack: Workspace) -> Page:
    """Slack as ana has it open."""
    slack.patience(10)  # it is not the three seconds that these tests are about
    return await look("ana", size=PICTURE)


@pytest.fixture
def env(api: Api, stage: Stage) -> Iterator[Env]:
    """An env of ana's, which she may operate and bo may approve."""
    stage.usual()
    one = Env(api, f"webshop-{secrets.token_hex(2)}")
    api.create(NAMESPACES, {"metadata": {"name": one.name, "annotations": {"email": ANA}}})
    running(one, replicas=3)
    window = {"days": ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"], "from": "00:00", "to": "24:00"}
    one.schedule({"timeZone": "UTC", "awake": [window]})
    let_operate(one, ANA)
    let_approve(one, BO)
    grant(one, ANA, SEE_LOGS)
    one.until("Awake")
    yield one
    forget(one)
    api.delete(one.path)


async def test_an_alert_has_the_log_in_its_thread_and_says_ok_in_its_place(
    begin: Begin, page: Page, env: Env, shoot: Shoot
) -> None:
    """I1 I2 I3"""
    begin(env.name)
    env.add("importer", 1, pod={"lab.sundown.dev/fault": "Error"})
    alert = message(page, "crashes again and again")
    await expect(alert).to_contain_text("Restarts")
    await alert.get_by_role("button", name=re.compile("1 reply")).click()
    thread = page.get_by_role("complementary").filter(has_text="Thread of")
    await expect(thread).to_contain_text("this was said before it was restarted")
    await shoot(page, "alert")

    env.edit("importer", {"spec": {"template": {"metadata": {"annotations": {"lab.sundown.dev/fault": None}}}}})

    await expect(message(page, "runs again")).to_contain_text("OK:")
    await expect(
        page.get_by_role("log").first.get_by_role("article").filter(has_text=re.compile("crashes|runs again"))
    ).to_have_count(1)


async def test_a_guarded_env_takes_a_click_of_somebody_else(
    counter: Counter, slack: Workspace, page: Page, env: Env, shoot: Shoot
) -> None:
    """I6 I7"""
    counter.usual(slack)
    env.label(**{"sundown.dev/guarded": "true"})
    await write(page, f"/devenv scale deploy/web {env.name} 1")
    proposal = message(page, "3 -> 1")
    await proposal.get_by_role("button", name="Confirm").click()
    await expect(proposal.get_by_role("button", name="Approve")).to_be_visible()
    await shoot(page, "two-people")
    assert env.replicas("web") == 3

    await become(page, "Bo")
    await proposal.get_by_role("button", name="Approve").click()

    await expect(proposal).to_contain_text("is scaled: 3 -> 1")
    assert env.replicas("web") == 1


async def test_a_support_pod_is_started_with_the_line_that_leads_into_it(
    stage: Stage, counter: Counter, slack: Workspace, page: Page, supported: Supported, shoot: Shoot
) -> None:
    """H1 H2"""
    stage.fresh(**ON).start()
    counter.fresh(slack, **ON).start()
    await write(page, "/devenv support start cleanup L")
    await expect(message(page, "is starting")).to_contain_text("kubectl exec -it cleanup")
    supported.until("cleanup", "Running")
    await write(page, "/devenv support list")
    await expect(message(page, "1 support pod")).to_contain_text("running")
    await shoot(page, "support-pod")

    await write(page, "/devenv support stop cleanup")
    await expect(message(page, "is stopped by")).to_be_visible()
    supported.gone("cleanup")


async def test_the_home_lists_what_one_owns(
    counter: Counter, slack: Workspace, page: Page, env: Env, shoot: Shoot
) -> None:
    """C9"""
    counter.usual(slack)
    await go_to(page, "Sundown")
    home = page.get_by_role("region", name="App Home")
    await expect(home).to_contain_text(env.name)
    await expect(home).to_contain_text("1 part: 1 ready")
    await shoot(page, "home")
