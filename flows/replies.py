"""Replies: what a link opens, and the two acts that it allows.

Each act is consumed once, by one conditional UPDATE on the person's receipt. The handler's
receipt moves the notice; everybody else's only records that they have seen it.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, select, update
from sqlmodel import Session, col

from flows.database import changed
from flows.moves import lock_task, move_notice, move_task
from models import MessageItem, Notice, Official, Receipt, Reminder, ReplyLink, Task, Unit
from models.notice import Duty, owed
from models.notice_machine import LIVE, NOTICE, NoticeState
from models.signoff import OPEN, SIGNOFF
from notifications.links import token_hash

LONGEST = 4000  # characters of one report or instruction


@dataclass(frozen=True)
class OpenReceipt:
    """One receipt with its matter, and what its person may still do about it."""

    receipt: Receipt
    notice: Notice
    task: Task
    unit: Unit
    answered_by: tuple[str, datetime] | None  # whoever answered this notice, and when

    @property
    def live(self) -> bool:
        return self.notice.state in LIVE

    @property
    def can_acknowledge(self) -> bool:
        if not self.live or self.receipt.acknowledged_at or self.receipt.duty == Duty.COPY:
            return False
        return self.receipt.duty != Duty.ACT or self.notice.state == NoticeState.ISSUED

    @property
    def can_answer(self) -> bool:
        return (
            self.receipt.duty == Duty.ACT
            and not self.receipt.answered_at
            and NOTICE.allows(self.notice.state, "answer")
        )


@dataclass(frozen=True)
class Opened:
    """What a link shows: its owner, and one matter or (the digest's link) all that are owed,
    with the matters that the digest reminded of."""

    link: ReplyLink
    official: Official
    receipts: list[OpenReceipt]
    reminded: list[tuple[Task, Unit]]
    expired: bool


def find(session: Session, token: str, now: datetime) -> Opened | None:
    """What this token opens; None when there is no such link."""
    link = session.scalar(select(ReplyLink).where(col(ReplyLink.token_hash) == token_hash(token)))
    if link is None:
        return None
    official = session.get_one(Official, link.official_id)
    which = (
        col(Receipt.id) == link.receipt_id
        if link.receipt_id
        else (col(Receipt.official_id) == official.id) & owed()
    )
    expired = link.expires_at is not None and link.expires_at < now
    reminded = [] if link.receipt_id else _reminded(session, link.message_id)
    return Opened(link, official, _receipts(session, which), reminded, expired)


def acknowledge(
    session: Session,
    receipt_id: int,
    official_id: int,
    *,
    said_by: str,
    words: str,
    on: date,
    now: datetime,
) -> bool:
    """Acknowledge a notice; `words` may carry a supervisor's instruction. False: it was done
    before, or the notice is no longer live."""
    receipt, notice = _locked(session, receipt_id, official_id)
    if notice.state not in LIVE or receipt.duty == Duty.COPY:
        return False
    if not changed(
        session,
        update(Receipt)
        .where(col(Receipt.id) == receipt.id, col(Receipt.acknowledged_at).is_(None))
        .values(acknowledged_at=now, words=words, said_by=said_by),
    ):
        return False
    if receipt.duty == Duty.ACT and NOTICE.allows(notice.state, "acknowledge"):
        return move_notice(
            session,
            notice,
            "acknowledge",
            on=on,
            now=now,
            actor_id=official_id,
            said_by=said_by,
            reason=words,
        )
    return True


def answer(
    session: Session,
    receipt_id: int,
    official_id: int,
    *,
    said_by: str,
    words: str,
    on: date,
    now: datetime,
) -> bool:
    """Report progress; it also acknowledges. False: somebody answered before, or the notice is
    no longer live."""
    receipt, notice = _locked(session, receipt_id, official_id)
    if receipt.duty != Duty.ACT or not NOTICE.allows(notice.state, "answer"):
        return False
    if not changed(
        session,
        update(Receipt)
        .where(col(Receipt.id) == receipt.id, col(Receipt.answered_at).is_(None))
        .values(
            answered_at=now,
            words=words,
            said_by=said_by,
            acknowledged_at=receipt.acknowledged_at or now,
        ),
    ):
        return False
    move_notice(
        session,
        notice,
        "answer",
        on=on,
        now=now,
        actor_id=official_id,
        said_by=said_by,
        reason=words,
    )
    _report_progress(session, notice.task_id, official_id, said_by, words, on, now)
    return True


def _report_progress(
    session: Session,
    task_id: int,
    official_id: int,
    said_by: str,
    words: str,
    on: date,
    now: datetime,
) -> None:
    task = session.get_one(Task, task_id)
    task.reported_on = max(task.reported_on, on)
    session.add(task)
    session.flush()
    if SIGNOFF.allows(task.state, "start"):
        move_task(
            session,
            task,
            "start",
            on=on,
            now=now,
            actor_id=official_id,
            said_by=said_by,
            reason=words,
        )


def _locked(session: Session, receipt_id: int, official_id: int) -> tuple[Receipt, Notice]:
    """The person's own receipt and its notice, held until the act is committed."""
    task_id = session.scalars(
        select(col(Notice.task_id))
        .join(Receipt, col(Receipt.notice_id) == col(Notice.id))
        .where(col(Receipt.id) == receipt_id, col(Receipt.official_id) == official_id)
    ).one()
    lock_task(session, task_id)
    return session.execute(
        select(Receipt, Notice)
        .join(Notice, col(Notice.id) == col(Receipt.notice_id))
        .where(col(Receipt.id) == receipt_id, col(Receipt.official_id) == official_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def _receipts(session: Session, which: ColumnElement[bool]) -> list[OpenReceipt]:
    rows = session.execute(
        select(Receipt, Notice, Task, Unit)
        .join_from(Receipt, Notice, col(Notice.id) == col(Receipt.notice_id))
        .join(Task, col(Task.id) == col(Notice.task_id))
        .join(Unit, col(Unit.id) == col(Task.unit_id))
        .where(which)
        .order_by(col(Notice.id).desc())
    ).all()
    answers = _answers(session, [notice.id for _, notice, _, _ in rows])
    found = [OpenReceipt(r, n, t, u, answers.get(n.id)) for r, n, t, u in rows]
    return sorted(found, key=lambda r: (-r.notice.colour.rank, r.task.number))


def _reminded(session: Session, message_id: int) -> list[tuple[Task, Unit]]:
    rows = session.execute(
        select(Task, Unit)
        .join_from(MessageItem, Reminder, col(Reminder.id) == col(MessageItem.reminder_id))
        .join(Task, col(Task.id) == col(Reminder.task_id))
        .join(Unit, col(Unit.id) == col(Task.unit_id))
        .where(col(MessageItem.message_id) == message_id, col(Task.state).in_(OPEN))
        .order_by(col(Task.due_on), col(Task.number))
    )
    return [(task, unit) for task, unit in rows]


def _answers(
    session: Session, notice_ids: list[int | None]
) -> dict[int | None, tuple[str, datetime]]:
    rows = session.execute(
        select(col(Receipt.notice_id), col(Official.name), col(Receipt.answered_at))
        .join(Official, col(Official.id) == col(Receipt.official_id))
        .where(col(Receipt.notice_id).in_(notice_ids), col(Receipt.answered_at).is_not(None))
    )
    return {notice_id: (name, at) for notice_id, name, at in rows if at is not None}
