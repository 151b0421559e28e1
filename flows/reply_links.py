"""Reply links: what one opens, and what its person may still do about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, and_, bindparam, case, false, func, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from flows.keeping_away import OF_WHOM, WHO, keeps_away
from flows.keyring import KeyRing
from models import MessageItem, Notice, Official, Receipt, Reminder, ReplyLink, Task, Unit
from models.notice import Duty, owed
from models.notice_machine import LIVE, NOTICE, NoticeState
from models.signoff import OPEN
from models.warning import RANKS
from notifications.links import token_hash

Absent = aliased(Official)
Acts = dict[int, tuple[str, datetime]]  # by notice


@dataclass(frozen=True)
class OpenReceipt:
    """One receipt with its matter, and what its person may still do about it."""

    receipt: Receipt
    notice: Notice
    task: Task
    unit: Unit
    stands_for: str  # the absent official whose deputy this is
    acknowledged_by: tuple[str, datetime] | None  # whoever did so first for its handler, and when
    answered_by: tuple[str, datetime] | None

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
class Told:
    task_id: int
    official_id: int
    stands_for_id: int | None


@dataclass(frozen=True)
class Opened:
    """A link and its owner. It opens one receipt, one referral, or (the mail's own link) all that
    is owed."""

    link: ReplyLink
    official: Official
    expired: bool
    withdrawn: bool  # its key is off the ring, or its owner out of service: it shows nothing
    told: Told | None  # who was told of what by its receipt

    @property
    def of_the_mail(self) -> bool:
        """It is the mail's own link."""
        return self.link.receipt_id is None and self.link.referral_id is None

    @property
    def shut(self) -> bool:
        """It shows nothing any more: what is owed by now, an old mail was never to tell."""
        return self.of_the_mail and self.expired

    @property
    def receipts(self) -> ColumnElement[bool]:
        if self.link.receipt_id is not None:
            return col(Receipt.id) == self.link.receipt_id
        if self.link.referral_id is not None or self.shut:
            return false()
        return (col(Receipt.official_id) == self.link.official_id) & owed()


def find(session: Session, ring: KeyRing, token: str, now: datetime) -> Opened | None:
    """What this token opens; None when there is no such link."""
    found = session.execute(_FOUND, {"hash": token_hash(token)}).one_or_none()
    if found is None:
        return None
    link, official, *told = found
    expired = link.expires_at is not None and link.expires_at < now
    withdrawn = ring.named(link.key_id) is None or official.left_on is not None
    return Opened(link, official, expired, withdrawn, Told(*told) if link.receipt_id else None)


def how_many(session: Session, opened: Opened) -> int:
    if not opened.of_the_mail:
        return 0 if opened.link.receipt_id is None else 1
    return session.scalars(_HOW_MANY, {"who": opened.link.official_id}).one()


def open_receipts(
    session: Session, opened: Opened, limit: int, *, only: int | None = None
) -> list[OpenReceipt]:
    """What waits for an act comes before copies, and then the worst first. `only`: this
    receipt, if the link opens it."""
    rows = _rows(session, opened, limit, only)
    received, answered = _acts(session, [notice.id for _, notice, *_ in rows])
    return [
        OpenReceipt(r, n, t, u, absent or "", received.get(n.id), answered.get(n.id))
        for r, n, t, u, absent in rows
    ]


def open_receipt(session: Session, opened: Opened, receipt_id: int) -> OpenReceipt | None:
    """This one, if the link opens it; who else acted on it is not asked."""
    for receipt, notice, task, unit, absent in _rows(session, opened, 1, receipt_id):
        return OpenReceipt(receipt, notice, task, unit, absent or "", None, None)
    return None


def _rows(session: Session, opened: Opened, limit: int, only: int | None) -> Sequence[Any]:
    link = opened.link
    this = link.receipt_id if only is None else only
    if opened.shut:
        return []
    if not opened.of_the_mail and (this is None or this != link.receipt_id):
        return []
    wanted = (_OWED if only is None else _OWED_HERE) if opened.of_the_mail else _THIS_ONE
    of = {"who": link.official_id, "receipt": this, "limit": limit}
    return session.execute(wanted, of).all()


def stands_aside(session: Session, opened: Opened, on: date) -> bool:
    """Whether this person, or whom he was told in the stead of, keeps away from this link's task:
    then it shows nothing of it."""
    if (told := opened.told) is None:
        return False
    return keeps_away(session, told.task_id, told.official_id, on, stands_for=told.stands_for_id)


def reminded(session: Session, opened: Opened, limit: int, on: date) -> list[tuple[Task, Unit]]:
    """What the digest of this link reminded of."""
    if not opened.of_the_mail or opened.shut:
        return []
    link = opened.link
    of = {"message": link.message_id, "who": link.official_id, "on": on, "limit": limit}
    return [(task, unit) for task, unit in session.execute(_REMINDED, of)]


def _acts(session: Session, notice_ids: list[int]) -> tuple[Acts, Acts]:
    """Who first acknowledged, and who answered, each of these notices."""
    rows = session.execute(_ACTS, {"notices": notice_ids}).all() if notice_ids else []
    received: Acts = {}
    for notice_id, name, at, _ in rows:
        received.setdefault(notice_id, (name, at))
    return received, {notice_id: (name, at) for notice_id, name, _, at in rows if at is not None}


# Built once: every page of a link asks them.
_FOUND = (
    select(
        ReplyLink,
        Official,
        col(Notice.task_id),
        col(Receipt.official_id),
        col(Receipt.stands_for_id),
    )
    .join(Official, col(Official.id) == col(ReplyLink.official_id))
    .outerjoin(Receipt, col(Receipt.id) == col(ReplyLink.receipt_id))
    .outerjoin(Notice, col(Notice.id) == col(Receipt.notice_id))
    .where(col(ReplyLink.token_hash) == bindparam("hash"))
)
_MINE = and_(col(Receipt.official_id) == WHO, owed())
_HOW_MANY = (
    select(func.count())
    .select_from(Receipt)
    .join(Notice, col(Notice.id) == col(Receipt.notice_id))
    .where(_MINE)
)
_OPEN = (
    select(Receipt, Notice, Task, Unit, col(Absent.name))
    .join_from(Receipt, Notice, col(Notice.id) == col(Receipt.notice_id))
    .join(Task, col(Task.id) == col(Notice.task_id))
    .join(Unit, col(Unit.id) == col(Task.unit_id))
    .outerjoin(Absent, col(Absent.id) == col(Receipt.stands_for_id))
    .order_by(
        col(Receipt.duty) == Duty.COPY,
        case(RANKS, value=col(Notice.colour)).desc(),
        col(Task.number),
    )
    .limit(bindparam("limit", type_=Integer()))
)
_HERE = col(Receipt.id) == bindparam("receipt")
_THIS_ONE, _OWED, _OWED_HERE = _OPEN.where(_HERE), _OPEN.where(_MINE), _OPEN.where(_MINE, _HERE)
_ACTS = (
    select(
        col(Receipt.notice_id),
        col(Official.name),
        col(Receipt.acknowledged_at),
        col(Receipt.answered_at),
    )
    .join(Official, col(Official.id) == col(Receipt.official_id))
    .where(
        col(Receipt.notice_id).in_(bindparam("notices", expanding=True)),
        col(Receipt.duty) == Duty.ACT,
        col(Receipt.acknowledged_at).is_not(None),
    )
    .order_by(col(Receipt.acknowledged_at))
)
_REMINDED = (
    select(Task, Unit)
    .join_from(MessageItem, Reminder, col(Reminder.id) == col(MessageItem.reminder_id))
    .join(Task, col(Task.id) == col(Reminder.task_id))
    .join(Unit, col(Unit.id) == col(Task.unit_id))
    .where(
        col(MessageItem.message_id) == bindparam("message"),
        col(Task.state).in_(OPEN),
        col(Task.id).not_in(OF_WHOM),
    )
    .order_by(col(Task.due_on), col(Task.number))
    .limit(bindparam("limit", type_=Integer()))
)
