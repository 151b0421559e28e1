"""Reported figures at the desk: each report of each, and who approved it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, not_, or_, select
from sqlmodel import Session, col

from models import Figure, FigureApproval, Task
from web.paging import Paging
from web.rights import Viewer


@dataclass(frozen=True)
class Wanted:
    """The filter, as the form sent it. `waiting`: only what nobody approved yet."""

    about: str = ""
    waiting: bool = False

    def said(self) -> dict[str, str]:
        return {"about": self.about, "waiting": "yes" if self.waiting else ""}


@dataclass(frozen=True)
class Row:
    """`may_approve`: whoever reads this may, for it waits and somebody else reported it."""

    figure: Figure
    approval: FigureApproval | None
    task: str
    may_approve: bool


def found(session: Session, viewer: Viewer, wanted: Wanted) -> int:
    counted = select(func.count()).select_from(Figure).outerjoin(FigureApproval)
    return session.scalar(counted.where(*_filter(viewer, wanted))) or 0


def rows(session: Session, viewer: Viewer, wanted: Wanted, paging: Paging) -> Sequence[Row]:
    """What waits comes first, then by code, the newest first."""
    read = session.execute(
        select(Figure, FigureApproval, Task)
        .outerjoin(FigureApproval, col(FigureApproval.figure_id) == col(Figure.id))
        .outerjoin(Task, col(Task.id) == col(Figure.task_id))
        .where(*_filter(viewer, wanted))
        .order_by(col(FigureApproval.id).is_not(None), col(Figure.code), col(Figure.id).desc())
        .limit(paging.size)
        .offset(paging.offset)
    )
    me = viewer.official.id
    return [
        Row(
            figure,
            approval,
            task.number if task else "",
            approval is None and figure.reported_by_id != me,
        )
        for figure, approval, task in read
    ]


def visible(viewer: Viewer) -> ColumnElement[bool]:
    """Not what belongs to a task that this one may not see."""
    aside = select(col(Task.id)).where(not_(viewer.may_see()))
    return or_(col(Figure.task_id).is_(None), col(Figure.task_id).not_in(aside))


def _filter(viewer: Viewer, wanted: Wanted) -> list[ColumnElement[bool]]:
    asked = [visible(viewer)]
    if wanted.waiting:
        asked.append(col(FigureApproval.id).is_(None))
    if wanted.about:
        said = (col(Figure.code), col(Figure.name), col(Figure.source))
        asked.append(or_(*(one.contains(wanted.about, autoescape=True) for one in said)))
    return asked
