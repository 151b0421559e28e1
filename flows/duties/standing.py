"""How the duties stand: what recurs, what comes next, and which occurrences were missed."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlmodel import Session, col

from flows.duties.registering import duty_of
from models import DutyOccurrence, DutyTemplate, Procedure, Task
from models.duty import DutyState
from models.duty_file import DutyFile
from models.recurrence import Occurrence
from models.signoff import OPEN
from models.workdays import Calendar

NEAR, FAR = timedelta(days=62), timedelta(days=1500)  # in which the next occurrence is looked for


@dataclass(frozen=True)
class Coming:
    """An occurrence that a night to come will open."""

    duty: DutyFile
    occurrence: Occurrence
    due_on: date


@dataclass(frozen=True)
class Opened:
    """One occurrence for one unit. `task` None: it could not be opened."""

    duty: DutyFile
    row: DutyOccurrence
    task: Task | None

    def missed(self, on: date) -> bool:
        """Not opened, or not done in time and still open."""
        if self.task is None:
            return True
        due_on = self.task.due_on
        return self.task.state in OPEN and due_on is not None and due_on < on


@dataclass(frozen=True)
class Standing:
    """`over`: its file's last day has passed, or the office ended it."""

    duty: DutyTemplate
    file: DutyFile
    procedure: str
    restricted: bool
    next: Coming | None
    missed: Sequence[Opened]
    over: bool


def standings(
    session: Session, on: date, calendar: Calendar, among: ColumnElement[bool] | None = None
) -> list[Standing]:
    """Those that go on come first; with what was missed, of all or of the tasks `among` them."""
    missed = defaultdict[int, list[Opened]](list)
    for one in _opened(session, _MISSED.where(_late(on)), among):
        missed[one.row.duty_id].append(one)
    procedures = {p.name: p for p in session.scalars(select(Procedure))}
    found = []
    for duty in session.scalars(select(DutyTemplate).order_by(col(DutyTemplate.id))):
        file = duty_of(duty)
        over = duty.state is DutyState.ENDED or bool(file.ends and file.ends < on)
        running = duty.state is DutyState.RUNNING
        ahead = next_of(file, duty.opened_through, calendar) if running else None
        kind = procedures[file.procedure]
        found.append(
            Standing(duty, file, kind.title, kind.restricted, ahead, missed[duty.id], over)
        )
    return sorted(found, key=lambda one: one.over)


def next_of(file: DutyFile, after: date, calendar: Calendar) -> Coming | None:
    for reach in (NEAR, FAR):
        for one in file.occurrences(after, after + reach, calendar):
            return Coming(file, one, file.due_on(one, calendar))
    return None


def coming(session: Session, until: date, calendar: Calendar) -> list[Coming]:
    """What the nights up to this date will open, in its order."""
    running = select(DutyTemplate).where(col(DutyTemplate.state) == DutyState.RUNNING)
    found = [
        Coming(file, one, file.due_on(one, calendar))
        for duty in session.scalars(running.order_by(col(DutyTemplate.id)))
        for file in [duty_of(duty)]
        for one in file.occurrences(duty.opened_through, until, calendar)
    ]
    return sorted(found, key=lambda one: one.occurrence.on)


def opened(
    session: Session, duty: DutyTemplate, most: int, among: ColumnElement[bool]
) -> Sequence[Opened]:
    """The newest first, of these tasks."""
    newest = _ALL.where(col(DutyOccurrence.duty_id) == duty.id)
    return _opened(
        session,
        newest.order_by(col(DutyOccurrence.on).desc(), col(DutyOccurrence.n)).limit(most),
        among,
    )


def _opened(session: Session, wanted: Any, among: ColumnElement[bool] | None) -> list[Opened]:
    if among is not None:
        wanted = wanted.where(or_(col(DutyOccurrence.task_id).is_(None), among))
    return [Opened(duty_of(duty), row, task) for row, duty, task in session.execute(wanted)]


def _late(on: date) -> Any:
    late = col(Task.state).in_(OPEN) & (col(Task.due_on) < on)
    return or_(col(DutyOccurrence.task_id).is_(None), late)


_ALL = (
    select(DutyOccurrence, DutyTemplate, Task)
    .join(DutyTemplate, col(DutyTemplate.id) == col(DutyOccurrence.duty_id))
    .outerjoin(Task, col(Task.id) == col(DutyOccurrence.task_id))
)
_MISSED = _ALL.order_by(col(DutyOccurrence.on), col(DutyOccurrence.n))
