"""A task passes on: its duties with it, its history stays, and old notices keep the old names."""

from datetime import date

import pytest
from sqlmodel import col

from flows.audit import contradictions
from flows.database import reading
from flows.history import faults
from flows.ledger.rows import Ledger, LedgerRow
from flows.replies import acknowledge, answer
from flows.signoff.reassigning import NewHandlerStandsAside, reassign
from flows.signoff.roles import NotNow, NotYours, roles_of
from flows.standing import History
from models import (
    ChangeRequest,
    DeadlineChange,
    Official,
    Post,
    Reassignment,
    Receipt,
    Referral,
    Task,
    Transition,
    Unit,
)
from models.decision import ReferralState, Verdict
from models.organisation import PostKind
from models.refusal import Refusal
from models.request_machine import RequestKind
from models.signoff import OPEN
from models.warning import Colour
from tests.flows.ledger.conftest import apply_to, refusals
from tests.flows.test_still_owed import send
from tests.kept import add, colour, notices, play, reply, rows, told
from tests.requests import Asking
from tests.responsibility import act, keep_away
from tests.sign_offs import Bench

DUE, DAY, LONG_AGO = date(2022, 7, 13), date(2022, 7, 14), date(2022, 5, 13)


def pass_to(bench: Bench, handler: int | None, *, who: int | None = None, on: date = DAY, **facts):
    said = {"unit_id": bench.cast.unit, "handler_id": handler, "reason": "分工调整"} | facts
    return act(
        bench.office,
        "甲-1",
        bench.cast.olga if who is None else who,
        on,
        lambda s, t, a, calendar: reassign(s, t, a, calendar=calendar, **said),
    )


@pytest.fixture
def other_unit(bench: Bench) -> int:
    """区水利局, headed by Wu, supervised by Xie."""
    unit = Unit(name="区水利局", parent_id=1)
    add(bench.office, unit)
    [unit] = rows(bench.office, Unit, col(Unit.name) == "区水利局")
    for name, kind in (("wu", PostKind.UNIT_HEAD), ("xie", PostKind.SUPERVISING_LEADER)):
        add(bench.office, Official(name=name, unit_id=unit.id, email=f"{name}@dinghai.example"))
        [person] = rows(bench.office, Official, col(Official.name) == name)
        bench.cast.people[name] = person.id
        add(bench.office, Post(official_id=person.id, unit_id=unit.id, kind=kind))
    return unit.id


@pytest.mark.parametrize("state", OPEN)
def test_it_is_possible_in_every_open_state_and_keeps_it(bench: Bench, state):
    level = {"level": 1} if state == "under_review" else {}
    bench.task("甲-1", DUE, state=state, **level)

    pass_to(bench, bench.cast.bob)

    [task] = rows(bench.office, Task)
    assert (task.state, task.handler_id, task.level) == (state, bench.cast.bob, level.get("level"))
    [row] = rows(bench.office, Reassignment)
    assert (row.from_handler_id, row.to_handler_id) == (bench.cast.alice, bench.cast.bob)
    assert (row.from_unit_id, row.to_unit_id) == (bench.cast.unit, bench.cast.unit)
    assert (row.actor_id, row.reason) == (bench.cast.olga, "分工调整")
    [move] = rows(bench.office, Transition)
    assert (move.event, move.source, move.target, move.reason) == (
        *("reassign", state, state),
        "分工调整",
    )
    with reading(bench.office.engine) as session:
        assert list(faults(session)) == []
        assert move.link_id == row.link_id


@pytest.mark.parametrize("state", ["signed_off", "confirmed", "withdrawn"])
def test_what_is_closed_stays_with_whoever_had_it(bench: Bench, state):
    bench.task("甲-1", DUE, state=state)
    for who in (bench.cast.olga, None):
        with pytest.raises(NotNow):
            act(
                bench.office,
                "甲-1",
                who,
                DAY,
                lambda s, t, a, calendar: reassign(
                    s,
                    t,
                    a,
                    unit_id=bench.cast.unit,
                    handler_id=bench.cast.bob,
                    reason="x",
                    calendar=calendar,
                ),
            )


