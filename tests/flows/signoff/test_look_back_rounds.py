"""Promises of the month's sample: drawn once, of what has come, and provable afterwards."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, text
from sqlmodel import col, select

from flows.audit import contradictions
from flows.database import reading, transaction
from flows.history import faults
from flows.night import rehearse_night
from flows.signoff.look_back_rounds import NoSuchRound, _counted, draw_again, draw_look_backs
from models import Decision, LookBack, LookBackRound, Procedure, Task
from models.decision import Verdict
from models.span import Span, add_months
from models.workdays import Calendar
from tests.conftest import instant
from tests.kept import edit, play, rows
from tests.look_backs import (
    FIRST,
    SECOND,
    another_reviewer,
    check,
    put_down,
    sign_off,
    the_task,
)
from tests.sign_offs import Bench


@pytest.fixture
def ruth(bench: Bench) -> int:
    return another_reviewer(bench)


def rules(bench: Bench, **changes: tuple[str, str]) -> None:
    """The procedure's file with some of its words changed."""
    [procedure] = rows(bench.office, Procedure)
    source = procedure.source
    for old, new in changes.values():
        assert old in source
        source = source.replace(old, new)
    edit(bench.office, Procedure, procedure.id, source=source)


def nights(bench: Bench, *on: date | str) -> None:
    """These only: those on which the month's sample may be drawn or asked about, and a few idle
    ones. That nights left out change nothing has tests of its own."""
    for one in on:
        play(bench.office, one if isinstance(one, date) else date.fromisoformat(one))


def drawn(bench: Bench, month: str = "2022-04") -> list[str]:
    """The numbers that a month's round drew."""
    with reading(bench.office.engine) as session:
        found = session.exec(
            select(Task.number)
            .join(LookBack, col(LookBack.task_id) == col(Task.id))
            .join(LookBackRound, col(LookBackRound.id) == col(LookBack.round_id))
            .where(LookBackRound.month == month)
            .order_by(Task.number)
        )
        return list(found)


# Months


def test_signed_off_in_january_looked_back_at_twice_and_confirmed(bench: Bench, ruth: int):
    sign_off(bench, "甲-1")
    nights(bench, "2022-01-11", "2022-02-01", "2022-03-31", "2022-04-01", "2022-04-02", FIRST)

    [look_back] = rows(bench.office, LookBack)
    assert (look_back.nth, look_back.last) == (1, False)
    assert (look_back.planned_on, look_back.check_by) == (date(2022, 4, 10), date(2022, 4, 22))
    [drawing] = rows(bench.office, LookBackRound)
    assert (drawing.month, drawing.drawn_on) == ("2022-04", date(2022, 4, 1))

    check(bench, "甲-1", ruth, Verdict.SOLID, FIRST)
    assert the_task(bench).state == "signed_off"
    nights(bench, "2022-04-12", "2022-05-01", "2022-06-30", "2022-07-01", "2022-07-02", SECOND)

    assert rows(bench.office, LookBack)[-1].last
    check(bench, "甲-1", ruth, Verdict.SOLID, SECOND)
    assert the_task(bench).state == "confirmed"
    assert [d.verdict for d in rows(bench.office, Decision)][-2:] == ["solid", "solid"]
    with reading(bench.office.engine) as session:
        assert list(contradictions(session)) == []
        assert list(faults(session)) == []


def test_whoever_is_asked_has_until_ten_working_days_after_the_date(bench: Bench, ruth: int):
    sign_off(bench, "甲-1", date(2022, 1, 26))
    play(bench.office, date(2022, 4, 1))

    with reading(bench.office.engine) as session:
        row = session.execute(
            text("SELECT given_on, decide_by FROM referral WHERE look_back_id IS NOT NULL")
        ).one()
    assert [str(day) for day in row] == ["2022-04-01", "2022-05-12"]  # from 26 April on


