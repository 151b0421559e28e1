"""The application for sign-off, from the mail's link and from the desk: kept at any time, every
fault beside its field, submitted once."""

import hashlib
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier
from urllib.parse import quote

import pytest
from sqlmodel import col

from flows.signoff import evidence as store
from models import Application, Evidence, Exclusion, Measure, Message, Receipt, ReplyLink, Task
from models.application import EvidenceKind, SixVisible
from models.decision import Verdict
from models.message import MessageKind
from tests import files
from tests.kept import add, edit, rows
from tests.web.conftest import DAY, DUE, NOON, _browser
from tests.web.test_proof import prove
from web.app import create_app

COMPLETE = {
    "summary": "已完成整改，逐条落实。",
    "done-1": "制度已印发",
    "money": "12,345.6",
    **{f"visible-{v}": "seen" for v in SixVisible},
    **{f"words-{v}": f"见材料：{v}" for v in SixVisible},
}
SUBMIT = {"act": "submit", "who": "self"}


@pytest.fixture
def task(office, bench, night):
    task = bench.task("甲-1", DUE)
    add(office, Measure(task_id=task.id, position=1, text="建立台账制度"))
    night()
    return task


@pytest.fixture
def page(task, link):
    return f"{link('alice', '甲-1')}/tasks/甲-1/application"


def applications(office):
    return rows(office, Application)


def said_beside(page, field):
    """The fault that stands in the block of this field."""
    block = page.text.split(f'id="f-{field}"')[1]
    return re.search(r'class="fault" role="alert">([^<]+)<', block)[1]


def test_the_form_is_empty_and_chooses_nothing_and_looking_begins_no_draft(
    browser, page, digest_of_database
):
    before = digest_of_database()

    shown = browser.get(page)

    assert shown.status_code == 200
    assert "建立台账制度" in shown.text
    assert shown.text.count('name="visible-') == 12
    assert " checked" not in shown.text
    assert "<script" not in shown.text
    assert digest_of_database() == before


def test_a_draft_is_kept_and_given_back(browser, page, office):
    written = {"summary": "写了一半", "words-facts": "台账第 3 页", "money": "1200.50"}

    sent = browser.post(page, data={"act": "save", **written})

    assert sent.status_code == 303
    shown = browser.get(sent.headers["location"])
    assert "草稿已保存" in shown.text
    assert all(value in shown.text for value in written.values())
    [draft] = applications(office)
    assert (draft.state, draft.money_returned, draft.packet) == ("draft", 120050, None)
    [task] = rows(office, Task)
    assert task.state == "assigned"


def test_from_the_mail_to_submitted(browser, page, office, task):
    sent = browser.post(
        page,
        data=COMPLETE | SUBMIT,
        files=[("files", ("整改报告.pdf", files.PDF)), ("files", ("现场.jpg", files.JPEG))],
    )

    assert sent.status_code == 303
    shown = browser.get(sent.headers["location"])
    for said in ("销号申请已提交", "责任单位审核", "dora", "请于2022年7月19日", "整改报告.pdf"):
        assert said in shown.text
    [application] = applications(office)
    assert (application.state, application.said_by, application.assurance) == (
        "open",
        "alice",
        "link",
    )
    assert application.money_returned == 1234560
    assert rows(office, Task)[0].state == "under_review"
    [receipt] = rows(office, Receipt)
    assert receipt.answered_at == NOON, "whoever applies has answered the warning"


FAULTS = [
    ({"summary": ""}, "summary", "请填写整改完成情况"),
    ({"done-1": ""}, "done-1", "请填写第 1 条措施的完成情况"),
    ({"words-facts": ""}, "visible-facts", "请填写“见事”"),
    ({"visible-facts": ""}, "visible-facts", "请选择“在何处可见”或“不适用”"),
    ({"money": "三万"}, "money", "金额请写成数字"),
    ({"money": "1.234"}, "money", "金额请写成数字"),
    ({"paper_by": "王主任"}, "paper", "同时写明签字人和签字日期"),
    ({"paper_by": "王主任", "paper_on": "七月"}, "paper", "日期请写成"),
    ({"paper_by": "王主任", "paper_on": "2022年7月1日"}, "paper", "请上传签字扫描件"),
    ({"who": ""}, "who", "请选择是本人办理还是代办"),
    ({"who": "proxy"}, "who", "请写明您的姓名"),
]


