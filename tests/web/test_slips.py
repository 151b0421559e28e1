"""督办单: a directive's task has one, for whoever may see both; a restricted matter has none."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from flows.database import transaction
from flows.records.lines import Line
from flows.records.opening import read_opens
from flows.rulebook import load_procedure
from models import Official, Record, Task
from tests.conftest import SEEDS
from tests.kept import edit, rows
from tests.papers import CHINESE, text_of
from tests.records import DAY, NOON, corrected, kept, said, with_kinds
from tests.responsibility import keep_away

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
PRINTED, WORD = "/slips/批示-1/print", "/slips/批示-1/word"
DIRECTIVE = said(
    "directive",
    "区教育局|某人|校车逐辆检查|月底前完成",
    topic="校车安全必须立即整治",
    led_by="区委书记",
    reference="定督批〔2022〕1号",
)
OPENS = ["批示-1|整治校车|区教育局|2022-08-31"]


@pytest.fixture
def recording(office, cast):
    with transaction(office.engine, NOON) as session:
        file = SEEDS / "procedures" / "directive.toml"
        load_procedure(session, file.read_text("utf-8"), file=file.name, now=NOON)
    return with_kinds(office)


@pytest.fixture
def opened(recording):
    kept(recording, DIRECTIVE, read_opens(OPENS, DAY))
    return recording


def test_what_a_directive_opened_has_a_slip_to_print_and_as_word(opened, sign_in):
    olga = sign_in("olga")
    for place in ("/tasks/批示-1", "/acts/1"):
        assert 'href="/slips/%E6%89%B9%E7%A4%BA-1/print"' in olga.get(place).text, place
    alice = sign_in("alice")

    page, word = alice.get(PRINTED), alice.get(WORD)

    lines = text_of(word.content).splitlines()
    for row in (
        "定督批〔2022〕1号",
        "领导批示督办单",
        "区教育局：",
        "督办事项 | 整治校车",
        "事项编号 | 批示-1 | 交办日期 | 2022年7月14日",
        "批示领导 | 区委书记 | 批示日期 | 2022年7月14日",
        "督办内容 | 校车安全必须立即整治；校车逐辆检查：月底前完成",
        "办理时限 | 2022年8月31日（周三）",
        "反馈方式 | 一次性反馈，时限届满前报送",
        "督办单回执",
    ):
        assert row in lines, row
        for cell in row.split(" | "):
            assert cell in page.text
    assert "某人" not in page.text + "\n".join(lines), "a person of the act is no part of it"
    assert "style-src 'unsafe-inline'" in page.headers["content-security-policy"]
    assert "filename*=UTF-8''" in word.headers["content-disposition"]


def test_a_slip_follows_the_correction_of_its_act_and_the_deadline(opened, office, sign_in):
    olga, (task,) = sign_in("olga"), rows(office, Task)
    line = Line(task="批示-1")
    corrected(office, 1, replace(DIRECTIVE, topic="改为全面整治", lines=(line,)))
    edit(office, Task, task.id, due_on=date(2022, 9, 15), supporting_units="区交通局")

    page = olga.get(PRINTED).text

    for words in ("改为全面整治", "2022年9月15日（周四），原定2022年8月31日", "抄送：区交通局。"):
        assert words in page, words
    assert "立即整治" not in page
    corrected(office, 2, None)
    assert olga.get(PRINTED).status_code == 404, "the directive was withdrawn"


def test_a_task_that_an_act_only_names_has_none_unless_it_is_a_directive_s(
    recording, cast, office, sign_in
):
    cast.task("甲-1", DAY)
    rows_before = read_opens(["批示-1|整治校车|区教育局|2022-08-31"], DAY - timedelta(days=9))
    kept(office, said("visit", topic="只是看看"), rows_before)
    edit(office, Record, 1, on=DAY)  # it came with the ledger, and a visit was made about it
    olga = sign_in("olga")
    for number in ("甲-1", "批示-1"):
        assert olga.get(f"/slips/{number}/print").status_code == 404, number

    for number in ("甲-1", "批示-1"):
        kept(office, replace(DIRECTIVE, reference=number, lines=(Line(task=number),)))

    assert olga.get("/slips/甲-1/print").status_code == 404
    assert "/slips/" not in olga.get("/tasks/甲-1").text
    assert "领导批示督办单" in olga.get(PRINTED).text


def test_a_restricted_matter_has_none_nor_what_its_directive_asked_of_others(
    opened, cast, office, sign_in
):
    olga = sign_in("olga")
    cast.task("密-1", DAY, restricted=True)
    kept(office, replace(DIRECTIVE, reference="x", on=DAY, lines=(Line(task="密-1"),)),
         read_opens(["批示-2|另一件|区教育局|2022-08-31"], DAY))  # fmt: skip
    assert olga.get(PRINTED).status_code == 200

    edit(office, Task, rows(office, Task, Task.number == "批示-1")[0].id, restricted=True)

    for number in ("批示-1", "批示-2", "没有"):
        for form in ("print", "word"):
            assert olga.get(f"/slips/{number}/{form}").status_code == 404, number
    assert "/slips/" not in olga.get("/tasks/批示-1").text
    assert "/slips/" not in olga.get("/acts/1").text


def test_whoever_stands_aside_does_not_find_it(opened, cast, office, sign_in):
    cast.task("甲-2", DAY)
    kept(office, replace(DIRECTIVE, reference="y", lines=(Line(task="甲-2"),)),
         read_opens(["批示-2|另一件|区教育局|2022-08-31"], DAY))  # fmt: skip
    hugo = sign_in("hugo")
    assert hugo.get(PRINTED).status_code == hugo.get("/slips/批示-2/print").status_code == 200

    keep_away(office, "批示-1", DAY, official_id=cast.hugo)
    keep_away(office, "甲-2", DAY, official_id=cast.hugo)

    assert hugo.get(PRINTED).status_code == 404
    assert hugo.get("/slips/批示-2/print").status_code == 404, "its act tells of 甲-2"
    assert sign_in("mallory").get(PRINTED).status_code == 404


def test_english_is_complete(opened, office, cast, sign_in):
    task = rows(office, Task)[0]
    edit(office, Task, task.id, title="School buses", number="D-1", review_every="3mo")
    edit(office, Record, 1, topic="Check each bus", led_by="the secretary", reference="No. 1")
    edit(office, Official, cast.alice, language="en")
    page = text_of(sign_in("alice").get("/slips/D-1/word").content)
    for known in ("区教育局", "定海区委", "校车逐辆检查：月底前完成"):
        page = page.replace(known, "")

    assert CHINESE.findall(page) == []
    assert "every 3 months" in page
