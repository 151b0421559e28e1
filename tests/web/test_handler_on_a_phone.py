"""From the mail to what a handler asks for: a phone, no JavaScript, no account. Each on one
database, as in test_scanner.py: what is sent here is sent to both in the tests of the pages."""

import re

import pytest

from models import Application, ChangeRequest, Evidence, Measure
from models.application import SixVisible
from tests import files
from tests.kept import add, rows
from tests.web import chromium
from tests.web.chromium import follow
from tests.web.conftest import DUE
from tests.web.test_app import running
from tests.web.test_scanner import links_of, links_on, look_at, press
from web.app import create_app

pytestmark = chromium.needed
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def mailed(office, bench, night, link, clock):
    """The address of the link in Alice's mail, at a real server."""
    task = bench.task("甲-1", DUE)
    add(office, Measure(task_id=task.id, position=1, text="建立台账制度"))
    night()
    with running(create_app(office, clock=clock)) as port:
        yield f"http://127.0.0.1:{port}{link('alice', '甲-1')}"


@on_sqlite
def test_from_the_mail_to_the_extension_in_six_steps(phone, mailed, office):
    phone.goto(mailed)  # 1 the link in the mail
    follow(phone, phone.get_by_role("link", name="申请延期"))  # 2
    assert "最多延至2022年8月12日" in phone.content()
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    phone.get_by_label("申请延至").fill("2022-08-10")  # 3
    phone.get_by_label("理由").fill("汛期施工受阻，需要延后两周。")  # 4
    phone.get_by_text("本人办理").click()  # 5
    follow(phone, phone.get_by_role("button", name="提交申请延期"))  # 6

    assert "申请已提交，审批人将收到邮件" in phone.content()
    [request] = rows(office, ChangeRequest)
    assert (request.kind, request.said_by) == ("extension", "alice")


@on_sqlite
def test_from_the_mail_to_the_application(phone, mailed, office):
    phone.goto(mailed)
    follow(phone, phone.get_by_role("link", name="申请销号"))
    assert phone.evaluate("document.documentElement.scrollWidth") <= 390
    phone.get_by_label("整改完成情况").fill("已完成整改，逐条落实。")
    phone.get_by_label("第 1 条措施的完成情况").fill("制度已印发")
    for visible in SixVisible:
        phone.locator(f"#seen-{visible}").check()
        phone.locator(f"[name=words-{visible}]").fill("见材料")
    phone.get_by_label("清退金额（元）").fill("1200.50")
    phone.get_by_label("选择文件（可多选）").set_input_files(
        [
            {"name": "报告.pdf", "mimeType": "application/pdf", "buffer": files.PDF},
            {"name": "现场.jpg", "mimeType": "image/jpeg", "buffer": files.JPEG},
        ]
    )
    phone.get_by_text("本人办理").click()
    follow(phone, phone.get_by_role("button", name="提交销号申请"))

    assert "销号申请已提交，审核人将收到邮件" in phone.content()
    [application] = rows(office, Application)
    assert (application.state, application.money_returned) == ("open", 120050)
    assert [row.name for row in rows(office, Evidence)] == ["报告.pdf", "现场.jpg"]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_machine_that_presses_first_buttons_and_sends_every_form_changes_nothing(
    desktop, mailed, digest_of_database
):
    before = digest_of_database()

    desktop.goto(mailed)
    ways = [way for way in links_of(desktop) if re.search(r"/(application|requests/\w+)$", way)]
    assert len(ways) == 4
    assert [press(desktop, way) for way in ways] == [1] * 4
    look_at(desktop, {other for way in ways for other in links_on(desktop, way)})

    assert digest_of_database() == before
