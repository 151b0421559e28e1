"""Acts, outcomes, figures and published reports at the desk: recorded, corrected, approved, opened
to their records; nobody sees there what he stands aside from."""

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest

from flows.database import transaction
from flows.records.entries import entries
from flows.records.lines import Line
from flows.rulebook import load_form
from models import Exclusion, Figure, FigureApproval, Record, Task
from tests.kept import add, rows
from tests.records import FORM, corrected, kept, published_report, said, with_kinds
from tests.web.conftest import DAY, NOON

# Pages only: one kind of database is enough.
pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)

VISIT = {
    "kind": "visit",
    "on": "2022-07-13",
    "topic": "专项督查",
    "led_by": "区纪委",
    "lines": "区教育局|校长\n区卫健局",
    "tasks": "甲-1",
}


@pytest.fixture
def olga(office, cast, sign_in):
    with_kinds(office)
    cast.task("甲-1", DAY - timedelta(days=1))
    return sign_in("olga")


def test_an_act_is_recorded_from_the_form_and_found_again(olga, office):
    answer = olga.post("/acts", data=VISIT)

    (record,) = rows(office, Record)
    assert answer.headers["location"] == f"/acts?done={record.id}"
    assert (record.on, record.said_by, record.topic) == (date(2022, 7, 13), "olga", "专项督查")
    for query in ("", "?about=卫健", "?about=专项", "?kind=visit"):
        assert "区教育局 · 校长" in olga.get(f"/acts{query}").text
    for query in ("?about=没有", "?kind=meeting"):
        assert "没有符合条件的记录" in olga.get(f"/acts{query}").text
    page = olga.get(f"/acts/{record.id}").text
    assert "现场督查，第 1 号" in page
    assert 'href="/tasks/%E7%94%B2-1"' in page


def test_a_task_s_page_tells_the_acts_about_it_and_no_outcome(olga, office, cast, sign_in):
    for one in (
        said("directive", topic="校车安全", led_by="区委书记"),
        said("criticism", "区教育局|校长", topic="批评某人"),
    ):
        line = one.lines[0] if one.lines else Line()
        kept(office, replace(one, lines=(replace(line, task="甲-1"),)))

    assert (
        '<a href="/acts/1">2022年7月14日</a> 区委书记 批示：校车安全'
        in olga.get("/tasks/甲-1").text
    )
    handler = sign_in("alice").get("/tasks/甲-1").text
    assert "区委书记 批示：校车安全" in handler
    assert "/acts/" not in handler
    assert "批评某人" not in handler


def test_what_was_done_about_a_restricted_matter_too_is_not_told_beside_another(
    olga, office, cast, sign_in
):
    cast.task("密-1", DAY, restricted=True)
    lines = (Line(task="甲-1"), Line(task="密-1"))
    kept(office, replace(said("directive", topic="某校长的线索"), lines=lines))

    assert "某校长的线索" in olga.get("/tasks/甲-1").text
    assert "某校长的线索" not in sign_in("alice").get("/tasks/甲-1").text


@pytest.mark.parametrize(
    ("path", "wrong", "words"),
    [
        ("/acts", {"kind": "party_warning"}, "请选择类别"),
        ("/acts", {"on": ""}, "请写明日期"),
        ("/acts", {"on": "2022-07-15"}, "还没有到"),
        ("/acts", {"on": "昨天"}, "不是日期"),
        ("/acts", {"tasks": "没有"}, "没有编号为“没有”的事项"),
        ("/acts", {"lines": "a|b|c|d|e|f"}, "有 6 栏"),
        ("/acts", {"topic": "长" * 201}, "超过 200 个字"),
        ("/acts", {"opens": "甲-1|x|区教育局|2022-08-01"}, "已有事项"),
        ("/acts", {"opens": "甲-2|x|区教育局|9999-12-31"}, "不在1949年至2100年之间"),
        ("/acts", {"opens": "甲-2|x\u202ey|区教育局|2022-08-01"}, "不可见或控制字符"),
        ("/acts", {"opens": f"{'甲' * 65}|x|区教育局|2022-08-01"}, "超过64个字"),
        ("/outcomes", {"kind": "visit"}, "请选择类别"),
        ("/outcomes", {"kind": "criticism", "lines": "", "tasks": ""}, "至少写一行"),
        ("/outcomes", {"kind": "money_returned", "lines": "||||四百"}, "不是金额"),
    ],
)
def test_what_cannot_be_recorded_is_told_and_given_back(olga, office, path, wrong, words):
    answer = olga.post(path, data=VISIT | wrong)

    assert answer.status_code == 422
    assert words in answer.text
    assert (VISIT | wrong)["lines"].splitlines()[:1] == [] or (VISIT | wrong)["lines"].splitlines()[
        0
    ] in answer.text
    assert rows(office, Record) == []


