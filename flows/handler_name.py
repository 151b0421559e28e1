"""Who handles a task, as its lists name him."""

from datetime import date
from functools import lru_cache

from sqlalchemy import ColumnElement, ScalarSelect, func, select
from sqlmodel import Session, col

from flows.recipients import in_force
from models import Official, Post, Task
from models.organisation import PostKind


@lru_cache(maxsize=8)  # putting it together costs more than running it
def handler_name(on: date) -> ColumnElement[str | None]:
    """Beside a task: whom it names, else whoever holds the handler's post in its unit on this
    date, else the unit's head; NULL if nobody does."""
    named = (
        select(col(Official.name))
        .where(col(Official.id) == col(Task.handler_id))
        .correlate(Task)
        .scalar_subquery()
    )
    return func.coalesce(named, _holder(PostKind.HANDLER, on), _holder(PostKind.UNIT_HEAD, on))


def handler_of(session: Session, task: Task, on: date) -> str:
    return session.scalar(select(handler_name(on)).where(col(Task.id) == task.id)) or ""


def _holder(kind: PostKind, on: date) -> ScalarSelect[str]:
    return (
        select(col(Official.name))
        .join(Post, col(Post.official_id) == col(Official.id))
        .where(
            col(Post.unit_id) == col(Task.unit_id),
            col(Post.kind) == kind,
            in_force(Post, on),
        )
        .order_by(col(Post.id))
        .limit(1)
        .correlate(Task)
        .scalar_subquery()
    )
