"""A page of the desk costs as much with ten times the open matters: what is read follows from what
is shown. Counted are the steps of SQLite's machine, which are the same on every machine."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event, insert, select

from flows.database import reading, transaction
from models import OpenCount, Task
from models.signoff import OPEN
from models.warning import Colour
from tests.kept import play
from tests.web.conftest import DAY, DUE, NOON

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
FEW, MANY = 2_500, 25_000  # the first is more than what is sorted at once
NOISE = 5_000  # steps: a look at each of the others takes a hundred thousand and more
STEPS = 100  # of the machine, between two looks
PAGES = (
    *("/", "/?colour=green", "/?page=40", "/?unit=教育", "/?number=甲-2499", "/?number=事项"),
    *("/?number=项", "/figures", "/figures?flat=yes", "/figures/wall", "/policies"),
    *("/lists/deadlines", "/lists/deadlines?page=40", "/notices", "/nights", "/tasks/甲-7"),
)
PAGES_OF_NOBODY = ("/", "/?number=甲-2499")


class Steps:
    """Counts while it is switched on."""

    def __init__(self, engine: Any) -> None:
        self.n = 0
        event.listen(engine, "checkout", self._watch)

    def _watch(self, connection: Any, *_: object) -> None:
        connection.set_progress_handler(self._step, STEPS)

    def _step(self) -> int:
        self.n += STEPS
        return 0

    def of(self, page: Any) -> int:
        before = self.n
        assert page().status_code == 200
        return self.n - before


@pytest.fixture
def many(office, cast) -> Iterator[Any]:
    kept = cast.task("甲-0", date(2022, 9, 1)).model_dump(exclude={"id"})

    def fill(first: int, last: int, **facts: Any) -> None:
        each = kept | facts
        tasks = [{**each, "number": f"甲-{n}", "title": f"事项{n}"} for n in range(first, last)]
        with transaction(office.engine, NOON) as session:
            session.execute(insert(Task), tasks)

    return fill


def test_a_page_reads_as_much_of_many_matters_as_of_few(office, many, sign_in):
    """For whoever sees them all, and for whoever sees none."""
    many(1, FEW)
    play(office, DAY)
    steps, browser = Steps(office.engine), sign_in("olga")
    cookies = {"olga": dict(browser.cookies)}
    browser.cookies.clear()
    cookies["mallory"] = dict(sign_in("mallory").cookies)
    looks = [("olga", path) for path in PAGES] + [("mallory", path) for path in PAGES_OF_NOBODY]

    def asked() -> dict[tuple[str, str], int]:
        found = {}
        for who, path in looks:
            browser.cookies.clear()
            browser.cookies.update(cookies[who])
            found[who, path] = steps.of(lambda path=path: browser.get(path))
        return found

    asked()
    of_few = asked()
    many(FEW, MANY)
    of_many = asked()

    grown = {one: (of_few[one], n) for one, n in of_many.items() if n > 1.2 * of_few[one] + NOISE}
    assert grown == {}


def test_the_page_of_a_night_reads_as_much_of_many_raised_as_of_few(office, cast, many, sign_in):
    many(1, 200, due_on=DUE)
    play(office, DAY)
    many(200, 2_200, due_on=DUE)
    play(office, DAY + timedelta(days=1))
    steps, browser = Steps(office.engine), sign_in("olga")

    def asked(on: date, page: int) -> int:
        return steps.of(lambda: browser.get(f"/nights/{on}?page={page}"))

    asked(DAY, 1)
    few, many_more = ([asked(on, page) for page in (1, 4)] for on in (DAY, DAY + timedelta(days=1)))

    assert [n for n, of_few in zip(many_more, few, strict=True) if n > 1.2 * of_few + 1_000] == []


def test_whatever_moves_the_counts_are_those_of_the_tasks(office, cast, many):
    many(1, 40)
    with transaction(office.engine, NOON) as session:
        tasks = session.scalars(select(Task).order_by(Task.id)).all()
        for n, task in enumerate(tasks):
            task.colour = list(Colour)[n % 5]
            task.state = "withdrawn" if n % 7 == 0 else "in_progress"
            task.colour = Colour.GREEN if n % 7 == 0 else task.colour
            task.restricted = n % 3 == 0
        session.flush()
        for task in tasks[1::11]:
            session.delete(task)
        for task in tasks[7:15:7]:
            task.state = "assigned"

    with reading(office.engine) as session:
        kept = {
            (row.unit_id, row.policy_id, row.colour, row.restricted): row.n
            for row in session.scalars(select(OpenCount))
            if row.n
        }
        found: dict[Any, int] = {}
        for task in session.scalars(select(Task).where(Task.state.in_(OPEN))):
            key = (task.unit_id, task.policy_id, task.colour, task.restricted)
            found[key] = found.get(key, 0) + 1
    assert kept == found
