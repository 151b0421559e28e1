"""The desk's pages in a real browser: as wide as a phone, without a script, and by keyboard."""

import pytest

from models import Official, Task
from tests.kept import rows
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
THE_OFFICE_S = [page for page in PAGES if page.right is not whoever_administers]
BELOW = (
    *("/outbox/1", f"/nights/{DAY}", "/policies/default", "/policies/load", "/audit/changes"),
    *("/people/1", "/people/new", "/people/units/1", "/people/units/new", "/people/hand-over"),
    *("/figures/wall", "/outbox/burden"),
)


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


def test_a_unit_and_its_handler_are_set_up_and_a_ledger_imported_without_a_script(
    office, cast, clock, phone, tmp_path
):
    file = tmp_path / "台账.csv"
    file.write_text(
        "问题编号,反馈问题,责任单位,责任人,整改时限\n甲-1,河道采砂,区水利局,李四,2022-9-1"
    )

    def press(name, **fields):
        for label, said in fields.items():
            phone.get_by_label(label).first.fill(said)
        follow(phone, phone.get_by_role("button", name=name, exact=True))
        assert phone.evaluate("document.documentElement.scrollWidth") <= 390

    with running(create_app(office, clock=clock, demo=True)) as port:
        phone.goto(f"http://127.0.0.1:{port}/people/units/new")
        press("新增", 单位全称="区水利局", 上级单位="定海区委")
        follow(phone, phone.get_by_role("link", name="在本单位新增人员"))
        press("新增", 姓名="李四", 邮箱="li@dinghai.example")
        phone.get_by_text("任职", exact=True).first.click()
        phone.get_by_label("职务").first.select_option("责任人")
        press("任职")
        assert "已记录" in phone.content()
        phone.goto(f"http://127.0.0.1:{port}/import")
        phone.get_by_label("文件").set_input_files(file)
        press("预览")
        press("确认导入")
        assert "已导入，与预览一致" in phone.content()

    [task] = rows(office, Task)
    assert (task.title, task.handler_id) == ("河道采砂", rows(office, Official)[-1].id)


def test_a_day_of_the_calendar_is_changed_without_a_script(warned, office, clock, phone):
    with running(create_app(office, clock=clock, demo=True)) as port:
        phone.goto(f"http://127.0.0.1:{port}/calendar")
        phone.get_by_label("日期").fill("2022-07-15")
        phone.get_by_label("放假").check()
        phone.get_by_label("理由").fill("台风停工")
        follow(phone, phone.get_by_role("button", name="改动"))

        assert "台风停工" in phone.content()