def test_the_new_handler_owes_what_the_old_one_owed_and_is_mailed(bench: Bench):
    office, cast = bench.office, bench.cast
    bench.task("甲-1", DUE)
    play(office, DAY)
    send(office)

    pass_to(bench, cast.bob)
    mails = send(office)

    assert [recipient for recipient, _ in mails] == ["bob@dinghai.example"]
    assert told(office, "甲-1") == [("alice", "handler", "act"), ("bob", "handler", "act")]
    assert not reply(office, answer, cast.alice, "甲-1", on=DAY)
    assert not reply(office, acknowledge, cast.alice, "甲-1", on=DAY)
    with reading(office.engine) as session:
        task = session.get_one(Task, 1)
        assert roles_of(session, task, cast.alice, DAY) == frozenset()
        assert roles_of(session, task, cast.bob, DAY) == {"handler"}
    assert reply(office, answer, cast.bob, "甲-1", on=DAY)
    assert notices(office, "甲-1")[-1].state == "answered"
    with reading(office.engine) as session:
        assert list(contradictions(session)) == []


def test_a_mail_that_has_not_gone_goes_to_the_new_handler_alone(bench: Bench):
    bench.task("甲-1", DUE)
    play(bench.office, DAY)

    pass_to(bench, bench.cast.bob)

    assert {who for who, _ in send(bench.office)} == {
        "bob@dinghai.example",
        "olga@dinghai.example",  # the summary
    }
    assert send(bench.office) == []


def test_it_may_come_back_and_is_told_again(bench: Bench):
    office, cast = bench.office, bench.cast
    bench.task("甲-1", DUE)
    play(office, DAY)
    send(office)
    pass_to(bench, cast.bob)
    send(office)

    pass_to(bench, cast.alice)

    assert [who for who, _ in send(office)] == ["alice@dinghai.example"]
    assert send(office) == []
    assert reply(office, answer, cast.alice, "甲-1", on=DAY)


def test_another_unit_gets_it_with_its_own_leader(bench: Bench, other_unit: int):
    office, cast = bench.office, bench.cast
    bench.task("甲-1", date(2022, 7, 4), supervising_leader_id=cast.carol)
    play(office, DAY)
    send(office)

    pass_to(bench, None, unit_id=other_unit)

    [task] = rows(office, Task)
    assert (task.handler_id, task.supervising_leader_id) == (None, None)
    open_ones = rows(office, Receipt, col(Receipt.ended_on).is_(None))
    assert {(r.official_id, r.duty) for r in open_ones} == {
        (cast.wu, "act"),
        (cast.xie, "acknowledge"),
    }
    assert {who for who, _ in send(office)} == {"wu@dinghai.example", "xie@dinghai.example"}


def test_the_same_unit_keeps_its_leader(bench: Bench):
    bench.task("甲-1", DUE, supervising_leader_id=bench.cast.carol)
    pass_to(bench, bench.cast.bob)
    assert rows(bench.office, Task)[0].supervising_leader_id == bench.cast.carol


def test_a_new_deadline_relieves_the_colour(bench: Bench):
    office = bench.office
    bench.task("甲-1", DUE)
    play(office, DAY)
    assert colour(office, "甲-1") == Colour.BLUE

    pass_to(bench, bench.cast.bob, due_on=date(2022, 9, 30))

    assert colour(office, "甲-1") == Colour.GREEN
    change = rows(office, DeadlineChange)[-1]
    assert (change.kind, change.due_on, change.reason) == (
        *("reassigned", date(2022, 9, 30)),
        "分工调整",
    )


def test_whoever_handles_it_now_does_not_review_it(bench: Bench):
    office, cast = bench.office, bench.cast
    bench.task("甲-1", DUE)
    bench.apply("甲-1", DAY)
    assert bench.asked("甲-1") == [cast.dora]

    pass_to(bench, cast.dora)

    assert bench.asked("甲-1") == [cast.olga]
    assert rows(office, Referral)[0].state == ReferralState.VOID


def test_another_unit_reviews_it_when_it_is_its_own(bench: Bench, other_unit: int):
    bench.task("甲-1", DUE)
    bench.apply("甲-1", DAY)

    pass_to(bench, bench.cast.xie, unit_id=other_unit)

    assert bench.asked("甲-1") == [bench.cast.wu]


def test_the_lead_units_review_goes_on(bench: Bench, other_unit: int):
    bench.task("甲-1", DUE)
    bench.apply("甲-1", DAY)
    bench.decide("甲-1", bench.cast.dora, Verdict.APPROVE, DAY)

    pass_to(bench, bench.cast.xie, unit_id=other_unit)

    assert bench.asked("甲-1") == [bench.leo]
    assert len(rows(bench.office, Referral)) == 2


def test_only_the_office_reassigns(bench: Bench):
    bench.task("甲-1", DUE)
    for who in (bench.cast.alice, bench.cast.dora, bench.cast.hugo, bench.cast.mallory):
        with pytest.raises(NotYours, match="supervision office"):
            pass_to(bench, bench.cast.bob, who=who)


