"""A task's story in the order in which it was written: moves, deadlines, notices, mails."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Integer,
    bindparam,
    false,
    func,
    literal_column,
    or_,
    select,
    union_all,
)
from sqlmodel import Session, col

from models import (
    ChangeRequest,
    Chase,
    DeadlineChange,
    LookBack,
    Message,
    MessageItem,
    Notice,
    Official,
    Receipt,
    Referral,
    Reminder,
    Task,
    Transition,
)
from notifications.told import ToldRow

ORDER = {"deadline": 0, "move": 1, "notice": 2, "mail": 3}  # within one instant
OF_A_TASK: Sequence[tuple[Any, Any]] = (  # what an item tells of, and its column
    (Reminder, MessageItem.reminder_id),
    (Referral, MessageItem.referral_id),
    (Transition, MessageItem.transition_id),
    (ChangeRequest, MessageItem.request_id),
    (LookBack, MessageItem.look_back_id),
)
KEPT = 500  # mails of one task; a story of years shows the newest


@dataclass(frozen=True)
class Event:
    """`kind` names what `row` is: a move, a deadline, a notice, or the mails of one night that
    fared alike."""

    kind: str
    at: datetime
    on: date | None
    row: Any
    actor: str = ""
    words: str = ""
    told: Sequence[ToldRow] = ()


def story(session: Session, task: Task, told: Sequence[ToldRow]) -> list[Event]:
    """Newest first."""
    events = [
        *_deadlines(session, task),
        *_moves(session, task),
        *_notices(session, task, told),
        *_mails(session, task),
    ]
    return sorted(events, key=lambda e: (e.at, ORDER[e.kind]))[::-1]


def _moves(session: Session, task: Task) -> Iterator[Event]:
    """An answer that starts the work is two moves; its words are told once."""
    rows = session.execute(
        select(Transition, col(Official.name))
        .outerjoin(Official, col(Official.id) == col(Transition.actor_id))
        .where(col(Transition.task_id) == task.id)
        .order_by(col(Transition.id))
    )
    told = set()
    for row, actor in rows:
        words = "" if (row.at, row.reason) in told else row.reason
        told.add((row.at, row.reason))
        yield Event("move", row.at, row.on, row, actor or "", words)


def _deadlines(session: Session, task: Task) -> Iterator[Event]:
    rows = session.execute(
        select(DeadlineChange, col(Official.name))
        .outerjoin(Official, col(Official.id) == col(DeadlineChange.actor_id))
        .where(col(DeadlineChange.task_id) == task.id)
    )
    for row, actor in rows:
        yield Event("deadline", row.at, row.on, row, actor or "")


def _notices(session: Session, task: Task, told: Sequence[ToldRow]) -> Iterator[Event]:
    rows = session.execute(
        select(Notice, col(Transition.at))
        .join(Transition, col(Transition.id) == col(Notice.transition_id))
        .where(col(Notice.task_id) == task.id)
    )
    for notice, at in rows:
        its = [row for row in told if row.notice_number == notice.number]
        yield Event("notice", at, notice.issued_on, notice, told=its)


def _tells_of(session: Session, task: Task) -> Iterator[ColumnElement[bool]]:
    """Which items do. What they tell of is asked for first: joined to a kind of which there is
    none yet, PostgreSQL reads every item that was ever sent."""
    keys: dict[int, list[int]] = defaultdict(list)
    for key, n in session.execute(_OF_THE_TASK, {"task": task.id}):
        keys[n].append(key)
    for n, (_, item) in enumerate(_KINDS):
        if n in keys:
            yield col(item).in_(keys[n])


_TASK = bindparam("task", type_=Integer())
_KINDS: Sequence[tuple[Any, Any]] = (
    (
        select(col(Receipt.id))
        .join(Notice, col(Notice.id) == col(Receipt.notice_id))
        .where(col(Notice.task_id) == _TASK),
        MessageItem.receipt_id,
    ),
    (
        select(col(Chase.id))
        .join(Referral, col(Referral.id) == col(Chase.referral_id))
        .where(col(Referral.task_id) == _TASK),
        MessageItem.chase_id,
    ),
    *(
        (select(col(table.id)).where(col(table.task_id) == _TASK), item)
        for table, item in OF_A_TASK
    ),
)
_OF_THE_TASK: CompoundSelect[Any] = union_all(
    *(told.add_columns(literal_column(str(n))) for n, (told, _) in enumerate(_KINDS))
)


def _mails(session: Session, task: Task) -> Iterator[Event]:
    """The mails of one kind and one instant together, for each fate that they had."""
    rows = session.execute(
        select(
            col(Message.to_name),
            col(Message.kind),
            col(Message.state),
            col(Message.composed_at),
            col(Message.possible_duplicate),
            func.max(col(MessageItem.dropped)).label("dropped"),
        )
        .join(MessageItem, col(MessageItem.message_id) == col(Message.id))
        .where(or_(false(), *_tells_of(session, task)))
        .group_by(
            col(Message.id),
            col(Message.to_name),
            col(Message.kind),
            col(Message.state),
            col(Message.composed_at),
            col(Message.possible_duplicate),
        )
        .order_by(col(Message.id).desc())
        .limit(KEPT)
    )
    mails: dict[tuple[datetime, str, str], list[Any]] = {}
    for message in rows:
        alike = message.composed_at, message.kind, message.state
        mails.setdefault(alike, []).append(message)
    for (at, *_), together in mails.items():
        yield Event("mail", at, None, together)
