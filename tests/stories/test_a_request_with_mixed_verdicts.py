"""Promise: a plan is decided person by person; what each level said stays on record; whoever has
to hand it in or to review it and does not is warned as of any task; and only those who take part,
and the office, ever read a name."""

from datetime import date

import pytest
from sqlmodel import col, select

from flows.database import reading, transaction, trial
from flows.history import faults
from flows.ledger.apply import apply_ledger
from flows.ledger.rows import Ledger, LedgerRow
from flows.papers.proposal import proposal_facts
from flows.proposals.verdicts import NotLineByLine
from flows.proposals.written import BadLines
from flows.records.counting import count
from flows.records.entries import entries
from flows.signoff.levels import NotIndependent
from flows.signoff.roles import StandsAside
from flows.working_days import load_calendar
from models import (
    LineVerdict,
    Message,
    MessageBody,
    ProposalLine,
    Reassignment,
    Referral,
    Task,
)
from models.decision import Verdict
from models.organisation import PostKind
from models.proposal import LineResult
from models.refusal import Refusal
from models.report_form import Counted
from models.warning import Colour
from notifications.papers.proposal import proposal_paper
from notifications.papers.word import write_word
from tests.conftest import instant
from tests.kept import colour, edit, play, rows, told
from tests.papers import text_of
from tests.proposals import PLAN, Department, gather_department
from tests.responsibility import keep_away
from tests.sign_offs import gather_bench

NAMES = ("张一", "李二", "王三")
OVER = "超出核定职数"


def d(month: int, day: int) -> date:
    return date(2022, month, day)


@pytest.fixture
def department(office, cast) -> Department:
    return gather_department(gather_bench(office, cast))


def decided(department: Department, on: date = d(6, 8)) -> str:
    """Sam turns two down, Ted one of them and agrees to the other."""
    number = department.propose(d(6, 6))
    department.review(number, d(6, 7))
    department.decide(number, department.sam, on, {2: OVER, 3: "任职年限不足"})
    department.decide(number, department.ted, on, {3: "任职年限不足，不予同意"})
    return number


def test_a_request_with_mixed_verdicts(office, cast, department):
    number = decided(department)

    stands = department.standing(number)
    assert (number, str(stands.task.state)) == ("预审-2022-001", "signed_off")
    assert stands.counts == (2, 1)
    assert [stands.result(n) for n in (1, 2, 3)] == ["approved", "approved", "rejected"]
    assert stands.rejected == {3: "任职年限不足，不予同意"}
    said = [(row.line_id, str(row.result), row.reason) for row in rows(office, LineVerdict)]
    assert [(r, why) for _, r, why in said] == [
        *(("approved", ""), ("rejected", OVER), ("rejected", "任职年限不足")),
        *(("approved", ""), ("approved", ""), ("rejected", "任职年限不足，不予同意")),
    ], "what the lower level said stays"
    with reading(office.engine) as session:
        assert list(faults(session)) == []
        paper = proposal_paper(proposal_facts(session, stands), "zh-CN")
    word = text_of(write_word(paper))
    assert "共报送 3 项，同意 2 项，不同意 1 项" in word
    assert "3 | 王三 | 科员 | 科长 | 不同意 | 任职年限不足，不予同意" in word


def test_of_a_name_nothing_leaves_by_mail_and_whoever_handed_it_in_is_told(
    office, cast, department
):
    number = decided(department)

    mails = rows(office, Message)
    with reading(office.engine) as session:
        bodies = session.exec(select(MessageBody)).all()
    said = "".join(one.text + one.html for one in bodies) + "".join(one.subject for one in mails)
    assert number in said
    assert [name for name in (*NAMES, "股级干部调整方案", OVER) if name in said] == []
    assert {mail.official_id for mail in mails} == {department.ted, department.zoe, cast.alice}


@pytest.mark.parametrize("late", ["to hand in", "to review"])
def test_whoever_is_late_is_warned_by_blue_yellow_and_red(office, cast, department, late):
    """Ten working days for the review, the ledger's date for what the unit hands in."""
    receive_plan(office, "预-9", due=d(6, 30))
    if late == "to review":
        department.hand_in("预-9", d(6, 16))  # reviewed by 30 June
    owes = "zoe" if late == "to review" else "alice"

    seen = []
    for on in (d(6, 30), d(7, 1), d(7, 8), d(7, 29)):
        play(office, on)
        seen.append(colour(office, "预-9"))
    assert seen[0] == Colour.GREEN
    assert [str(one) for one in seen[1:]] == ["blue", "yellow", "red"]
    assert owes in {name for name, _, duty in told(office, "预-9") if duty == "act"}


def receive_plan(office, number: str, due: date) -> None:
    row = LedgerRow(
        number=number,
        title="上半年股级干部调整方案",
        unit="区教育局",
        procedure="干部预审",
        handler="alice",
        opened_on=d(6, 1),
        due_on=due,
    )
    now = instant(d(6, 1))
    with transaction(office.engine, now) as session:
        calendar = load_calendar(session)
        apply_ledger(session, Ledger((row,)), today=d(6, 1), now=now, calendar=calendar)


