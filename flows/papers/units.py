"""Units as they were: which one issues the documents, and whose a task was."""

from datetime import date, datetime

from sqlmodel import Session, col, select

from flows.office_changes import names_then
from flows.recipients import in_force
from models import Post, Reassignment, Task, Unit
from models.office_change import Subject
from models.organisation import PostKind


def office_unit(session: Session, on: date, at: datetime | None = None) -> str:
    """The unit of whoever was the supervision office first of all on that date; nothing if none
    was. `at`: as it was called at this instant."""
    unit = session.exec(
        select(Unit)
        .join(Post, col(Post.unit_id) == col(Unit.id))
        .where(Post.kind == PostKind.OFFICE, in_force(Post, on))
        .order_by(col(Post.id))
    ).first()
    if unit is None:
        return ""
    return names_then(session, Subject.UNIT, at).get(unit.id, unit.name) if at else unit.name


def unit_before(session: Session, task: Task, at: datetime) -> str:
    """Whose it was at this instant, as that was called then: the first reassignment after it says
    whose it was before."""
    passed = session.exec(
        select(Reassignment)
        .where(Reassignment.task_id == task.id, col(Reassignment.at) > at)
        .order_by(col(Reassignment.id))
    ).first()
    unit = session.get_one(Unit, passed.from_unit_id if passed else task.unit_id)
    return names_then(session, Subject.UNIT, at).get(unit.id, unit.name)


def passed_on_since(session: Session, on: date) -> dict[int, int]:
    """Of each task (id) that was reassigned after this date, the unit (id) that it had on it."""
    later = session.exec(
        select(Reassignment.task_id, Reassignment.from_unit_id)
        .where(col(Reassignment.on) > on)
        .order_by(col(Reassignment.id).desc())
    )
    return dict(later.all())
