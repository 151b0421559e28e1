"""What is recorded stays, is corrected in its place, and opens tasks; bad input records nothing."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from flows.database import reading, transaction
from flows.history import faults
from flows.ledger.problems import LedgerRefused
from flows.records.entries import entries
from flows.records.keeping import keep
from flows.records.lines import BadLine, Line, concerning, fen, read_lines, written_line
from flows.records.opening import read_opens
from flows.rulebook import load_procedure
from flows.signoff.actor import Actor
from flows.signoff.office_acts import NotTheOffice
from flows.working_days import load_calendar
from models import DeadlineChange, Record, RecordLine, Task
from models.decision import Verdict
from models.proof import Assurance
from models.refusal import Refusal
from tests.conftest import SEEDS
from tests.kept import everything, rows
from tests.records import DAY, NOON, corrected, kept, refusing, said, with_kinds
from tests.sign_offs import gather_bench

VISIT = said("visit", "区教育局|校长||已看", "区卫健局", topic="专项督查", led_by="区纪委")


@pytest.fixture
def keeping(office, cast):
    return with_kinds(office)


def standing(office):
    with reading(office.engine) as session:
        return entries(session, date(2022, 1, 1), DAY)


def test_a_record_is_kept_with_its_lines_in_the_chained_history(keeping):
    record = kept(keeping, VISIT)

    assert [(one.kind, one.topic, one.led_by) for one in standing(keeping)] == [
        ("visit", "专项督查", "区纪委")
    ]
    assert standing(keeping)[0].lines == VISIT.lines
    assert {line.link_id for line in rows(keeping, RecordLine)} == {record.link_id}
    with transaction(keeping.engine, NOON) as session:
        session.get_one(Record, record.id).topic = "别的"
    with reading(keeping.engine) as session:
        assert len(list(faults(session))) == 1, "what was changed behind our back is found"


def test_a_correction_stands_in_the_place_of_what_it_corrects_and_both_are_kept(keeping):
    first = kept(keeping, VISIT)
    second = corrected(keeping, first.id, replace(VISIT, lines=VISIT.lines[:1]), "多录一家")

    assert [one.key for one in standing(keeping)] == [f"record/{second.id}"]
    assert [(one.id, one.corrects_id, one.reason) for one in rows(keeping, Record)] == [
        (first.id, None, ""),
        (second.id, first.id, "多录一家"),
    ]
    corrected(keeping, second.id, None)
    assert standing(keeping) == []


def test_what_was_corrected_cannot_be_corrected_again(keeping):
    first = kept(keeping, VISIT)
    second = corrected(keeping, first.id, replace(VISIT, topic="另一主题"))
    gone = corrected(keeping, second.id, None)

    for key, words in (
        (first.id, f"已由第 {second.id} 号更正"),
        (gone.id, "不能再更正"),
        (gone.id + 1, "没有第"),
        (2**40, "没有第"),
    ):
        with refusing(words):
            corrected(keeping, key, VISIT)
    with refusing("理由"):
        corrected(keeping, kept(keeping, said("meeting")).id, None, " ")


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (said("没有"), "没有“没有”这一类"),
        (replace(VISIT, on=DAY + timedelta(days=1)), "还没有到"),
        (said("party_warning"), "至少写一行"),
        (said("money_returned", "区教育局"), "每行都要写金额"),
        (said("visit", topic="x", reference="甲〔2022〕1号"), "已用于第"),
        (VISIT, "完全相同"),
        (replace(VISIT, lines=(Line(task="没有"),)), "没有编号为“没有”的事项"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_recorded(keeping, one, words):
    kept(keeping, VISIT)
    kept(keeping, replace(VISIT, reference="甲〔2022〕1号"))
    before = everything(keeping.engine)

    with pytest.raises(Refusal) as refused:
        kept(keeping, one)

    assert words in refused.value.chinese
    assert everything(keeping.engine) == before


def test_whoever_is_not_the_office_records_nothing(keeping, cast):
    alice = Actor(cast.alice, "alice", Assurance.SESSION, DAY, NOON)
    with pytest.raises(NotTheOffice), transaction(keeping.engine, NOON) as session:
        keep(session, VISIT, alice, calendar=load_calendar(session))

    olga = replace(alice, official_id=cast.olga, said_by="olga")
    with transaction(keeping.engine, NOON) as session:
        assert keep(session, VISIT, olga, calendar=load_calendar(session)).recorded_by_id == (
            cast.olga
        )


def test_a_directive_opens_tasks_through_the_import(keeping):
    with transaction(keeping.engine, NOON) as session:
        file = SEEDS / "procedures" / "directive.toml"
        load_procedure(session, file.read_text("utf-8"), file=file.name, now=NOON)
    directive = said("directive", topic="校车安全", led_by="区委书记")
    opens = read_opens(["批示-1|整治校车|区教育局|2022-08-31"], DAY)

    record = kept(keeping, directive, opens)

    (task,) = rows(keeping, Task)
    assert (task.number, task.due_on, task.opened_on) == ("批示-1", date(2022, 8, 31), DAY)
    assert [change.kind for change in rows(keeping, DeadlineChange)] == ["opened"]
    assert [line.task_id for line in rows(keeping, RecordLine)] == [task.id]
    assert standing(keeping)[0].key == f"record/{record.id}"
    before = everything(keeping.engine)
    with refusing("已有事项"):
        kept(keeping, replace(directive, topic="另一件"), opens)
    with pytest.raises(LedgerRefused):
        kept(keeping, directive, read_opens(["批示-2|x|没有的单位|2022-08-31"], DAY))
    assert everything(keeping.engine) == before


def test_what_a_granted_application_says_is_counted_from_it_and_from_nowhere_else(keeping, cast):
    bench = gather_bench(keeping, cast)
    task = bench.task("甲-1", DAY)
    bench.apply("甲-1", DAY, money_returned=99)
    bench.decide("甲-1", cast.dora, Verdict.RETURN, DAY, reason="不实", requirement="重报")
    bench.apply("甲-1", DAY, rules="《校车管理办法》\n《报账规定》", money_returned=44_000)
    assert standing(keeping) == [], "nobody has granted it yet"
    for who in bench.levels:
        bench.decide("甲-1", who, Verdict.APPROVE, DAY)

    found = standing(keeping)

    assert [(one.kind, [(x.subject, x.amount) for x in one.lines]) for one in found] == [
        ("money_returned", [("", 44_000)]),
        ("rule", [("《校车管理办法》", None), ("《报账规定》", None)]),
    ]
    for one in (
        said("money_returned", "||||440"),
        said("rule", "||《报账规定》"),
    ):
        line = replace(one.lines[0], task=task.number)
        with refusing("销号申请已写明"):
            kept(keeping, replace(one, lines=(line,)))
    other = Line(amount=100, task=task.number)
    kept(keeping, replace(said("money_returned", "||||1"), lines=(other,)))


@pytest.mark.parametrize(
    ("written", "amount"),
    [("1005", 100_500), ("440.5", 44_050), ("4,300.07元", 430_007), ("0", 0)],
)
def test_yuan_are_read_as_fen(written, amount):
    assert fen(written) == amount


@pytest.mark.parametrize("written", ["", "4.3万", "1.005", "-1", "一", "1e3", "9" * 13])
def test_what_is_no_amount_is_none(written):
    assert fen(written) is None


def test_a_line_is_written_as_it_is_read():
    written = ("区教育局|校长|校车|批评|440.50", "||线索（第1号）", "区教育局")
    lines = read_lines(written)

    assert tuple(map(written_line, lines)) == written
    assert read_lines(["\t\t线索（第1号）", "  "]) == read_lines(["||线索（第1号）"])
    assert read_lines(["", "区教育局｜校长 "]) == (Line(unit="区教育局", person="校长"),)
    assert concerning(lines[2:], ["甲-1"]) == (Line(unit="区教育局", task="甲-1"),)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("|", "没有内容"),
        ("a|b|c|d|1|f", "有 6 栏"),
        ("||||四百", "“四百”不是金额"),
        ("x" * 201, "“xxx"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(line, words):
    with refusing(f"第 2 行：{words}", BadLine):
        read_lines(["区教育局", line])


@pytest.mark.parametrize("line", ["甲|x|y", "甲||区教育局|2022-08-31", "甲|x|区教育局|8月"])
def test_a_task_to_open_that_cannot_be_read_is_named(line):
    with refusing("第 1 行", BadLine):
        read_opens([line], DAY)
