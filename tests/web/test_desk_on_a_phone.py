"""The desk's pages in a real browser: as wide as a phone, without a script, and by keyboard."""

import pytest

from tests.web import chromium
from tests.web.chromium import follow
from tests.web.conftest import DAY, DUE
from tests.web.test_app import running
from web.app import create_app
from web.desk_pages import PAGES, whoever_administers

pytestmark = [
    *chromium.needed,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]
BELOW = ("/outbox/1", f"/nights/{DAY}", "/policies/default")
THE_OFFICE_S = [page for page in PAGES if page.right is not whoever_administers]


@pytest.fixture
def warned(cast, night):
    cast.task("甲-1", DUE, title="校车监管不到位" * 6)
    night()


def test_each_page_fits_a_phone(warned, office, clock, phone):
    with running(create_app(office, clock=clock, demo=True)) as port:
        for path in (*(page.path for page in THE_OFFICE_S), *BELOW):
            phone.goto(f"http://127.0.0.1:{port}{path}")
            assert phone.evaluate("document.documentElement.scrollWidth") <= 390, path
            assert phone.locator("h1").count() == 1, path


def test_the_line_of_pages_is_walked_by_keyboard(warned, office, clock, phone):
    with running(create_app(office, clock=clock, demo=True)) as port:
        phone.goto(f"http://127.0.0.1:{port}/notices")
        for page in THE_OFFICE_S:
            phone.keyboard.press("Tab")
            focused = phone.locator(":focus")
            assert focused.get_attribute("href") == page.path
        with phone.expect_navigation():
            phone.keyboard.press("Enter")
        assert phone.url.endswith("/audit")


def test_a_day_of_the_calendar_is_changed_without_a_script(warned, office, clock, phone):
    with running(create_app(office, clock=clock, demo=True)) as port:
        phone.goto(f"http://127.0.0.1:{port}/calendar")
        phone.get_by_label("日期").fill("2022-07-15")
        phone.get_by_label("放假").check()
        phone.get_by_label("理由").fill("台风停工")
        follow(phone, phone.get_by_role("button", name="改动"))

        assert "台风停工" in phone.content()
