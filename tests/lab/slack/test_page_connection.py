"""The page outlives its simulator."""

import pytest
from playwright.async_api import expect

from sundown_lab.slack.remote import Workspace
from sundown_lab.slack.server import BackgroundSlack
from support.browsers import Open, message

pytestmark = pytest.mark.browser


async def test_the_page_goes_on_when_the_simulator_is_back(look: Open) -> None:
    with BackgroundSlack() as first:
        page = await look(at=first.url)
        port = int(first.url.rpartition(":")[2])
        await expect(page.get_by_text("Connecting")).to_be_hidden()
    await expect(page.get_by_text("Connecting")).to_be_visible()

    with BackgroundSlack(port=port) as second:
        await expect(page.get_by_text("Connecting")).to_be_hidden()
        Workspace(second.url).act("bo").say("#dev", "back again")
        await expect(message(page, "back again")).to_be_visible()
        await page.close()
