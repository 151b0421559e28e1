"""Where feedback stands: for its sender, by the reference; and counted, for the office."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sqlalchemy import ColumnElement, func, select
from sqlmodel import Session, col

from models import Feedback, Task, Transition
from models.feedback import Fate
from models.signoff import TaskState
from models.workdays import Calendar


class FeedbackState(StrEnum):
    """Words of `feedback.` tell it."""

    IN_HAND = "in_hand"
    ANSWERED = "answered"
    PASSED_ON = "passed_on"
    DISCIPLINE = "discipline"
    ENDED = "ended"


@dataclass(frozen=True)
class FeedbackRow:
    feedback: Feedback
    task: Task
    answered_on: date | None

    @property
    def state(self) -> FeedbackState:
        if self.feedback.fate != Fate.KEPT:
            return FeedbackState(self.feedback.fate)
        if self.answered_on is not None:
            return FeedbackState.ANSWERED
        ended = self.task.state == TaskState.WITHDRAWN
        return FeedbackState.ENDED if ended else FeedbackState.IN_HAND

    def in_time(self, calendar: Calendar) -> bool:
        """Answered by the day on which that was due."""
        due = self.task.due_on
        return bool(self.answered_on and due and self.answered_on <= calendar.roll(due))


def of_reference(session: Session, reference: str) -> FeedbackRow | None:
    """For its sender, as he typed it."""
    typed = "".join(reference.upper().split()).replace("-", "")
    return next(iter(feedback_rows(session, col(Feedback.reference) == typed)), None)


def of_id(session: Session, key: int) -> FeedbackRow | None:
    return next(iter(feedback_rows(session, col(Feedback.id) == key)), None)


def counts(rows: Sequence[FeedbackRow]) -> dict[FeedbackState, int]:
    return {state: sum(row.state == state for row in rows) for state in FeedbackState}


def feedback_rows(session: Session, *wanted: ColumnElement[bool]) -> Sequence[FeedbackRow]:
    """Newest first, of these tasks."""
    signed = (
        select(col(Transition.task_id), func.max(col(Transition.on)).label("on"))
        .where(col(Transition.event) == "sign_off")
        .group_by(col(Transition.task_id))
        .subquery()
    )
    closed = col(Task.state).in_((TaskState.SIGNED_OFF, TaskState.CONFIRMED))
    found = session.execute(
        select(Feedback, Task, signed.c.on)
        .join(Task, col(Task.id) == col(Feedback.task_id))
        .outerjoin(signed, (signed.c.task_id == col(Task.id)) & closed)
        .where(*wanted)
        .order_by(col(Feedback.id).desc())
    )
    return [FeedbackRow(*row) for row in found]
