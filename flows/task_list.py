"""Which tasks there are: the list that `sise tasks` and its JSON print."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, case, select
from sqlmodel import Session, col

from flows.handler_name import handler_name
from models import Notice, Procedure, Task, Unit
from models.notice_machine import LIVE
from models.signoff import CLOSED, TaskState
from models.warning import RANKS, Colour

WORST_FIRST = (
    case(RANKS, value=col(Task.colour)).desc(),
    col(Task.due_on).is_(None),
    col(Task.due_on),
    col(Task.number),
)


@dataclass(frozen=True, slots=True)
class TaskRow:
    number: str
    title: str
    procedure: str
    unit: str
    handler: str | None
    due_on: date | None
    original_due_on: date | None
    colour: Colour
    state: TaskState
    level: int | None
    notice: str | None


def task_rows(
    session: Session,
    on: date,
    *,
    colour: Colour | None = None,
    unit: str | None = None,
    state: TaskState | None = None,
    overdue: bool = False,
    number: str | None = None,
    restricted: bool | None = None,
    first: int = 0,
    most: int | None = None,
) -> list[TaskRow]:
    """The worst colour first, then by deadline; with the handlers of this date. `overdue`: open
    and due before it. None asks for any; `first` rows are left out, and no more than `most` are
    given."""
    wanted = [
        col(column) == value
        for column, value in (
            (Task.colour, colour),
            (Unit.name, unit),
            (Task.state, state),
            (Task.number, number),
            (Task.restricted, restricted),
        )
        if value is not None
    ]
    if overdue:
        wanted += [col(Task.due_on) < on, col(Task.state).not_in(CLOSED)]
    found = _everything(on).where(*wanted).order_by(*WORST_FIRST).offset(first).limit(most)
    return [TaskRow(*row) for row in session.execute(found)]


def _everything(
    on: date,
) -> Select[
    str,
    str,
    str,
    str,
    str | None,
    date | None,
    date | None,
    Colour,
    TaskState,
    int | None,
    str | None,
]:
    return (
        select(
            col(Task.number),
            col(Task.title),
            col(Procedure.name),
            col(Unit.name),
            handler_name(on),
            col(Task.due_on),
            col(Task.original_due_on),
            col(Task.colour),
            col(Task.state),
            col(Task.level),
            col(Notice.number),
        )
        .join_from(Task, Procedure, col(Procedure.id) == col(Task.procedure_id))
        .join(Unit, col(Unit.id) == col(Task.unit_id))
        .outerjoin(Notice, (col(Notice.task_id) == col(Task.id)) & col(Notice.state).in_(LIVE))
    )
