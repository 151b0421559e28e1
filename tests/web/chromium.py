"""A real browser for the tests."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, sync_playwright

CHROMIUM = shutil.which("chromium")
needed = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="needs Debian's package chromium"),
]


@pytest.fixture
def chromium() -> Iterator[Browser]:
    """For one test: Playwright's loop would be in every later test's way."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


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