def test_whoever_keeps_away_cannot_become_its_handler(bench: Bench):
    bench.task("甲-1", DUE)
    keep_away(bench.office, "甲-1", DAY, official_id=bench.cast.bob)
    with pytest.raises(NewHandlerStandsAside, match="bob stands aside"):
        pass_to(bench, bench.cast.bob)


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"reason": " "}, "give the reason"),
        ({"handler_id": 1}, "stay the same"),
        ({"unit_id": 1, "handler_id": None}, "has no head"),
        ({"due_on": date(2020, 1, 1)}, "lies before"),
    ],
    ids=["no reason", "the same", "nobody", "too early"],
)
def test_what_makes_no_sense_is_refused(bench: Bench, facts, said):
    bench.task("甲-1", DUE)
    assert bench.cast.alice == 1
    with pytest.raises(Refusal, match=said):
        pass_to(bench, bench.cast.bob, **facts)
    assert rows(bench.office, Reassignment) == []


def imported(bench: Bench, **facts):
    said = {"number": "甲-1", "title": "甲-1 的问题", "unit": "区教育局", "due_on": DUE} | facts
    return apply_to(bench.office.engine, Ledger(rows=(LedgerRow(**said),)), DAY)


def test_an_import_reassigns_too(bench: Bench):
    office, cast = bench.office, bench.cast
    bench.task("甲-1", DUE)
    play(office, DAY)
    send(office)

    applied = imported(bench, handler="bob", goal="常态长效")

    assert {change.column for change in applied.changes} == {"责任人", "整改目标"}
    [row] = rows(office, Reassignment)
    assert (row.to_handler_id, row.actor_id, row.reason) == (cast.bob, None, "台账导入")
    [move] = rows(office, Transition, col(Transition.event) == "reassign")
    assert (move.said_by, move.assurance) == ("台账导入", "")
    assert [who for who, _ in send(office)] == ["bob@dinghai.example"]
    assert rows(office, Task)[0].goal == "常态长效"
    imported(bench, handler="bob", goal="常态长效")
    assert len(rows(office, Reassignment)) == 1


def test_an_import_that_names_a_leader_is_no_reassignment_but_tells_him(bench: Bench):
    office, cast = bench.office, bench.cast
    bench.task("甲-1", date(2022, 7, 4))
    play(office, DAY)
    send(office)

    imported(bench, due_on=date(2022, 7, 4), supervising_leader="mallory")

    assert rows(office, Reassignment) == []
    assert rows(office, Task)[0].supervising_leader_id == cast.mallory
    assert [who for who, _ in send(office)] == ["mallory@dinghai.example"]


def test_an_import_does_not_name_whoever_keeps_away(bench: Bench):
    bench.task("甲-1", DUE)
    keep_away(bench.office, "甲-1", DAY, official_id=bench.cast.bob)
    row = LedgerRow(number="甲-1", title="x", unit="区教育局", due_on=DUE, handler="bob")

    [problem] = refusals(bench.office.engine, Ledger(rows=(row,)))

    assert "已登记回避 甲-1" in problem


def test_reassigned_by_a_command_it_says_so(bench: Bench):
    bench.task("甲-1", DUE)
    act(
        bench.office,
        "甲-1",
        None,
        DAY,
        lambda s, t, a, calendar: reassign(
            s,
            t,
            a,
            unit_id=bench.cast.unit,
            handler_id=bench.cast.bob,
            reason="x",
            calendar=calendar,
        ),
    )
    [move] = rows(bench.office, Transition)
    assert (move.actor_id, move.said_by) == (None, "命令行")


def test_the_past_is_explained_with_the_stage_that_it_had(bench: Bench):
    """A reassignment enters no new stage."""
    bench.task("甲-1", DUE)
    bench.apply("甲-1", DAY)
    pass_to(bench, bench.cast.bob, on=date(2022, 7, 20))
    bench.decide("甲-1", bench.cast.dora, Verdict.APPROVE, date(2022, 7, 21))

    with reading(bench.office.engine) as session:
        history = History.load(session, session.get_one(Task, 1))
        stood = [history.at_end_of(date(2022, 7, day)).task.stage_on for day in (13, 14, 20)]
    assert stood == [rows(bench.office, Task)[0].opened_on, DAY, DAY]


def test_whoever_decides_on_a_request_is_shown_who_handles_the_matter_by_now(bench: Bench):
    bench.task("甲-1", DUE)
    asked = Asking(bench).ask("甲-1", RequestKind.EXTENSION, DAY, until_on=date(2022, 7, 29))

    pass_to(bench, bench.cast.bob, due_on=date(2022, 7, 20))

    [present] = rows(bench.office, ChangeRequest)
    assert present.packet != asked.packet
