"""A mail is looked at once more before its first attempt: what was settled meanwhile is left out.

After the first attempt it is the same bytes or nothing, because the first may have arrived.
"""

import logging
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import and_, bindparam, func, insert, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Bundle
from sqlmodel import Session, col

from flows.climb import Missed, hold_notices, tell_instead
from flows.digest_lines import Composition
from flows.digests import Draft, all_ladders, drafts_of, rendered
from flows.office import Office
from flows.reminders import still_due
from flows.working_days import load_calendar
from models import (
    Message,
    MessageItem,
    Night,
    Notice,
    Official,
    Receipt,
    Reminder,
    ReplyLink,
    Suppression,
    Task,
)
from models.message import Dropped, MessageState
from models.notice import Duty
from models.notice_machine import NoticeState
from models.organisation import PostKind
from models.signoff import CLOSED, TaskState
from models.warning import Colour

PUT_OFF = timedelta(minutes=15)  # of a mail that could not be looked at: the fault is ours
OVER = {NoticeState.SUPERSEDED: Dropped.SUPERSEDED, NoticeState.LIFTED: Dropped.LIFTED}

log = logging.getLogger(__name__)


def still_owed(
    office: Office, session: Session, messages: Sequence[Message], at: datetime
) -> list[Message]:
    """Which of them are to be sent, perhaps with fewer lines. The others are settled, with why."""
    unreachable = _unreachable(session, messages, at)
    lines = _lines(session, messages)
    _hold(session, lines)
    owed = []
    for message in messages:
        try:
            if why := unreachable.get(message.id):
                message.state, message.outcome = MessageState.DEAD, why
            elif _stays(session, office, message, lines[message.id], at):
                owed.append(message)
        except OperationalError:  # no message's fault
            raise
        except Exception as error:
            log.exception("message %s could not be looked at", message.id)
            message.next_at = at + PUT_OFF
            message.outcome = f"it could not be looked at: {type(error).__name__}"
    return owed


def _unreachable(session: Session, messages: Sequence[Message], at: datetime) -> dict[int, str]:
    """Why a mail cannot be sent at all; it takes up an address corrected meanwhile."""
    held_back = and_(col(Suppression.address) == col(Official.email), col(Suppression.until) > at)
    people = session.execute(
        select(col(Official.id), col(Official.email), col(Suppression.reason))
        .outerjoin(Suppression, held_back)
        .where(col(Official.id).in_({message.official_id for message in messages}))
    )
    known = {who: (email, reason) for who, email, reason in people}
    why = {}
    for message in messages:
        email, reason = known[message.official_id]
        if not email:
            why[message.id] = "the directory has no address any more"
        elif email != message.to_address:
            message.to_address, message.domain = email, email.rpartition("@")[2].lower()
        if email and reason:
            why[message.id] = f"not sent, because the address was refused before; {reason}"
    return why


def _stays(
    session: Session, office: Office, message: Message, lines: list["_Line"], at: datetime
) -> bool:
    """Whether anything is left to be said. Almost always nothing was settled, and all is."""
    dropped = {line: why for line in lines if (why := line.settled())}
    if not dropped:
        return True
    with session.begin_nested():  # what fails for one must not take the others with it
        _drop(session, dropped)
        if handed_on := [line.as_missed(session) for line in dropped if line.reassigned()]:
            tell_instead(session, office, handed_on, at)
        if len(dropped) < len(lines):
            _render_anew(session, office, message)
            return True
        message.state = MessageState.SKIPPED
        reasons = ", ".join(sorted(set(dropped.values())))
        message.outcome = f"nothing in it was still owed: {reasons}"
        return False


def _drop(session: Session, dropped: Mapping["_Line", Dropped]) -> None:
    for line, why in dropped.items():
        session.get_one(MessageItem, line.item.id).dropped = why
    session.flush()


def _hold(session: Session, lines: Mapping[int, Sequence["_Line"]]) -> None:
    """All that is handed on, at once, so that two deliveries do not wait for each other."""
    hold_notices(
        session,
        {line.notice.id for of_one in lines.values() for line in of_one if line.reassigned()},
    )