def test_handing_in_late_ends_the_warning_and_the_review_has_its_own_time(office, cast, department):
    receive_plan(office, "预-9", due=d(6, 30))
    play(office, d(7, 1))
    with pytest.raises(Refusal, match="not handed in"):
        department.review("预-9", d(7, 1), who=cast.alice)
    department.hand_in("预-9", d(7, 4))

    stands = department.standing("预-9")
    assert (stands.task.colour, stands.task.due_on) == (Colour.GREEN, d(7, 18))
    assert (stands.task.handler_id, stands.unit) == (department.zoe, "区教育局")
    assert rows(office, Reassignment)[-1].from_handler_id == cast.alice
    with pytest.raises(Refusal, match="stays as it is"):
        department.hand_in("预-9", d(7, 5))


@pytest.mark.parametrize(
    ("rejected", "said"),
    [(None, "each line"), ({4: OVER}, "no line 4"), ({2: " "}, "without a reason")],
)
def test_a_level_approves_nothing_without_a_verdict_on_each_line(department, rejected, said):
    number = department.propose(d(6, 6))
    department.review(number, d(6, 7))
    with pytest.raises(NotLineByLine, match=said):
        department.decide(number, department.sam, d(6, 8), rejected)
    assert rows(department.office, LineVerdict) == []


def test_what_was_returned_is_decided_anew_and_the_first_verdicts_stay(office, department):
    number = department.propose(d(6, 6))
    department.review(number, d(6, 7))
    department.decide(number, department.sam, d(6, 8), {1: OVER})
    department.decide(number, department.ted, d(6, 9), None, Verdict.RETURN, "请核对职数后再报")
    assert department.standing(number).rejected is None, "it begins anew"

    department.review(number, d(6, 10))
    department.decide(number, department.sam, d(6, 13), {})
    department.decide(number, department.ted, d(6, 13), {})
    assert department.standing(number).counts == (3, 0)
    assert len(rows(office, LineVerdict)) == 9


def test_whoever_stands_aside_or_handed_it_in_decides_nothing(office, cast, department):
    number = department.propose(d(6, 6))
    department.review(number, d(6, 7))
    keep_away(office, number, d(6, 7), who=cast.olga, official_id=department.sam)
    assert department.bench.asked(number) == [cast.olga], "Ted is kept for his own level"
    with pytest.raises(StandsAside):
        _decide_anyway(department, number, department.sam)

    own = department.propose(d(6, 7), "赵四|科员|副科长", who=cast.dora)
    department.review(own, d(6, 7))
    _ask(department, own, cast.dora)
    with pytest.raises(NotIndependent):
        department.decide(own, cast.dora, d(6, 8), {})


def _decide_anyway(department: Department, number: str, who: int) -> None:
    department.bench.decide(number, who, Verdict.APPROVE, d(6, 8))


def _ask(department: Department, number: str, who: int) -> None:
    """As if the chain had found this one."""
    [task] = rows(department.office, Task, Task.number == number)
    [asked] = rows(department.office, Referral, Referral.task_id == task.id)
    facts = {"official_id": who, "capacity": PostKind.UNIT_HEAD}
    edit(department.office, Referral, asked.id, **facts)


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (("",), "from 1 to"),
        (("张一|科员|副科长|其他",), "at most 3"),
        (("|科员",), "does not say"),
        (("张一|科员", "张一\t科员"), "say the same"),
        (("张一|" + "长" * 201,), "more than 200"),
    ],
)
def test_lines_that_cannot_be_read_are_refused_and_nothing_is_opened(department, lines, said):
    with pytest.raises(BadLines, match=said):
        department.propose(d(6, 6), *lines)
    assert rows(department.office, Task) == []


def test_nobody_hands_in_for_a_unit_that_is_not_his(cast, department):
    for who in (cast.bob, cast.hugo):
        with pytest.raises(BadLines, match="neither handle nor head"):
            department.propose(d(6, 6), who=who)


def test_one_line_that_is_decided_otherwise_changes_its_figures_and_no_other(office, department):
    decided(department)
    other = department.propose(d(6, 9), "赵四", "钱五")
    department.review(other, d(6, 10))
    department.decide(other, department.sam, d(6, 13), {})
    department.decide(other, department.ted, d(6, 13), {})
    asked = {
        result + how: Counted(
            id="x", name="x", unit="人次", count=how, procedure="prereview", result=result
        )
        for result in ("approved", "rejected")
        for how in ("person_times", "units")
    }

    def told_by(session) -> dict[str, int]:
        found = entries(session, d(6, 1), d(6, 30))
        assert not any(name in str(found) for name in NAMES)
        return {name: count(one, found, {}).value for name, one in asked.items()}

    with trial(office.engine) as session:
        before = told_by(session)
        [first] = session.exec(select(ProposalLine).where(ProposalLine.written == PLAN[0]))
        verdicts = select(LineVerdict).where(LineVerdict.line_id == first.id)
        last = session.exec(verdicts.order_by(col(LineVerdict.id).desc())).first()
        last.result, last.reason = LineResult.REJECTED, OVER
        session.flush()
        after = told_by(session)

    assert before == {
        "approvedperson_times": 4, "approvedunits": 1, "rejectedperson_times": 1, "rejectedunits": 1
    }  # fmt: skip
    assert after == before | {"approvedperson_times": 3, "rejectedperson_times": 2}


def test_what_is_sent_twice_on_a_day_is_handed_in_once(office, department):
    department.propose(d(6, 6))
    with pytest.raises(BadLines, match="预审-2022-001 has the same title"):
        department.propose(d(6, 6))
    assert department.propose(d(6, 7)) == "预审-2022-002"
