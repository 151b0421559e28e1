"""The counting that is drawn on a task's page is that of the explanation."""

import re
from dataclasses import replace
from datetime import date, timedelta

import pytest

from flows.database import reading, transaction
from flows.explain import explain
from flows.find_task import find_task
from flows.signoff.suspensions import resume
from flows.working_days import load_calendar
from models import DeadlineChange
from models.ladder import Entry
from models.request_machine import RequestKind
from models.signoff import TaskState
from models.span import Span
from models.warning import Colour
from tests.conftest import SHANGHAI
from tests.kept import play, rows, wind
from tests.lives import CALENDAR
from tests.requests import Asking
from tests.web.conftest import DAY, DUE
from web.counting import ANCHOR, ROLLED, STRIKE, Counting, Mark, counting
from web.counting import DUE as DUE_MARK

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
HOLIDAY = date(2022, 10, 2)  # off from 1 to 7 October; Saturday the 8th was worked


def explained(office, on: date):
    with reading(office.engine) as session:
        calendar = load_calendar(session)
        told = explain(session, "甲-1", on=on, calendar=calendar, timezone=SHANGHAI)
        return told, counting(told, calendar)


def days_of(drawn: Counting):
    return {
        day.square.on: day for month in drawn.months for week in month.weeks for day in week if day
    }


@pytest.mark.parametrize("due_on", [DUE, HOLIDAY, date(2023, 1, 20)])
def test_every_date_of_the_explanation_is_marked_and_the_last_day_counted_is_the_strike(
    office, cast, due_on
):
    cast.task("甲-1", due_on)
    for k in range(14):
        play(office, on := due_on + timedelta(days=3 * k - 6))
        told, drawn = explained(office, on)
        days = days_of(drawn)

        struck = {(row.strike_on, row.colour) for row in told.rows if row.strike_on}
        marked = {
            (on_, mark.colour) for on_, marks in drawn.marks.items() for mark in marks
            if mark.kind == STRIKE
        }  # fmt: skip
        assert marked == struck
        assert Mark(DUE_MARK) in days[due_on].marks
        assert (told.rolled_on == due_on) or Mark(ROLLED) in days[told.rolled_on].marks
        assert days[on].square.today
        row = drawn.followed
        if row and row.entry.after.unit != "mo" and row.entry.after.n:
            assert days[row.strike_on].nth == abs(row.entry.after.n)
            counted = {on_ for on_, day in days.items() if day.nth}
            assert min(row.anchor, row.strike_on) <= min(counted)
            assert max(counted) <= max(row.anchor, row.strike_on)


def test_the_days_on_which_it_stood_still_are_those_that_it_was_given_back(office, bench):
    asking, court, verdict = Asking(bench), date(2022, 7, 15), date(2022, 9, 30)
    bench.task("甲-1", DUE)
    wind(office, DAY, court)
    asking.ask("甲-1", RequestKind.SUSPENSION, court, until_on=verdict)
    asking.grant("甲-1", court)
    play(office, date(2022, 8, 1))
    told, drawn = explained(office, date(2022, 8, 1))
    assert told.paused == [(court, verdict)], "it is known when it will end"
    assert days_of(drawn)[date(2022, 9, 1)].paused

    play(office, date(2022, 10, 14))  # a fortnight late

    told, drawn = explained(office, date(2022, 10, 14))
    given = rows(office, DeadlineChange)[-1]
    [(first, last)] = told.paused
    assert (last - first).days + 1 == (given.due_on - given.previous_due_on).days
    assert {on for on, day in days_of(drawn).items() if day.paused} == {
        on for on in days_of(drawn) if first <= on <= last
    }


def test_what_is_resumed_before_its_end_stood_still_until_then(office, bench):
    asking, court = Asking(bench), date(2022, 7, 15)
    bench.task("甲-1", DUE)
    asking.ask("甲-1", RequestKind.SUSPENSION, court, until_on=date(2022, 9, 30))
    asking.grant("甲-1", court)
    actor = bench.actor(bench.cast.olga, date(2022, 8, 1))
    with transaction(office.engine, actor.now) as session:
        task = find_task(session, "甲-1")
        resume(session, task, actor, reason="法院已判决", calendar=load_calendar(session))

    told, _ = explained(office, date(2022, 8, 2))

    assert told.paused == [(court, date(2022, 7, 31))]
    assert told.due_on == DUE + timedelta(days=17)


def test_the_page_draws_months_with_words_in_them(cast, night, sign_in):
    cast.task("甲-1", DUE)
    night()

    page = sign_in("alice").get("/tasks/甲-1").text
    july = re.search(r"<caption>2022 年 7 月</caption>.*?</table>", page, re.DOTALL)[0]

    assert '<td class="">13<i class="tag">限</i></td>' in july
    struck = r'<td class=" today" aria-current="date">14<i>今</i><i class="tag blue">蓝</i>'
    assert re.search(struck, july)
    assert "小字为“" in page


def test_small_figures_are_explained_only_where_there_are_any(cast, night, sign_in):
    """What made it red was counted in months, which no day numbers."""
    cast.task("甲-1", date(2022, 6, 1))
    night()

    page = sign_in("alice").get("/tasks/甲-1").text

    assert 'class="nth"' not in page
    assert "小字为" not in page
    assert "颜色：该日起可升为这一颜色" in page


def test_a_task_without_dates_to_count_has_today_only(office, cast):
    cast.task("甲-1", None, state=TaskState.ASSIGNED)

    told, drawn = explained(office, DAY)

    assert told.colour == Colour.GREEN
    assert drawn.on in days_of(drawn)
    assert all(mark.kind in (ANCHOR, STRIKE) for marks in drawn.marks.values() for mark in marks)


def test_a_long_story_is_drawn_near_the_day_that_is_explained(office, cast):
    cast.task("甲-1", date(2025, 1, 10), opened_on=date(2022, 1, 10))

    _, drawn = explained(office, date(2022, 7, 14))

    assert len(drawn.months) <= 8
    assert drawn.months[0].first == date(2022, 7, 1) or drawn.months[0].first < date(2022, 7, 1)
    assert any(month.passed_over > 24 for month in drawn.months)


@pytest.mark.parametrize("after", ["3wd", "-5wd", "12d", "-4d", "1wd"])
def test_working_days_are_counted_past_the_days_off(office, cast, after):
    cast.task("甲-1", HOLIDAY)
    told, _ = explained(office, date(2022, 9, 28))
    anchor, span = date(2022, 10, 8), Span.parse(after)
    row = replace(
        told.rows[0],
        entry=Entry(clock="due", after=span),
        anchor=anchor,
        strike_on=span.after(anchor, CALENDAR),
    )

    days = days_of(counting(replace(told, rows=[row], next_row=row), CALENDAR))

    nth = {on: day.nth for on, day in days.items() if day.nth}
    assert sorted(nth.values()) == list(range(1, abs(span.n) + 1))
    assert nth[row.strike_on] == abs(span.n)
    assert span.unit == "d" or all(CALENDAR.is_working(on) for on in nth)
