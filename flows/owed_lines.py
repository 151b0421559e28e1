"""What is asked anew of mails that were not tried yet: where they go, what is still to be said."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Date, String, and_, bindparam, func, select, type_coerce
from sqlmodel import Session, col

from flows.recipients import stands_aside
from flows.reminders import still_due
from flows.these import THESE, among
from models import (
    Chase,
    Message,
    MessageItem,
    Notice,
    Official,
    Receipt,
    Referral,
    Reminder,
    Suppression,
    Task,
    Transition,
)
from models.columns import Instant
from models.decision import ReferralState
from models.message import Dropped
from models.notice import Duty
from models.notice_machine import NoticeState
from models.organisation import PostKind
from models.signoff import CLOSED, TaskState
from models.warning import Colour

OVER = {NoticeState.SUPERSEDED: Dropped.SUPERSEDED, NoticeState.LIFTED: Dropped.LIFTED}


class OwedLine(NamedTuple):
    """One item of a mail with what it is about: a notice, a decision that is asked for or chased,
    or (as a reminder, or as what was decided) its task alone. Of its enums it holds the
    words that are stored, which are equal to them."""

    item_id: int
    transition_id: int | None  # of what was decided
    aside: bool  # its person must keep away from the task by now
    # Of its task
    task_id: int
    state: TaskState
    colour: Colour
    handler_id: int | None
    due_on: date | None
    begun_on: date
    stage_on: date | None
    reported_on: date | None
    # Of its receipt and that one's notice; None if it is a reminder
    receipt_id: int | None
    official_id: int | None
    stands_for_id: int | None
    capacity: PostKind | None
    duty: Duty | None
    acknowledged_at: datetime | None
    ended_on: date | None
    notice_id: int | None
    notice_state: NoticeState | None
    # Of the reminder, and of the referral; None if it is none
    clock: str | None
    anchor: date | None
    referral_state: ReferralState | None

    def settled(self) -> Dropped | None:
        """Why it is no longer to be said; None: it is."""
        if self.aside:
            return Dropped.EXCLUDED
        if self.referral_state is not None:
            return None if self.referral_state == ReferralState.OPEN else Dropped.DECIDED
        if self.transition_id is not None:
            return None
        if self.state in CLOSED:
            return Dropped.WITHDRAWN if self.state == TaskState.WITHDRAWN else Dropped.CLOSED
        if self.ended_on is not None:
            return Dropped.REASSIGNED  # whoever owes it now has a receipt already
        if self.clock is not None:
            due = self.colour == Colour.GREEN and still_due(self, self)  # type: ignore[arg-type]  # it has their columns
            return None if due else Dropped.NOT_DUE
        return self._done() or (Dropped.REASSIGNED if self.reassigned() else None)

    def _done(self) -> Dropped | None:
        """As models.notice.owed, with the reason."""
        if self.notice_state in OVER:
            return OVER[self.notice_state]
        if self.duty == Duty.ACT and self.notice_state == NoticeState.ANSWERED:
            return Dropped.ANSWERED
        acknowledged = self.duty == Duty.ACKNOWLEDGE and self.acknowledged_at
        return Dropped.ACKNOWLEDGED if acknowledged else None

    def reassigned(self) -> bool:
        """Told as the handler, or as the handler's deputy, of what is somebody else's now."""
        if self.capacity != PostKind.HANDLER or self.ended_on or self.aside or self._done():
            return False
        return self.handler_id not in (None, self.stands_for_id or self.official_id)


class Anew(NamedTuple):
    """The address that the person has now, why it was refused before, and the mail's lines."""

    email: str | None
    refused: str | None
    lines: list[OwedLine]


_HELD_BACK = and_(
    col(Suppression.address) == col(Official.email),
    col(Suppression.until) > bindparam("now", type_=Instant()),
)
_ASIDE = stands_aside(col(Task.id), col(Message.official_id), bindparam("on", type_=Date()))
_OF_TASK = func.coalesce(*(col(t.task_id) for t in (Notice, Reminder, Referral, Transition)))


def _plainly(column: Any) -> Any:
    """What is a StrEnum as the string that it is: to look up each of them costs as much as the
    row."""
    return type_coerce(col(column), String())


# Built once, with the columns that are asked for and no more: it is run for every mail. A mail
# without lines, as a summary, has one row with nothing in it.
_ANEW = (
    select(
        *(col(Message.id), col(Official.email), col(Suppression.reason)),
        *(col(MessageItem.id), col(MessageItem.transition_id), _ASIDE),
        *(col(Task.id), _plainly(Task.state), _plainly(Task.colour), col(Task.handler_id)),
        *(col(Task.due_on), col(Task.begun_on), col(Task.stage_on), col(Task.reported_on)),
        *(col(Receipt.id), col(Receipt.official_id), col(Receipt.stands_for_id)),
        *(_plainly(Receipt.capacity), _plainly(Receipt.duty), col(Receipt.acknowledged_at)),
        col(Receipt.ended_on),
        *(col(Notice.id), _plainly(Notice.state)),
        *(col(Reminder.clock), col(Reminder.anchor), _plainly(Referral.state)),
    )
    .select_from(Message)
    .join(Official, col(Official.id) == col(Message.official_id))
    .outerjoin(Suppression, _HELD_BACK)
    .outerjoin(
        MessageItem,
        and_(col(MessageItem.message_id) == col(Message.id), col(MessageItem.dropped) == ""),
    )
    .outerjoin(Receipt, col(Receipt.id) == col(MessageItem.receipt_id))
    .outerjoin(Notice, col(Notice.id) == col(Receipt.notice_id))
    .outerjoin(Reminder, col(Reminder.id) == col(MessageItem.reminder_id))
    .outerjoin(Chase, col(Chase.id) == col(MessageItem.chase_id))
    .outerjoin(
        Referral,
        col(Referral.id) == func.coalesce(col(MessageItem.referral_id), col(Chase.referral_id)),
    )
    .outerjoin(Transition, col(Transition.id) == col(MessageItem.transition_id))
    .outerjoin(Task, col(Task.id) == _OF_TASK)
    .where(among(col(Message.id), THESE))
    .order_by(col(MessageItem.id))
)


def anew(session: Session, messages: Sequence[Message], at: datetime, on: date) -> dict[int, Anew]:
    """By message."""
    found: dict[int, Anew] = {}
    known = {"these": [message.id for message in messages], "now": at, "on": on}
    asked = session.connection().execute(_ANEW, known).all()  # one by one they cost thrice as much
    for message_id, email, refused, *line in asked:
        one = found.setdefault(message_id, Anew(email, refused, []))
        if line[0] is not None:
            one.lines.append(OwedLine(*line))
    return found
