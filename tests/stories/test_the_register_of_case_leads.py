"""Promise: a lead is owed stage by stage; a batch that is looked at again is owed as a whole and
done when each lead has its verdict; and what another register has otherwise is listed."""

from datetime import date

import pytest

from flows.database import reading, transaction
from flows.leads.reconciling import reconcile
from flows.leads.reviewing import Chosen, give_verdict, open_review, reviewed
from models import Post, Transition
from models.decision import Verdict
from models.lead_review import LeadVerdict
from models.organisation import PostKind
from models.refusal import Refusal
from models.warning import Colour
from tests.kept import add, colour, play, rows
from tests.petitions import load_kind, move, receive
from tests.requests import Asking
from tests.responsibility import act, by
from tests.sign_offs import Bench


def d(month: int, day: int, year: int = 2022) -> date:
    return date(year, month, day)


@pytest.fixture
def bench(office, cast, bench) -> Bench:
    load_kind(office, "lead_review")
    cast.procedure_id = load_kind(office, "case_lead")
    top = rows(office, Post, Post.official_id == cast.olga)[0].unit_id
    add(office, Post(official_id=cast.mallory, unit_id=top, kind=PostKind.UNIT_HEAD))
    for n, on in enumerate((d(1, 31), d(3, 1), d(6, 10)), 1):
        receive(office, on, f"线-{n}", "问题线索")
    return bench


@pytest.mark.parametrize(
    ("steps", "due_on", "overdue_on"),
    [
        # one month from 31 January ends with February, on a Monday
        ([], d(2, 28), d(3, 1)),
        ([("inquiry", d(2, 28))], d(3, 28), d(3, 29)),
        # three months for the verification, from the end of February
        ([("preliminary_verification", d(2, 28))], d(5, 28), d(5, 31)),  # Saturday, so Monday
        ([("inquiry", d(2, 28)), ("preliminary_verification", d(3, 31))], d(6, 30), d(7, 1)),
        ([("deferred", d(3, 31))], d(9, 30), d(10, 1)),
    ],
)
def test_a_lead_is_owed_stage_by_stage(office, cast, bench, steps, due_on, overdue_on):
    for stage, on in steps:
        move(office, cast, stage, on, number="线-1")
    asking = Asking(bench)
    assert asking.task("线-1").due_on == due_on
    play(office, overdue_on.replace(day=overdue_on.day - 1) if overdue_on.day > 1 else due_on)
    assert colour(office, "线-1") == Colour.GREEN
    play(office, overdue_on)
    assert colour(office, "线-1") == Colour.BLUE


def test_a_lead_goes_through_its_stages_to_its_end(office, cast, bench):
    move(office, cast, "inquiry", d(2, 10), number="线-1")
    with pytest.raises(Refusal, match="cannot follow"):
        move(office, cast, "case_opened", d(2, 11), number="线-1")
    with pytest.raises(Refusal):
        bench.apply("线-1", d(2, 12))  # it is not concluded
    move(office, cast, "no_further_action", d(3, 1), number="线-1")
    bench.apply("线-1", d(3, 2))

    asking = Asking(bench)
    assert asking.task("线-1").state == "under_review"
    assert [kind for kind, _ in asking.dates("线-1")] == ["opened", "stage"]
    staged = [row for row in rows(office, Transition) if row.machine == "stage"]
    assert [(row.source, row.target) for row in staged] == [
        ("opinion", "inquiry"),
        ("inquiry", "no_further_action"),
    ]


def opened(office, cast, chosen: Chosen, *, due: date, on: date = d(7, 1), who=None) -> str:
    actor = by(office, who or cast.olga, on)
    with transaction(office.engine, actor.now) as session:
        return open_review(session, "上半年线索起底复盘", actor, chosen, by=due).number


def verdicts(office, cast, number: str, on: date, **said: LeadVerdict) -> int:
    def deed(session, task, actor, calendar):
        given = {name.replace("_", "-"): verdict for name, verdict in said.items()}
        return give_verdict(session, task, actor, given, calendar=calendar)

    return act(office, number, cast.olga, on, deed)


def test_a_batch_is_saved_and_done_when_each_lead_has_its_verdict(office, cast, bench):
    number = opened(office, cast, Chosen(to_on=d(3, 31)), due=d(7, 29))
    receive(office, d(3, 15), "线-9", "问题线索")  # what comes later is no part of it
    with reading(office.engine) as session:
        task = Asking(bench).task(number)
        assert [lead for lead, _ in reviewed(session, task)] == ["线-1", "线-2"]

    assert verdicts(office, cast, number, d(7, 4), 线_1=LeadVerdict.UPHELD) == 1
    with pytest.raises(Refusal, match="not in this batch"):
        verdicts(office, cast, number, d(7, 4), 线_3=LeadVerdict.UPHELD)
    assert verdicts(office, cast, number, d(7, 5), 线_2=LeadVerdict.CHECK_MORE) == 0

    assert Asking(bench).task(number).state == "under_review"
    with pytest.raises(Refusal, match="before its sign-off"):
        verdicts(office, cast, number, d(7, 5), 线_2=LeadVerdict.UPHELD)
    for who in (cast.mallory, cast.hugo):
        bench.decide(number, who, Verdict.APPROVE, d(7, 6))
    assert Asking(bench).task(number).state == "signed_off"


def test_a_batch_that_is_not_done_turns_blue(office, cast, bench):
    number = opened(office, cast, Chosen(), due=d(7, 29))
    verdicts(office, cast, number, d(7, 5), 线_1=LeadVerdict.UPHELD, 线_2=LeadVerdict.UPHELD)
    play(office, d(7, 29))
    assert colour(office, number) == Colour.GREEN
    play(office, d(7, 30))
    assert colour(office, number) == Colour.BLUE


def test_only_the_office_opens_a_batch_and_only_of_what_there_is(office, cast, bench):
    with pytest.raises(Refusal, match="only the supervision office"):
        opened(office, cast, Chosen(), due=d(7, 29), who=cast.alice)
    with pytest.raises(Refusal, match="no case lead fits"):
        opened(office, cast, Chosen(closed=True), due=d(7, 29))
    with pytest.raises(Refusal, match="after today"):
        opened(office, cast, Chosen(), due=d(7, 1))


def test_what_two_registers_have_otherwise_is_listed(office, bench):
    theirs = '线索编号,承办\n线-1,一室\n"线-2",二室\n线-2,二室\n\n线-8,三室\n'
    with reading(office.engine) as session:
        found = reconcile(session, theirs)
        same = reconcile(session, "线-1\n线-2\n线-3\n")

    assert (found.ours, found.theirs) == (3, 3)
    assert (found.only_ours, found.only_theirs, found.twice) == (["线-3"], ["线-8"], ["线-2"])
    assert (found.agrees, same.agrees) == (False, True)


def test_a_number_that_the_ledger_gave_away_hinders_no_batch(office, cast, bench):
    receive(office, d(6, 1), "复盘-2022-02", "问题线索")
    assert opened(office, cast, Chosen(), due=d(8, 1)) == "复盘-2022-03"
