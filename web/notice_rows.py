"""One page of the notices, and how many there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.orm import join
from sqlmodel import Session, col

from models import Notice, Task, Unit
from models.notice_machine import LIVE, NoticeState
from models.warning import Colour
from web.matter import Matter, Showing
from web.paging import Paging
from web.rights import Viewer


@dataclass(frozen=True)
class Wanted:
    """The filter, as the form sent it."""

    colour: Colour | None
    state: NoticeState | None
    unit: str
    number: str

    def said(self) -> dict[str, str]:
        return {
            "colour": self.colour or "",
            "state": self.state or "",
            "unit": self.unit,
            "number": self.number,
        }


@dataclass(frozen=True)
class Row:
    notice: Notice
    matter: Matter

    @property
    def live(self) -> bool:
        return self.notice.state in LIVE


def found(session: Session, viewer: Viewer, wanted: Wanted) -> int:
    counted = select(func.count()).select_from(_among(wanted))
    return session.scalar(counted.where(*_filter(viewer, wanted))) or 0


def rows(
    session: Session, viewer: Viewer, wanted: Wanted, showing: Showing, paging: Paging
) -> Sequence[Row]:
    """The inner query sorts without the long columns of the tasks."""
    shown = (
        select(col(Notice.id))
        .select_from(_among(wanted))
        .where(*_filter(viewer, wanted))
        .order_by(col(Notice.id).desc())
        .limit(paging.size)
        .offset(paging.offset)
    )
    read = session.execute(
        select(Notice, Task, col(Unit.name))
        .join_from(Notice, Task, _ITS_TASK)
        .join(Unit, col(Unit.id) == col(Task.unit_id))
        .where(col(Notice.id).in_(shown))
        .order_by(col(Notice.id).desc())
    )
    return [
        Row(notice, showing.matter(task, unit, hidden=viewer.hides(task), colour=notice.colour))
        for notice, task, unit in read
    ]


_ITS_TASK = col(Task.id) == col(Notice.task_id)


def _among(wanted: Wanted) -> Any:
    """With their tasks only if these are asked for: PostgreSQL would read all that there are."""
    return join(Notice, Task, _ITS_TASK) if wanted.number or wanted.unit else Notice


def _filter(viewer: Viewer, wanted: Wanted) -> list[ColumnElement[bool]]:
    """Whoever sees the notices sees those of every task that he does not stand aside from."""
    asked = [~viewer.aside_from(col(Notice.task_id))]
    if wanted.colour:
        asked.append(col(Notice.colour) == wanted.colour)
    if wanted.state:
        asked.append(col(Notice.state) == wanted.state)
    if wanted.number:
        numbered = (
            column.icontains(wanted.number, autoescape=True)
            for column in (col(Notice.number), col(Task.number))
        )
        asked.append(or_(*numbered))
    if wanted.unit:
        named = col(Unit.name).contains(wanted.unit, autoescape=True)
        asked.append(col(Task.unit_id).in_(select(col(Unit.id)).where(named)))
        # Or the filter would tell whose a restricted matter is.
        asked.append(true() if viewer.sees_restricted else col(Task.restricted).is_(False))
    return asked
