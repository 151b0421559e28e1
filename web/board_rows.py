"""The board's queries: counts by colour and one page of rows, whatever the number of tasks."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, func, or_, select, true
from sqlmodel import Session, col

from flows.handler_name import handler_name
from flows.task_list import WORST_FIRST
from models import Notice, Task, Unit
from models.notice_machine import LIVE
from models.signoff import OPEN
from models.warning import Colour
from web.matter import Matter, Showing
from web.rights import Viewer

PAGE = 50


@dataclass(frozen=True)
class Asked:
    """The filter of the board, as the form sent it."""

    colour: Colour | None
    unit: str
    number: str
    page: int
    under: int = 0  # a unit's id: its matters and those of the units below it
    alone: bool = False  # its own only

    @property
    def of_everything(self) -> bool:
        """No filter: whoever searches or turns pages is not told the morning's news again."""
        return not (self.colour or self.unit or self.number or self.under)


@dataclass(frozen=True)
class Row:
    task: Task
    matter: Matter
    notice: Notice | None


def counts(session: Session, viewer: Viewer, asked: Asked) -> dict[Colour, int]:
    """Tasks by colour under the filter, the colour itself left out of it."""
    rows = session.execute(
        select(col(Task.colour), func.count())
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


def _page(viewer: Viewer, asked: Asked) -> Select[Task, str, str | None]:
    """Worst first: colour, then the longest overdue. The inner query sorts without the
    long columns, or a late page of 100,000 tasks would carry all of them along."""
    chosen = [col(Task.colour) == asked.colour] if asked.colour else []
    shown = (
        select(col(Task.id))
        .where(*_wanted(viewer, asked), *chosen)
        .order_by(*WORST_FIRST)
        .limit(PAGE)
        .offset((asked.page - 1) * PAGE)
    )
    return (
        select(Task, col(Unit.name), handler_name(viewer.on))
        .join_from(Task, Unit, col(Unit.id) == col(Task.unit_id))
        .where(col(Task.id).in_(shown))
        .order_by(*WORST_FIRST)
    )


def _wanted(viewer: Viewer, asked: Asked) -> list[ColumnElement[bool]]:
    """Open tasks; a search by number or title finds closed ones too."""
    wanted = [viewer.may_see()]
    if asked.number:
        named = col(Task.number).icontains(asked.number, autoescape=True)
        titled = col(Task.title).icontains(asked.number, autoescape=True)
        wanted.append(or_(named, titled & _shown(viewer)))
    else:
        wanted.append(col(Task.state).in_(OPEN))
    if asked.under:
        wanted.append(col(Task.unit_id).in_(_units(asked)))
        wanted.append(col(Task.restricted).is_(False))  # as it was counted
    if asked.unit:
        units = select(col(Unit.id)).where(col(Unit.name).contains(asked.unit, autoescape=True))
        wanted.append(col(Task.unit_id).in_(units))
        wanted.append(_shown(viewer))
    return wanted


def _units(asked: Asked) -> Select[int]:
    top = select(col(Unit.id)).where(col(Unit.id) == asked.under)
    if asked.alone:
        return top
    tree = top.cte(recursive=True)
    tree = tree.union(select(col(Unit.id)).where(col(Unit.parent_id) == tree.c.id))
    return select(tree.c.id)


def _shown(viewer: Viewer) -> ColumnElement[bool]:
    """Not hidden, or a filter would tell what the row hides."""
    return true() if viewer.sees_restricted else col(Task.restricted).is_(False)
