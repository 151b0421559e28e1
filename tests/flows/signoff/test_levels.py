"""Promises of the levels: all of them, one after the other, by people who had no part in it."""

from datetime import date

import pytest
from sqlmodel import col

from flows.signoff.deciding import NeedsReason, NotOpen
from flows.signoff.packets import Changed
from flows.signoff.roles import NotYours, SayWhy
from models import Absence, DeadlineChange, Decision, Referral, Task, Transition
from models.decision import ReferralState, Verdict
from models.proof import Assurance, NotProved
from models.refusal import Refusal
from models.warning import Colour
from tests.kept import add, colour, notices, rows, wind
from tests.sign_offs import Bench

DUE, APPLIED = date(2022, 7, 13), date(2022, 7, 15)


def the_task(bench: Bench) -> Task:
    [task] = rows(bench.office, Task)
    return task


def approve_all(bench: Bench, *people: int) -> None:
    for who in people:
        bench.decide("甲-1", who, Verdict.APPROVE, APPLIED)


def test_a_task_is_signed_off_by_all_its_levels_in_their_order(bench: Bench):
    bench.task("甲-1", DUE)
    wind(bench.office, DUE, date(2022, 7, 14))
    assert colour(bench.office, "甲-1") == Colour.BLUE

    bench.apply("甲-1", APPLIED)
    for who in bench.levels:
        assert bench.asked("甲-1") == [who]
        assert the_task(bench).state == "under_review"
        bench.decide("甲-1", who, Verdict.APPROVE, APPLIED)

    task = the_task(bench)
    assert (task.state, task.level, task.colour) == ("signed_off", None, Colour.GREEN)
    assert [notice.state for notice in notices(bench.office, "甲-1")] == ["lifted"]
    assert len({decision.packet for decision in rows(bench.office, Decision)}) == 1


def test_a_return_says_why_and_gives_the_handler_time(bench: Bench):
    bench.task("甲-1", DUE)
    bench.apply("甲-1", APPLIED)
    approve_all(bench, bench.cast.dora)

    bench.decide(
        "甲-1", bench.leo, Verdict.RETURN, APPLIED, reason="第二条未落实", requirement="补充台账"
    )

    task = the_task(bench)
    assert (task.state, task.due_on) == ("in_progress", date(2022, 7, 22))
    assert bench.asked("甲-1") == []
    [_, change] = rows(bench.office, DeadlineChange)
    assert (change.kind, change.previous_due_on) == ("return", DUE)
    assert "第二条未落实" in change.reason


def test_a_return_before_the_deadline_leaves_it_where_it_is(bench: Bench):
    bench.task("甲-1", date(2022, 12, 30))
    bench.apply("甲-1", APPLIED)

    bench.decide("甲-1", bench.cast.dora, Verdict.RETURN, APPLIED, reason="再核实")

    assert the_task(bench).due_on == date(2022, 12, 30)


@pytest.mark.parametrize("verdict", [Verdict.RETURN, Verdict.ASK])
def test_whoever_turns_something_down_says_why(bench: Bench, verdict: Verdict):
    bench.task("甲-1", DUE)
    bench.apply("甲-1", APPLIED)

    with pytest.raises(NeedsReason):
        bench.decide("甲-1", bench.cast.dora, verdict, APPLIED, reason=" ")
    assert rows(bench.office, Decision) == []


def test_a_decision_by_the_link_alone_is_refused(bench: Bench):
    bench.task("甲-1", DUE)
    bench.apply("甲-1", APPLIED)

    with pytest.raises(NotProved):
        bench.decide("甲-1", bench.cast.dora, Verdict.APPROVE, APPLIED, assurance=Assurance.LINK)
    assert bench.asked("甲-1") == [bench.cast.dora]


def test_what_was_changed_after_it_was_shown_is_not_decided_on(bench: Bench):
    bench.task("甲-1", DUE)
    bench.apply("甲-1", APPLIED)

    with pytest.raises(Changed):
        bench.decide("甲-1", bench.cast.dora, Verdict.APPROVE, APPLIED, packet="0" * 64)
    assert the_task(bench).level == 1


def test_nobody_decides_twice(bench: Bench):
    bench.task("甲-1", DUE)
    bench.apply("甲-1", APPLIED)
    approve_all(bench, bench.cast.dora)

    with pytest.raises(NotOpen, match="decided this already"):
        approve_all(bench, bench.cast.dora)
    assert the_task(bench).level == 2


def test_the_head_who_handles_it_himself_does_not_review_it(bench: Bench):
    bench.task("甲-1", DUE, handler_id=bench.cast.dora)

    bench.apply("甲-1", APPLIED, who=bench.cast.dora)

    [referral] = rows(bench.office, Referral)
    assert referral.official_id == bench.cast.olga
    assert (referral.capacity, referral.climbed_from) == ("office", "unit_head")


def test_whoever_has_no_part_in_it_may_not_decide(bench: Bench):
    bench.task("甲-1", DUE)
    bench.apply("甲-1", APPLIED)

    with pytest.raises(NotYours, match="whoever reviews it"):
        bench.decide(
            "甲-1", bench.cast.dora, Verdict.APPROVE, APPLIED, as_somebody_else=bench.cast.mallory
        )


def test_every_decision_is_in_the_chained_history(bench: Bench):
    bench.task("甲-1", DUE)
    bench.apply("甲-1", APPLIED)
    approve_all(bench, *bench.levels)

    events = [
        m.event for m in rows(bench.office, Transition, col(Transition.machine) == "sign-off")
    ]
    assert events == ["apply", "approve", "approve", "approve", "sign_off"]
    assert all(decision.link_id for decision in rows(bench.office, Decision))
    assert {r.state for r in rows(bench.office, Referral)} == {ReferralState.DECIDED}


def test_a_refusal_is_a_sentence_in_both_languages(bench: Bench):
    bench.task("甲-1", DUE)

    with pytest.raises(Refusal) as refused:
        bench.apply("甲-1", APPLIED, who=bench.cast.mallory)
    assert "责任人" in refused.value.said("zh-CN")
    assert "handler" in refused.value.said("en")


@pytest.mark.parametrize("act", ["amend", "recall"])
def test_what_is_changed_or_taken_back_under_review_wants_a_reason(bench: Bench, act: str):
    bench.task("甲-1", DUE)
    bench.apply("甲-1", APPLIED)

    with pytest.raises(SayWhy):
        getattr(bench, act)("甲-1", APPLIED, reason=" ")
    assert the_task(bench).state == "under_review"


def test_whoever_approved_one_level_does_not_stand_in_at_the_next(bench: Bench):
    bench.task("甲-1", DUE)
    bench.apply("甲-1", APPLIED)
    away = date(2022, 7, 18)
    add(bench.office, Absence(official_id=bench.leo, deputy_id=bench.cast.dora, from_on=away))

    bench.decide("甲-1", bench.cast.dora, Verdict.APPROVE, away)

    assert bench.asked("甲-1") == [bench.cast.olga]
