"""When a long-term task is reviewed next: a cycle on, but no later than its next milestone."""

from datetime import date

from sqlalchemy import Date, bindparam
from sqlmodel import Session, col, select

from flows.signoff.levels import rules_of
from models import Milestone, Task
from models.procedure_file import LongTerm
from models.span import Span
from models.workdays import Calendar


def cycle_of(session: Session, task: Task) -> Span:
    """The task's own cycle, or its procedure's."""
    if task.review_every:
        return Span.parse(task.review_every)
    rules = rules_of(session, task).long_term
    return rules.review_every if rules else LongTerm.model_fields["review_every"].default


def first_review(session: Session, task: Task, until_on: date) -> date:
    """The date asked for, or the first milestone that is still open."""
    milestone = open_milestone(session, task)
    return min(until_on, milestone.due_on) if milestone else until_on


def reviewed_until(task: Task, on: date) -> date:
    """What a review of this day answers for: everything due by now, and by its own date."""
    return max(task.due_on or on, on)


def next_review(session: Session, task: Task, on: date, calendar: Calendar) -> date:
    """The next one, if the present one is granted on this day."""
    reviewed = reviewed_until(task, on)
    cycle_on = cycle_of(session, task).after(reviewed, calendar)
    milestone = open_milestone(session, task, after=reviewed)
    return min(cycle_on, milestone.due_on) if milestone else cycle_on


def open_milestone(session: Session, task: Task, *, after: date = date.min) -> Milestone | None:
    """The nearest one that is not accepted yet."""
    return session.scalars(_OPEN, {"task": task.id, "after": after}).first()


_OPEN = (
    select(Milestone)
    .where(
        Milestone.task_id == bindparam("task"),
        col(Milestone.done_on).is_(None),
        col(Milestone.due_on) > bindparam("after", type_=Date()),
    )
    .order_by(col(Milestone.due_on), col(Milestone.id))
    .limit(1)
)