# Built once, of those columns only that a line asks for.
_LINES: Any = (
    select(
        Bundle("item", col(MessageItem.id), col(MessageItem.message_id)),
        Bundle(
            "task",
            *(col(Task.id), col(Task.state), col(Task.colour), col(Task.handler_id)),
            *(col(Task.due_on), col(Task.opened_on), col(Task.stage_on), col(Task.reported_on)),
        ),
        Bundle(
            "receipt",
            *(col(Receipt.id), col(Receipt.official_id), col(Receipt.stands_for_id)),
            *(col(Receipt.capacity), col(Receipt.duty), col(Receipt.acknowledged_at)),
        ),
        Bundle("notice", col(Notice.id), col(Notice.state)),
        Bundle("reminder", col(Reminder.id), col(Reminder.clock), col(Reminder.anchor)),
    )
    .select_from(MessageItem)
    .outerjoin(Receipt, col(Receipt.id) == col(MessageItem.receipt_id))
    .outerjoin(Notice, col(Notice.id) == col(Receipt.notice_id))
    .outerjoin(Reminder, col(Reminder.id) == col(MessageItem.reminder_id))
    .join(Task, col(Task.id) == func.coalesce(col(Notice.task_id), col(Reminder.task_id)))
    .where(
        col(MessageItem.message_id).in_(bindparam("these", expanding=True)),
        col(MessageItem.dropped) == "",
    )
    .order_by(col(MessageItem.id))
)


def _lines(session: Session, messages: Sequence[Message]) -> Mapping[int, list["_Line"]]:
    """By message."""
    lines: dict[int, list[_Line]] = defaultdict(list)
    for row in session.execute(_LINES, {"these": [message.id for message in messages]}):
        lines[row.item.message_id].append(_Line(*row))
    return lines


@dataclass(frozen=True)
class _Line:
    """One item of a digest with what it is about: a notice, or (as a reminder) its task alone.

    What is not there has the id None."""

    item: Any
    task: Any
    receipt: Any
    notice: Any
    reminder: Any

    def settled(self) -> Dropped | None:
        """Why it is no longer to be said; None: it is."""
        if self.task.state in CLOSED:
            withdrawn = self.task.state == TaskState.WITHDRAWN
            return Dropped.WITHDRAWN if withdrawn else Dropped.CLOSED
        if self.reminder.id is not None:
            due = self.task.colour == Colour.GREEN and still_due(self.reminder, self.task)
            return None if due else Dropped.NOT_DUE
        return self._done() or (Dropped.REASSIGNED if self.reassigned() else None)

    def _done(self) -> Dropped | None:
        """As models.notice.owed, with the reason."""
        if self.receipt.id is None:
            return None
        if self.notice.state in OVER:
            return OVER[self.notice.state]
        if self.receipt.duty == Duty.ACT and self.notice.state == NoticeState.ANSWERED:
            return Dropped.ANSWERED
        acknowledged = self.receipt.duty == Duty.ACKNOWLEDGE and self.receipt.acknowledged_at
        return Dropped.ACKNOWLEDGED if acknowledged else None

    def reassigned(self) -> bool:
        """Told as the handler, or as the handler's deputy, of what is somebody else's now."""
        if self.receipt.id is None or self._done():
            return False
        told = self.receipt.stands_for_id or self.receipt.official_id
        as_handler = self.receipt.capacity == PostKind.HANDLER
        return as_handler and self.task.handler_id not in (None, told)

    def as_missed(self, session: Session) -> Missed:
        return Missed(
            session.get_one(Receipt, self.receipt.id),
            session.get_one(Notice, self.notice.id),
            session.get_one(Task, self.task.id),
        )


def _render_anew(session: Session, office: Office, message: Message) -> None:
    """Without the lines that were dropped; identity, date and links stay as they were."""
    composition = Composition(
        office,
        None,
        _on(session, office, message),
        message.composed_at,
        load_calendar(session),
        all_ladders(session),
        replaced={message.official_id: [message.id]},
    )
    kept = {
        (item.receipt_id, item.reminder_id)
        for item in session.scalars(
            select(MessageItem).where(
                col(MessageItem.message_id) == message.id, col(MessageItem.dropped) == ""
            )
        )
    }
    [draft] = drafts_of(session, composition, [message.official_id])
    draft.told = [row for row in draft.told if (row.Receipt.id, None) in kept]
    draft.reminded = [row for row in draft.reminded if (None, row.Reminder.id) in kept]
    draft.salts = _salts(session, message)
    for name, value in rendered(composition, draft).items():
        setattr(message, name, value)
    _write_links(session, message, draft)


def _on(session: Session, office: Office, message: Message) -> date:
    """The business date that the mail speaks of."""
    if message.night_id is None:
        return office.local(message.composed_at).date()
    return session.get_one(Night, message.night_id).on


def _salts(session: Session, message: Message) -> dict[int | None, str]:
    links = session.execute(
        select(col(ReplyLink.receipt_id), col(ReplyLink.salt)).where(
            col(ReplyLink.message_id) == message.id
        )
    )
    return dict(links.all())


def _write_links(session: Session, message: Message, draft: Draft) -> None:
    """A line that was only counted may be spelt out now."""
    if draft.links:
        rows = [{**link, "message_id": message.id} for link in draft.links]
        session.execute(insert(ReplyLink), rows)
