"""One task's strike date and the sweep's cutoff say the same, for every span and calendar."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from models.ladder import Entry
from models.span import Span, add_months
from models.strike import cutoff, strike
from models.workdays import Calendar
from tests.strategies import calendars, dates, entries, ladder_of


@given(entry=entries(("due", "opened")), anchor=dates, on=dates, calendar=calendars)
def test_a_task_has_struck_exactly_when_its_anchor_reaches_the_cutoff(entry, anchor, on, calendar):
    ladder = ladder_of(entry)

    struck = strike(entry, anchor, ladder, calendar) <= on

    assert struck == (anchor <= cutoff(entry, on, ladder, calendar))


@given(entry=entries(("due", "stage")), first=dates, later=st.integers(0, 400), calendar=calendars)
def test_a_later_anchor_never_strikes_earlier(entry, first, later, calendar):
    ladder = ladder_of(entry)

    moved = strike(entry, first + timedelta(days=later), ladder, calendar)

    assert strike(entry, first, ladder, calendar) <= moved


@given(day=dates, n=st.integers(-60, 60), calendar=calendars)
def test_counting_working_days_agrees_with_walking_them(day, n, calendar):
    walked, left = day, abs(n)
    if n == 0:
        while not calendar.is_working(walked):
            walked += timedelta(days=1)
    while left:
        walked += timedelta(days=1 if n > 0 else -1)
        left -= calendar.is_working(walked)

    assert calendar.add(day, n) == walked


def test_months_are_clipped_to_their_end():
    assert add_months(date(2022, 1, 31), 1) == date(2022, 2, 28)
    assert add_months(date(2024, 3, 31), -1) == date(2024, 2, 29)


def test_a_deadline_in_the_national_holidays_counts_as_the_make_up_day_after_them():
    """2022: off from 1 to 7 October; Saturday 8 October was worked."""
    entry = Entry(clock="due", after=Span(1, "d"))

    struck = strike(entry, date(2022, 10, 1), ladder_of(entry), Calendar())

    assert struck == date(2022, 10, 9)


def test_an_edit_of_the_office_beats_the_library():
    calendar = Calendar(edits={date(2022, 7, 14): False})

    assert calendar.roll(date(2022, 7, 14)) == date(2022, 7, 15)
