"""Who hears of what was decided on a request, by a reassignment, by the office: from rows alone."""

from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select

from flows.database import transaction
from flows.deadline import change_deadline
from flows.history import link_id
from flows.moves import lock_task, move_request, move_task
from flows.signoff.packets import keep
from flows.working_days import load_calendar
from models import ChangeRequest, LookBack, Reassignment, Referral, Task
from models.decision import ReferralState, Verdict
from models.organisation import PostKind
from models.request_machine import RequestKind, RequestState
from tests.conftest import instant
from tests.kept import play, rows
from tests.sign_offs import Bench
from tests.tellings import alarms, outcomes, referrals, send, tell_at

DUE, DAY = date(2022, 7, 13), date(2022, 7, 15)
NOW = instant(DAY, time(9))
LATER = date(2022, 8, 12)


def act(bench: Bench, what: Callable[[Session, Task], None], now=NOW) -> None:
    with transaction(bench.office.engine, now) as session:
        task = session.exec(select(Task)).one()
        lock_task(session, task.id)
        what(session, task)


def ask(bench: Bench, kind: RequestKind, *, approver: int | None) -> None:
    def asked(session: Session, task: Task) -> None:
        request = ChangeRequest(
            task_id=task.id,
            cycle=1,
            kind=kind,
            state=RequestState.ASKED,
            reason="等待上级批复",
            legal_basis="第三十四条",
            until_on=LATER,
            asked_by_id=bench.cast.alice,
            asked_on=DAY,
            asked_at=NOW,
            packet=keep(session, {"until_on": LATER}),
        )
        session.add(request)
        session.flush()
        if approver is not None:
            session.add(
                Referral(
                    task_id=task.id,
                    request_id=request.id,
                    official_id=approver,
                    capacity=PostKind.COMMISSION_HEAD,
                    given_on=DAY,
                    decide_by=DAY + timedelta(days=5),
                    state=ReferralState.OPEN,
                )
            )

    act(bench, asked)


def decide(bench: Bench, event: str, *also: Callable[..., Any], reason: str = "情况属实") -> None:
    """As whoever decides on requests would leave the rows."""

    def decided(session: Session, task: Task) -> None:
        request = session.exec(select(ChangeRequest)).one()
        facts = {"on": DAY, "now": NOW, "actor_id": bench.cast.hugo, "reason": reason}
        move_request(session, request, event, **facts)
        for one in session.exec(select(Referral)):
            one.state, one.closed_at = ReferralState.DECIDED, NOW
        for more in also:
            more(session, task, facts)

    act(bench, decided)


def extended(session: Session, task: Task, facts: dict[str, Any]) -> None:
    change_deadline(
        session, task, LATER, kind="extension", calendar=load_calendar(session), **facts
    )


def suspended(session: Session, task: Task, facts: dict[str, Any]) -> None:
    move_task(session, task, "suspend", **facts)


def test_a_request_is_put_before_its_approver_with_reason_date_and_basis(bench: Bench):
    bench.task("甲-1", DUE)
    ask(bench, RequestKind.EXTENSION, approver=bench.cast.hugo)

    tell_at(bench.office, DAY)

    [mail] = referrals(bench.office)
    assert mail.official_id == bench.cast.hugo
    for said in ("延期申请", "等待上级批复", "第三十四条", "申请延至：2022年8月12日"):
        assert said in mail.body.text


def test_an_extension_tells_the_handler_and_the_leader_the_new_deadline_and_the_colour(
    bench: Bench,
):
    bench.task("甲-1", DUE)
    play(bench.office, date(2022, 7, 14))
    ask(bench, RequestKind.EXTENSION, approver=bench.cast.hugo)
    decide(bench, "grant", extended)

    tell_at(bench.office, DAY)

    [mail] = outcomes(bench.office, bench.cast.alice)
    assert mail.subject == "【督办】甲-1 批准延期（2022年7月15日）"
    for said in ("hugo", "2022年8月12日（原为2022年7月13日）", "由蓝色降为绿色，因时限已顺延"):
        assert said in mail.body.text
    [copy] = outcomes(bench.office, bench.cast.carol)
    assert "供您知悉" in copy.body.text
    assert len(outcomes(bench.office)) == 2