def test_rows_that_were_pasted_from_a_sheet_keep_their_columns(olga, office):
    pasted = "\t校长\t校车\t\t440\r\n区教育局\t校长\r\n"
    olga.post("/acts", data=VISIT | {"lines": pasted, "tasks": ""})

    with transaction(office.engine, NOON) as session:
        (kept_one,) = entries(session, date(2022, 1, 1), DAY)
    assert kept_one.lines == (
        Line(person="校长", subject="校车", amount=44_000),
        Line(unit="区教育局", person="校长"),
    )


def test_a_form_that_is_sent_twice_is_recorded_once(olga, office):
    olga.post("/acts", data=VISIT)
    olga.post("/acts", data=VISIT)

    assert len(rows(office, Record)) == 1


def test_a_correction_is_made_with_its_reason_and_the_page_tells_how(olga, office):
    olga.post("/acts", data=VISIT)
    page = olga.get("/acts/1").text
    for words in ("区教育局|校长", "专项督查", "甲-1"):
        assert words in page, "the form holds what was recorded"

    refused = olga.post("/acts/1", data=VISIT | {"reason": ""})
    done = olga.post("/acts/1", data=VISIT | {"reason": "少一家", "lines": "区教育局"})
    late = olga.post("/acts/1", data=VISIT | {"reason": "又一次"})

    assert (refused.status_code, done.headers["location"], late.status_code) == (
        422,
        "/acts/2",
        422,
    )
    assert "已由第 2 号更正" in late.text
    assert "少一家" in olga.get("/acts/2").text
    assert "此条已被更正" in olga.get("/acts/1").text
    olga.post("/acts/2", data={"void": "yes", "reason": "没有去"})
    assert "还没有记录" in olga.get("/acts").text
    assert "撤销" in olga.get("/acts/3").text


def test_an_act_is_no_outcome_and_what_is_not_there_is_not_found(olga):
    olga.post("/acts", data=VISIT)

    for path in ("/outcomes/1", "/acts/2", "/acts/x", "/acts/99999999999", "/reports/1"):
        assert olga.get(path).status_code == 404, path


def test_who_stands_aside_from_a_matter_sees_no_record_of_it(olga, office, cast):
    kept(office, said("visit", "别处"))
    line = Line(unit="区教育局", task="甲-1")
    kept(office, replace(said("visit", topic="秘密督查"), lines=(line,)))
    assert "秘密督查" in olga.get("/acts").text
    put_aside(office, cast.olga)

    assert "秘密督查" not in olga.get("/acts").text
    corrected(office, 2, None)
    assert olga.get("/acts/3").status_code == 404, "nor is its withdrawal told"
    kept(office, replace(said("visit", topic="误写的主题"), lines=(line,)))
    corrected(office, 4, said("visit", "区卫健局", topic="与此无关"))
    assert "与此无关" in olga.get("/acts/5").text
    assert 'href="/acts/4"' not in olga.get("/acts/5").text, "nor what was corrected since"
    told = olga.post("/acts", data=VISIT)
    assert "没有编号为“甲-1”的事项" in told.text
    assert "别处" in olga.get("/acts").text
    assert olga.get("/acts/2").status_code == 404


def test_a_figure_is_reported_and_approved_by_somebody_else(olga, office, cast):
    figure = {"code": "output", "name": "总产值", "value": "309", "unit": "亿元"}
    figure |= {"as_of": "2022-07-13", "source": "月报"}
    assert olga.post("/reported", data=figure).status_code == 303
    assert "待他人核准" in olga.get("/reported").text
    assert "须由他人核准" in olga.post("/reported/1/approve").text
    add(office, Figure(**_reported(cast.alice)))

    assert olga.post("/reported/2/approve").status_code == 303

    assert [one.approved_by for one in rows(office, FigureApproval)] == ["olga"]
    assert "总产值" not in olga.get("/reported?waiting=yes&about=甲").text


def test_who_stands_aside_from_a_matter_neither_approves_nor_reads_its_figure(
    published, office, cast
):
    (task,) = rows(office, Task)
    facts = _reported(cast.alice) | {"task_id": task.id, "code": "other", "value": "777"}
    add(office, Figure(**facts))
    with transaction(office.engine, NOON) as session:
        session.get_one(Figure, 1).task_id = task.id
    put_aside(office, cast.olga)

    page = published.get("/reports/1/output").text
    assert "310亿元" not in page.partition('<ul class="told">')[2]
    assert "其中有您回避的事项" in page
    answer = published.post("/reported/2/approve")

    assert "没有编号为" in answer.text
    assert [one.figure_id for one in rows(office, FigureApproval)] == [1]


