"""A real browser for the tests."""

import asyncio
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, sync_playwright

# The same browser without its windows opens a page in a third of the time.
CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium")
needed = [
    pytest.mark.slow,
    pytest.mark.skipif(
        CHROMIUM is None, reason="needs Debian's package chromium-headless-shell or chromium"
    ),
]


@pytest.fixture(scope="session")
def _launched() -> Iterator[tuple[Browser, asyncio.AbstractEventLoop]]:
    """One for all tests, and the loop in which Playwright waits: it says of this thread that the
    loop runs, which would be in the way of every test that runs one of its own."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        loop = asyncio.get_running_loop()
        asyncio._set_running_loop(None)
        yield browser, loop
        asyncio._set_running_loop(loop)
        browser.close()


@pytest.fixture
def chromium(_launched: tuple[Browser, asyncio.AbstractEventLoop]) -> Iterator[Browser]:
    """As if just started: what a test opens is closed after it, with its cookies."""
    browser, loop = _launched
    asyncio._set_running_loop(loop)
    yield browser
    for context in browser.contexts:
        context.close()
    asyncio._set_running_loop(None)


@pytest.fixture
def desktop(chromium: Browser) -> Page:
    return chromium.new_page()


@pytest.fixture
def phone(chromium: Browser) -> Page:
    """390 points wide, and no script runs."""
    context = chromium.new_context(
        viewport={"width": 390, "height": 844}, java_script_enabled=False, has_touch=True
    )
    return context.new_page()


def follow(page: Page, what: Locator) -> None:
    """Press what leads to another page, and wait until that has come."""
    with page.expect_navigation():
        what.click()
