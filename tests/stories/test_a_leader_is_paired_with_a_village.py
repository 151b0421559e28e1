"""Promise: whoever is paired owes the visits of that time and nobody else does; a visit that is
missed turns colour; the progress report counts those that are paired on its day."""

from datetime import date, time

import pytest

from flows.database import reading, transaction
from flows.history import faults
from flows.pairings.from_csv import rows as csv_rows
from flows.pairings.pairing import Wanted, end_pairing, pair
from flows.pairings.standing import pairings
from flows.papers.progress import progress_facts
from flows.signoff.actor import COMMAND_LINE, Unattended
from models import DutyOccurrence, Pairing, Task
from models.refusal import Refusal
from models.report_form import parse_form
from tests.conftest import instant
from tests.flows.duties.files import duty
from tests.flows.duties.files import load as load_duty
from tests.kept import colour, play, rows
from tests.played import wound
from tests.records import refusing

VISITS = {
    "name": '"visits"',
    "title": '"结对走访"',
    "task_title": '"{year}年{month}月结对走访"',
    "number_format": '"结对〔{year}〕{n}号"',
    "recurrence": '"FREQ=MONTHLY;BYMONTHDAY=1"',
    "within": "",
    "by_day": "25",
    "units": "",
    "pairings": '"薄弱村"',
    "measures": "",
}
FORM = """
name = "progress"
title = "通报"
issuer = "区委"
opening = ["调整完成{paired}个村的领导结对。"]
[[section]]
title = "甲"
item = [{ task = "甲-1" }]
[[figure]]
id = "paired"
name = "结对的村"
unit = "个"
count = "paired"
topic = "薄弱村"
"""


def d(month: int, day: int) -> date:
    return date(2022, month, day)


def by(on: date) -> Unattended:
    return Unattended(COMMAND_LINE, on, instant(on, time(9)))


def paired(office, leader: str, subject: str, on: date, **facts) -> None:
    with transaction(office.engine, by(on).now) as session:
        pair(session, [Wanted(topic="薄弱村", leader=leader, subject=subject, **facts)], by(on))


def ended(office, subject: str, on: date, until: date | None = None, reason="换届") -> None:
    with transaction(office.engine, by(on).now) as session:
        [found] = [p for p in pairings(session) if p.row.subject == subject and p.end is None]
        row = session.get_one(Pairing, found.row.id)
        end_pairing(session, row, by(on), until_on=until, reason=reason)


def counted(office, last: date) -> tuple[str, tuple[str, ...]]:
    with reading(office.engine) as session:
        facts = progress_facts(session, parse_form(FORM, file="form.toml"), d(1, 1), last)
    [figure] = facts.figures
    assert figure.basis == "counted"
    return figure.shown, tuple(figure.records)


def test_whoever_is_paired_owes_the_visits_of_that_time(office, cast):
    load_duty(office, duty(**VISITS), d(6, 2))
    paired(office, "carol", "新建村", d(6, 10))
    paired(office, "carol@dinghai.example", "马岙村", d(6, 10))
    paired(office, "hugo", "庙桥村", d(6, 10), from_on=d(5, 20))
    ended(office, "马岙村", d(6, 30), until=d(6, 20))
    wound(office, d(6, 29), d(7, 2))

    found = [
        (task.title, task.number, task.handler_id, task.unit_id, task.due_on)
        for task in rows(office, Task)
    ]
    [top] = {row.unit_id for row in rows(office, Task) if row.handler_id == cast.hugo}
    assert found == [
        ("2022年7月结对走访：庙桥村", "结对〔2022〕1号", cast.hugo, top, d(7, 25)),
        ("2022年7月结对走访：新建村", "结对〔2022〕2号", cast.carol, cast.unit, d(7, 25)),
    ]
    assert [row.unit for row in rows(office, DutyOccurrence)] == ["hugo → 庙桥村", "carol → 新建村"]
    ended(office, "新建村", d(7, 20))
    paired(office, "dora", "新建村", d(7, 21))
    play(office, d(7, 26))
    assert colour(office, "结对〔2022〕2号") == "blue", "what was opened stays owed"
    play(office, d(8, 1))
    whose = {row.unit for row in rows(office, DutyOccurrence) if row.on == d(8, 1)}
    assert whose == {"hugo → 庙桥村", "dora → 新建村"}
    with reading(office.engine) as session:
        assert [*faults(session)] == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_report_counts_those_that_are_paired_on_its_day(office, cast):
    cast.task("甲-1", d(9, 1))
    paired(office, "carol", "新建村", d(6, 10))
    paired(office, "hugo", "新建村", d(6, 10))
    paired(office, "hugo", "马岙村", d(6, 20))
    ended(office, "马岙村", d(7, 10))
    assert counted(office, d(6, 9)) == ("0", ())
    assert counted(office, d(6, 19)) == ("1", ("pairing/1", "pairing/2"))
    assert counted(office, d(7, 10)) == ("2", ("pairing/1", "pairing/2", "pairing/3"))
    assert counted(office, d(7, 11)) == ("1", ("pairing/1", "pairing/2"))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_file_is_taken_in_as_a_whole_or_not_at_all(office, cast):
    head = "结对名称,领导,对象,对象类别,起\n"
    good = f"{head}薄弱村,carol,新建村,村,2022.6.1\n\n链主,hugo,企业01,企业,\n"

    def take(text: str) -> None:
        with transaction(office.engine, by(d(6, 10)).now) as session:
            pair(session, csv_rows(text.encode()), by(d(6, 10)))

    for text, told in (
        ("领导,对象\ncarol,新建村\n", "缺少列 结对名称"),
        (f"{good}薄弱村,谁,马岙村,村,\n", "第 5 行：通讯录中没有在职的“谁”"),
        (f"{good}薄弱村,dora,马岙村,镇,\n", "第 5 行：对象类别"),
        (f"{good}薄弱村,dora,马岙村,村,2022-07-01\n", "第 5 行：开始日期"),
        (f"{good}薄弱村,dora,马岙村,村,某日\n", "第 5 行"),
        (f"{good}薄弱村,carol,新建村,村,\n", "第 5 行：“carol”与“新建村”已在结对"),
        (head, "没有要登记的结对"),
    ):
        with refusing(told, Refusal):
            take(text)
    assert rows(office, Pairing) == []
    take(good)
    assert [(one.subject, str(one.kind), one.from_on) for one in rows(office, Pairing)] == [
        ("新建村", "village", d(6, 1)),
        ("企业01", "enterprise", d(6, 10)),
    ]
    with refusing("已在结对", Refusal):
        take(good)
    with refusing("请写明理由", Refusal):
        ended(office, "新建村", d(6, 12), reason=" ")
    with refusing("结束日期", Refusal):
        ended(office, "新建村", d(6, 12), until=d(6, 13))