def put_aside(office, who):
    (task,) = rows(office, Task)
    facts = {"reason": "亲属", "from_on": date(2022, 1, 1), "at": NOON}
    add(office, Exclusion(task_id=task.id, official_id=who, **facts))


def _reported(who):
    return {
        "code": "output",
        "name": "总产值",
        "value": "310",
        "unit": "亿元",
        "as_of": DAY,
        "source": "月报",
        "reported_by_id": who,
        "reported_by": "alice",
        "on": DAY,
        "at": NOON,
        "link_id": "x",
    }


@pytest.fixture
def published(olga, office, cast, night):
    """With a visit, a figure and a warning behind it; then the visit is corrected."""
    night()
    kept(office, said("visit", "区教育局", "区卫健局", topic="专项督查"))
    add(office, Figure(**_reported(cast.alice)))
    add(
        office,
        FigureApproval(figure_id=1, approved_by="olga", on=DAY, at=NOON, link_id="x"),
    )
    published_report(office)
    corrected(office, 1, said("visit", "区教育局", topic="专项督查"))
    with transaction(office.engine, NOON) as session:
        assert len(entries(session, DAY, DAY)) == 1
    return olga


def test_a_published_figure_opens_to_its_records_as_they_were(published):
    assert "通报" in published.get("/reports").text
    report = published.get("/reports/1").text
    for words in ("<b>2</b>家", "<b>310</b>亿元", "<b>1</b>件", "由1条记录统计"):
        assert words in report

    visits = published.get("/reports/1/visits").text
    assert 'href="/acts/1"' in visits
    assert "区教育局；区卫健局" in re.sub(r"\s+", "", visits)
    assert 'href="/tasks/甲-1"' in published.get("/reports/1/warned").text
    assert "总产值 310亿元" in published.get("/reports/1/output").text
    assert published.get("/reports/1/没有").status_code == 404
    assert "此条已被更正" in published.get("/acts/1").text


def test_of_what_one_stands_aside_from_a_figure_tells_no_record(published, office, cast):
    put_aside(office, cast.olga)

    page = published.get("/reports/1/warned").text
    assert "甲-1" not in page
    assert "其中有您回避的事项" in page


def test_nobody_but_office_and_administrators_opens_or_records_anything(
    published, office, sign_in, digest_of_database
):
    hugo = sign_in("hugo")
    before = digest_of_database()

    paths = (
        "/acts",
        "/acts/1",
        "/outcomes",
        "/reported",
        "/reports/1",
        "/reports/1/visits",
    )
    assert {hugo.get(path).status_code for path in paths} == {404}
    for path, data in (("/acts", VISIT), ("/acts/2", VISIT | {"reason": "x"}), ("/reported", {})):
        assert hugo.post(path, data=data).status_code == 404
    assert hugo.post("/reported/1/approve").status_code == 404
    assert digest_of_database() == before


def test_a_report_is_published_once_another_approved_it(olga, office, cast, sign_in, night):
    night()
    with transaction(office.engine, NOON) as session:
        load_form(session, FORM, file="form.toml", now=NOON)
    add(office, Figure(**_reported(cast.alice)))
    add(office, FigureApproval(figure_id=1, approved_by="olga", on=DAY, at=NOON, link_id="x"))
    kept(office, said("visit", "区教育局", "区卫健局", topic="专项督查"))
    assert "2022-08-05" in olga.post("/reports", data={"to": "八月"}).text
    path = olga.post("/reports", data={"to": ""}).headers["location"]
    drafted = olga.get(path).text
    assert "同意发布" not in drafted, "she prepared it"
    assert "<b>2</b>家" in drafted
    assert "待审批稿，未经批准不得发布" in olga.get(f"{path}/print").text
    assert "拟一次通报" not in olga.get("/reports").text, "one waits"
    assert olga.get("/reports/1").status_code == 404, "it is not published"
    corrected(office, 1, said("visit", "区教育局", topic="专项督查"))

    hugo = sign_in("hugo")
    assert hugo.post(f"{path}/decide", data={}).status_code == 422
    assert hugo.post(f"{path}/decide", data={"act": "approve"}).status_code == 303

    assert "本通报经hugo于2022年7月14日 12:00审批，同意发布。" in hugo.get(f"{path}/print").text
    assert "hugo审批" in hugo.get("/reports").text
    page = sign_in("olga").get("/reports/1").text
    assert "<b>2</b>家" in page, "as it was prepared"
    assert "hugo审批，同意发布" in page
    assert hugo.get("/postings/1").status_code == 404, "it is no posting"
