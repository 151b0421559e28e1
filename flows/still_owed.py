"""A mail is looked at once more before its first attempt: what was settled meanwhile is left out.

After the first attempt it is the same bytes or nothing, because the first may have arrived.
"""

import logging
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.exc import OperationalError
from sqlmodel import Session, col

from flows.climb import Missed, hold_notices, tell_instead
from flows.digest_lines import Composition
from flows.digests import all_ladders, drafts_of, rendered
from flows.mail_links import MailLinks, salts_of
from flows.office import Office
from flows.outbox import reword
from flows.owed_lines import Anew, OwedLine, anew
from flows.signoff.asked import asked_of
from flows.signoff.outcome_mail import outcomes_anew
from flows.signoff.referral_mail import referrals_anew
from flows.working_days import load_calendar
from models import Message, MessageItem, Night, Notice, Receipt, ReplyLink, Task
from models.message import Dropped, MessageKind, MessageState

PUT_OFF = timedelta(minutes=15)  # of a mail that could not be looked at: the fault is ours

log = logging.getLogger(__name__)


def still_owed(
    office: Office, session: Session, messages: Sequence[Message], at: datetime
) -> list[Message]:
    """Those that are to be sent, perhaps with fewer lines. The others are settled, with why.

    One statement asks for all of them; almost always the answer is that nothing has changed.
    """
    found = anew(session, messages, at, office.local(at).date())
    # At once, so that two deliveries do not wait for each other.
    lines = (line for one in found.values() for line in one.lines)
    hold_notices(session, {line.notice_id for line in lines if line.reassigned()})
    looked_at = (_look(session, office, message, found[message.id], at) for message in messages)
    return [message for message in looked_at if message is not None]


def _look(
    session: Session, office: Office, message: Message, found: Anew, at: datetime
) -> Message | None:
    """The message as it is to be sent, if it is. One at which this fails is put off: it must not
    take others with it."""
    try:
        dropped = {line: why for line in found.lines if (why := line.settled())}
        if not dropped and (found.email, found.refused) == (message.to_address, None):
            return message
        with session.begin_nested():
            present = session.get_one(Message, message.id)
            goes = _takes_up_address(present, found.email, found.refused) and (
                not dropped or _leaves_out(session, office, present, dropped, len(found.lines), at)
            )
        return present if goes else None
    except OperationalError:  # no message's fault
        raise
    except Exception as error:
        log.exception("message %s could not be looked at", message.id)
        said = f"it could not be looked at: {type(error).__name__}"
        put_off = update(Message).where(col(Message.id) == message.id)
        session.connection().execute(put_off.values(next_at=at + PUT_OFF, outcome=said))
        return None


def _takes_up_address(message: Message, email: str | None, refused: str | None) -> bool:
    """It may have been corrected meanwhile. False: the mail cannot be sent at all."""
    if email:
        message.to_address, message.domain = email, email.rpartition("@")[2].lower()
        if not refused:
            return True
    message.state = MessageState.DEAD
    message.outcome = (
        f"not sent, because the address was refused before; {refused}"
        if email
        else "the directory has no address any more"
    )
    return False


def _leaves_out(
    session: Session,
    office: Office,
    message: Message,
    dropped: Mapping[OwedLine, Dropped],
    of: int,
    at: datetime,
) -> bool:
    """What was settled. False: nothing is left, and it is not sent."""
    rows = [{"id": line.item_id, "dropped": why} for line, why in dropped.items()]
    session.execute(update(MessageItem), rows)
    if handed_on := [_missed(session, line) for line in dropped if line.reassigned()]:
        tell_instead(session, office, handed_on, at)
    if len(dropped) < of:
        _render_anew(session, office, message)
        return True
    reasons = ", ".join(sorted(set(dropped.values())))
    message.state = MessageState.SKIPPED
    message.outcome = f"nothing in it was still owed: {reasons}"
    return False


def _missed(session: Session, line: OwedLine) -> Missed:
    return Missed(
        session.get_one(Receipt, line.receipt_id),
        session.get_one(Notice, line.notice_id),
        session.get_one(Task, line.task_id),
    )


def _render_anew(session: Session, office: Office, message: Message) -> None:
    """Without the lines that were dropped; identity, date and links stay as they were."""
    links = MailLinks(message.official_id, office.secret, salts_of(session, message.id))
    kept = session.scalars(
        select(MessageItem)
        .where(col(MessageItem.message_id) == message.id, col(MessageItem.dropped) == "")
        .order_by(col(MessageItem.id))
    ).all()
    said = _SAID_ANEW[message.kind](session, office, message, kept, links)
    reword(message, said)
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
