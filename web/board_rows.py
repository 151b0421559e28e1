"""The board's queries: counts by colour and one page of rows, whatever the number of tasks."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from models import Notice, Official, Task, Unit
from models.notice_machine import LIVE
from models.signoff import OPEN
from models.warning import RANKS, Colour
from web.matter import Matter, Showing
from web.rights import Viewer

PAGE = 50
Handler = aliased(Official)


@dataclass(frozen=True)
class Asked:
    """The filter of the board, as the form sent it."""

    colour: Colour | None
    unit: str
    number: str
    page: int


@dataclass(frozen=True)
class Row:
    task: Task
    matter: Matter
    notice: Notice | None


def counts(session: Session, viewer: Viewer, asked: Asked) -> dict[Colour, int]:
    """Tasks by colour under the filter, the colour itself left out of it."""
    rows = session.execute(
        select(col(Task.colour), func.count())
        .join(Unit, col(Unit.id) == col(Task.unit_id))
        .where(*_wanted(viewer, asked))
        .group_by(col(Task.colour))
    )
    found: dict[Colour, int] = dict(rows.all())
    return {colour: found.get(colour, 0) for colour in Colour}


def rows(session: Session, viewer: Viewer, asked: Asked, showing: Showing) -> list[Row]:
    found = session.execute(_page(viewer, asked)).all()
    live = session.scalars(
        select(Notice).where(
            col(Notice.task_id).in_([task.id for task, _, _ in found]), col(Notice.state).in_(LIVE)
        )
    )
    notices = {notice.task_id: notice for notice in live}
    return [
        Row(
            task,
            showing.matter(task, unit, handler or "", hidden=viewer.hides(task)),
            notices.get(task.id),
        )
        for task, unit, handler in found
    ]


def _page(viewer: Viewer, asked: Asked) -> Select[Task, str, str]:
    """Worst first: colour, then the longest overdue."""
    chosen = [col(Task.colour) == asked.colour] if asked.colour else []
    return (
        select(Task, col(Unit.name), col(Handler.name))
        .join_from(Task, Unit, col(Unit.id) == col(Task.unit_id))
        .outerjoin(Handler, col(Handler.id) == col(Task.handler_id))
        .where(*_wanted(viewer, asked), *chosen)
        .order_by(
            case(RANKS, value=col(Task.colour)).desc(),
            col(Task.due_on).is_(None),
            col(Task.due_on),
            col(Task.number),
        )
        .limit(PAGE)
        .offset((asked.page - 1) * PAGE)
    )


def _wanted(viewer: Viewer, asked: Asked) -> list[ColumnElement[bool]]:
    """Open tasks; a search by number finds closed ones too."""
    wanted = [viewer.may_see()]
    if asked.number:
        wanted.append(col(Task.number).icontains(asked.number, autoescape=True))
    else:
        wanted.append(col(Task.state).in_(OPEN))
    if asked.unit:
        wanted.append(col(Unit.name).contains(asked.unit, autoescape=True))
        if not viewer.sees_restricted:  # or the filter would tell what the row hides
            wanted.append(col(Task.restricted).is_(False))
    return wanted
