"""Promises of the look-back: somebody independent looks again, and says what was found."""

from datetime import date

import pytest
from sqlmodel import col, select

from flows.audit import contradictions
from flows.database import reading
from flows.explain import explain
from flows.signoff.deciding import NeedsReason, NotOpen
from flows.signoff.look_back_plans import WaitsAlready
from flows.signoff.look_backs import HadAPart, NotAnswered
from flows.signoff.packets import Changed, shown_in
from flows.signoff.roles import NotNow, NotYours, SayWhy, StandsAside
from flows.standing import History
from models import (
    DeadlineChange,
    Decision,
    Exclusion,
    LookBack,
    LookBackPoint,
    Referral,
    Task,
    Transition,
)
from models.decision import ReferralState, Verdict
from models.proof import Assurance, NotProved
from models.workdays import Calendar
from notifications.explanation import Explanation
from tests.conftest import SHANGHAI, instant
from tests.kept import add, edit, play, rows, wind
from tests.look_backs import (
    ALL_MET,
    FIRST,
    SECOND,
    SIGNED_OFF,
    another_reviewer,
    check,
    put_down,
    sign_off,
    the_task,
)
from tests.played import as_played
from tests.sign_offs import Bench

ADVERSE = [Verdict.RECURRED, Verdict.SHAM, Verdict.FALLS_SHORT]
ON = date(2022, 3, 1)


@pytest.fixture
def ruth(bench: Bench) -> int:
    return another_reviewer(bench)


@pytest.fixture
def planned(bench: Bench, ruth: int) -> Bench:
    """Signed off in January, put down by the office in March."""

    def plan() -> None:
        sign_off(bench, "甲-1")
        put_down(bench, "甲-1", ON)

    as_played(bench.office.engine, "a look back that is put down", plan)
    return bench


def contradicted(bench: Bench) -> list[str]:
    with reading(bench.office.engine) as session:
        return [english for _, english in contradictions(session)]


def look_backs(bench: Bench) -> list[LookBack]:
    return rows(bench.office, LookBack)


# Who looks


def test_whoever_had_a_part_in_it_is_not_asked(bench: Bench):
    sign_off(bench, "甲-1")
    put_down(bench, "甲-1", ON)

    assert bench.asked("甲-1") == [bench.cast.olga]  # Rita, the only reviewer, approved it
    [referral] = rows(bench.office, Referral, col(Referral.look_back_id).is_not(None))
    assert (referral.capacity, referral.climbed_from) == ("office", "reviewer")


def test_another_reviewer_is_asked_before_anybody_above(planned: Bench, ruth: int):
    assert planned.asked("甲-1") == [ruth]


def test_where_everybody_had_a_part_nobody_is_asked(bench: Bench):
    sign_off(bench, "甲-1")
    edit(bench.office, Task, the_task(bench).id, handler_id=bench.cast.olga)
    put_down(bench, "甲-1", ON)

    assert bench.asked("甲-1") == []  # Hugo signed it off, Olga handles it now
    assert len(look_backs(bench)) == 1


def test_whoever_came_to_have_a_part_since_is_refused(planned: Bench, ruth: int):
    edit(planned.office, Task, the_task(planned).id, handler_id=ruth)

    with pytest.raises(HadAPart):
        check(planned, "甲-1", ruth, Verdict.SOLID, ON)


def test_whoever_stands_aside_is_neither_asked_nor_heard(bench: Bench, ruth: int):
    rosa = another_reviewer(bench, "rosa")
    sign_off(bench, "甲-1")
    put_down(bench, "甲-1", ON)
    assert bench.asked("甲-1") == [ruth, rosa]
    add(
        bench.office,
        Exclusion(
            task_id=the_task(bench).id,
            official_id=rosa,
            reason="亲属",
            from_on=ON,
            by_id=bench.cast.olga,
            at=instant(ON),
        ),
    )

    with pytest.raises(StandsAside):
        check(bench, "甲-1", rosa, Verdict.SOLID, ON)
    check(bench, "甲-1", ruth, Verdict.SOLID, ON)


# What is given


def test_whoever_checks_is_shown_what_was_signed_off(planned: Bench):
    [look_back] = look_backs(planned)
    with reading(planned.office.engine) as session:
        shown = shown_in(session, look_back.packet)

    assert shown["task"]["number"] == "甲-1"
    assert shown["application"]["summary"] == "已完成整改，逐条落实。"
    assert shown["signed_off_on"] == "2022-01-10"
    assert shown["why"] == ["群众有反映", "olga"]
    assert shown["checklist"][0] == "台账与实际一致"


