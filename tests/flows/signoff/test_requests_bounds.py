"""Every bound of a request is refused with a sentence in both languages, and leaves no trace."""

from datetime import date

import pytest

from flows.database import transaction
from flows.rulebook import load_procedure
from flows.signoff.request_bounds import FITS, NotAllowed
from flows.signoff.roles import NotYours, SayWhy, StandsAside
from models import ChangeRequest, Exclusion, Reassignment, Task
from models.request_machine import RequestKind
from models.signoff import TaskState
from tests.conftest import SEEDS, instant
from tests.kept import add, edit, rows
from tests.requests import Asking

K, S = RequestKind, TaskState
DUE, DAY = date(2022, 7, 13), date(2022, 7, 14)
OPENED = date(2022, 7, 11)
LATER = date(2022, 8, 12)


def refused(asking: Asking, kind: RequestKind, on: date = DAY, **given) -> NotAllowed:
    before = len(rows(asking.office, ChangeRequest))
    with pytest.raises(NotAllowed, match="nothing was recorded") as said:
        asking.ask("甲-1", kind, on, **given)
    assert "没有记录任何操作" in said.value.chinese
    assert len(rows(asking.office, ChangeRequest)) == before
    return said.value


def dates_for(kind: RequestKind) -> dict[str, date]:
    return {} if kind in (K.LONG_TERM, K.REVIEW, K.OBJECTION) else {"until_on": LATER}


def use(asking: Asking, procedure: str) -> None:
    now = instant(DAY)
    text = (SEEDS / "procedures" / f"{procedure}.toml").read_text(encoding="utf-8")
    with transaction(asking.office.engine, now) as session:
        asking.bench.cast.procedure_id = load_procedure(session, text, file=procedure, now=now).id


@pytest.mark.parametrize("kind", list(K))
@pytest.mark.parametrize("state", list(S))
def test_what_does_not_fit_the_state_is_refused(asking: Asking, kind, state):
    level = 1 if state == S.UNDER_REVIEW else None
    asking.bench.task("甲-1", DUE, opened_on=OPENED, state=state, level=level)

    if state in FITS[kind]:
        asking.ask("甲-1", kind, DAY, **dates_for(kind))
    else:
        assert "目前状态为" in refused(asking, kind, **dates_for(kind)).chinese


@pytest.mark.parametrize("kind", list(K))
def test_only_the_handler_asks(asking: Asking, kind):
    [state, *_] = FITS[kind]
    task = asking.bench.task("甲-1", DUE, opened_on=OPENED, state=state)

    for stranger in (asking.bench.cast.mallory, asking.bench.cast.olga):
        with pytest.raises(NotYours, match="its handler"):
            asking.ask("甲-1", kind, DAY, who=stranger, **dates_for(kind))
    add(
        asking.office,
        Exclusion(
            task_id=task.id,
            official_id=asking.bench.cast.alice,
            reason="亲属",
            from_on=OPENED,
            by_id=asking.bench.cast.olga,
            at=instant(OPENED),
        ),
    )
    with pytest.raises(StandsAside):
        asking.ask("甲-1", kind, DAY, **dates_for(kind))


@pytest.mark.parametrize("kind", list(K))
def test_whoever_asks_says_why(asking: Asking, kind):
    [state, *_] = FITS[kind]
    asking.bench.task("甲-1", DUE, opened_on=OPENED, state=state)

    with pytest.raises(SayWhy):
        asking.ask("甲-1", kind, DAY, **dates_for(kind) | {"reason": " "})
    assert rows(asking.office, ChangeRequest) == []


@pytest.mark.parametrize("kind", [K.EXTENSION, K.SUSPENSION, K.LONG_TERM, K.END_LONG_TERM])
@pytest.mark.parametrize(
    ("until_on", "said"),
    [(DAY, "later than today"), (DUE, "later than today"), (date(2202, 8, 12), "check the year")],
)
def test_a_date_lies_ahead_and_in_this_century(asking: Asking, kind, until_on, said):
    [state, *_] = FITS[kind]
    asking.bench.task("甲-1", DUE, state=state)

    assert said in str(refused(asking, kind, until_on=until_on))


@pytest.mark.parametrize("kind", [K.EXTENSION, K.SUSPENSION, K.END_LONG_TERM])
def test_a_date_is_asked_for(asking: Asking, kind):
    [state, *_] = FITS[kind]
    asking.bench.task("甲-1", DUE, state=state)

    assert "请写明日期" in refused(asking, kind).chinese


@pytest.mark.parametrize(
    ("kind", "state"),
    [(K.LONG_TERM, S.ASSIGNED), (K.END_LONG_TERM, S.LONG_TERM), (K.REVIEW, S.LONG_TERM)],
)
def test_what_the_procedure_does_not_know_is_refused(asking: Asking, kind, state):
    use(asking, "case_lead")
    asking.bench.task("甲-1", DUE, state=state)

    said = refused(asking, kind, until_on=LATER)

    assert "“问题线索”" in said.chinese


@pytest.mark.parametrize("kind", [K.EXTENSION, K.SUSPENSION])
def test_a_procedure_without_extension_or_suspension_has_none(asking: Asking, kind):
    bare = 'name = "bare"\ntitle = "简易"\npolicy = "default"'
    with transaction(asking.office.engine, instant(DAY)) as session:
        asking.bench.cast.procedure_id = load_procedure(
            session, bare, file="bare", now=instant(DAY)
        ).id
    asking.bench.task("甲-1", DUE)

    assert "“简易”" in refused(asking, kind, until_on=LATER).chinese


