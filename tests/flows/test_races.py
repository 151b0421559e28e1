"""The night, replies, imports and looks at once: each sees what was committed before it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import text
from sqlmodel import Session, col, func, select

from flows import history
from flows.database import reading, transaction
from flows.ledger.apply import Applied, apply_ledger
from flows.ledger.rows import Ledger, LedgerRow
from flows.night import NightRun, Step, run_night
from flows.night_lock import held
from flows.office import Office
from flows.replies import acknowledge, answer
from flows.signoff.actor import Unattended
from flows.sweep import sweep
from flows.working_days import DaySaid, load_calendar, set_days
from models import CalendarDay, Night, Notice, OfficeChange, Receipt, Task, Transition
from models.night import NightStep
from models.notice_machine import LIVE
from models.warning import Colour
from tests.conftest import Cast, instant
from tests.kept import colour, notices, play, reply_in, rows, until_it_waits, wind

DUE = date(2022, 7, 13)
DAY = date(2022, 7, 14)  # blue, to be answered by the 19th
TOO_LATE = date(2022, 7, 20)  # yellow, if nobody answered
LATER = date(2022, 9, 13)
MANY = [f"甲-{n}" for n in range(12)]
on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


def take_in(session: Session, *numbers: str, on: date = DAY) -> Applied:
    """A ledger that says, in this order, that these are due later."""
    ledger = Ledger(
        tuple(
            LedgerRow(
                number=number,
                title=number,
                unit="区教育局",
                due_on=LATER,
                handler="新来的",
                handler_email="new@dinghai.example",
            )
            for number in numbers
        )
    )
    return apply_ledger(session, ledger, today=on, now=instant(on), calendar=load_calendar(session))


def committed(office: Office, act: Callable[..., Any], *given: Any, on: date) -> Callable[[], Any]:
    def run() -> Any:
        with transaction(office.engine, instant(on)) as session:
            return act(session, *given, on=on)

    return run


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Begun at the same moment, each by itself; what they came to."""
    barrier = Barrier(len(acts))

    def begin(act: Callable[[], Any]) -> Any:
        barrier.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as crowd:
        begun = [crowd.submit(begin, act) for act in acts]
        return [one.result() for one in begun]


def reply_to_all(session: Session, act: Callable[..., bool], who: int, on: date) -> int:
    """Everything in one's digest, in one transaction."""
    mine = select(Notice).join(Receipt).where(Receipt.official_id == who).order_by(Notice.task_id)
    return sum(reply_in(session, act, who, notice, on=on) for notice in session.exec(mine).all())


@on_postgresql
def test_an_answer_that_the_night_has_to_wait_for_counts(office, cast: Cast):
    """It is committed while the sweep, which began before, waits for its task."""
    cast.task("甲-1", DUE)
    wind(office, DAY, TOO_LATE - timedelta(days=1))
    [blue] = notices(office, "甲-1")
    with ThreadPoolExecutor(1) as other:
        with transaction(office.engine, instant(TOO_LATE)) as session:
            assert reply_in(session, answer, cast.alice, blue, on=TOO_LATE)
            night = other.submit(play, office, TOO_LATE)
            until_it_waits(office, night)
        night.result()

    assert colour(office, "甲-1") == Colour.BLUE
    assert [n.state for n in notices(office, "甲-1")] == ["answered"]


@on_postgresql
def test_a_night_that_an_import_has_to_wait_for_is_seen_by_it(office, cast: Cast):
    """The import reads the colours that the sweep gave, and relieves them."""
    cast.task("甲-1", DUE)
    with ThreadPoolExecutor(1) as other:
        with transaction(office.engine, instant(DAY)) as session:
            night = Night(
                on=DAY,
                run_id="night",
                epoch=1,
                step=NightStep.SWEPT,
                claimed_at=instant(DAY),
                orchestrator="test",
            )
            session.add(night)
            session.flush()
            said = {"night_id": night.id, "on": DAY, "now": instant(DAY)}
            sweep(session, **said, calendar=load_calendar(session))
            imported = other.submit(committed(office, take_in, "甲-1", on=DAY))
            until_it_waits(office, imported)
        assert imported.result().updated == 1

    moved = [(t.event, t.target) for t in rows(office, Transition, Transition.machine == "warning")]
    assert moved == [("escalate", "blue"), ("relieve", "green")]