def test_two_nights_of_one_month_draw_once(bench: Bench, ruth: int):
    sign_off(bench, "甲-1")
    nights(bench, "2022-04-01", "2022-04-02", "2022-04-30")

    assert len(rows(bench.office, LookBackRound)) == len(rows(bench.office, LookBack)) == 1


def test_the_first_night_that_is_played_draws_whichever_day_it_is(bench: Bench, ruth: int):
    sign_off(bench, "甲-1")
    play(bench.office, date(2022, 3, 31))
    play(bench.office, date(2022, 4, 19))

    [look_back] = rows(bench.office, LookBack)
    assert look_back.planned_on == date(2022, 4, 19)  # and not in the past


def test_months_without_a_night_are_made_up(bench: Bench, ruth: int):
    sign_off(bench, "甲-1")  # comes in April
    sign_off(bench, "甲-2", date(2022, 3, 10))  # comes in June
    sign_off(bench, "甲-3", date(2022, 4, 1))  # comes in July
    play(bench.office, date(2022, 3, 15))
    play(bench.office, date(2022, 6, 2))

    assert drawn(bench, "2022-06") == ["甲-1", "甲-2"]


def test_of_two_dates_that_come_at_once_the_later_counts(bench: Bench, ruth: int):
    sign_off(bench, "甲-1")
    play(bench.office, date(2022, 3, 15))
    play(bench.office, date(2022, 7, 20))

    [look_back] = rows(bench.office, LookBack)
    assert (look_back.nth, look_back.last) == (2, True)


def test_a_date_in_the_month_of_the_sign_off_counts_for_the_next(bench: Bench, ruth: int):
    rules(bench, dates=('["3mo", "6mo"]', '["10d"]'))
    play(bench.office, date(2022, 1, 4))
    sign_off(bench, "甲-1")
    nights(bench, "2022-01-11", "2022-01-19", "2022-01-20", "2022-01-21", "2022-01-31")
    assert rows(bench.office, LookBackRound) == []
    nights(bench, "2022-02-01")

    assert drawn(bench, "2022-02") == ["甲-1"]


def test_what_waits_to_be_checked_is_not_drawn_again(bench: Bench, ruth: int):
    sign_off(bench, "甲-1")
    put_down(bench, "甲-1", date(2022, 3, 31))
    nights(bench, "2022-04-01", "2022-04-02")

    assert rows(bench.office, LookBackRound) == []


def test_a_month_of_which_nothing_comes_leaves_no_round(bench: Bench):
    bench.task("甲-1", date(2022, 7, 13))
    play(bench.office, date(2022, 4, 1))

    assert rows(bench.office, LookBackRound) == []


def test_a_night_that_is_only_rehearsed_draws_nothing(bench: Bench, ruth: int):
    sign_off(bench, "甲-1")
    rehearse_night(bench.office, on=date(2022, 4, 1), now=instant(date(2022, 1, 11)))

    assert rows(bench.office, LookBackRound) == []


# Samples


def test_the_share_of_each_unit_is_drawn_and_five_at_least(bench: Bench, ruth: int):
    for n in range(8):
        sign_off(bench, f"甲-{n}")
    play(bench.office, date(2022, 4, 1))

    [drawing] = rows(bench.office, LookBackRound)
    assert (drawing.eligible, len(drawn(bench))) == (8, 5)


def test_the_same_seed_gives_the_same_sample_whatever_happened_since(bench: Bench, ruth: int):
    for n in range(7):
        sign_off(bench, f"甲-{n}")
    rules(bench, floor=("at_least = 5", "at_least = 2"))
    play(bench.office, date(2022, 4, 1))
    was = drawn(bench)
    check(bench, was[0], ruth, Verdict.SHAM, FIRST, reason="台账是补的")
    rules(bench, floor=("at_least = 2", "at_least = 9"))
    edit(bench.office, Task, the_task(bench, was[1]).id, unit_id=bench.lead_unit)

    with reading(bench.office.engine) as session:
        again = draw_again(session, 1)
    assert again.same
    assert sorted(again.drawn) == was
    assert again.round.seed.startswith("rectification 2022-04 ")