@pytest.mark.parametrize(("facts", "field", "sentence"), FAULTS)
def test_every_fault_is_said_beside_its_field_and_all_input_is_kept(
    browser, page, office, facts, field, sentence
):
    sent = COMPLETE | SUBMIT | facts

    shown = browser.post(page, data=sent)

    assert shown.status_code == 422
    beside = shown.text.split('id="f-files"')[1] if field == "paper" else shown.text
    if field == "who":
        beside = shown.text.split('id="who"')[1]
        assert sentence in beside
    elif field == "paper":
        assert sentence in beside
    else:
        assert sentence in said_beside(shown, field)
    for name, value in sent.items():
        if value and not name.startswith(("visible-", "act", "who")):
            assert value in shown.text, name
    [draft] = applications(office)
    assert draft.state == "draft"
    assert rows(office, Task)[0].state == "assigned"


def test_an_empty_form_is_not_said_to_be_kept(browser, page, office):
    shown = browser.post(page, data={"act": "submit"})

    assert "没有新填写的内容，没有保存。" in shown.text
    assert "存为草稿" not in shown.text
    assert applications(office) == []


def test_all_faults_are_said_at_once(browser, page):
    shown = browser.post(page, data={"act": "submit", "money": "x", "summary": "写了"})

    assert "有 9 处需要补充或更正" in shown.text  # money, who, measure, six visibles
    assert shown.text.count('class="fault"') == 9


def test_what_is_too_long_is_given_back_and_not_saved(browser, page, office):
    shown = browser.post(page, data=COMPLETE | SUBMIT | {"summary": "字" * 4001})

    assert "现有 4001 个字" in said_beside(shown, "summary")
    assert "字" * 4001 in shown.text
    assert applications(office) == []


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("报告.pdf", files.PROGRAM, "“报告.pdf”是Windows 可执行程序"),
        ("a.docx", files.DOCM, "“a.docx”是带宏的 Office 文档"),
        ("资料.zip", files.ZIP, "“资料.zip”是压缩包"),
        ("图.jpg", b"<svg onload='x'/>", "“图.jpg”是SVG 图片"),
        ("说明.txt", b"<!doctype html><script>1</script>", "“说明.txt”是网页"),
        ("空.pdf", b"", "“空.pdf”是空文件"),
        ("../../../x\u202e.exe", files.PROGRAM, "“x.exe”是Windows 可执行程序"),
    ],
)
def test_a_file_that_is_not_taken_costs_no_word_and_no_other_file(
    browser, page, office, name, content, said
):
    shown = browser.post(
        page,
        data=COMPLETE | SUBMIT,
        files=[("files", (name, content)), ("files", ("好.pdf", files.PDF))],
    )

    assert shown.status_code == 422
    assert said.replace("&", "&amp;") in said_beside(shown, "files")
    assert COMPLETE["summary"] in shown.text
    [kept] = rows(office, Evidence)
    assert kept.name == "好.pdf"
    assert applications(office)[0].summary == COMPLETE["summary"]


def test_a_file_over_twenty_megabytes_is_refused_and_the_text_kept(browser, page, office):
    big = b"%PDF-" + bytes(store.LARGEST)

    shown = browser.post(page, data=COMPLETE | SUBMIT, files=[("files", ("大.pdf", big))])

    assert "“大.pdf”有 20.0 MB，超过每个文件 20 MB 的上限" in said_beside(shown, "files")
    assert applications(office)[0].summary == COMPLETE["summary"]
    assert rows(office, Evidence) == []


@pytest.mark.parametrize(
    ("kind", "length", "status"),
    [
        ("multipart/form-data; boundary=b", 101 * 1024 * 1024 + 1, 413),
        ("application/x-www-form-urlencoded", 300_000, 413),
    ],
)
def test_a_body_beyond_the_limits_is_refused_unread(browser, page, kind, length, status):
    headers = {"Content-Type": kind, "Content-Length": str(length)}

    assert browser.post(page, content=b"", headers=headers).status_code == status


def test_whoever_may_not_act_here_sends_no_files(browser, page, cast, night, link, office):
    body = {"files": ("a.pdf", files.PDF)}

    for path in (
        "/r/unknown/tasks/甲-1/application",
        page.replace("甲-1", "甲-2"),
        f"{link('alice', '甲-1')}/tasks/%00/application",
    ):
        assert browser.post(path, data=COMPLETE | SUBMIT, files=body).status_code == 404
    assert browser.post("/tasks/甲-1/application", data=COMPLETE, files=body).status_code == 303
    assert not (office.home / "evidence").exists()


