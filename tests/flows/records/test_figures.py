"""A figure is printed once somebody else than whoever reported it has approved it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from flows.database import reading, transaction
from flows.records.figures import Reported, approve, approved, report, waiting
from flows.signoff.office_acts import NotTheOffice
from models import Figure, FigureApproval, Official
from models.refusal import Refusal
from tests.kept import everything, rows
from tests.records import DAY, NOON, refusing

OUTPUT = Reported(
    code="5.2.output", name="总产值", value="309", unit="亿元", as_of=DAY, source="统计局月报"
)


def reported(office, who, one=OUTPUT):
    with transaction(office.engine, NOON) as session:
        return report(session, one, session.get_one(Official, who), on=DAY, now=NOON).id


def approve_by(office, who, key):
    with transaction(office.engine, NOON) as session:
        approve(session, key, session.get_one(Official, who), on=DAY, now=NOON)


def printed(office, on=DAY):
    with reading(office.engine) as session:
        return {code: figure.value for code, (figure, _) in approved(session, on).items()}


def test_only_what_was_approved_counts_and_the_newest_of_it(office, cast):
    first = reported(office, cast.alice)
    assert printed(office) == {}

    approve_by(office, cast.olga, first)
    second = reported(office, cast.alice, replace(OUTPUT, value="310"))

    assert printed(office) == {"5.2.output": "309"}
    with reading(office.engine) as session:
        assert waiting(session, "5.2.output").id == second
    approve_by(office, cast.olga, second)
    assert printed(office) == {"5.2.output": "310"}
    assert printed(office, date(2022, 7, 13)) == {}, "it is of a later day"
    assert [one.value for one in rows(office, Figure)] == ["309", "310"]


def test_what_belongs_to_a_restricted_task_is_never_printed(office, cast):
    cast.task("密-1", DAY, restricted=True)
    cast.task("甲-1", DAY)
    for number in ("密-1", "甲-1"):
        one = replace(OUTPUT, code=number, task=number)
        approve_by(office, cast.olga, reported(office, cast.alice, one))

    assert set(printed(office)) == {"甲-1"}


def test_nobody_approves_his_own_and_nobody_but_the_office_approves(office, cast):
    own, other = reported(office, cast.olga), reported(office, cast.alice)

    with refusing("须由他人核准"):
        approve_by(office, cast.olga, own)
    with pytest.raises(NotTheOffice):
        approve_by(office, cast.dora, other)
    assert rows(office, FigureApproval) == []


def test_it_is_approved_once(office, cast):
    key = reported(office, cast.alice)
    approve_by(office, cast.olga, key)

    with refusing("已由olga核准"):
        approve_by(office, cast.olga, key)
    with refusing("没有第"):
        approve_by(office, cast.olga, key + 1)
    with reading(office.engine) as session, refusing("没有待核准"):
        waiting(session, "5.2.output")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"value": " "}, "请写明数值"),
        ({"code": ""}, "请写明代号"),
        ({"source": ""}, "请写明来源"),
        ({"as_of": DAY + timedelta(days=1)}, "还没有到"),
        ({"value": "9" * 41}, "超过 40 个字"),
        ({"task": "没有"}, "没有编号为“没有”的事项"),
    ],
)
def test_what_is_not_whole_is_refused_and_nothing_is_kept(office, cast, wrong, words):
    before = everything(office.engine)

    with pytest.raises(Refusal) as refused:
        reported(office, cast.alice, replace(OUTPUT, **wrong))

    assert words in refused.value.chinese
    assert everything(office.engine) == before
