"""The page of the API in real Chromium: it shows every operation, and nothing breaks its own policy (F1)."""

import pytest
from playwright.async_api import Browser, expect

from sundown.frontdesk.api.table import OPERATIONS
from support.browsers import DESK, PATIENCE
from support.frontdesk.api import Caller

pytestmark = pytest.mark.browser


async def test_it_shows_every_operation_and_breaks_no_policy(browser: Browser, caller: Caller) -> None:
    """F1: offline, that is from nowhere but here."""
    context = await browser.new_context(viewport={"width": DESK[0], "height": DESK[1]}, locale="en-US")
    context.set_default_timeout(PATIENCE)
    page = await context.new_page()
    complaints: list[str] = []
    elsewhere: list[str] = []
    page.on(
        "console", lambda message: complaints.append(message.text) if message.type in {"error", "warning"} else None
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "request", lambda asked: None if asked.url.startswith((caller.url, "data:")) else elsewhere.append(asked.url)
    )
    try:
        answer = await page.goto(f"{caller.url}/docs")
        assert answer is not None
        assert "script-src 'self'" in answer.headers["content-security-policy"]
        await expect(page.locator(".opblock")).to_have_count(len(OPERATIONS))
        await page.locator("#operations-wishes-stopEnv").click()
        await page.get_by_role("button", name="Try it out").click()
        await page.get_by_placeholder("env", exact=True).fill("dev1")
        await page.get_by_role("button", name="Execute").click()
        await expect(page.locator(".live-responses-table .response-col_status").last).to_contain_text("401")
    finally:
        await context.close()
    # What was tried there had no token, which the browser says too.
    assert [text for text in complaints if "401" not in text] == []
    assert elsewhere == []