@pytest.mark.parametrize(
    ("until_on", "said"),
    [
        (date(2022, 8, 20), "later than the present one"),
        (date(2022, 8, 19), "later than the present one"),
        (date(2022, 9, 20), "until 19 September 2022"),
    ],
)
def test_an_extension_is_later_and_at_most_so_long(asking: Asking, until_on, said):
    asking.bench.task("甲-1", date(2022, 8, 20))

    assert said in str(refused(asking, K.EXTENSION, until_on=until_on))
    asking.ask("甲-1", K.EXTENSION, DAY, until_on=date(2022, 9, 19))


def test_what_is_overdue_for_longer_than_an_extension_is_not_extended(asking: Asking):
    asking.bench.task("甲-1", date(2022, 5, 13))

    said = refused(asking, K.EXTENSION, until_on=LATER)

    assert "不得晚于2022年6月12日" in said.chinese


def test_a_task_without_a_deadline_is_not_extended(asking: Asking):
    asking.bench.task("甲-1", None)

    assert "没有整改时限" in refused(asking, K.EXTENSION, until_on=LATER).chinese


def test_only_so_many_extensions_are_granted_in_one_cycle(asking: Asking):
    """Two for a rectification; those refused do not count, and a new cycle begins anew."""
    asking.bench.task("甲-1", DUE)
    asking.ask("甲-1", K.EXTENSION, DAY, until_on=date(2022, 8, 1))
    asking.refuse("甲-1", DAY)
    for day in (10, 20):
        asking.ask("甲-1", K.EXTENSION, DAY, until_on=date(2022, 8, day))
        asking.grant("甲-1", DAY)

    assert "最多延期 2 次" in refused(asking, K.EXTENSION, until_on=date(2022, 8, 25)).chinese
    edit(asking.office, Task, asking.task().id, cycle=2)
    asking.ask("甲-1", K.EXTENSION, DAY, until_on=date(2022, 8, 25))


def test_a_suspension_names_its_legal_basis(asking: Asking):
    asking.bench.task("甲-1", DUE)

    said = refused(asking, K.SUSPENSION, until_on=LATER, legal_basis=" ")

    assert "依据" in said.chinese


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"review_every": "4mo"}, "复核周期须在 3 个月以内"),
        ({"review_every": "0d"}, "复核周期须在 3 个月以内"),
        ({"review_every": "-1mo"}, "复核周期须在 3 个月以内"),
        ({"review_every": "每季度"}, "不是期限"),
        ({"review_every": "9999d"}, "超过上限"),
        ({"until_on": date(2022, 10, 15)}, "不得晚于2022年10月14日"),
        ({"review_every": "1mo", "until_on": date(2022, 8, 15)}, "不得晚于2022年8月14日"),
    ],
)
def test_a_long_term_task_is_reviewed_within_the_procedures_cycle(asking: Asking, given, said):
    asking.bench.task("甲-1", DUE)

    assert said in refused(asking, K.LONG_TERM, **given).chinese


def test_one_review_for_each_cycle(asking: Asking):
    asking.bench.task("甲-1", DUE)
    asking.ask("甲-1", K.LONG_TERM, DAY)
    asking.grant("甲-1", DAY)
    assert "下次复核日期为2022年10月14日" in refused(asking, K.REVIEW).chinese

    asking.ask("甲-1", K.REVIEW, date(2022, 10, 10))
    asking.grant("甲-1", date(2022, 10, 12))

    assert asking.task().due_on == date(2023, 1, 14)
    refused(asking, K.REVIEW, date(2022, 10, 12))


def test_an_objection_comes_within_five_working_days_of_the_assignment(asking: Asking):
    """Monday the 11th; the 18th is the fifth working day after it."""
    asking.bench.task("甲-1", DUE, opened_on=OPENED)

    said = refused(asking, K.OBJECTION, date(2022, 7, 19))

    assert "2022年7月18日（含）前" in said.chinese
    asking.ask("甲-1", K.OBJECTION, date(2022, 7, 18))


def test_a_rejected_objection_gives_no_new_days_and_a_new_unit_has_its_own(asking: Asking):
    asking.bench.task("甲-1", DUE, opened_on=OPENED)
    asking.ask("甲-1", K.OBJECTION, date(2022, 7, 18))
    asking.refuse("甲-1", date(2022, 7, 20))
    refused(asking, K.OBJECTION, date(2022, 7, 21))

    task = asking.task()
    passed = Reassignment(
        task_id=task.id,
        from_unit_id=task.unit_id,
        to_unit_id=task.unit_id,
        to_handler_id=task.handler_id,
        reason="改派",
        on=date(2022, 7, 20),
        at=instant(date(2022, 7, 20)),
        link_id="x",
    )
    add(asking.office, passed)
    asking.ask("甲-1", K.OBJECTION, date(2022, 7, 27))


def test_what_became_impossible_while_it_waited_is_not_granted_but_may_be_refused(asking: Asking):
    asking.bench.task("甲-1", DUE)
    asking.ask("甲-1", K.EXTENSION, DAY, until_on=LATER)

    with pytest.raises(NotAllowed, match="later than today"):
        asking.grant("甲-1", LATER)
    asking.refuse("甲-1", LATER)
