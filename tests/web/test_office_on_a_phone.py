"""The office's pages as somebody on duty uses them away from the desk: a phone, no JavaScript."""

from datetime import date

import pytest
from playwright.sync_api import Page

from flows.database import transaction
from flows.office import Office
from flows.signing_in import offer_sign_in
from models import Exclusion, ListMembership, Milestone, Official, Task, WatchList
from tests.conftest import Cast
from tests.kept import add, rows
from tests.web import chromium
from tests.web.chromium import follow
from tests.web.conftest import DUE, NOON
from tests.web.test_app import running
from web.app import create_app

pytestmark = [
    *chromium.needed,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),  # as in test_scanner.py
]


def test_what_the_office_does_on_pages_is_done_on_a_phone(
    office: Office, cast: Cast, clock, phone: Page
):
    facts = {"track": "long_term", "state": "long_term", "review_every": "3mo"}
    cast.task("甲-1", date(2022, 12, 31), opened_on=DUE, **facts)
    add(office, WatchList(name="words", title="一般清单", source="", loaded_at=NOON))
    with transaction(office.engine, NOON) as session:
        link = offer_sign_in(session, session.get_one(Official, cast.olga), NOON)

    def go(way: str) -> None:
        phone.goto(f"http://127.0.0.1:{port}/tasks/甲-1")
        follow(phone, phone.get_by_role("link", name=way, exact=True))
        fits()

    def fits() -> None:
        assert phone.evaluate("document.documentElement.scrollWidth") <= 390

    def recorded(button: str) -> None:
        follow(phone, phone.get_by_role("button", name=button))
        assert "已记录" in phone.content()
        fits()

    with running(create_app(office, clock=clock)) as port:
        phone.goto(f"http://127.0.0.1:{port}/login/{link}")
        follow(phone, phone.get_by_role("button").first)

        go("改派")
        phone.get_by_label("改派给").select_option("区教育局 · bob")
        follow(phone, phone.get_by_role("button", name="确认改派"))
        assert "请写明理由" in phone.content()
        assert phone.get_by_label("改派给").input_value() == f"{cast.unit}:{cast.bob}"
        fits()
        phone.get_by_label("理由").fill("分工调整")
        recorded("确认改派")

        go("回避")
        phone.get_by_label("谁回避").select_option("区教育局 · mallory")
        phone.get_by_label("理由").fill("近亲属涉及")
        recorded("登记回避")

        go("阶段目标")
        phone.get_by_label("1. 到哪天").fill("2022-09-30")
        phone.get_by_label("达到什么").first.fill("建立制度")
        recorded("保存阶段目标")

        go("清单")
        phone.get_by_label("哪个清单").select_option("一般清单")
        phone.get_by_label("理由").fill("区委决定")
        recorded("列入清单")

    assert rows(office, Task)[0].handler_id == cast.bob
    assert rows(office, Exclusion)[0].official_id == cast.mallory
    assert rows(office, Milestone)[0].title == "建立制度"
    assert rows(office, ListMembership)[0].reason == "区委决定"