def test_a_file_is_removed_from_a_draft(browser, page, office):
    browser.post(page, data={"act": "save"}, files=[("files", ("错.pdf", files.PDF))])
    [row] = rows(office, Evidence)
    assert "错.pdf" in browser.get(page).text

    browser.post(page, data={"act": "save", "remove": row.sha256})

    assert rows(office, Evidence) == []
    assert "错.pdf" not in browser.get(page).text


def test_a_signature_on_paper_is_recorded_with_its_scan(browser, page, office):
    signed = {"paper_by": "王主任", "paper_on": "2022.7.12"}

    sent = browser.post(
        page, data=COMPLETE | SUBMIT | signed, files=[("scans", ("签字.jpg", files.JPEG))]
    )

    assert sent.status_code == 303
    [application] = applications(office)
    assert (application.paper_signed_by, application.paper_signed_on) == (
        "王主任",
        date(2022, 7, 12),
    )
    [scan] = rows(office, Evidence)
    assert scan.kind == EvidenceKind.SIGNATURE


def test_a_form_as_the_page_gave_it_out_changes_nothing_whoever_sends_it(
    browser, page, office, digest_of_database
):
    before = digest_of_database()
    for act in ({}, {"act": "save"}, {"act": "submit"}, {"act": "recall"}, {"act": "amend"}):
        assert browser.post(page, data=act).status_code in (409, 422)
    assert digest_of_database() == before

    browser.post(page, data=COMPLETE | {"act": "save"})
    saved = digest_of_database()
    for act in ("save", "submit"):
        browser.post(page, data=COMPLETE | {"act": act, "money": "12345.60"})
    assert digest_of_database() == saved, "nobody said who submits"


def test_of_two_tabs_that_submit_at_once_one_wins(browser, page, office):
    barrier = Barrier(2)

    def post(words):
        barrier.wait()
        return browser.post(page, data=COMPLETE | SUBMIT | {"summary": words})

    with ThreadPoolExecutor(2) as tabs:
        pages = list(tabs.map(post, ["第一个窗口写的情况", "第二个窗口写的情况"]))

    assert sorted(one.status_code for one in pages) == [303, 409]
    [late] = [one for one in pages if one.status_code == 409]
    assert "目前状态为“销号审核中”" in late.text
    [application] = applications(office)
    assert application.summary not in late.text.split('id="kept"')[1]


def test_amending_voids_what_was_approved_and_says_so(browser, page, office, bench):
    browser.post(page, data=COMPLETE | SUBMIT, files=[("files", ("一.pdf", files.PDF))])
    bench.decide("甲-1", bench.cast.dora, Verdict.APPROVE, DAY)
    bench.decide("甲-1", bench.leo, Verdict.ASK, DAY, reason="请补充台账")
    shown = browser.get(page)
    assert "请补充台账" in shown.text
    form = browser.get(f"{page}?amend=1")
    assert "此前已通过的审核全部作废" in form.text
    [old] = rows(office, Evidence)

    refused = browser.post(page, data=COMPLETE | {"act": "amend", "who": "self"})
    assert "请写明理由" in said_beside(refused, "reason")
    bad = browser.post(
        page,
        data=COMPLETE | {"act": "amend", "who": "self", "reason": "补充台账"},
        files=[("files", ("二.pdf", files.PROGRAM)), ("files", ("三.pdf", files.PNG))],
    )
    assert bad.status_code == 409
    assert "“二.pdf”是Windows 可执行程序" in bad.text
    assert rows(office, Evidence) == [old], "all of it, or none"

    sent = browser.post(
        page,
        data=COMPLETE | {"act": "amend", "who": "self", "reason": "补充台账", "remove": old.sha256},
        files=[("files", ("台账.xlsx", files.XLSX))],
    )

    assert sent.status_code == 303
    assert "从第一级重新审核" in browser.get(sent.headers["location"]).text
    [application] = applications(office)
    assert application.version == 2
    assert bench.asked("甲-1") == [bench.cast.dora]
    assert [(e.name, e.removed_at) for e in rows(office, Evidence)] == [
        ("一.pdf", NOON),
        ("台账.xlsx", None),
    ]


def test_recalled_and_returned_applications_are_written_on(browser, page, office, bench):
    browser.post(page, data=COMPLETE | SUBMIT, files=[("files", ("一.pdf", files.PDF))])

    sent = browser.post(page, data={"act": "recall", "who": "self", "reason": "还要补充"})

    assert sent.status_code == 303
    assert rows(office, Task)[0].state == "in_progress"
    again = browser.get(page)
    assert COMPLETE["summary"] in again.text
    assert "一.pdf" in again.text
    browser.post(page, data=COMPLETE | SUBMIT)
    bench.decide("甲-1", bench.cast.dora, Verdict.RETURN, DAY, reason="第一条未落实")
    assert "第一条未落实" in browser.get(page).text
    assert [a.state for a in applications(office)] == ["recalled", "returned"]
    assert len(rows(office, Evidence)) == 2, "the file came along"


