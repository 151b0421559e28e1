"""What people have said on a task's notices: reports of its handlers, instructions of others."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, func, select
from sqlmodel import Session, col

from models import Notice, Official, Receipt, Task
from models.organisation import PostKind


@dataclass(frozen=True)
class Said:
    """`said_by`: who wrote it, when not the person of this name. `answer`: it is a report."""

    name: str
    capacity: PostKind
    said_by: str
    at: datetime
    words: str
    answer: bool


@dataclass(frozen=True)
class Heard:
    """The newest words on one task, newest first; `earlier` counts the others."""

    newest: list[Said] = field(default_factory=list)
    earlier: int = 0


def heard(
    session: Session, task_ids: Collection[int], newest: int, *, but: Collection[int] = ()
) -> dict[int, Heard]:
    """By task; nobody's words on a restricted one. `but`: receipts that are left out."""
    if not task_ids:
        return {}
    of = {"tasks": list(task_ids), "but": list(but), "newest": newest}
    found: dict[int, Heard] = {}
    for task_id, *said, _, n in session.execute(_HEARD, of):
        one = found.setdefault(task_id, Heard(earlier=max(n - newest, 0)))
        one.newest.append(Said(*said))
    return found


def _heard() -> Select[Any]:
    at = func.coalesce(col(Receipt.answered_at), col(Receipt.acknowledged_at))
    place = func.row_number().over(
        partition_by=col(Notice.task_id), order_by=(at.desc(), col(Receipt.id).desc())
    )
    placed = (
        select(
            col(Notice.task_id),
            col(Official.name),
            col(Receipt.capacity),
            col(Receipt.said_by),
            at.label("at"),
            col(Receipt.words),
            col(Receipt.answered_at).is_not(None).label("answer"),
            place.label("place"),
            func.count().over(partition_by=col(Notice.task_id)).label("of"),
        )
        .join_from(Receipt, Notice, col(Notice.id) == col(Receipt.notice_id))
        .join(Task, col(Task.id) == col(Notice.task_id))
        .join(Official, col(Official.id) == col(Receipt.official_id))
        .where(
            col(Notice.task_id).in_(bindparam("tasks", expanding=True)),
            col(Task.restricted).is_(False),
            col(Receipt.words) != "",
            col(Receipt.id).not_in(bindparam("but", expanding=True)),
        )
        .subquery()
    )
    return select(placed).where(placed.c.place <= bindparam("newest")).order_by(placed.c.place)


_HEARD = _heard()
