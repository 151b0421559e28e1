"""A mail is looked at once more before its first attempt: what was settled meanwhile is left out.

After the first attempt it is the same bytes or nothing, because the first may have arrived.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, func, insert, literal, select
from sqlmodel import Session, col

from flows.climb import Missed, tell_instead
from flows.digest_lines import Composition
from flows.digests import all_ladders, drafts_of, rendered
from flows.mail_links import MailLinks, salts_of
from flows.office import Office
from flows.recipients import stands_aside
from flows.reminders import still_due
from flows.signoff.asked import asked_of
from flows.signoff.outcome_mail import outcomes_anew
from flows.signoff.referral_mail import referrals_anew
from flows.working_days import load_calendar
from models import (
    Chase,
    Message,
    MessageItem,
    Night,
    Notice,
    Official,
    Receipt,
    Referral,
    Reminder,
    ReplyLink,
    Suppression,
    Task,
    Transition,
)
from models.decision import ReferralState
from models.message import Dropped, MessageKind, MessageState
from models.notice import Duty
from models.notice_machine import NoticeState
from models.organisation import PostKind
from models.signoff import CLOSED, TaskState
from models.warning import Colour

OVER = {NoticeState.SUPERSEDED: Dropped.SUPERSEDED, NoticeState.LIFTED: Dropped.LIFTED}


def still_owed(office: Office, session: Session, message: Message, at: datetime) -> bool:
    """Whether it is to be sent, perhaps with fewer lines. False: that is settled, with why."""
    if why := _not_reachable(session, message, at):
        message.state, message.outcome = MessageState.DEAD, why
        return False
    if message.kind not in _SAID_ANEW:
        return True
    lines = _lines(session, office, message, at)
    for line in lines:
        line.item.dropped = line.settled() or ""
    dropped = [line for line in lines if line.item.dropped]
    if not dropped:
        return True
    session.flush()
    if handed_on := [one.as_missed() for one in dropped if one.reassigned()]:
        tell_instead(session, office, handed_on, at)
    if len(dropped) == len(lines):
        why = ", ".join(sorted({line.item.dropped for line in dropped}))
        message.state = MessageState.SKIPPED
        message.outcome = f"nothing in it was still owed: {why}"
        return False
    _render_anew(session, office, message)
    return True


def _not_reachable(session: Session, message: Message, at: datetime) -> str:
    """Why the mail cannot be sent at all; it takes up an address corrected meanwhile."""
    held_back = and_(col(Suppression.address) == col(Official.email), col(Suppression.until) > at)
    email, reason = session.execute(
        select(col(Official.email), col(Suppression.reason))
        .outerjoin(Suppression, held_back)
        .where(col(Official.id) == message.official_id)
    ).one()
    if not email:
        return "the directory has no address any more"
    message.to_address, message.domain = email, email.rpartition("@")[2].lower()
    return f"not sent, because the address was refused before; {reason}" if reason else ""


def _lines(session: Session, office: Office, message: Message, at: datetime) -> list["_Line"]:
    asked = func.coalesce(col(MessageItem.referral_id), col(Chase.referral_id))
    of_task = func.coalesce(
        *(col(table.task_id) for table in (Notice, Reminder, Referral, Transition))
    )
    aside = stands_aside(col(Task.id), literal(message.official_id), office.local(at).date())
    rows = session.execute(
        select(MessageItem, Task, Receipt, Notice, Reminder, Referral, aside)
        .outerjoin(Receipt, col(Receipt.id) == col(MessageItem.receipt_id))
        .outerjoin(Notice, col(Notice.id) == col(Receipt.notice_id))
        .outerjoin(Reminder, col(Reminder.id) == col(MessageItem.reminder_id))
        .outerjoin(Chase, col(Chase.id) == col(MessageItem.chase_id))
        .outerjoin(Referral, col(Referral.id) == asked)
        .outerjoin(Transition, col(Transition.id) == col(MessageItem.transition_id))
        .join(Task, col(Task.id) == of_task)
        .where(col(MessageItem.message_id) == message.id, col(MessageItem.dropped) == "")
        .order_by(col(MessageItem.id))
    )
    return [_Line(*row) for row in rows]


@dataclass(frozen=True)
class _Line:
    """One item of a mail with what it is about: a notice, a decision that is asked for or chased,
    or (as a reminder, or as what was decided) its task alone."""

    item: MessageItem
    task: Task
    receipt: Receipt | None
    notice: Notice | None
    reminder: Reminder | None
    referral: Referral | None
    aside: bool

    def settled(self) -> Dropped | None:
        """Why it is no longer to be said; None: it is."""
        if self.aside:
            return Dropped.EXCLUDED
        if self.referral is not None:
            return None if self.referral.state == ReferralState.OPEN else Dropped.DECIDED
        if self.item.transition_id is not None:
            return None
        if self.task.state in CLOSED:
            withdrawn = self.task.state == TaskState.WITHDRAWN
            return Dropped.WITHDRAWN if withdrawn else Dropped.CLOSED
        if self.aside or (self.receipt and self.receipt.ended_on):
            return Dropped.REASSIGNED  # whoever owes it now has a receipt already
        if self.reminder is not None:
            due = self.task.colour == Colour.GREEN and still_due(self.reminder, self.task)
            return None if due else Dropped.NOT_DUE
        return self._done() or (Dropped.REASSIGNED if self.reassigned() else None)

    def _done(self) -> Dropped | None:
        """As models.notice.owed, with the reason."""
        if self.receipt is None or self.notice is None:
            return None
        if self.notice.state in OVER:
            return OVER[self.notice.state]
        if self.receipt.duty == Duty.ACT and self.notice.state == NoticeState.ANSWERED:
            return Dropped.ANSWERED
        acknowledged = self.receipt.duty == Duty.ACKNOWLEDGE and self.receipt.acknowledged_at
        return Dropped.ACKNOWLEDGED if acknowledged else None

    def reassigned(self) -> bool:
        """Told as the handler, or as the handler's deputy, of what is somebody else's now."""
        if self.receipt is None or self.receipt.ended_on or self.aside or self._done():
            return False
        told = self.receipt.stands_for_id or self.receipt.official_id
        as_handler = self.receipt.capacity == PostKind.HANDLER
        return as_handler and self.task.handler_id not in (None, told)

    def as_missed(self) -> Missed:
        assert self.receipt is not None  # for the types: reassigned() looked
        assert self.notice is not None  # it comes with its receipt
        return Missed(self.receipt, self.notice, self.task)


def _render_anew(session: Session, office: Office, message: Message) -> None:
    """Without the lines that were dropped; identity, date and links stay as they were."""
    links = MailLinks(message.official_id, office.secret, salts_of(session, message.id))
    kept = session.scalars(
        select(MessageItem)
        .where(col(MessageItem.message_id) == message.id, col(MessageItem.dropped) == "")
        .order_by(col(MessageItem.id))
    ).all()
    said = _SAID_ANEW[message.kind](session, office, message, kept, links)
    for name, value in said.items():
        setattr(message, name, value)
    _write_links(session, message, links)


def _digest_anew(
    session: Session,
    office: Office,
    message: Message,
    kept: Sequence[MessageItem],
    links: MailLinks,
) -> dict[str, Any]:
    composition = Composition(
        office,
        None,
        _on(session, office, message),
        message.composed_at,
        load_calendar(session),
        all_ladders(session),
        replaced={message.official_id: [message.id]},
    )
    [draft] = drafts_of(session, composition, [message.official_id])
    draft.keep({(item.receipt_id, item.reminder_id, item.chase_id) for item in kept})
    draft.links = links
    asked = asked_of(session, {row.Chase.referral_id for row in draft.chased})
    return rendered(composition, draft, asked)


_SAID_ANEW = {
    MessageKind.DIGEST: _digest_anew,
    MessageKind.REFERRAL: referrals_anew,
    MessageKind.OUTCOME: outcomes_anew,
}


def _on(session: Session, office: Office, message: Message) -> date:
    """The business date that the mail speaks of."""
    if message.night_id is None:
        return office.local(message.composed_at).date()
    return session.get_one(Night, message.night_id).on


def _write_links(session: Session, message: Message, links: MailLinks) -> None:
    """A line that was only counted may be spelt out now."""
    if links.rows:
        rows = [link | {"message_id": message.id} for link in links.rows]
        session.execute(insert(ReplyLink), rows)