def test_on_behalf_is_recorded_by_the_link_and_its_owner_is_told(browser, page, office):
    browser.post(page, data=COMPLETE | {"act": "submit", "who": "proxy", "name": "李娜"})

    [application] = applications(office)
    assert (application.said_by, application.assurance) == ("李娜", "link")
    [receipt] = rows(office, Message, col(Message.kind) == MessageKind.RECEIPT)
    assert "李娜" in receipt.subject
    assert "甲-1" in receipt.subject
    assert "申请销号" in receipt.body.text
    assert "预警单" not in receipt.body.text


def test_whoever_is_signed_in_applies_at_the_desk(sign_in, task, office):
    alice = sign_in("alice")
    form = alice.get("/tasks/甲-1/application")
    assert "您是谁" not in form.text
    assert 'href="/tasks/%E7%94%B2-1"' in form.text

    sent = alice.post("/tasks/甲-1/application", data=COMPLETE | {"act": "submit"})

    assert sent.headers["location"] == "/tasks/%E7%94%B2-1/application?done=submit"
    [application] = applications(office)
    assert application.assurance == "session"


@pytest.mark.parametrize("name", ["carol", "dora", "olga", "mallory", "hugo"])
def test_nobody_else_opens_the_handlers_page(sign_in, task, name):
    browser = sign_in(name)

    assert browser.get("/tasks/甲-1/application").status_code == 404
    assert browser.post("/tasks/甲-1/application", data=COMPLETE).status_code == 404


def test_the_mails_own_link_leads_to_every_task_that_it_tells_of(
    browser, task, bench, cast, link, office
):
    cast.task("甲-2", date(2022, 9, 1), handler_id=cast.bob)

    assert browser.get(f"{link('alice')}/tasks/甲-1/application").status_code == 200
    assert browser.get(f"{link('alice')}/tasks/甲-2/application").status_code == 404


def test_whoever_stands_aside_finds_neither_page_nor_file(browser, page, office, cast, sign_in):
    browser.post(page, data={"act": "save"}, files=[("files", ("一.pdf", files.PDF))])
    [row] = rows(office, Evidence)
    file = f"{page.split('/tasks/')[0]}/evidence/{row.id}"
    assert browser.get(file).status_code == 200
    [task] = rows(office, Task)
    aside = Exclusion(
        task_id=task.id,
        official_id=cast.alice,
        reason="亲属",
        from_on=DAY,
        by_id=cast.hugo,
        at=NOON,
    )
    add(office, aside)

    assert browser.get(page).status_code == 404
    assert browser.post(page, data=COMPLETE | SUBMIT).status_code == 404
    assert browser.get(file).status_code == 404
    assert sign_in("alice").get(f"/tasks/甲-1/evidence/{row.id}").status_code == 404


def test_an_expired_link_shows_and_gives_the_words_back(browser, page, office, digest_of_database):
    browser.post(page, data={"act": "save", "summary": "写了一半"})
    for one in rows(office, ReplyLink):
        edit(office, ReplyLink, one.id, expires_at=NOON - timedelta(days=1))
    before = digest_of_database()

    late = browser.post(page, data=COMPLETE | SUBMIT)

    assert late.status_code == 409
    assert "本链接已过期" in late.text
    assert COMPLETE["summary"] in late.text
    assert "<form" not in browser.get(page).text
    assert digest_of_database() == before


def test_what_is_handed_out_cannot_run_and_keeps_its_chinese_name(browser, page, office):
    browser.post(
        page,
        data={"act": "save"},
        files=[
            ("files", ("整改报告（终稿）.pdf", files.PDF)),
            ("files", ("run.bat", b"del *.*")),
            ("files", ("现场.png", files.PNG)),
        ],
    )
    base = page.split("/tasks/")[0]
    pdf, bat, png = (browser.get(f"{base}/evidence/{row.id}") for row in rows(office, Evidence))

    assert hashlib.sha256(pdf.content).hexdigest() == rows(office, Evidence)[0].sha256
    assert pdf.headers["content-type"] == "application/pdf"
    assert pdf.headers["content-disposition"] == (
        'attachment; filename="evidence-1.pdf"; '
        "filename*=UTF-8''%E6%95%B4%E6%94%B9%E6%8A%A5%E5%91%8A%EF%BC%88%E7%BB%88%E7%A8%BF%EF%BC%89.pdf"
    )
    assert bat.headers["content-type"] == "text/plain; charset=utf-8"
    assert bat.headers["content-disposition"].endswith("run.bat.txt")
    assert png.headers["content-disposition"].startswith("inline;")
    for one in (pdf, bat, png):
        assert one.headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in one.headers["content-security-policy"]
        assert one.headers["cache-control"] == "no-store"