@pytest.mark.parametrize(
    "forgery",
    [
        "UPDATE packet SET shown = replace(shown, '甲-6', '甲-9')",
        "UPDATE look_back SET round_id = NULL WHERE id = (SELECT max(id) FROM look_back)",
    ],
    ids=["another list", "one taken out"],
)
def test_a_sample_that_was_tampered_with_is_not_the_same(bench: Bench, ruth: int, forgery: str):
    for n in range(7):
        sign_off(bench, f"甲-{n}")
    play(bench.office, date(2022, 4, 1))
    with bench.office.engine.begin() as connection:
        connection.execute(text(forgery))

    with reading(bench.office.engine) as session:
        assert not draw_again(session, 1).same


def test_a_seed_that_was_changed_is_found_in_the_history(bench: Bench, ruth: int):
    sign_off(bench, "甲-1")
    play(bench.office, date(2022, 4, 1))
    with bench.office.engine.begin() as connection:
        connection.execute(text("UPDATE look_back_round SET seed = 'one that suits better'"))

    with reading(bench.office.engine) as session:
        assert any("its history rows were changed" in fault for _, fault in faults(session))


def test_a_round_that_is_not_there_is_said_in_a_sentence(bench: Bench):
    with reading(bench.office.engine) as session, pytest.raises(NoSuchRound, match="no round 7"):
        draw_again(session, 7)


# What it costs


def test_before_anything_was_signed_off_a_month_asks_one_question(bench: Bench):
    asked: list[str] = []
    on = date(2022, 4, 1)
    with transaction(bench.office.engine, instant(on)) as session:
        event.listen(
            session.connection(),
            "before_cursor_execute",
            lambda _c, _cursor, statement, *_rest: asked.append(statement),
        )
        assert draw_look_backs(session, last=None, on=on, now=instant(on), calendar=Calendar()) == 0
    assert len(asked) == 1


def test_other_nights_ask_nothing(bench: Bench):
    play(bench.office, date(2022, 4, 1))
    asked: list[str] = []
    with transaction(bench.office.engine, instant(date(2022, 4, 2))) as session:
        event.listen(
            session.connection(),
            "before_cursor_execute",
            lambda _c, _cursor, statement, *_rest: asked.append(statement),
        )
        last, on = date(2022, 4, 1), date(2022, 4, 2)
        assert draw_look_backs(session, last=last, on=on, now=instant(on), calendar=Calendar()) == 0
    assert asked == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_month_s_tasks_are_found_by_their_index(bench: Bench):
    plans: list[str] = []
    sign_off(bench, "甲-1")
    play(bench.office, date(2022, 3, 1))

    def explain(connection, _cursor, statement, parameters, _context, _many):
        if "FROM transition JOIN task" in statement:
            cursor = connection.connection.cursor()
            cursor.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            plans.extend(row[3] for row in cursor.fetchall())

    event.listen(bench.office.engine, "before_cursor_execute", explain)
    play(bench.office, date(2022, 4, 1))

    assert any("USING INDEX transition_signed_off" in plan for plan in plans), plans
    assert not any(plan.startswith("SCAN") for plan in plans), plans


# Dates


@given(
    st.builds(Span, st.integers(0, 24), st.sampled_from(["mo", "d", "wd"])),
    st.dates(date(2022, 1, 1), date(2024, 12, 31)),
)
def test_every_sign_off_counts_for_exactly_one_month(span: Span, signed_off: date):
    calendar = Calendar()
    comes = max(
        span.after(signed_off, calendar).replace(day=1),
        add_months(signed_off.replace(day=1), 1),
    )

    before = add_months(comes, -1)
    assert _counted(span, before, calendar) < signed_off <= _counted(span, comes, calendar)
