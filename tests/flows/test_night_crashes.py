"""A night may die anywhere: whoever goes on comes to the end that it would have come to."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from flows.database import open_engine
from flows.night import STEPS, NightRun, Step, run_night
from flows.office import Office
from flows.replies import acknowledge, answer
from models import Absence, Night, Notice, Receipt
from tests.conftest import SECRET, Cast, gather_cast, instant, office_on
from tests.kept import add, extend, notices, outcome, play, reply, rows, wind

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


DEATHS = [where(step.name) for step in STEPS for where in (before, after)]


@contextmanager
def undisturbed(home: Path, blank_sqlite: Path) -> Iterator[Office]:
    """An office in which no night ever dies, on SQLite: the end is the same on PostgreSQL."""
    file = home / "undisturbed.db"
    file.write_bytes(blank_sqlite.read_bytes())
    (home / "secret").write_text(SECRET)
    office = office_on(open_engine(f"sqlite:///{file}"), home)
    open_tasks(gather_cast(office.engine), office)
    yield office
    office.engine.dispose()


@pytest.fixture(scope="module")
def after_nights(
    tmp_path_factory: pytest.TempPathFactory, blank_sqlite: Path
) -> dict[int, dict[str, list]]:
    """What so many nights and their days came to that nothing disturbed."""
    found = {}
    with undisturbed(tmp_path_factory.mktemp("nights"), blank_sqlite) as office:
        for n in range(len(DEATHS)):
            play(office, FIRST + timedelta(days=n))
            daytime(office, FIRST + timedelta(days=n))
            if n + 1 in (COMMITS, len(DEATHS)):
                found[n + 1] = outcome(office.engine)
    return found


@pytest.fixture(scope="module")
def without_days(tmp_path_factory: pytest.TempPathFactory, blank_sqlite: Path) -> list:
    """The notices of as many nights, to none of which anybody replied."""
    with undisturbed(tmp_path_factory.mktemp("nights"), blank_sqlite) as office:
        wind(office, FIRST, FIRST + timedelta(days=2 * len(STEPS) - 1))
        return every_notice(office)


def test_nights_that_die_between_steps_end_as_if_they_had_not(office, cast: Cast, after_nights):
    """Every night of a fortnight dies at another place, and is begun again."""
    open_tasks(cast, office)
    for n, death in enumerate(DEATHS):
        on = FIRST + timedelta(days=n)
        with pytest.raises(Died):
            run_night(office, on=on, now=instant(on), run_step=death)
        play(office, on)
        daytime(office, on)

    assert_same(outcome(office.engine), after_nights[len(DEATHS)])
    assert {night.epoch for night in rows(office, Night)} == {1, 2}  # one died behind its close


def test_nights_that_die_inside_a_step_end_as_if_they_had_not(office, cast: Cast, after_nights):
    """The work of the step is done, and its commit never happens."""
    open_tasks(cast, office)
    for n in range(COMMITS):
        on = FIRST + timedelta(days=n)
        with pytest.raises(Died), Commits(office.engine, n):
            play(office, on)
        play(office, on)
        daytime(office, on)

    assert_same(outcome(office.engine), after_nights[COMMITS])


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


def test_a_night_that_died_is_finished_by_the_night_after_it(office, cast: Cast, without_days):
    open_tasks(cast, office)
    for n, step in enumerate(STEPS):
        dead, alive = FIRST + timedelta(days=2 * n), FIRST + timedelta(days=2 * n + 1)
        with pytest.raises(Died):
            run_night(office, on=dead, now=instant(dead), run_step=before(step.name))
        play(office, alive)

    assert every_notice(office) == without_days


def every_notice(office: Office) -> list:
    return [(n.number, n.colour, n.state, n.issued_on, n.answer_by) for n in rows(office, Notice)]


def assert_same(mine: dict[str, list], theirs: dict[str, list]) -> None:
    for table, kept in theirs.items():
        for n, row in enumerate(kept):
            assert mine[table][n : n + 1] == [row], (table, n)
        assert len(mine[table]) == len(kept), table
    assert len(mine["notice"]) > 5
    assert len(mine["message"]) > 5
