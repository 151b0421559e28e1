"""The night opens what recurs: once, with its own dates, whatever happens to the nights."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.database import transaction, trial
from flows.duties.opening import BY_DUTY, open_due
from flows.duties.registering import change_state
from flows.health import check
from flows.signoff.actor import COMMAND_LINE, Unattended
from models import CalendarDay, DeadlineChange, DutyOccurrence, Post, Task, Unit
from models.duty import DutyAct
from models.duty_file import parse_duty
from models.organisation import PostKind
from models.workdays import Calendar
from tests.asked import asked
from tests.conftest import instant
from tests.flows.duties.files import duty, load, opened, template
from tests.kept import add, edit, play, rows

JUNE_30 = date(2022, 6, 30)
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def act(office, what: DutyAct, on: date) -> None:
    now = instant(on)
    with transaction(office.engine, now) as session:
        change_state(session, "summary", what, Unattended(COMMAND_LINE, on, now), reason="机构改革")


def test_a_duty_opens_a_task_with_number_dates_and_measures_of_its_own(office, cast):
    load(office, duty(), date(2022, 6, 20))
    play(office, date(2022, 6, 29))
    assert rows(office, Task) == []

    play(office, JUNE_30)
    play(office, JUNE_30)

    [task] = rows(office, Task)
    assert (task.number, task.title) == ("信汇〔2022〕1号", "2022年6月信访件办理情况汇总")
    assert (task.opened_on, task.due_on) == (JUNE_30, date(2022, 7, 7))
    assert (task.handler_id, task.unit_id) == (cast.alice, cast.unit)
    [dated] = rows(office, DeadlineChange)
    assert (dated.kind, dated.reason) == ("opened", BY_DUTY)


def test_one_that_is_not_answered_in_time_turns_colour_and_is_told(office, cast):
    load(office, duty(within='"1wd"'), date(2022, 6, 30))
    play(office, JUNE_30)
    play(office, date(2022, 7, 1))
    play(office, date(2022, 7, 2))

    [task] = rows(office, Task)
    assert (task.due_on, str(task.colour)) == (date(2022, 7, 1), "blue")


def test_nights_that_were_skipped_open_what_they_missed_with_its_own_dates(office, cast):
    load(office, duty(), date(2022, 6, 20))
    play(office, date(2022, 6, 21))

    play(office, date(2022, 9, 1))

    tasks = rows(office, Task)
    assert [task.opened_on for task in tasks] == [
        JUNE_30,
        date(2022, 7, 31),
        date(2022, 8, 31),
    ]
    assert [task.number for task in tasks] == [f"信汇〔2022〕{n}号" for n in (1, 2, 3)]
    assert [str(task.colour) for task in tasks] == ["red", "yellow", "green"]


RULES = st.sampled_from(
    [
        'recurrence = "FREQ=DAILY;INTERVAL=3"',
        'recurrence = "FREQ=WEEKLY;BYDAY=FR"',
        'recurrence = "FREQ=MONTHLY;BYMONTHDAY=-1"',
        'recurrence = "FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1"',
        'before_holiday = "3wd"',
    ]
)


@settings(max_examples=60, deadline=None)
@given(RULES, st.sets(st.integers(0, 420)))
def test_however_nights_are_skipped_the_same_comes_as_without(rule, played):
    """The cut of the days into nights changes nothing."""
    first = date(2023, 12, 1)
    read = parse_duty(duty(recurrence="") + "\n" + rule, file="duty.toml")
    nights = [first + timedelta(days=n) for n in sorted(played | {421})]
    calendar, through, found = Calendar(), first - timedelta(days=1), []
    for on in nights:
        found += read.occurrences(through, on, calendar)
        through = on

    assert found == read.occurrences(first - timedelta(days=1), nights[-1], calendar)
    assert len({one.of for one in found}) == len(found)


def test_what_dies_before_its_commit_is_opened_once_by_the_next(office, cast):
    load(office, duty(), date(2022, 6, 20))
    with trial(office.engine) as session:
        found = open_due(session, on=JUNE_30, now=instant(JUNE_30), calendar=Calendar())
    assert (found, rows(office, Task)) == (1, [])

    for _ in range(2):
        with transaction(office.engine, instant(JUNE_30)) as session:
            open_due(session, on=JUNE_30, now=instant(JUNE_30), calendar=Calendar())

    assert len(rows(office, Task)) == len(rows(office, DutyOccurrence)) == 1


@on_sqlite
def test_with_nothing_due_a_night_asks_three_times(office, cast):
    for n in range(12):
        text = duty(name=f'"duty_{n}"', number_format=f'"甲{n}〔{{year}}〕{{n}}号"')
        load(office, text, date(2022, 6, 20))
    with transaction(office.engine, instant(date(2022, 6, 21))) as session:
        session.connection()
        with asked(office.engine) as sent:
            open_due(
                session, on=date(2022, 6, 21), now=instant(date(2022, 6, 21)), calendar=Calendar()
            )
    assert len(sent) == 3


@on_sqlite
def test_what_is_paused_or_ended_opens_nothing_and_a_pause_is_not_made_up(office, cast):
    load(office, duty(), date(2022, 6, 20))
    act(office, DutyAct.PAUSE, date(2022, 6, 25))
    play(office, date(2022, 7, 15))
    act(office, DutyAct.RESUME, date(2022, 7, 16))
    play(office, date(2022, 8, 1))
    act(office, DutyAct.END, date(2022, 8, 10))
    play(office, date(2022, 10, 1))

    assert opened(office) == [(date(2022, 7, 31), "区教育局", True)]


@on_sqlite
def test_a_duty_that_is_loaded_late_opens_nothing_that_lies_behind(office, cast):
    load(office, duty(begins="2022-01-01"), date(2022, 6, 30))
    play(office, JUNE_30)
    assert opened(office) == [(JUNE_30, "区教育局", True)]


@on_sqlite
def test_a_changed_rule_counts_from_then_on_and_opens_nothing_behind(office, cast):
    load(office, duty(), date(2022, 6, 20))
    play(office, date(2022, 7, 14))
    load(office, duty(recurrence='"FREQ=WEEKLY;BYDAY=FR"'), date(2022, 7, 14))
    play(office, date(2022, 7, 22))
    days = [of for of, *_ in opened(office)]
    assert days == [JUNE_30, date(2022, 7, 15), date(2022, 7, 22)]


@on_sqlite
def test_without_units_it_is_for_everybody_who_holds_the_post(office, cast):
    for n, name in enumerate(("区卫健局", "区住建局"), 100):
        add(office, Unit(id=n, name=name))
        add(office, Post(official_id=cast.bob, unit_id=n, kind=PostKind.UNIT_HEAD))
    load(office, duty(units="", post='"unit_head"'), date(2022, 6, 20))

    play(office, JUNE_30)

    assert [unit for _, unit, _ in opened(office)] == ["区教育局", "区卫健局", "区住建局"]
    assert [t.handler_id for t in rows(office, Task)] == [cast.dora, cast.bob, cast.bob]


def test_what_cannot_be_opened_is_kept_and_tried_again_and_holds_nothing_up(office, cast):
    load(office, duty(units='["区教育局", "区新设局"]'), date(2022, 6, 20))
    play(office, JUNE_30)
    assert [there for *_, there in opened(office)] == [True, False]
    assert rows(office, DutyOccurrence)[1].need == "UNKNOWN_UNIT"
    assert any("1 件周期任务没有开出" in one for one in check(office, instant(JUNE_30)).warnings)
    add(office, Unit(id=100, name="区新设局"))
    play(office, date(2022, 7, 4))
    assert rows(office, DutyOccurrence)[1].need == "NOBODY_RESPONSIBLE"
    add(office, Post(official_id=cast.bob, unit_id=100, kind=PostKind.HANDLER))

    play(office, date(2022, 7, 5))

    assert [there for *_, there in opened(office)] == [True, True]
    late = rows(office, Task)[1]
    assert (late.number, late.opened_on) == ("信汇〔2022〕2号", JUNE_30)


@on_sqlite
def test_a_number_that_the_ledger_has_taken_is_passed_over(office, cast):
    cast.task("信汇〔2022〕1号", date(2022, 8, 1), title="手工登记的")
    load(office, duty(), date(2022, 6, 20))
    play(office, JUNE_30)
    assert [task.number for task in rows(office, Task)] == ["信汇〔2022〕1号", "信汇〔2022〕2号"]
    assert rows(office, Task)[0].title == "手工登记的"


@on_sqlite
def test_a_check_hangs_on_the_holidays_of_the_offices_calendar(office, cast):
    """Dragon boat 2022 is off from 3 June: three working days before is 31 May. The office gives
    two days more in September, which moves the first day and makes no second check."""
    text = duty(
        recurrence="",
        before_holiday='"3wd"',
        task_title='"{holiday}前作风检查"',
        begins="2022-05-01",
    )
    load(office, text, date(2022, 5, 20))
    play(office, date(2022, 5, 31))
    [check] = rows(office, DutyOccurrence)
    assert (check.of, check.on) == (date(2022, 6, 3), date(2022, 5, 31))
    assert rows(office, Task)[0].title == "端午节前作风检查"

    play(office, date(2022, 9, 7))  # mid-autumn, from 10 September
    for day in (date(2022, 9, 8), date(2022, 9, 9)):
        add(office, CalendarDay(on=day, working=False, why="台风", edited_at=instant(day)))
    edit(office, type(template(office)), template(office).id, opened_through=date(2022, 9, 1))
    play(office, date(2022, 9, 8))

    assert [one.of for one in rows(office, DutyOccurrence)] == [
        date(2022, 6, 3),
        date(2022, 9, 10),
    ]


@on_sqlite
def test_two_holidays_that_are_near_each_other_are_checked_each(office, cast):
    """Mid-autumn 2026 begins on 25 September, national day on 1 October."""
    load(office, duty(recurrence="", before_holiday='"3wd"'), date(2026, 9, 1))
    play(office, date(2026, 10, 1))
    assert [of for of, *_ in opened(office)] == [date(2026, 9, 25), date(2026, 10, 1)]


@on_sqlite
def test_of_a_restricted_procedure_the_tasks_are_restricted(office, cast, restricted_procedure):
    load(office, duty(procedure='"case_lead"'), date(2022, 6, 20))
    play(office, JUNE_30)
    assert [task.restricted for task in rows(office, Task)] == [True]


@pytest.fixture
def restricted_procedure(office):
    from flows.rulebook import load_procedure
    from tests.conftest import SEEDS

    text = (SEEDS / "procedures/case_lead.toml").read_text("utf-8")
    with transaction(office.engine, instant(date(2022, 1, 1))) as session:
        load_procedure(session, text, file="case_lead.toml", now=instant(date(2022, 1, 1)))
