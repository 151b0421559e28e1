"""Promise: a month's scores count once a leader approved them; a unit objects in time, the office
answers in time or turns colour, and what is corrected leaves what was published as it was."""

from datetime import date
from decimal import Decimal

import pytest
from sqlmodel import select

from flows.audit import contradictions
from flows.database import reading, transaction
from flows.history import faults
from flows.scores.objections import answer, changes_of, objections, raise_objection
from flows.scores.sheets import approve, facts_of, send_back
from flows.working_days import load_calendar
from models import Post, ScoreRuling, ScoreSheet, Task, Unit
from models.decision import Verdict
from models.organisation import PostKind
from models.refusal import Refusal
from models.score import ScoreState
from tests.flows.scores.files import END, RED, counted, load, prepared, rule
from tests.kept import add, colour, edit, play, rows
from tests.petitions import load_kind
from tests.played import wound
from tests.records import refusing
from tests.responsibility import keep_away
from tests.sign_offs import gather_bench


def d(month: int, day: int) -> date:
    return date(2022, month, day)


@pytest.fixture
def july(office, cast):
    """One matter turned red, and so did a lead; the office has prepared the month."""
    load_kind(office, "score_objection")
    [top] = rows(office, Unit, Unit.name == "定海区委")
    add(office, Post(official_id=cast.mallory, unit_id=top.id, kind=PostKind.UNIT_HEAD))
    cast.task("甲-1", d(7, 1))
    cast.task("密-1", d(7, 1), restricted=True, title="某人的线索")
    load(office, RED, rule("overdue", "-1"))
    wound(office, d(7, 1), END)
    prepared(office)
    return gather_bench(office, cast)


def sheet(bench) -> ScoreSheet:
    return rows(bench.office, ScoreSheet)[-1]


def by(bench, who: int, on: date, deed) -> None:
    actor = bench.actor(who, on)
    with transaction(bench.office.engine, actor.now) as session:
        found = session.get_one(ScoreSheet, sheet(bench).id)
        deed(session, found, actor, load_calendar(session))


def published(bench, on: date = d(8, 2)) -> None:
    by(bench, bench.cast.hugo, on, lambda s, one, actor, _: approve(s, one, actor))


def object_to(bench, on: date, *, who: int | None = None, key: str | None = None) -> None:
    line = next(one for one in facts_of(sheet(bench)).lines if one.task == "甲-1")

    def deed(session, one, actor, calendar):
        raise_objection(
            session,
            one,
            "区教育局",
            line.key if key is None else key,
            actor,
            reason="资金未到位，不应扣分",
            calendar=calendar,
        )

    by(bench, who or bench.cast.dora, on, deed)


def rule_on(bench, on: date, change: str, reason: str = "情况属实") -> None:
    def deed(session, one, actor, calendar):
        [found] = objections(session, one)
        answer(session, found.task, actor, change, reason=reason, calendar=calendar)

    by(bench, bench.cast.olga, on, deed)


def sign(bench, on: date) -> None:
    for who in (bench.cast.mallory, bench.cast.hugo):
        bench.decide("考异-2022-01", who, Verdict.APPROVE, on)


def points(bench) -> Decimal:
    with reading(bench.office.engine) as session:
        found = objections(session, sheet(bench))
        return facts_of(sheet(bench)).points("区教育局", changes_of(found))


def test_what_was_approved_is_objected_to_and_corrected_without_being_changed(july):
    kept = sheet(july).content
    published(july)
    assert points(july) == 97
    object_to(july, d(8, 9))
    rule_on(july, d(8, 11), "+2")
    assert points(july) == 97, "a leader has not agreed yet"
    sign(july, d(8, 12))

    assert points(july) == 99
    assert sheet(july).content == kept
    [said] = rows(july.office, ScoreRuling)
    assert (said.change, said.reason, said.said_by) == ("2", "情况属实", "olga")
    with reading(july.office.engine) as session:
        assert [*faults(session), *contradictions(session)] == []


