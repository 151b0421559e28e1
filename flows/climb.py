"""Whoever could not be informed is passed by: the next level is told of the same notice at once.

A digest that was refused for good counts as not informed. Nothing is marked: somebody was told
in a person's place when there is a receipt for it, so twice is once.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from flows.database import reading, transaction
from flows.digests import compose_between
from flows.office import Office
from flows.recipients import Directory, Told
from flows.working_days import load_calendar
from models import Message, MessageItem, Notice, Receipt, Task
from models.columns import written_out
from models.message import MessageKind, MessageState
from models.notice import Duty, owed
from models.organisation import PostKind

WEIGHT = (Duty.COPY, Duty.ACKNOWLEDGE, Duty.ACT)
LaterItem, LaterMail = aliased(MessageItem), aliased(Message)

_LATER = (
    select(col(LaterItem.id))
    .join(LaterMail, col(LaterMail.id) == col(LaterItem.message_id))
    .where(
        col(LaterItem.receipt_id) == col(Receipt.id),
        col(LaterMail.id) > col(Message.id),
        col(LaterMail.state).in_(written_out(MessageState.QUEUED, MessageState.SENT)),
    )
)
_MISSED = (
    select(Receipt, Notice, Task)
    .join_from(Message, MessageItem, col(MessageItem.message_id) == col(Message.id))
    .join(Receipt, col(Receipt.id) == col(MessageItem.receipt_id))
    .join(Notice, col(Notice.id) == col(Receipt.notice_id))
    .join(Task, col(Task.id) == col(Notice.task_id))
    .where(
        col(Message.state) == MessageState.DEAD,
        col(Message.kind) == MessageKind.DIGEST,
        col(MessageItem.dropped) == "",
        owed(),
        ~_LATER.exists(),
    )
    .order_by(col(Notice.id), col(Receipt.id))
)
ANY_MISSED = _MISSED.with_only_columns(col(Receipt.id)).order_by(None).limit(1)


@dataclass(frozen=True)
class Missed:
    """A receipt whose person was not informed, though something is owed on it."""

    receipt: Receipt
    notice: Notice
    task: Task

    @property
    def kind(self) -> PostKind:
        return kind_of(self.receipt)


def climb(office: Office, *, now: datetime) -> int:
    """Tell the next level in place of everybody who was not informed; returns how many were
    told. Their mail waits in the outbox."""
    with reading(office.engine) as session:
        if not missed(session):  # no writer is held up for nothing
            return 0
    with transaction(office.engine, now) as session:
        return tell_instead(session, office, missed(session), now)


def missed(session: Session) -> list[Missed]:
    """Everybody whose last mail about a notice was refused or given up."""
    if not session.scalar(ANY_MISSED):  # almost always
        return []
    rows = {receipt.id: Missed(receipt, *rest) for receipt, *rest in session.execute(_MISSED)}
    return list(rows.values())


def nobody_left(session: Session, on: date) -> list[tuple[str, str]]:
    """(task number, post): whom nobody could be told in place of."""
    found = missed(session)
    if not found:
        return []
    receipts = _receipts(session, found)
    successors = _successors(found, receipts, Directory.load(session, on))
    return sorted((one.task.number, str(one.kind)) for one, told in successors if not told)


def tell_instead(session: Session, office: Office, found: Sequence[Missed], now: datetime) -> int:
    """Give those who come next their receipts, and compose one mail for each of them."""
    on = office.local(now).date()
    hold_notices(session, {one.notice.id for one in found})
    receipts = _receipts(session, found)
    given: dict[int, set[int]] = defaultdict(set)
    for one, told in _successors(found, receipts, Directory.load(session, on)):
        for person in told:
            receipt = give(session, one.receipt, person, receipts[one.notice.id], on)
            if receipt is not None:
                given[person.official_id].add(receipt.id)
    if given:
        calendar = load_calendar(session)
        compose_between(session, office, given, on=on, now=now, calendar=calendar)
    return sum(map(len, given.values()))


def hold_notices(session: Session, ids: Collection[int | None]) -> None:
    """So that two deliveries do not both tell the next level."""
    if ids:
        held = select(col(Notice.id)).where(col(Notice.id).in_(ids)).order_by(col(Notice.id))
        session.execute(held.with_for_update())


def _successors(
    found: Sequence[Missed], receipts: Mapping[int, dict[int, Receipt]], directory: Directory
) -> Iterator[tuple[Missed, list[Told]]]:
    """Who comes next, for each in whose place nobody was told yet."""
    out_of_reach: dict[int, set[int]] = defaultdict(set)
    for one in found:
        out_of_reach[one.notice.id].add(one.receipt.official_id)
    for one in found:
        not_informed = out_of_reach[one.notice.id]
        others = (
            receipt
            for who, receipt in receipts[one.notice.id].items()
            if who not in not_informed and receipt.ended_on is None
        )
        if not any(kind_of(other) == one.kind for other in others):
            yield one, directory.without(not_informed).resolve(one.task, one.kind)


def give(
    session: Session, instead_of: Receipt, told: Told, present: dict[int, Receipt], on: date
) -> Receipt | None:
    """A receipt of the same notice, or a heavier duty on the one there is. None: this person
    owes as much already. `present`: the receipts of this notice, by person."""
    receipt = present.get(told.official_id)
    if receipt is None:
        receipt = Receipt(
            notice_id=instead_of.notice_id,
            official_id=told.official_id,
            capacity=told.capacity,
            duty=instead_of.duty,
            stands_for_id=told.stands_for_id,
            climbed_from=told.climbed_from,
            given_on=on,
        )
        present[told.official_id] = receipt
    elif receipt.ended_on is not None:
        if receipt.answered_at is not None:
            return None
        _give_back(receipt, instead_of, told)
    elif WEIGHT.index(receipt.duty) < WEIGHT.index(instead_of.duty):
        if receipt.raised_on is None:
            receipt.raised_on, receipt.raised_from = on, receipt.duty
        receipt.duty, receipt.climbed_from = instead_of.duty, told.climbed_from
    else:
        return None
    session.add(receipt)
    session.flush()
    return receipt


def _give_back(receipt: Receipt, instead_of: Receipt, told: Told) -> None:
    """It comes back to whoever had it before."""
    receipt.ended_on, receipt.duty, receipt.capacity = None, instead_of.duty, told.capacity
    receipt.stands_for_id, receipt.climbed_from = told.stands_for_id, told.climbed_from


def _receipts(session: Session, found: Sequence[Missed]) -> dict[int, dict[int, Receipt]]:
    """All receipts of these notices, by notice and person."""
    by_notice: dict[int, dict[int, Receipt]] = defaultdict(dict)
    ids = {one.notice.id for one in found}
    fresh = select(Receipt).where(col(Receipt.notice_id).in_(ids))
    for receipt in session.scalars(fresh.execution_options(populate_existing=True)):
        by_notice[receipt.notice_id][receipt.official_id] = receipt
    return by_notice


def kind_of(receipt: Receipt) -> PostKind:
    """The post that was to be told, whoever it was in the end."""
    return receipt.climbed_from or receipt.capacity
