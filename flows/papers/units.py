"""Units as they were: which one issues the documents, and whose a task was."""

from datetime import date

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from flows.recipients import in_force
from models import Post, Reassignment, Task, Unit
from models.organisation import PostKind


def office_unit(session: Session, on: date) -> str:
    """The unit of whoever was the supervision office first of all on that date; nothing if none
    was."""
    return (
        session.exec(
            select(Unit.name)
            .join(Post, col(Post.unit_id) == col(Unit.id))
            .where(Post.kind == PostKind.OFFICE, in_force(Post, on))
            .order_by(col(Post.id))
        ).first()
        or ""
    )


def unit_then(session: Session, task: Task, later: ColumnElement[bool]) -> str:
    """Whose it was before the first of the reassignments that came `later`."""
    passed = session.exec(
        select(Reassignment)
        .where(Reassignment.task_id == task.id, later)
        .order_by(col(Reassignment.id))
    ).first()
    return session.get_one(Unit, passed.from_unit_id if passed else task.unit_id).name