def test_all_that_is_missing_is_said_at_once(planned: Bench, ruth: int):
    points = {1: (True, ""), 2: (False, " "), 4: (True, ""), 5: (True, "")}

    with pytest.raises(NotAnswered) as refused:
        check(planned, "甲-1", ruth, Verdict.APPROVE, ON, points=points)

    assert refused.value.said("zh-CN").splitlines() == [
        "请选择回头看结论。",
        "第 2 条“建立的制度正在执行”：没有做到的，请写明情况。",
        "第 3 条“问题没有再次发生”：请选择是否做到。",
    ]
    assert len(refused.value.said("en").splitlines()) == 3
    assert rows_of_points(planned) == []


@pytest.mark.parametrize("verdict", ADVERSE)
def test_an_adverse_verdict_needs_a_reason(planned: Bench, ruth: int, verdict: Verdict):
    with pytest.raises(NeedsReason):
        check(planned, "甲-1", ruth, verdict, ON)
    assert the_task(planned).state == "signed_off"


def test_a_verdict_by_the_link_alone_is_refused(planned: Bench, ruth: int):
    with pytest.raises(NotProved):
        check(planned, "甲-1", ruth, Verdict.SOLID, ON, assurance=Assurance.LINK)
    assert planned.asked("甲-1") == [ruth]


def test_a_verdict_on_something_else_than_was_shown_is_refused(planned: Bench, ruth: int):
    with pytest.raises(Changed):
        check(planned, "甲-1", ruth, Verdict.SOLID, ON, packet="0" * 64)


def test_each_point_is_kept_as_it_was_found(planned: Bench, ruth: int):
    points = {**ALL_MET, 4: (False, " 尚欠 2000 元 ")}
    check(planned, "甲-1", ruth, Verdict.FALLS_SHORT, ON, reason="款项未到位", points=points)

    found = rows_of_points(planned)
    assert [point.met for point in found] == [True, True, True, False, True]
    assert (found[3].asked, found[3].remark) == ("应清退款项已经到位", "尚欠 2000 元")


def rows_of_points(bench: Bench) -> list[LookBackPoint]:
    with reading(bench.office.engine) as session:
        return list(session.exec(select(LookBackPoint).order_by(col(LookBackPoint.position))))


# What follows


def test_solid_before_the_last_date_is_recorded_only(planned: Bench, ruth: int):
    check(planned, "甲-1", ruth, Verdict.SOLID, ON)

    assert the_task(planned).state == "signed_off"
    [look_back] = look_backs(planned)
    assert (look_back.nth, look_back.last, look_back.decided_on) == (0, False, ON)
    assert rows(planned.office, Decision)[-1].verdict == Verdict.SOLID
    assert rows(planned.office, Transition)[-1].event == "sign_off"


def test_solid_after_all_dates_have_come_confirms(bench: Bench, ruth: int):
    sign_off(bench, "甲-1")
    put_down(bench, "甲-1", SECOND)

    check(bench, "甲-1", ruth, Verdict.SOLID, SECOND)

    assert the_task(bench).state == "confirmed"
    last = rows(bench.office, Transition)[-1]
    assert (last.event, last.reason, last.actor_id) == ("confirm", "回头看认定“稳固”", ruth)
    assert contradicted(bench) == []


@pytest.mark.parametrize("verdict", ADVERSE)
def test_anything_worse_reopens_it_with_a_deadline_of_its_own(
    planned: Bench, ruth: int, verdict: Verdict
):
    check(planned, "甲-1", ruth, verdict, ON, reason="台账是补的")

    task = the_task(planned)
    assert (task.state, task.cycle, task.colour) == ("in_progress", 2, "green")
    assert (task.due_on, task.original_due_on) == (date(2022, 3, 8), date(2022, 1, 28))
    [_, change] = rows(planned.office, DeadlineChange)
    assert (change.kind, change.previous_due_on) == ("reopened", date(2022, 1, 28))
    assert "台账是补的" in change.reason
    assert contradicted(planned) == []


def test_the_first_to_decide_decides_and_the_others_are_told(planned: Bench, ruth: int):
    another_reviewer(planned, "rosa")
    check(planned, "甲-1", ruth, Verdict.SOLID, ON)
    rosa = another_reviewer(planned, "rose")
    put_down(planned, "甲-1", date(2022, 3, 2))
    check(planned, "甲-1", rosa, Verdict.SHAM, date(2022, 3, 3), reason="台账是补的")

    with pytest.raises(NotOpen, match="rose has decided this before you"):
        check(planned, "甲-1", ruth, Verdict.SOLID, date(2022, 3, 3))
    assert the_task(planned).state == "in_progress"
    assert planned.asked("甲-1") == []
    assert {r.state for r in rows(planned.office, Referral)} == {
        ReferralState.DECIDED,
        ReferralState.OVERTAKEN,
    }


