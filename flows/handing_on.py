"""What is owed on a live notice passes to somebody else: by a reassignment, a hand-over of a post,
or because somebody stands aside. Whoever owes it now is mailed by the next delivery."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import date, datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from flows.around import around
from flows.climb import give, kind_of
from flows.database import reading, transaction
from flows.deadline import live_notice
from flows.digests import compose_between
from flows.office import Office
from flows.working_days import load_calendar
from models import Message, MessageItem, Night, Notice, Reassignment, Receipt, Task
from models import Transition as Move
from models.columns import written_out
from models.night import NightStep
from models.notice import Duty, owed
from models.notice_machine import NoticeState


def pass_on(session: Session, task: Task, passes: Callable[[Receipt], bool], *, on: date) -> None:
    """End what these people owe on the task's live notice, and give it, with the same duty, to
    whoever is told in their place by now. Who owes it anyway keeps it. The task is held."""
    notice = live_notice(session, task)
    if notice is None:
        return
    receipts = _receipts(session, notice)
    present = {receipt.official_id: receipt for receipt in receipts}
    people = around(session, task, on, {kind_of(receipt) for receipt in receipts})
    for receipt in receipts:
        if receipt.ended_on is not None or _is_done(receipt, notice) or not passes(receipt):
            continue
        told = people.resolve(task, kind_of(receipt))
        if receipt.official_id in {one.official_id for one in told}:
            continue
        receipt.ended_on = on
        session.add(receipt)
        if notice.state != NoticeState.ANSWERED or receipt.duty != Duty.ACT:
            for one in told:
                give(session, receipt, one, present, on)
    session.flush()


def tell_new_ones(office: Office, *, now: datetime) -> int:
    """One mail for everybody to whom something passed and who was not told of it; returns how
    many things. Nothing is marked: what stands in a mail was told."""
    with reading(office.engine) as session:
        if not session.scalar(ANY_UNTOLD):
            return 0
    with transaction(office.engine, now) as session:
        on = office.local(now).date()
        told: dict[int, set[int]] = defaultdict(set)
        for receipt in _untold(session):
            told[receipt.official_id].add(receipt.id)
        if told:
            calendar = load_calendar(session)
            compose_between(session, office, told, on=on, now=now, calendar=calendar)
        return sum(map(len, told.values()))


def _receipts(session: Session, notice: Notice) -> Sequence[Receipt]:
    """All of them, held: a delivery may be about to tell the next level."""
    session.execute(select(col(Notice.id)).where(col(Notice.id) == notice.id).with_for_update())
    found = select(Receipt).where(col(Receipt.notice_id) == notice.id).order_by(col(Receipt.id))
    return session.scalars(found.execution_options(populate_existing=True)).all()


def _is_done(receipt: Receipt, notice: Notice) -> bool:
    return receipt.duty == Duty.ACKNOWLEDGE and receipt.acknowledged_at is not None


def _untold(session: Session) -> Sequence[Receipt]:
    """Receipts of live notices that changed hands, and that stand in no mail since. It starts from
    the few notices that did; a night that is under way tells its own."""
    return session.scalars(_UNTOLD).all()


def _changed_hands() -> ColumnElement[bool]:
    """Somebody had this notice before."""
    before = aliased(Receipt)
    passed = select(col(before.notice_id)).where(col(before.ended_on).is_not(None))
    return col(Notice.id).in_(passed)


def _in_a_mail(*which: ColumnElement[bool]) -> ColumnElement[bool]:
    return (
        select(col(MessageItem.id))
        .join(Message, col(Message.id) == col(MessageItem.message_id))
        .where(col(MessageItem.receipt_id) == col(Receipt.id), *which)
        .correlate(Receipt, Reassignment)
        .exists()
    )


def _came_back() -> ColumnElement[bool]:
    """To a handler who had been told before it was somebody else's."""
    return (
        select(col(Reassignment.id))
        .where(
            col(Reassignment.task_id) == col(Notice.task_id),
            col(Reassignment.to_handler_id) == col(Receipt.official_id),
            col(Reassignment.from_handler_id) != col(Receipt.official_id),
            ~_in_a_mail(col(Message.composed_at) >= col(Reassignment.at)),
        )
        .correlate(Notice, Receipt)
        .exists()
    )


_COMPOSED = (NightStep.COMPOSED, NightStep.REPORTED, NightStep.CLOSED)
_UNTOLD = (
    select(Receipt)
    .distinct()
    .join(Notice, col(Notice.id) == col(Receipt.notice_id))
    .join(Move, col(Move.id) == col(Notice.transition_id))
    .outerjoin(Night, col(Night.id) == col(Move.night_id))
    .where(
        owed(),
        or_(col(Night.id).is_(None), col(Night.step).in_(written_out(*_COMPOSED))),
        _changed_hands(),
        or_(~_in_a_mail(), _came_back()),
    )
    .order_by(col(Receipt.id))
)
ANY_UNTOLD = _UNTOLD.with_only_columns(col(Receipt.id)).order_by(None).limit(1)
