"""Bounces: what came back is noted, and whoever was not reached counts as not informed.

Nothing is ever answered. A report must name a message of ours, by the signed return path or by a
Message-ID that only its way has seen.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlmodel import Session, col

from flows.climb import climb
from flows.database import changed, transaction
from flows.office import Office
from flows.suppression import suppress
from models import Bounce, Message
from models.message import MessageState
from models.refusal import Refusal
from models.relay import BounceKind
from notifications.bounce_reports import Report, read_report
from notifications.inbox import Inbox, InboxUnavailable, read_inbox
from notifications.verp import message_of, tag_in

FORGOTTEN = timedelta(days=30)  # a report about an older mail changes nothing any more


@dataclass
class Came:
    """What was read: reports by kind, what was ignored, and who was told instead."""

    hard: int = 0
    soft: int = 0
    away: int = 0
    ignored: int = 0
    told: int = 0

    def count(self, kind: BounceKind | None) -> None:
        name = kind.value if kind else "ignored"
        setattr(self, name, getattr(self, name) + 1)


def take_bounces(office: Office, mails: Iterable[bytes], *, now: datetime) -> Came:
    """Read these mails, one commit for each, and let the ladder climb."""
    came = Came()
    for octets in mails:
        came.count(_take(office, octets, now))
    came.told = climb(office, now=now)
    return came


def fetch_bounces(office: Office, *, now: datetime) -> Came:
    """Read the mailbox of SISE_IMAP_URL. Raises InboxRefused."""
    came = Came()

    def take(octets: bytes) -> bool:
        kind = _take(office, octets, now)
        came.count(kind)
        return kind is not None

    try:
        read_inbox(Inbox.parse(office.imap_url or ""), take)
    except (InboxUnavailable, ValueError) as error:
        raise InboxRefused(str(error)) from error
    finally:
        came.told = climb(office, now=now)
    return came


class InboxRefused(Refusal):
    exit_code = 1

    def __init__(self, why: str) -> None:
        super().__init__(
            f"无法读取退信邮箱（SISE_IMAP_URL）：{why}",
            f"the mailbox of SISE_IMAP_URL cannot be read: {why}",
        )


def _take(office: Office, octets: bytes, now: datetime) -> BounceKind | None:
    """The kind of report that was noted; None: it was ignored."""
    report = read_report(octets)
    if report.kind is None:
        return None
    with transaction(office.engine, now) as session:
        message = _about(session, office, report)
        if message is None or message.composed_at < now - FORGOTTEN:
            return None
        known = select(col(Bounce.id)).where(col(Bounce.their_id) == report.their_id)
        if session.scalar(known) is not None:
            return None
        session.add(_bounce(message, report, report.kind, now))
        if report.kind == BounceKind.HARD:
            suppress(session, message.to_address, report.said, report.status, now)
        if report.final:
            _not_informed(session, message, report.said)
        return report.kind


def _about(session: Session, office: Office, report: Report) -> Message | None:
    """The message that a report names. A tag that we did not sign makes all of it worthless."""
    bounce_address = office.bounce_address
    found = [tag_in(a, bounce_address) for a in report.sent_to] if bounce_address else []
    tags = {tag for tag in found if tag}
    if not tags and _signed(office, report.envelope) is not None:
        tags = {report.envelope}
    if tags:
        ids = {_signed(office, tag) for tag in tags}
        return session.get(Message, ids.pop()) if len(ids) == 1 and None not in ids else None
    return session.scalar(
        select(Message).where(col(Message.message_id).in_(report.originals[:20])).limit(1)
    )


def _signed(office: Office, tag: str) -> int | None:
    """The message of a tag that any of our keys signed: a bounce may be older than the newest."""
    found = (message_of(key, tag) for key in office.ring.keys)
    return next((number for number in found if number is not None), None)


def _bounce(message: Message, report: Report, kind: BounceKind, now: datetime) -> Bounce:
    return Bounce(
        message_id=message.id,
        address=message.to_address,
        kind=kind,
        status=report.status,
        said=report.said,
        their_id=report.their_id,
        at=now,
    )


def _not_informed(session: Session, message: Message, said: str) -> None:
    """As if it had been refused at once: also what we believed lost and would have sent again."""
    under_way = col(Message.state).in_([MessageState.SENT, MessageState.QUEUED])
    changed(
        session,
        update(Message)
        .where(col(Message.id) == message.id, under_way)
        .values(
            state=MessageState.DEAD,
            sent_at=None,
            lease_owner=None,
            lease_until=None,
            outcome=f"bounced: {said}",
        ),
    )