def test_a_refusal_says_why_and_that_the_deadline_stands(bench: Bench):
    bench.task("甲-1", DUE)
    ask(bench, RequestKind.EXTENSION, approver=bench.cast.hugo)
    decide(bench, "refuse", reason="理由不充分")

    tell_at(bench.office, DAY)

    text = outcomes(bench.office, bench.cast.alice)[0].body.text
    assert all(said in text for said in ("不批准延期", "理由不充分", "仍按现有时限办理"))


def test_a_request_that_moves_the_task_is_said_once(bench: Bench):
    bench.task("甲-1", DUE)
    ask(bench, RequestKind.SUSPENSION, approver=bench.cast.hugo)
    decide(bench, "grant", suspended)

    assert [tell_at(bench.office, DAY), tell_at(bench.office, DAY)] == [2, 0]

    [mail] = outcomes(bench.office, bench.cast.alice)
    assert mail.subject == "【督办】甲-1 批准中止（2022年7月15日）"
    assert mail.body.text.count("甲-1 的问题") == 1


def test_a_reassignment_tells_whoever_had_it_and_whoever_has_it(bench: Bench):
    bench.task("甲-1", DUE)

    def passed(session: Session, task: Task) -> None:
        facts = {"on": DAY, "now": NOW, "actor_id": bench.cast.olga, "reason": "职责调整"}
        becomes = {"handler_id": bench.cast.mallory}
        move_task(session, task, "reassign", becomes=becomes, **facts)
        session.add(
            Reassignment(
                task_id=task.id,
                from_unit_id=task.unit_id,
                to_unit_id=task.unit_id,
                from_handler_id=bench.cast.alice,
                to_handler_id=bench.cast.mallory,
                reason="职责调整",
                on=DAY,
                at=NOW,
                link_id=link_id(session),
            )
        )

    act(bench, passed)

    tell_at(bench.office, DAY)

    [old], [new] = (outcomes(bench.office, who) for who in (bench.cast.alice, bench.cast.mallory))
    assert "本事项已改由mallory负责，您无需再办" in old.body.text
    assert "本事项现由您负责，请按期办理，时限2022年7月13日（含）" in new.body.text


def test_a_withdrawal_tells_the_handler_and_whoever_was_asked_to_review(bench: Bench):
    bench.task("甲-1", DUE)
    bench.apply("甲-1", DAY)
    tell_at(bench.office, DAY)
    send(bench.office, DAY)
    later = instant(DAY, time(14))

    def withdrawn(session: Session, task: Task) -> None:
        facts = {"on": DAY, "now": later, "actor_id": bench.cast.olga, "reason": "并案"}
        for one in session.exec(select(Referral)):
            one.state, one.closed_at = ReferralState.VOID, later
        move_task(session, task, "withdraw", **facts)

    act(bench, withdrawn, later)

    tell_at(bench.office, DAY, time(15))

    told = {mail.official_id: mail.body.text for mail in outcomes(bench.office)}
    assert set(told) == {bench.cast.alice, bench.cast.dora}
    assert "本事项已撤回，无需再办" in told[bench.cast.alice]
    assert "无需再审核" in told[bench.cast.dora]


@pytest.mark.parametrize("what", ["request", "look-back"])
def test_the_office_hears_once_of_a_request_or_a_look_back_that_nobody_may_decide(
    bench: Bench, what: str
):
    bench.task("甲-1", DUE)
    if what == "request":
        ask(bench, RequestKind.EXTENSION, approver=None)
    else:
        act(
            bench,
            lambda session, task: session.add(
                LookBack(
                    task_id=task.id,
                    cycle=1,
                    nth=1,
                    last=False,
                    planned_on=DAY,
                    check_by=LATER,
                    packet=keep(session, {}),
                )
            ),
        )

    assert [tell_at(bench.office, DAY), tell_at(bench.office, DAY)] == [1, 0]

    [mail] = alarms(bench.office, bench.cast.olga)
    assert ("申请无人可以审批" if what == "request" else "回头看无人可以检查") in mail.body.text
    assert play(bench.office, DAY)["unresolved"] == 1


def test_what_is_older_than_a_month_is_not_told_any_more(bench: Bench):
    bench.task("甲-1", DUE)
    bench.apply("甲-1", DAY)
    for who in bench.levels:
        bench.decide("甲-1", who, Verdict.APPROVE, DAY)

    tell_at(bench.office, DAY + timedelta(days=40))

    assert rows(bench.office, Task, col(Task.state) == "signed_off")
    assert outcomes(bench.office) == []
