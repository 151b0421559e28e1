"""One task at a time: which rung it is due for, and the escalation to it.

`flows.sweep` does the same to all due tasks at once; a property test holds the two together.
"""

from datetime import date, datetime
from typing import Protocol

from sqlmodel import Session

from flows.deadline import date_anchors, live_notice
from flows.moves import move_colour
from flows.rulebook import ladder_of
from models import Policy, Task
from models.ladder import Clock
from models.notice_machine import NoticeState
from models.signoff import ON_CLOCK
from models.strike import Anchors, Strike, highest, strikes
from models.warning import Colour
from models.workdays import Calendar


def escalate(
    session: Session, task: Task, *, night_id: int, on: date, now: datetime, calendar: Calendar
) -> bool:
    """Raise the task to the highest rung struck. False: none is higher than its colour."""
    struck = due_rung(session, task, on, calendar)
    if struck is None:
        return False
    ladder = ladder_of(session.get_one(Policy, task.policy_id))
    target = struck.rung.colour
    return move_colour(
        session,
        task,
        "escalate",
        target,
        on=on,
        now=now,
        night_id=night_id,
        cause=str(struck.entry),
        passed=" ".join(ladder.passed(task.colour, target)),
    )


def due_rung(session: Session, task: Task, on: date, calendar: Calendar) -> Strike | None:
    """The rung that a night on this date raises the task to."""
    if task.state not in ON_CLOCK:
        return None
    ladder = ladder_of(session.get_one(Policy, task.policy_id))
    anchors = anchors_of(task, live_notice(session, task))
    struck = highest(strikes(ladder, anchors, calendar), on)
    return struck if struck and struck.rung.colour.rank > task.colour.rank else None


class Out(Protocol):
    """What the clocks ask of the notice that is out."""

    @property
    def colour(self) -> Colour: ...
    @property
    def state(self) -> NoticeState: ...
    @property
    def acknowledge_by(self) -> date | None: ...
    @property
    def answer_by(self) -> date | None: ...


def anchors_of(task: Task, notice: Out | None) -> Anchors:
    """The date clocks, and those of the live notice while they run."""
    anchors: dict[tuple[Clock, Colour | None], date | None] = {**date_anchors(task)}
    if notice:
        if notice.state == NoticeState.ISSUED:
            anchors["unacknowledged", notice.colour] = notice.acknowledge_by
        if notice.state != NoticeState.ANSWERED:
            anchors["unanswered", notice.colour] = notice.answer_by
    return anchors