# By hand


def test_only_the_office_puts_a_task_down_and_says_why(bench: Bench):
    sign_off(bench, "甲-1")

    for who in (bench.cast.alice, bench.cast.dora, bench.rita):
        with pytest.raises(NotYours):
            put_down(bench, "甲-1", ON, who=who)
    with pytest.raises(SayWhy):
        put_down(bench, "甲-1", ON, reason=" ")
    assert look_backs(bench) == []


def test_what_is_not_signed_off_is_not_looked_back_at(bench: Bench):
    bench.task("甲-1", date(2022, 7, 13))

    with pytest.raises(NotNow, match="looked back at"):
        put_down(bench, "甲-1", ON)


def test_what_waits_to_be_checked_is_not_put_down_twice(planned: Bench):
    with pytest.raises(WaitsAlready, match="15 March 2022"):
        put_down(planned, "甲-1", date(2022, 3, 2))


def test_a_day_before_it_was_reopened_is_explained_as_on_that_day(planned: Bench, ruth: int):
    check(planned, "甲-1", ruth, Verdict.SHAM, ON, reason="台账是补的")

    def explained(on: date) -> Explanation:
        with reading(planned.office.engine) as session:
            return explain(session, "甲-1", on=on, calendar=Calendar(), timezone=SHANGHAI)

    before, after = explained(date(2022, 2, 28)), explained(ON)
    assert (before.state, before.due_on) == ("signed_off", date(2022, 1, 28))
    assert (after.state, after.due_on) == ("in_progress", date(2022, 3, 8))
    assert any("回头看认定“虚假整改”：台账是补的" in said for said in after.sentences("zh-CN"))
    assert after.next_row is not None
    assert after.next_row.strike_on == date(2022, 3, 9)
    with reading(planned.office.engine) as session:
        history = History.load(session, the_task(planned))
    stood = history.at_end_of(date(2022, 2, 28)).task
    assert (stood.cycle, stood.begun_on, stood.reported_on) == (1, *[stood.opened_on] * 2)
    assert history.at_end_of(ON).task.begun_on == ON
    assert history.at_end_of(ON).task.reported_on == ON


def test_a_cycle_that_was_changed_beside_the_history_is_found(planned: Bench, ruth: int):
    check(planned, "甲-1", ruth, Verdict.SHAM, ON, reason="台账是补的")
    edit(planned.office, Task, the_task(planned).id, cycle=3)
    assert contradicted(planned) == ["甲-1: cycle is 3, history says 2"]

    edit(planned.office, Task, the_task(planned).id, cycle=2, begun_on=date(2022, 3, 2))
    assert contradicted(planned) == [
        "甲-1: cycle's beginning is 2022-03-02, history says 2022-03-01"
    ]


# The whole life


def test_a_sham_rectification_is_reopened_late_again_and_signed_off_anew(bench: Bench, ruth: int):
    bench.task("甲-1", date(2022, 1, 5))
    wind(bench.office, date(2022, 1, 6), SIGNED_OFF)  # blue on the way
    sign_off(bench, "甲-1", open_it=False)
    play(bench.office, FIRST)
    assert bench.asked("甲-1") == [ruth]
    check(bench, "甲-1", ruth, Verdict.SHAM, FIRST, reason="台账是补的")
    before = len(rows(bench.office, Decision))

    assert the_task(bench).due_on == date(2022, 4, 18)
    wind(bench.office, date(2022, 4, 12), date(2022, 4, 18))
    assert the_task(bench).colour == "green"
    wind(bench.office, date(2022, 4, 19), date(2022, 4, 19))
    assert the_task(bench).colour == "blue"

    again = date(2022, 4, 20)
    sign_off(bench, "甲-1", again, open_it=False)
    assert (the_task(bench).state, the_task(bench).cycle) == ("signed_off", 2)
    assert len(rows(bench.office, Decision)) == before + len(bench.levels)
    kinds = [change.kind for change in rows(bench.office, DeadlineChange)]
    assert kinds == ["opened", "reopened"]

    play(bench.office, date(2022, 7, 1))  # six months after the first sign-off: no date any more
    assert [look_back.cycle for look_back in look_backs(bench)] == [1, 2]
    assert look_backs(bench)[-1].planned_on == date(2022, 7, 20)  # three after the second
    check(bench, "甲-1", ruth, Verdict.SOLID, date(2022, 7, 20))
    play(bench.office, date(2022, 10, 8))
    check(bench, "甲-1", ruth, Verdict.SOLID, date(2022, 10, 20))
    assert the_task(bench).state == "confirmed"
    assert contradicted(bench) == []
