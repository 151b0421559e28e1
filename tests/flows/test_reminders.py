"""Reminders: said once per deadline while a task is green, and only the latest of several."""

from datetime import date, timedelta

import pytest
from sqlalchemy import event

from models import Absence, Night, Reminder, Task
from models.signoff import TaskState
from models.warning import Colour
from tests.conftest import Cast
from tests.kept import add, digests, edit, extend, play, rows, wind

DUE = date(2022, 8, 31)  # a Wednesday: to be reminded of on the 21st and on the 28th
TEN_BEFORE, THREE_BEFORE = date(2022, 8, 21), date(2022, 8, 28)


def said(office) -> list[tuple[str, str]]:
    return [(r.anchor, r.entry) for r in rows(office, Reminder)]


def nights_of_reminders(office) -> set[int]:
    return {reminder.night_id for reminder in rows(office, Reminder)}


def test_each_reminder_is_said_once_for_a_deadline(office, cast: Cast):
    cast.task("甲-1", DUE)

    for around in (TEN_BEFORE, THREE_BEFORE, DUE):
        wind(office, around - timedelta(days=1), around + timedelta(days=around < DUE))

    assert said(office) == [(date(2022, 8, 31), "due -10d"), (date(2022, 8, 31), "due -3d")]
    assert [n.on for n in rows(office, Night) if n.id in nights_of_reminders(office)] == [
        TEN_BEFORE,
        THREE_BEFORE,
    ]


def test_of_several_reached_at_once_only_the_latest_is_said(office, cast: Cast):
    cast.task("甲-1", DUE)

    wind(office, DUE - timedelta(days=2), DUE)

    assert said(office) == [(date(2022, 8, 31), "due -3d")]


def test_a_new_deadline_is_reminded_of_again(office, cast: Cast):
    cast.task("甲-1", DUE)
    play(office, THREE_BEFORE)
    extend(office, "甲-1", date(2022, 9, 30), on=THREE_BEFORE)

    wind(office, date(2022, 8, 29), date(2022, 9, 1))  # the old ones are over
    wind(office, date(2022, 9, 19), date(2022, 9, 20))

    assert said(office) == [(date(2022, 8, 31), "due -3d"), (date(2022, 9, 30), "due -10d")]


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_digest_reminds_in_the_order_of_numbers_whichever_was_written_first(office, cast: Cast):
    for number in ("甲-2", "甲-1", "甲-3"):
        cast.task(number, DUE)

    play(office, THREE_BEFORE)

    [mail] = digests(office, cast.alice)
    places = [mail.body.text.index(number) for number in ("甲-1", "甲-2", "甲-3")]
    assert places == sorted(places)


def test_what_is_blue_is_not_reminded_of(office, cast: Cast):
    cast.task("甲-1", DUE, colour=Colour.BLUE)

    play(office, DUE)

    assert said(office) == []


@pytest.mark.parametrize("state", [TaskState.SUSPENDED, TaskState.OBJECTED, TaskState.SIGNED_OFF])
def test_what_is_not_on_the_clock_is_not_reminded_of(office, cast: Cast, state: TaskState):
    cast.task("甲-1", DUE, state=state)

    play(office, DUE)

    assert said(office) == []


def test_the_deputy_is_reminded_while_the_handler_is_away(office, cast: Cast):
    add(office, Absence(official_id=cast.alice, deputy_id=cast.bob))
    cast.task("甲-1", DUE)

    play(office, TEN_BEFORE)

    assert [r.official_id for r in rows(office, Reminder)] == [cast.bob]
    assert len(digests(office, cast.bob)) == 1


def test_a_reminder_that_was_not_sent_goes_into_the_next_digest(office, cast: Cast):
    cast.task("甲-1", DUE)
    play(office, TEN_BEFORE)
    cast.task("乙-1", DUE + timedelta(days=1))

    play(office, TEN_BEFORE + timedelta(days=1))

    assert "甲-1" in digests(office, cast.alice)[-1].body.text


def test_a_later_reminder_takes_the_place_of_one_that_was_not_sent(office, cast: Cast):
    cast.task("甲-1", DUE)

    wind(office, TEN_BEFORE, THREE_BEFORE)

    newest = digests(office, cast.alice)[-1]
    assert newest.body.text.count("甲-1 的问题") == 1


@pytest.mark.parametrize(
    "facts",
    [
        {"state": TaskState.SIGNED_OFF},
        {"state": TaskState.SUSPENDED},
        {"due_on": DUE + timedelta(days=60)},
    ],
    ids=["signed off", "suspended", "later deadline"],
)
def test_an_unsent_reminder_of_something_settled_is_dropped(office, cast: Cast, facts):
    cast.task("甲-1", DUE)
    cast.task("乙-1", DUE + timedelta(days=1))
    play(office, TEN_BEFORE)
    edit(office, Task, 1, **facts)

    play(office, TEN_BEFORE + timedelta(days=1))

    newest = digests(office, cast.alice)[-1]
    assert "乙-1" in newest.body.text
    assert "甲-1" not in newest.body.text


def test_reminders_of_many_tasks_need_no_statement_of_many_parameters(office, cast: Cast):
    """SQLite and PostgreSQL both limit the parameters of one statement."""
    for n in range(80):
        cast.task(f"甲-{n}", DUE)
    longest = []

    def look(_connection, _cursor, _statement, parameters, _context, executemany):
        if not executemany:
            longest.append(len(parameters))

    event.listen(office.engine, "before_cursor_execute", look)
    play(office, TEN_BEFORE)

    assert len(rows(office, Reminder)) == 80
    assert max(longest) < 80
