"""Units as they were: which one issues the documents, and whose a task was."""

from datetime import date, datetime

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


def unit_before(session: Session, task: Task, at: datetime) -> str:
    """Whose it was at this instant: the first reassignment after it says whose it was before."""
    passed = session.exec(
        select(Reassignment)
        .where(Reassignment.task_id == task.id, col(Reassignment.at) > at)
        .order_by(col(Reassignment.id))
    ).first()
    return session.get_one(Unit, passed.from_unit_id if passed else task.unit_id).name


def passed_on_since(session: Session, on: date) -> dict[int, int]:
    """Of each task (id) that was reassigned after this date, the unit (id) that it had on it."""
    later = session.exec(
        select(Reassignment.task_id, Reassignment.from_unit_id)
        .where(col(Reassignment.on) > on)
        .order_by(col(Reassignment.id).desc())
    )
    return dict(later.all())