@on_postgresql
def test_the_second_of_two_who_say_one_day_waits_for_the_first(office, cast: Cast):
    """The history says the one before the other, and what stands is what was said last."""

    def say(session: Session, working: bool, on: date = DAY) -> None:
        by = Unattended("对接", on, instant(on))
        set_days(session, by, [DaySaid(LATER, working, "通知")])

    with ThreadPoolExecutor(1) as other:
        with transaction(office.engine, instant(DAY)) as session:
            say(session, False)
            second = other.submit(committed(office, say, True, on=DAY))
            until_it_waits(office, second)
        second.result()

    with reading(office.engine) as session:
        assert [day.working for day in session.exec(select(CalendarDay))] == [True]
    first, last = rows(office, OfficeChange)
    assert (first.before, last.before) == ("", first.after)


@on_postgresql
def test_the_second_of_two_imports_waits_for_the_first(office, cast: Cast):
    """It names the same new tasks and the same new person, and changes nothing any more."""
    with ThreadPoolExecutor(1) as other, transaction(office.engine, instant(DAY)) as session:
        first = take_in(session, *MANY)
        second = other.submit(committed(office, take_in, *reversed(MANY), on=DAY))
        until_it_waits(office, second)

    assert (first.opened, first.officials) == (len(MANY), 1)
    assert (second.result().unchanged, second.result().officials) == (len(MANY), 0)


@on_postgresql
def test_a_night_whose_lock_broke_off_comes_to_its_end(office, cast: Cast):
    """The database was restarted between two steps, and let go of the lock by itself."""
    cast.task("甲-1", DUE)
    office.engine.dispose()  # of all connections only the lock's breaks
    others = text(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
        "WHERE datname = current_database() AND application_name = '' AND pid <> pg_backend_pid()"
    )

    def restart_before(step: Step, run: NightRun) -> None:
        if step.name == "issue":
            with reading(office.engine) as session:
                assert session.scalar(others)
        step.act(run)

    result = run_night(office, on=DAY, now=instant(DAY), run_step=restart_before)

    assert result["notices"] == 1
    with held(office.engine):
        pass


@pytest.mark.parametrize("play_on", [TOO_LATE, date(2022, 7, 26)], ids=["yellow", "red"])
def test_the_night_an_import_and_replies_at_once_leave_what_one_after_the_other_could(
    office, cast: Cast, play_on: date
):
    for number in MANY:
        cast.task(number, DUE)
    wind(office, DAY, play_on - timedelta(days=1))

    at_once(
        lambda: play(office, play_on),
        committed(office, take_in, *reversed(MANY[::2]), on=play_on),
        committed(office, reply_to_all, answer, cast.alice, on=play_on),
        committed(office, reply_to_all, acknowledge, cast.alice, on=play_on),
    )

    with reading(office.engine) as session:
        assert list(history.faults(session)) == []
    for number in MANY:
        live = [n.colour for n in notices(office, number) if n.state in LIVE]
        assert live == [c for c in [colour(office, number)] if c != Colour.GREEN]
    assert {colour(office, number) for number in MANY[::2]} == {Colour.GREEN}


def test_one_look_sees_one_state_of_the_database(office, cast: Cast):
    def tasks(session: Session) -> int:
        return session.exec(select(func.count(col(Task.id)))).one()

    cast.task("甲-1", DUE)
    with reading(office.engine) as session:
        before = tasks(session)
        cast.task("甲-2", DUE)

        assert (before, tasks(session)) == (1, 1)
    with reading(office.engine) as session:
        assert tasks(session) == 2
