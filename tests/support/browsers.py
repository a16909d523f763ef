"""A real browser before the simulator's page: the distribution's Chromium, driven by Playwright.

One browser serves a whole run, with a fresh profile a test. Playwright's async API shares the loop of the other tests; its sync
API would leave a loop running, on which no async test could start.
"""

import io
import os
import re
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.async_api import Browser, ConsoleMessage, Locator, Page, async_playwright, expect

from sundown_lab.slack.remote import Workspace

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE = 60_000.0  # milliseconds: machines that run tests can be very slow
PHONE = (390, 780)
DESK = (1280, 860)
PICTURE = (1080, 720)
COLOURS = 224
"""Enough for a page of text with its buttons; a picture is half as large as with all of them."""
Open = Callable[..., Awaitable[Page]]
Shoot = Callable[[Page, str], Awaitable[None]]


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Chromium, without a window."""
    program = next((found for name in NAMES if (found := shutil.which(name)) is not None), None)
    if program is None:
        pytest.fail("the browser tests need Chromium; `make browser` installs it")
    expect.set_options(timeout=PATIENCE)
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=program, args=list(ARGUMENTS), timeout=PATIENCE * 2)
        yield chromium
        await chromium.close()


@pytest.fixture
async def look(browser: Browser, slack: Workspace) -> AsyncIterator[Open]:
    """`await look("ana")` is the page as ana sees it; also `at` (another simulator) and `size` (pixels).

    Whatever the page throws or its browser complains about fails the test.
    """
    contexts = []
    complaints: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not re.search(r"status of 400|ERR_", message.text):
            complaints.append(message.text)

    async def open_page(user: str = "", *, at: str = slack.url, size: tuple[int, int] = DESK) -> Page:
        context = await browser.new_context(viewport={"width": size[0], "height": size[1]}, locale="en-US")
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        page = await context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", hear)
        await page.goto(f"{at}/?as={user}" if user else at)
        await expect(page.get_by_role("heading", level=1)).not_to_be_empty()
        return page

    yield open_page
    for context in contexts:
        await context.close()
    assert complaints == []


@pytest.fixture
def shoot() -> Shoot:
    """`await shoot(page, "reminder")` writes reminder.png, where pictures are wanted (`make screenshots`)."""
    folder = os.environ.get("SUNDOWN_SCREENSHOTS")

    async def take(page: Page, name: str) -> None:
        if folder is not None:
            await page.mouse.move(0, 0)
            shot = await page.screenshot(animations="disabled")
            few = Image.open(io.BytesIO(shot)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
            few.save(Path(folder) / f"{name}.png", optimize=True)

    return take


def message(page: Page, text: str | re.Pattern[str]) -> Locator:
    """The newest message with this text, in the channel that is shown."""
    return page.get_by_role("log").first.get_by_role("article").filter(has_text=text).last


async def write(page: Page, text: str) -> None:
    """Write in the channel that is shown, and send it."""
    box = page.get_by_role("textbox", name=re.compile("^Message "))
    await box.fill(text)
    await box.press("Enter")


async def become(page: Page, name: str) -> None:
    """Act as somebody else from now on."""
    await page.get_by_label("Act as").select_option(label=name)


async def go_to(page: Page, name: str) -> None:
    """Open a channel, or the app, from the sidebar."""
    sidebar = page.get_by_role("navigation", name="Workspace")
    await sidebar.get_by_role("button", name=re.compile(rf"^{re.escape(name)}(,|$)")).click()
