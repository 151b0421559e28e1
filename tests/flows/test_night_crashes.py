"""A night may die anywhere: whoever goes on comes to the end that it would have come to."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from flows.database import open_engine
from flows.night import STEPS, NightRun, Step, run_night
from flows.office import Office
from flows.replies import acknowledge, answer
from models import Absence, Night, Notice, Receipt
from tests.conftest import Cast, gather_cast, instant, office_on
from tests.kept import add, extend, notices, outcome, play, reply, rows

FIRST = date(2022, 7, 14)
TASKS = 5  # of each of two kinds
COMMITS = 6  # of one night: its claim, and the five steps that commit


class Died(BaseException):
    """Not an Exception: nothing may catch it."""


def open_tasks(cast: Cast, office: Office) -> None:
    """Something for every night: clocks of dates and of notices, reminders, climbs, copies."""
    for n in range(TASKS):
        cast.task(f"甲-{n}", FIRST - timedelta(days=1 - 2 * n))
        cast.task(f"乙-{n}", FIRST - timedelta(days=40 - n), handler_id=None)
    add(office, Absence(official_id=cast.alice, deputy_id=cast.bob, from_on=date(2022, 7, 18)))


def daytime(office: Office, on: date) -> None:
    """What people do after the night: the same on both sides."""
    n = (on - FIRST).days
    for number, act in ((f"甲-{n // 2 % TASKS}", answer), (f"乙-{n % TASKS}", acknowledge)):
        for who in (1, 2):  # Alice, or Bob while she is away
            if _was_told(office, number, who):
                reply(office, act, who, number, on=on)
    if n % 3 == 2:
        extend(office, f"乙-{n % TASKS}", on + timedelta(days=9), on=on)


def _was_told(office: Office, number: str, who: int) -> bool:
    found = notices(office, number)
    return bool(
        found
        and rows(office, Receipt, Receipt.notice_id == found[-1].id, Receipt.official_id == who)
    )


def before(name: str) -> Callable[[Step, NightRun], None]:
    def run_step(step: Step, run: NightRun) -> None:
        if step.name == name:
            raise Died
        step.act(run)

    return run_step


def after(name: str) -> Callable[[Step, NightRun], None]:
    def run_step(step: Step, run: NightRun) -> None:
        step.act(run)
        if step.name == name:
            raise Died

    return run_step


@pytest.fixture
def undisturbed(tmp_path: Path, blank_sqlite: Path) -> Office:
    """The office in which no night ever died, on SQLite: the end is the same on PostgreSQL."""
    file = tmp_path / "undisturbed.db"
    file.write_bytes(blank_sqlite.read_bytes())
    office = office_on(open_engine(f"sqlite:///{file}"), tmp_path)
    yield office
    office.engine.dispose()


def test_nights_that_die_between_steps_end_as_if_they_had_not(office, cast: Cast, undisturbed):
    """Every night of a fortnight dies at another place, and is begun again."""
    deaths = [where(step.name) for step in STEPS for where in (before, after)]
    open_tasks(cast, office)
    open_tasks(gather_cast(undisturbed.engine), undisturbed)
    for n, death in enumerate(deaths):
        on = FIRST + timedelta(days=n)
        with pytest.raises(Died):
            run_night(office, on=on, now=instant(on), run_step=death)
        play(office, on)
        play(undisturbed, on)
        for either in (office, undisturbed):
            daytime(either, on)

    assert_same(office, undisturbed)
    assert {night.epoch for night in rows(office, Night)} == {1, 2}  # one died behind its close


def test_nights_that_die_inside_a_step_end_as_if_they_had_not(office, cast: Cast, undisturbed):
    """The work of the step is done, and its commit never happens."""
    open_tasks(cast, office)
    open_tasks(gather_cast(undisturbed.engine), undisturbed)
    for n in range(COMMITS):
        on = FIRST + timedelta(days=n)
        with pytest.raises(Died), Commits(office.engine, n):
            play(office, on)
        play(office, on)
        play(undisturbed, on)
        for either in (office, undisturbed):
            daytime(either, on)

    assert_same(office, undisturbed)


class Commits:
    """So many commits succeed, and the next one dies before it is made."""

    def __init__(self, engine: Engine, n: int) -> None:
        self.engine, self.left = engine, n

    def __enter__(self) -> None:
        event.listen(self.engine, "commit", self.commit)

    def __exit__(self, *_raised: object) -> None:
        event.remove(self.engine, "commit", self.commit)

    def commit(self, connection) -> None:
        if connection.get_execution_options().get("sise_writes"):
            self.left -= 1
            if self.left < 0:
                connection.connection.driver_connection.rollback()  # as the database itself would
                raise Died


def test_a_night_that_died_is_finished_by_the_night_after_it(office, cast: Cast, undisturbed):
    open_tasks(cast, office)
    open_tasks(gather_cast(undisturbed.engine), undisturbed)
    for n, step in enumerate(STEPS):
        dead, alive = FIRST + timedelta(days=2 * n), FIRST + timedelta(days=2 * n + 1)
        with pytest.raises(Died):
            run_night(office, on=dead, now=instant(dead), run_step=before(step.name))
        play(office, alive)
        play(undisturbed, dead)
        play(undisturbed, alive)

    mine, theirs = (
        [(n.number, n.colour, n.state, n.issued_on, n.answer_by) for n in every_notice(either)]
        for either in (office, undisturbed)
    )
    assert mine == theirs


def every_notice(office: Office) -> list:
    return rows(office, Notice)


def assert_same(office: Office, undisturbed: Office) -> None:
    mine, theirs = outcome(office.engine), outcome(undisturbed.engine)
    for table, kept in theirs.items():
        for n, row in enumerate(kept):
            assert mine[table][n : n + 1] == [row], (table, n)
        assert len(mine[table]) == len(kept), table
    assert len(mine["notice"]) > 5
    assert len(mine["message"]) > 5