def test_a_file_is_handed_out_to_those_who_may_see_it_and_to_nobody_else(
    browser, page, office, bench, sign_in, cast
):
    browser.post(page, data={"act": "save"}, files=[("files", ("一.pdf", files.PDF))])
    [row] = rows(office, Evidence)
    path = f"/tasks/甲-1/evidence/{row.id}"

    def seen():
        return {name for name in cast.people if sign_in(name).get(path).status_code == 200}

    assert seen() == {"alice"}
    browser.post(page, data=COMPLETE | SUBMIT)
    assert seen() == {"alice", "dora", "olga"}
    pages = {name: sign_in(name).get("/tasks/甲-1") for name in cast.people}
    shown = {name for name, one in pages.items() if one.status_code == 200}
    assert shown > seen(), "more may see the matter than its files"
    assert {name for name in shown if quote(path) in pages[name].text} == seen(), "and are sent"
    assert sign_in("alice").get(f"/tasks/甲-2/evidence/{row.id}").status_code == 404
    assert sign_in("alice").get("/tasks/甲-1/evidence/99999999999").status_code == 404
    assert browser.get("/r/unknown/evidence/1").status_code == 404


def test_a_restricted_matter_wants_proof_before_it_shows_or_takes_a_word(
    browser, office, bench, night, link, cast
):
    bench.task("密-1", DUE, title="某人的线索", restricted=True)
    night()
    home = link("alice", "密-1")
    page = f"{home}/tasks/{quote('密-1')}/application"

    shown = browser.get(page)
    assert "请先证明是本人" in shown.text
    assert "某人的线索" not in shown.text
    assert browser.post(page, data=COMPLETE | SUBMIT).status_code == 403
    assert applications(office) == []

    prove(browser, office, page)
    sent = browser.post(page, data=COMPLETE | SUBMIT, files=[("files", ("一.pdf", files.PDF))])
    assert sent.status_code == 303
    [application] = applications(office)
    assert application.assurance == "code"
    [row] = rows(office, Evidence)
    assert browser.get(f"{home}/evidence/{row.id}").status_code == 200
    stranger = _browser(create_app(office, clock=lambda: NOON))
    assert stranger.get(f"{home}/evidence/{row.id}").status_code == 404
    assert COMPLETE["summary"] not in stranger.get(page).text


def test_the_page_speaks_english_where_the_office_does(english, page):
    shown = english.post(page, data={"act": "submit", "money": "x"})

    for said in ("Application for sign-off", "What was done", "write the amount in yuan"):
        assert said in shown.text
    assert not re.search(r">[^<]*[保存提交][^<]*<", shown.text)


def test_the_same_file_taken_out_and_added_anew_is_there(browser, page, office):
    browser.post(page, data={"act": "save"}, files=[("files", ("旧名.pdf", files.PDF))])
    again = [("files", ("新名.pdf", files.PDF))]
    [old] = rows(office, Evidence)

    browser.post(page, data=COMPLETE | SUBMIT | {"remove": old.sha256}, files=again)
    assert [row.name for row in rows(office, Evidence)] == ["新名.pdf"]
    changed = COMPLETE | {"act": "amend", "who": "self", "reason": "改名", "remove": old.sha256}
    browser.post(page, data=changed, files=[("files", ("更新.pdf", files.PDF))])

    present = [row.name for row in rows(office, Evidence) if row.removed_at is None]
    assert present == ["更新.pdf"]


def test_a_number_with_odd_characters_leads_back_to_itself(browser, bench, night, link, office):
    bench.task("甲?1/50%#", DUE)
    night()
    odd = f"{link('alice', '甲?1/50%#')}/tasks/{quote('甲?1/50%#')}/application"

    sent = browser.post(odd, data={"act": "save", "summary": "写了一半"})

    assert sent.headers["location"] == f"{odd}?done=save"
    assert "写了一半" in browser.get(sent.headers["location"]).text
