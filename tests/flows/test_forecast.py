"""The forecast says what the nights do, if nobody acts."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, col, select

from flows.database import reading, trial
from flows.forecast import Turn, forecast, next_night
from models import Task, Transition
from models.decision import Verdict
from models.request_machine import RequestKind
from models.workdays import Calendar
from tests.conftest import Cast
from tests.flows.test_sweep import RANDOM, World, answers, dates, populations
from tests.lives import CALENDAR, Life
from tests.strategies import calendars, ladders

DAY = timedelta(days=1)
DUE = date(2022, 7, 1)  # a Friday


def told(turns: list[Turn]) -> list[tuple[date, str, str, str, str]]:
    return [(t.on, t.number, str(t.source), str(t.target), str(t.entry)) for t in turns]


def happened(session: Session, first: date) -> list[tuple[date, str, str, str, str]]:
    moves = session.execute(
        select(Transition, Task.number)
        .join(Task, col(Task.id) == Transition.task_id)
        .where(Transition.event == "escalate", Transition.on >= first)
    )
    return sorted((m.on, number, m.source, m.target, m.cause) for m, number in moves)


@pytest.mark.storm
@RANDOM
@given(data=st.data(), ladder=ladders(), population=populations, calendar=calendars, on=dates)
def test_the_forecast_is_what_the_nights_do_where_nobody_acts(
    engine, cast, data, ladder, population, calendar: Calendar, on: date
):
    """After a first night whose notices some have answered; and then night by night."""
    with trial(engine) as session:
        world = World(session, cast, ladder, population)
        world.all_at_once(night := world.night(on), on, calendar)
        world.issue(night, on, calendar)
        world.answer(data.draw(answers), on)
        first, last = next_night(session, on), on + timedelta(days=40)

        foreseen = forecast(session, first=first, last=last, calendar=calendar)
        for n in range((last - on).days):
            night = world.night(then := first + n * DAY)
            world.all_at_once(night, then, calendar)
            world.issue(night, then, calendar)

        assert first == on + DAY
        assert sorted(told(foreseen)) == happened(session, first)
        assert [t.on for t in foreseen] == sorted(t.on for t in foreseen)


def test_a_task_that_nobody_answers_for_climbs_by_its_notices(engine, cast: Cast):
    cast.task("甲-1", DUE)
    with reading(engine) as session:
        turns = forecast(
            session, first=date(2022, 6, 20), last=date(2022, 8, 31), calendar=CALENDAR
        )

    assert [(str(t.on), t.source, t.target, t.if_unanswered) for t in turns] == [
        ("2022-07-02", "green", "blue", False),
        ("2022-07-07", "blue", "yellow", True),
        ("2022-07-13", "yellow", "red", True),
    ]
    assert (turns[0].unit, turns[0].handler) == ("区教育局", "alice")


def test_an_answer_takes_back_what_hangs_on_silence(engine, bench):
    bench.task("甲-1", DUE)
    with trial(engine) as session:
        life = Life(session, bench, on=DUE)
        life.night()
        life.answer(bench.cast.alice)
        turns = forecast(session, first=life.on + DAY, last=date(2022, 7, 31), calendar=CALENDAR)

    assert [(str(t.on), t.target, t.if_unanswered) for t in turns] == [
        ("2022-07-11", "yellow", False),
        ("2022-07-15", "red", True),
    ]


def test_a_suspension_that_ends_lets_the_clock_run_again(engine, bench):
    bench.task("甲-1", DUE)
    with trial(engine) as session:
        life = Life(session, bench, on=DUE - 5 * DAY)
        life.ask_for(RequestKind.SUSPENSION, bench.cast.alice)
        life.rule(RequestKind.SUSPENSION, Verdict.GRANT, life.asked()[0])
        first, last = life.on + DAY, life.on + timedelta(days=60)
        foreseen = forecast(session, first=first, last=last, calendar=CALENDAR)
        for _ in range(60):
            life.night()

        assert len(foreseen) == 3
        assert told(foreseen) == happened(session, first)


def test_beyond_the_known_calendar_a_date_is_provisional(engine, cast: Cast):
    cast.task("甲-1", date(2060, 1, 5))
    with reading(engine) as session:
        turns = forecast(session, first=date(2060, 1, 1), last=date(2060, 1, 9), calendar=CALENDAR)

    assert [turn.provisional for turn in turns] == [True]
