"""Reply links: what one opens, and what its person may still do about it."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, case, false, func, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from flows.keyring import KeyRing
from flows.recipients import aside, tasks_aside
from models import MessageItem, Notice, Official, Receipt, Reminder, ReplyLink, Task, Unit
from models.notice import Duty, owed
from models.notice_machine import LIVE, NOTICE, NoticeState
from models.signoff import OPEN
from models.warning import RANKS
from notifications.links import token_hash

Absent = aliased(Official)


@dataclass(frozen=True)
class OpenReceipt:
    """One receipt with its matter, and what its person may still do about it."""

    receipt: Receipt
    notice: Notice
    task: Task
    unit: Unit
    stands_for: str  # the absent official whose deputy this is
    answered_by: tuple[str, datetime] | None  # whoever answered this notice, and when

    @property
    def live(self) -> bool:
        return self.notice.state in LIVE

    @property
    def can_acknowledge(self) -> bool:
        if not self.live or self.receipt.acknowledged_at or self.receipt.duty == Duty.COPY:
            return False
        if self.receipt.ended_on:
            return False
        return self.receipt.duty != Duty.ACT or self.notice.state == NoticeState.ISSUED

    @property
    def can_answer(self) -> bool:
        return (
            self.receipt.duty == Duty.ACT
            and not self.receipt.answered_at
            and not self.receipt.ended_on
            and NOTICE.allows(self.notice.state, "answer")
        )


@dataclass(frozen=True)
class Opened:
    """A link and its owner. It opens one receipt, one referral, or (the mail's own link) all that
    is owed."""

    link: ReplyLink
    official: Official
    expired: bool
    withdrawn: bool  # its key is off the ring, or its owner out of service: it shows nothing

    @property
    def of_the_mail(self) -> bool:
        """It is the mail's own link."""
        return self.link.receipt_id is None and self.link.referral_id is None

    @property
    def receipts(self) -> ColumnElement[bool]:
        if self.link.receipt_id is not None:
            return col(Receipt.id) == self.link.receipt_id
        if self.link.referral_id is not None:
            return false()
        return (col(Receipt.official_id) == self.link.official_id) & owed()


def find(session: Session, ring: KeyRing, token: str, now: datetime) -> Opened | None:
    """What this token opens; None when there is no such link."""
    found = session.execute(
        select(ReplyLink, Official)
        .join(Official, col(Official.id) == col(ReplyLink.official_id))
        .where(col(ReplyLink.token_hash) == token_hash(token))
    ).one_or_none()
    if found is None:
        return None
    link, official = found
    expired = link.expires_at is not None and link.expires_at < now
    withdrawn = ring.named(link.key_id) is None or official.left_on is not None
    return Opened(link, official, expired, withdrawn)


def how_many(session: Session, opened: Opened) -> int:
    return session.scalars(
        select(func.count())
        .select_from(Receipt)
        .join(Notice, col(Notice.id) == col(Receipt.notice_id))
        .where(opened.receipts)
    ).one()


def open_receipts(
    session: Session, opened: Opened, limit: int, *, only: int | None = None
) -> list[OpenReceipt]:
    """What waits for an act comes before copies, and then the worst first. `only`: this
    receipt, if the link opens it."""
    rows = session.execute(
        select(Receipt, Notice, Task, Unit, col(Absent.name))
        .join_from(Receipt, Notice, col(Notice.id) == col(Receipt.notice_id))
        .join(Task, col(Task.id) == col(Notice.task_id))
        .join(Unit, col(Unit.id) == col(Task.unit_id))
        .outerjoin(Absent, col(Absent.id) == col(Receipt.stands_for_id))
        .where(opened.receipts, *([col(Receipt.id) == only] if only is not None else []))
        .order_by(
            col(Receipt.duty) == Duty.COPY,
            case(RANKS, value=col(Notice.colour)).desc(),
            col(Task.number),
        )
        .limit(limit)
    ).all()
    answers = _answers(session, [notice.id for _, notice, *_ in rows])
    return [OpenReceipt(r, n, t, u, absent or "", answers.get(n.id)) for r, n, t, u, absent in rows]


def stands_aside(session: Session, opened: Opened, on: date) -> bool:
    """Whether this person, or whom he was told in the stead of, keeps away from this link's task:
    then it shows nothing of it."""
    found = session.execute(
        select(col(Notice.task_id), col(Receipt.official_id), col(Receipt.stands_for_id))
        .join_from(Receipt, Notice, col(Notice.id) == col(Receipt.notice_id))
        .where(col(Receipt.id) == opened.link.receipt_id)
    ).one_or_none()
    if found is None:
        return False
    task_id, *people = found
    away = aside(on)
    return bool(
        session.scalar(
            select(func.count()).where(away.c.task_id == task_id, away.c.official_id.in_(people))
        )
    )


def reminded(session: Session, opened: Opened, limit: int, on: date) -> list[tuple[Task, Unit]]:
    """What the digest of this link reminded of."""
    if not opened.of_the_mail:
        return []
    rows = session.execute(
        select(Task, Unit)
        .join_from(MessageItem, Reminder, col(Reminder.id) == col(MessageItem.reminder_id))
        .join(Task, col(Task.id) == col(Reminder.task_id))
        .join(Unit, col(Unit.id) == col(Task.unit_id))
        .where(
            col(MessageItem.message_id) == opened.link.message_id,
            col(Task.state).in_(OPEN),
            col(Task.id).not_in(tasks_aside(opened.link.official_id, on)),
        )
        .order_by(col(Task.due_on), col(Task.number))
        .limit(limit)
    )
    return [(task, unit) for task, unit in rows]


def _answers(session: Session, notice_ids: list[int]) -> dict[int, tuple[str, datetime]]:
    rows = session.execute(
        select(col(Receipt.notice_id), col(Official.name), col(Receipt.answered_at))
        .join(Official, col(Official.id) == col(Receipt.official_id))
        .where(col(Receipt.notice_id).in_(notice_ids), col(Receipt.answered_at).is_not(None))
    )
    return {notice_id: (name, at) for notice_id, name, at in rows if at is not None}
