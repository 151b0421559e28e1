"""The rows of a list: open tasks that the viewer may see, one page of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from flows.handler_name import handler_name
from models import ListMembership, Measure, Official, Procedure, Task, Unit, WatchList
from models.signoff import OPEN, TaskState
from models.warning import Colour
from web.board_rows import DEEPEST, Asked, counts
from web.matter import Matter, Showing
from web.rights import Viewer

PAGE = 50
EVERYTHING = Asked(colour=None, unit="", number="", page=1)
DONE = (TaskState.SIGNED_OFF, TaskState.CONFIRMED)
Leader, Lead, Holder = aliased(Official), aliased(Unit), aliased(Official)


@dataclass(frozen=True)
class Row:
    """`membership` and `holder`: on a list that is kept, since when, why and under whom."""

    task: Task
    matter: Matter
    procedure: str
    leader: str
    lead_unit: str
    measures: Sequence[str]
    membership: ListMembership | None = None
    holder: str = ""


@dataclass(frozen=True)
class Listed:
    rows: Sequence[Row]
    found: int
    page: int

    @property
    def pages(self) -> int:
        return min(max(1, -(-self.found // PAGE)), DEEPEST)


def listed(
    session: Session,
    viewer: Viewer,
    showing: Showing,
    page: int,
    watch_list: WatchList | None = None,
) -> Listed:
    """All open tasks; or those that stand on this list."""
    wanted = [viewer.may_see(), col(Task.state).in_(OPEN)]
    if watch_list is not None:
        wanted.append(col(Task.id).in_(_on(watch_list)))
        found = session.scalar(select(func.count()).select_from(Task).where(*wanted)) or 0
    else:
        found = sum(counts(session, viewer, EVERYTHING).values())
    page = min(page, max(1, -(-found // PAGE)), DEEPEST)
    shown = select(col(Task.id)).where(*wanted).order_by(col(Task.number)).limit(PAGE)
    ids = session.scalars(shown.offset((page - 1) * PAGE)).all()
    rows = session.execute(_rows(watch_list, showing.on).where(col(Task.id).in_(ids))).all()
    measures = _measures(session, [row.Task.id for row in rows])
    return Listed([_row(row, measures, viewer, showing) for row in rows], found, page)


@dataclass(frozen=True)
class Totals:
    """Of all that ever stood on a list: how many are closed, and the open ones by colour."""

    closed: int
    open: Mapping[Colour, int]

    @property
    def all(self) -> int:
        return self.closed + sum(self.open.values())


def totals(session: Session, viewer: Viewer, watch_list: WatchList) -> Totals:
    """What was taken off it while open is not counted."""
    ever = select(col(ListMembership.task_id)).where(col(ListMembership.list_id) == watch_list.id)
    on_it = col(Task.id).in_(_on(watch_list)) & col(Task.state).in_(OPEN)
    done = col(Task.id).in_(ever) & col(Task.state).in_(DONE)
    closed = session.scalar(select(func.count()).select_from(Task).where(viewer.may_see(), done))
    rows = session.execute(
        select(col(Task.colour), func.count())
        .where(viewer.may_see(), on_it)
        .group_by(col(Task.colour))
    )
    found: dict[Colour, int] = dict(rows.all())
    return Totals(closed or 0, {c: found[c] for c in reversed(Colour) if c in found})


def watch_lists(session: Session) -> Sequence[WatchList]:
    return session.scalars(select(WatchList).order_by(col(WatchList.id))).all()


def _rows(watch_list: WatchList | None, on: date) -> Any:
    present = (
        (col(ListMembership.task_id) == col(Task.id))
        & col(ListMembership.until_on).is_(None)
        & (col(ListMembership.list_id) == (watch_list.id if watch_list else None))
    )
    return (
        select(
            Task,
            ListMembership,
            col(Unit.name).label("unit"),
            col(Procedure.title).label("procedure"),
            handler_name(on).label("handler"),
            col(Leader.name).label("leader"),
            col(Lead.name).label("lead_unit"),
            col(Holder.name).label("holder"),
        )
        .join_from(Task, Unit, col(Unit.id) == col(Task.unit_id))
        .join(Procedure, col(Procedure.id) == col(Task.procedure_id))
        .outerjoin(ListMembership, present)
        .outerjoin(Leader, col(Leader.id) == col(Task.supervising_leader_id))
        .outerjoin(Lead, col(Lead.id) == col(Task.lead_unit_id))
        .outerjoin(Holder, col(Holder.id) == col(ListMembership.leader_id))
        .order_by(col(Task.number))
    )


def _on(watch_list: WatchList) -> Select[Any]:
    return select(col(ListMembership.task_id)).where(
        col(ListMembership.list_id) == watch_list.id, col(ListMembership.until_on).is_(None)
    )


def _measures(session: Session, task_ids: Sequence[int]) -> Mapping[int, list[str]]:
    found: dict[int, list[str]] = {}
    rows = select(Measure).where(col(Measure.task_id).in_(task_ids))
    for measure in session.scalars(rows.order_by(col(Measure.task_id), col(Measure.position))):
        found.setdefault(measure.task_id, []).append(measure.text)
    return found


def _row(row: Any, measures: Mapping[int, list[str]], viewer: Viewer, showing: Showing) -> Row:
    hidden = viewer.hides(row.Task)
    return Row(
        row.Task,
        showing.matter(row.Task, row.unit, row.handler or "", hidden=hidden),
        procedure=row.procedure,
        leader=row.leader or "",
        lead_unit=row.lead_unit or "",
        measures=measures.get(row.Task.id, []),
        membership=row.ListMembership,
        holder=row.holder or "",
    )
