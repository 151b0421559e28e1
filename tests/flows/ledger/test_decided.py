"""An import does not undo in silence what was decided in the sign-off, nor reach into it."""

from dataclasses import replace
from datetime import date

import pytest
from sqlmodel import col

from flows.ledger.rows import Ledger, LedgerRow
from flows.office import Office
from flows.signoff.packets import Changed
from flows.signoff.request_bounds import NotAllowed
from models import DeadlineChange
from models.decision import Verdict
from models.request_machine import RequestKind
from models.task import Track
from tests.conftest import Cast
from tests.flows.ledger.conftest import apply_to, refusals
from tests.kept import rows
from tests.look_backs import another_reviewer, check, put_down, sign_off
from tests.requests import Asking
from tests.sign_offs import Bench, gather_bench

K = RequestKind
DUE, DAY = date(2022, 7, 13), date(2022, 7, 14)
OPENED, LATER = date(2022, 7, 11), date(2022, 8, 12)
ROW = LedgerRow(
    number="甲-1", title="甲-1 的问题", unit="区教育局", due_on=DUE, handler="alice", row=2
)


@pytest.fixture
def asking(bench: Bench) -> Asking:
    found = Asking(bench)
    found.bench.task("甲-1", DUE, opened_on=OPENED)
    return found


def file(**said) -> Ledger:
    return Ledger(rows=(replace(ROW, **said),))


def test_a_file_with_the_first_deadline_says_that_it_undoes_an_extension(asking: Asking):
    asking.ask("甲-1", K.EXTENSION, DAY, until_on=LATER)
    asking.grant("甲-1", DAY)

    applied = apply_to(asking.office.engine, file(), DAY)

    [change] = applied.changes
    assert (change.before, change.after) == ("2022-08-12（批准延期）", "2022-07-13")
    last = rows(asking.office, DeadlineChange)[-1]
    assert (last.kind, last.reason) == ("imported", "台账导入（改变了此前的“批准延期”）")


def test_a_deadline_that_came_from_a_ledger_is_changed_as_before(asking: Asking):
    applied = apply_to(asking.office.engine, file(due_on=LATER), DAY)

    assert applied.changes[0].before == "2022-07-13"
    assert rows(asking.office, DeadlineChange)[-1].reason == "台账导入"


def test_a_suspended_task_keeps_its_deadline_until_it_is_resumed(asking: Asking):
    asking.ask("甲-1", K.SUSPENSION, DAY, until_on=LATER)
    asking.grant("甲-1", DAY)

    [said] = refusals(asking.office.engine, file(due_on=LATER), DAY)

    assert said.startswith("台账 第2行 问题编号：“甲-1”的这些内容要按办理程序变更")
    assert "已中止：整改时限" in said
    assert apply_to(asking.office.engine, file(remarks="等判决"), DAY).updated == 1


def test_a_task_made_long_term_keeps_its_track_and_its_review(asking: Asking):
    asking.ask("甲-1", K.LONG_TERM, DAY)
    asking.grant("甲-1", DAY)

    [said] = refusals(asking.office.engine, file(track=Track.DEADLINE), DAY)
    assert "长期坚持：" in said
    assert "整改时限" in said
    assert "整改类别" in said
    as_it_is = file(due_on=None, track=Track.LONG_TERM)
    assert apply_to(asking.office.engine, as_it_is, DAY).unchanged == 1


def test_of_a_reopened_task_the_ledger_says_when_it_was_opened_not_when_it_began_anew(
    asking: Asking,
):
    """交办日期 stays what it was; a correction of it does not move the present cycle."""
    bench, ruth = asking.bench, another_reviewer(asking.bench)
    sign_off(bench, "甲-1", DAY, open_it=False)
    put_down(bench, "甲-1", LATER)
    check(bench, "甲-1", ruth, Verdict.SHAM, LATER, reason="台账是补的")
    as_it_is = file(opened_on=OPENED, due_on=asking.task().due_on)

    assert apply_to(bench.office.engine, as_it_is, LATER).unchanged == 1
    earlier = replace(as_it_is.rows[0], opened_on=date(2022, 7, 1))
    assert apply_to(bench.office.engine, Ledger(rows=(earlier,)), LATER).updated == 1

    task = asking.task()
    assert (task.opened_on, task.begun_on, task.cycle) == (date(2022, 7, 1), LATER, 2)


def test_an_objected_task_is_passed_on_by_the_decision_alone(asking: Asking):
    asking.ask("甲-1", K.OBJECTION, DAY)

    [said] = refusals(asking.office.engine, file(handler="bob"), DAY)

    assert "异议审核中：责任人" in said


def test_what_is_under_review_stays_as_the_reviewers_are_shown_it(asking: Asking):
    asking.bench.apply("甲-1", DAY)

    for said in ({"title": "改"}, {"goal": "改"}, {"measures": ("改",)}, {"due_on": LATER}):
        assert "销号审核中：" in refusals(asking.office.engine, file(**said), DAY)[0]
    assert apply_to(asking.office.engine, file(handler="bob", remarks="改"), DAY).updated == 1


def test_whoever_decides_on_a_request_is_shown_what_the_import_changed(asking: Asking):
    before = asking.ask("甲-1", K.EXTENSION, DAY, until_on=LATER).packet

    apply_to(asking.office.engine, file(due_on=date(2022, 8, 1)), DAY)

    with pytest.raises(Changed):
        asking.grant("甲-1", DAY, packet=before)
    asking.grant("甲-1", DAY)
    assert [kind for kind, _ in asking.dates()] == ["opened", "imported", "extension"]


def test_a_request_that_the_import_overtook_is_refused_with_why(asking: Asking):
    asking.ask("甲-1", K.EXTENSION, DAY, until_on=LATER)
    apply_to(asking.office.engine, file(due_on=LATER), DAY)

    with pytest.raises(NotAllowed, match="later than the present one"):
        asking.grant("甲-1", DAY)
    assert rows(asking.office, DeadlineChange, col(DeadlineChange.kind) == "extension") == []


def test_a_long_term_task_that_was_imported_without_a_cycle_is_left_as_it_is(
    office: Office, cast: Cast
):
    row = replace(ROW, due_on=None, track=Track.LONG_TERM)
    apply_to(office.engine, Ledger(rows=(row,)), DAY)

    assert apply_to(office.engine, Ledger(rows=(row,)), DAY).unchanged == 1
    task = Asking(gather_bench(office, cast)).task()
    assert (task.state, task.review_every, task.due_on) == ("assigned", "", None)