def test_an_answer_that_came_back_is_given_anew_and_the_newest_counts(july):
    published(july)
    object_to(july, d(8, 9))
    rule_on(july, d(8, 10), "+2")
    back = {"reason": "依据不足", "requirement": "附会议纪要"}
    july.decide("考异-2022-01", july.cast.mallory, Verdict.RETURN, d(8, 11), **back)
    rule_on(july, d(8, 12), "0", "维持原结果")
    sign(july, d(8, 12))
    assert points(july) == 97
    assert [one.change for one in rows(july.office, ScoreRuling)] == ["2", "0"]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_objection_that_the_office_does_not_answer_turns_colour(july):
    published(july)
    object_to(july, d(8, 9))
    [task] = rows(july.office, Task, Task.number == "考异-2022-01")
    assert (task.due_on, task.restricted, task.handler_id) == (d(8, 16), True, july.cast.olga)
    play(july.office, d(8, 16))
    assert colour(july.office, "考异-2022-01") == "green"
    play(july.office, d(8, 17))
    assert colour(july.office, "考异-2022-01") == "blue"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_may_not_be_is_refused_in_a_sentence(july):
    with refusing("尚未公布", Refusal):
        object_to(july, d(8, 2))
    with refusing("只能由领导小组组长", Refusal):
        by(july, july.cast.olga, d(8, 2), lambda s, one, actor, _: approve(s, one, actor))
    with refusing("没有结束", Refusal):
        prepared(july.office, on=d(8, 1), first=d(8, 1))
    with refusing("待审批", Refusal):
        prepared(july.office)
    published(july)
    with refusing("不在待审批", Refusal):
        published(july)
    with refusing("已公布", Refusal):
        prepared(july.office)
    for who, on, key, told in (
        (july.cast.alice, d(8, 3), None, "主要负责人"),
        (july.cast.dora, d(8, 10), None, "届满"),  # five working days from 2 August: the ninth
        (july.cast.dora, d(8, 3), "move/99", "没有这一项"),
    ):
        with refusing(told, Refusal):
            object_to(july, on, who=who, key=key)
    object_to(july, d(8, 3))
    object_to(july, d(8, 3), key="")
    with refusing("已提出异议", Refusal):
        object_to(july, d(8, 4))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_of_a_result_that_names_nobody_none_of_the_office_approves(july):
    """A leader who is of the office too may have prepared it by the command himself."""
    add(
        july.office,
        Post(official_id=july.cast.olga, unit_id=july.cast.unit, kind=PostKind.COMMISSION_HEAD),
    )
    with refusing("未指明拟稿人", Refusal):
        by(july, july.cast.olga, d(8, 2), lambda s, one, actor, _: approve(s, one, actor))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_whoever_stands_aside_from_the_matter_does_not_find_its_line(july):
    published(july)
    keep_away(july.office, "甲-1", d(8, 3), official_id=july.cast.dora)
    with refusing("没有这一项", Refusal):
        object_to(july, d(8, 4))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_was_sent_back_is_counted_anew(july):
    by(july, july.cast.hugo, d(8, 2), lambda s, one, by, _: send_back(s, one, by, "漏计约谈"))
    load(july.office, RED, on=d(8, 2))
    again = prepared(july.office, on=d(8, 3))
    assert [one.state for one in rows(july.office, ScoreSheet)] == [
        ScoreState.SENT_BACK,
        ScoreState.DRAFT,
    ]
    assert (facts_of(again).version, facts_of(again).points("区教育局")) == (2, 98)
    assert facts_of(again) == counted(july.office), "by the rules of today, from the same rows"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_result_that_was_changed_behind_the_history_is_found(july):
    published(july)
    edit(july.office, ScoreSheet, 1, content=sheet(july).content.replace("-2", "-1"))
    with reading(july.office.engine) as session:
        assert [english for _, english in contradictions(session)] == [
            "score monthly 2022-07-01: its content is not what was prepared or decided on"
        ]
        assert session.exec(select(ScoreSheet)).one().state == ScoreState.PUBLISHED


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_an_objection_about_a_restricted_matter_changes_no_units_points(july):
    published(july)
    lead = next(one for one in facts_of(sheet(july)).lines if one.task == "密-1")
    object_to(july, d(8, 9), key=lead.key)
    rule_on(july, d(8, 11), "+2")
    sign(july, d(8, 12))
    with reading(july.office.engine) as session:
        [found] = objections(session, sheet(july))
    assert (found.change, points(july)) == (2, 97), "the sum would tell of it"


def test_a_number_that_the_ledger_gave_away_hinders_no_objection(july):
    july.cast.task("考异-2022-02", d(7, 1), title="由台账登记")
    published(july)
    object_to(july, d(8, 5))
    with reading(july.office.engine) as session:
        [raised] = objections(session, sheet(july))
    assert raised.task.number == "考异-2022-03"
