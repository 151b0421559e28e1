"""Who was told of a task's notices, as it stood: whether the mail reached them, what they did."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Date, bindparam, func, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from flows.standing import Standing
from flows.these import Ids, among
from models import Bounce, Message, MessageItem, Notice, Official, Receipt
from models.columns import written_out
from models.message import MessageState
from models.notice import Duty
from models.notice_machine import LIVE, NoticeState
from models.relay import BounceKind
from notifications.told import Reach, ToldRow

Absent = aliased(Official)
ByNow = Callable[[datetime | None], datetime | None]


def told(session: Session, stood: Standing, on: date, timezone: ZoneInfo) -> list[ToldRow]:
    """Everybody told by the end of a date; what happened to them later is not said."""

    def by_now(at: datetime | None) -> datetime | None:
        local = at.astimezone(timezone) if at else None
        return local if local and local.date() <= on else None

    if not stood.notices:
        return []
    notices = {notice.id: notice for notice in stood.notices}
    rows = session.execute(_RECEIPTS, {"notices": list(notices), "on": on}).all()
    mails = _mails(session, stood, by_now)
    return [
        _row(stood, notices[receipt.notice_id], receipt, name, absent or "", mails, by_now)
        for receipt, name, absent in ((_as_of(row[0], on), *row[1:]) for row in rows)
    ]


def _row(
    stood: Standing,
    notice: Notice,
    receipt: Receipt,
    name: str,
    absent: str,
    mails: Mapping[int, Reach],
    by_now: ByNow,
) -> ToldRow:
    acknowledged_at = by_now(receipt.acknowledged_at)
    reach = Reach.TOLD if acknowledged_at else mails.get(receipt.id)
    said_by, words = _said(stood, receipt, by_now)
    return ToldRow(
        notice_number=notice.number,
        colour=notice.colour,
        issued_on=notice.issued_on,
        name=name,
        capacity=receipt.capacity,
        duty=receipt.duty,
        stands_for=absent,
        climbed_from=receipt.climbed_from,
        reach=reach or (Reach.WAITING if _owed(notice, receipt) else Reach.NEEDLESS),
        acknowledge_by=notice.acknowledge_by,
        answer_by=notice.answer_by if receipt.duty == Duty.ACT else None,
        acknowledged_at=acknowledged_at,
        answered_at=by_now(receipt.answered_at),
        said_by=said_by,
        assurance=receipt.assurance if acknowledged_at else "",
        words=words,
        live=notice.state in LIVE,
    )


def _as_of(receipt: Receipt, on: date) -> Receipt:
    """As it was before a heavier duty fell on this person."""
    if receipt.raised_on is None or receipt.raised_on <= on:
        return receipt
    return Receipt(**receipt.model_dump() | {"duty": receipt.raised_from, "climbed_from": None})


def _mails(session: Session, stood: Standing, by_now: ByNow) -> dict[int, Reach]:
    """What became of the mails, by receipt; nothing of those that had not gone."""
    rows = session.execute(_MAILS, {"notices": [notice.id for notice in stood.notices]})
    # What was refused at once keeps the instant at which it was tried.
    return {
        receipt_id: Reach.REFUSED
        if state == MessageState.DEAD and by_now(refused_at)
        else Reach.TOLD
        for receipt_id, state, tried_at, refused_at in rows
        if receipt_id and by_now(tried_at)
    }


def _owed(notice: Notice, receipt: Receipt) -> bool:
    """Whether a mail that has not gone still will, to somebody who has not acted."""
    if receipt.duty == Duty.ACT and notice.state == NoticeState.ANSWERED:
        return False
    return notice.state in LIVE


def _said(stood: Standing, receipt: Receipt, by_now: ByNow) -> tuple[str, str]:
    """By whom, and what. A report takes the place of what was said on acknowledging; the history
    keeps both."""
    if not by_now(receipt.acknowledged_at):
        return "", ""
    if by_now(receipt.answered_at) or not receipt.answered_at:
        return receipt.said_by, receipt.words
    mine = (receipt.notice_id, receipt.official_id, "acknowledge")
    said = (
        (move.said_by, move.reason)
        for move in stood.moves
        if (move.notice_id, move.actor_id, move.event) == mine
    )
    return next(said, ("", ""))


_OF_THESE = among(col(Receipt.notice_id), bindparam("notices", type_=Ids()))
_RECEIPTS = (
    select(Receipt, col(Official.name), col(Absent.name))
    .join(Official, col(Official.id) == col(Receipt.official_id))
    .outerjoin(Absent, col(Absent.id) == col(Receipt.stands_for_id))
    .where(_OF_THESE, col(Receipt.given_on) <= bindparam("on", type_=Date()))
    .order_by(col(Receipt.notice_id), col(Receipt.id))
)
_RETURNED = (
    select(col(Bounce.message_id), func.max(col(Bounce.at)).label("at"))
    .where(col(Bounce.kind) != BounceKind.AWAY)
    .group_by(col(Bounce.message_id))
    .subquery()
)
_MAILS = (
    select(
        col(MessageItem.receipt_id),
        col(Message.state),
        func.coalesce(col(Message.sent_at), col(Message.next_at)),
        func.coalesce(_RETURNED.c.at, col(Message.next_at)),
    )
    .join(Message, col(Message.id) == col(MessageItem.message_id))
    .join(Receipt, col(Receipt.id) == col(MessageItem.receipt_id))
    .outerjoin(_RETURNED, _RETURNED.c.message_id == col(Message.id))
    .where(_OF_THESE, col(Message.state).in_(written_out(MessageState.SENT, MessageState.DEAD)))
    .order_by(col(Message.id))
)
