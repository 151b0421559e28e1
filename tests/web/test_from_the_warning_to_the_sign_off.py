"""One matter from its warning to its sign-off and into the office's papers, by real mail and in a
real browser: one for each person, old ones without JavaScript."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from time import monotonic

import pytest
from playwright.sync_api import Browser, Page

from flows.delivery import deliver
from flows.ledger.reading import read_ledger
from flows.night import run_night
from flows.office import Office
from models import Decision, Evidence, Measure, Notice, Task
from models.application import SixVisible
from notifications.mailbox import Mailbox
from tests import files
from tests.conftest import instant
from tests.kept import add, rows
from tests.outboxes import to
from tests.records import published_report, with_kinds
from tests.web import chromium as needing
from tests.web.chromium import follow
from tests.web.conftest import DAY, DUE, NOON
from tests.web.test_app import running
from web.app import create_app

pytestmark = [
    *needing.needed,
    pytest.mark.parametrize("database_url", ["sqlite"], indirect=True),
]
PATIENCE = 60  # seconds


@dataclass
class Desk:
    """The office at work: its mail is delivered when it is looked for."""

    office: Office
    box: Mailbox
    browser: Browser
    aside: ThreadPoolExecutor  # Playwright runs a loop in the test's own thread
    address: str = ""

    def newest(self, who: str, found: str) -> str:
        """The first group of this in the newest mail that has it, once it has come: behind its
        answer the page may be sending it still."""
        until = monotonic() + PATIENCE
        while monotonic() < until:
            self.aside.submit(deliver, self.office, now=NOON).result()
            mails = sorted(self.box.messages(), key=lambda one: one.id, reverse=True)
            for mail in mails:
                told = re.search(found, mail.text.replace("\r", ""), re.MULTILINE)
                if told and mail.recipient.startswith(f"{who}@"):
                    return told[1]
        raise AssertionError(f"{who} was mailed nothing of the kind")

    def person(self, *, scripts: bool = True) -> Page:
        context = self.browser.new_context(java_script_enabled=scripts, locale="zh-CN")
        context.set_default_timeout(1000 * PATIENCE)
        return context.new_page()

    def signed_in(self, who: str, *, scripts: bool = True) -> Page:
        """By the link that he is mailed when he asks for one."""
        page = self.person(scripts=scripts)
        page.goto(f"{self.address}/")
        page.get_by_label("邮箱").fill(f"{who}@dinghai.example")
        follow(page, page.get_by_role("button", name="发送登录链接"))
        assert "请查收邮件" in page.content()
        page.goto(self.address + self.newest(who, r"http://sise\.example(/login/[0-9a-f]{32})$"))
        follow(page, page.get_by_role("button", name="进入督办台"))
        return page


@pytest.fixture
def desk(office, bench, chromium, clock):
    task = bench.task("甲-1", DUE, title="校车监管不到位")
    bench.task("甲-2", date(2022, 9, 1), title="食堂招标不规范")
    bench.task("密-1", DUE, title="某人的线索", restricted=True)
    add(office, Measure(task_id=task.id, position=1, text="建立台账制度"))
    published_report(with_kinds(office))
    with Mailbox() as box, ThreadPoolExecutor(1) as aside:
        office = to(box, office)
        for on in (date(2022, 6, 30), DAY):
            aside.submit(run_night, office, on=on, now=instant(on)).result()
        with running(create_app(office, clock=clock)) as port:
            yield Desk(office, box, chromium, aside, f"http://127.0.0.1:{port}")


def test_from_the_warning_to_the_sign_off_and_into_the_papers(desk: Desk, tmp_path):
    _warned(desk)
    for who, proves in (("dora", _by_code), ("leo", _by_session), ("rita", _by_session)):
        _approves(desk, who, proves)
    assert rows(desk.office, Task)[0].state == "under_review"
    _approves(desk, "hugo", _by_code)
    decided = rows(desk.office, Decision)
    assert rows(desk.office, Task)[0].state == "signed_off"
    assert [one.verdict for one in decided] == ["approve"] * 4
    assert [one.assurance for one in decided] == ["code", "session", "session", "code"]
    assert [one.name for one in rows(desk.office, Evidence)] == ["报告.pdf"]

    olga = desk.signed_in("olga")
    assert _found(olga, "编号或事项", "校车") == ["甲-1"], "a search finds what is closed"
    assert "已销号" in olga.content()
    olga.goto(f"{desk.address}/")
    listed = olga.locator("table.list").inner_text()
    assert ("甲-1" in listed, "甲-2" in listed) == (False, True), "it has left the ledger"
    _exports(desk, olga, tmp_path)
    _prints(desk, olga)


def _warned(desk: Desk) -> None:
    """Alice signs in, finds her matter in three ways; by the link in her mail she acknowledges and
    applies for the sign-off."""
    alice = desk.signed_in("alice", scripts=False)
    assert _found(alice, "编号或事项", "甲-1") == ["甲-1"]
    assert _found(alice, "编号或事项", "食堂") == ["甲-2"]
    assert _found(alice, "责任单位", "教育局") == ["甲-1", "甲-2"], "not the lead"
    alice.goto(f"{desk.address}/tasks/甲-1")
    assert "为什么是蓝色" in alice.content()

    phone = desk.person(scripts=False)
    phone.goto(
        desk.address + desk.newest("alice", r"甲-1(?:.|\n)*?http://sise\.example(/r/\w{32})")
    )
    phone.get_by_text("本人办理").click()
    phone.locator("[id^=acknowledge]").check()
    follow(phone, phone.get_by_role("button", name="提交").first)
    assert rows(desk.office, Notice, Notice.task_id == 1)[0].state == "acknowledged"
    follow(phone, phone.get_by_role("link", name="申请销号").first)
    phone.get_by_label("整改完成情况").fill("已完成整改，逐条落实。")
    phone.get_by_label("第 1 条措施的完成情况").fill("制度已印发")
    for visible in SixVisible:
        phone.locator(f"#seen-{visible}").check()
        phone.locator(f"[name=words-{visible}]").fill("见材料")
    report = {"name": "报告.pdf", "mimeType": "application/pdf", "buffer": files.PDF}
    phone.get_by_label("选择文件（可多选）").set_input_files([report])
    phone.get_by_text("本人办理").click()
    follow(phone, phone.get_by_role("button", name="提交销号申请"))
    assert "销号申请已提交" in phone.content()


def _approves(desk: Desk, who: str, proves: Callable[[Desk, str, str], Page]) -> None:
    link = desk.newest(who, r"甲-1(?:.|\n)*?http://sise\.example(/r/\w{32})")
    page = proves(desk, who, f"{desk.address}{link}")
    assert "报告.pdf" in page.content()
    page.get_by_text("同意", exact=True).click()
    follow(page, page.get_by_role("button", name="提交决定"))
    assert "已记录" in page.content()
    page.context.close()


def _by_code(desk: Desk, who: str, address: str) -> Page:
    page = desk.person(scripts=False)
    page.goto(address)
    page.get_by_label(f"我是{who}本人").check()
    follow(page, page.get_by_role("button", name="发送验证码"))
    page.get_by_label("验证码已发往").fill(desk.newest(who, r"^(\d{6})$"))
    follow(page, page.get_by_role("button", name="确定"))
    return page


def _by_session(desk: Desk, who: str, address: str) -> Page:
    page = desk.signed_in(who)
    page.goto(address)
    return page


def _found(page: Page, label: str, words: str) -> list[str]:
    page.goto(re.sub(r"^(http://[^/]+).*", r"\1/", page.url))
    page.get_by_label(label).fill(words)
    follow(page, page.get_by_role("button", name="查找"))
    return page.locator("table.list td.number").all_inner_texts()


def _exports(desk: Desk, olga: Page, folder) -> None:
    olga.goto(f"{desk.address}/import")
    with olga.expect_download() as coming:
        olga.get_by_role("link", name="导出台账和通讯录").click()
    assert coming.value.suggested_filename == "台账-2022-07-14.xlsx"
    coming.value.save_as(folder / "out.xlsx")
    ledger = read_ledger(folder / "out.xlsx", today=DAY)
    assert {row.number: row.title for row in ledger.rows} == {
        "甲-1": "校车监管不到位",
        "甲-2": "食堂招标不规范",
        "密-1": "某人的线索",
    }
    assert not list(desk.office.home.glob(".export-*")), "nothing is left on the server"


def _prints(desk: Desk, olga: Page) -> None:
    """Each of the papers, as it comes out of a printer: whole, and without what leads elsewhere."""
    [notice] = rows(desk.office, Notice, Notice.task_id == 1)
    olga.goto(f"{desk.address}/postings")
    olga.get_by_label("月份").fill("2022-06")
    follow(olga, olga.get_by_role("button", name="拟稿"))
    olga.emulate_media(media="print")
    for path, words in (
        (f"/notices/{notice.id}/print", "校车监管不到位"),
        ("/postings/1/print", "区教育局"),
        ("/figures/wall?page=all", "甲-2"),
        ("/reports/1", "通报"),
        ("/tasks/甲-1", "校车监管不到位"),
    ):
        olga.goto(f"{desk.address}{path}")
        assert words in olga.content(), path
        assert olga.locator("nav:visible").count() == 0, path
        assert _cut_off(olga) == [], path
        assert olga.pdf(prefer_css_page_size=True).startswith(b"%PDF"), path


def _cut_off(page: Page) -> list[str]:
    """Words that their box does not show, or that stand beside the sheet."""
    return page.evaluate(
        """() => [...document.querySelectorAll('main *, article *, section *')].filter(one => {
            const style = getComputedStyle(one);
            return one.checkVisibility() && style.overflow != 'visible'
                && (one.scrollWidth > one.clientWidth + 1
                    || one.scrollHeight > one.clientHeight + 1);
        }).map(one => one.className + ': ' + one.textContent.slice(0, 40))"""
    )
