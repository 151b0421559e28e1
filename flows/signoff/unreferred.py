"""What waits for a decision and nobody may make it: everybody stands aside, is away, or had a part
in it. The office has to name somebody."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    bindparam,
    func,
    literal,
    literal_column,
    select,
    text,
    union_all,
)
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from flows.signoff.referral_mail import IS_OPEN, NEVER_CAME
from models import (
    Application,
    ChangeRequest,
    LookBack,
    Message,
    MessageItem,
    Referral,
    Task,
    Transition,
    Unit,
)
from models.columns import written_out
from models.message import MessageKind, MessageState
from models.signoff import SIGNOFF

What = Literal["application", "request", "look_back"]
SUBJECT: dict[str, str] = {  # what an item of a mail names it by
    "application": "transition_id",
    "request": "request_id",
    "look_back": "look_back_id",
}
Later, LaterItem = aliased(Message), aliased(MessageItem)


@dataclass(frozen=True)
class Unreferred:
    """`subject_id`: the request, the look-back, or the move that brought the task to its level."""

    what: What
    subject_id: int
    task: Task
    unit: str


def unreferred(session: Session, on: date) -> list[Unreferred]:
    """Levels, requests and look-backs (once their day has come) that nobody is asked about."""
    found = [Unreferred(*row) for row in session.execute(UNREFERRED, {"on": on})]
    return sorted(found, key=lambda one: (one.task.number, one.what))


def stalled(session: Session, on: date) -> list[tuple[str, str]]:
    """(task number, why nobody decides), for the office to mend: a key of the words `stalled.…`"""
    return sorted({(number, why) for number, why in session.execute(_STALLED, {"on": on})})


def refused() -> Select[*tuple[Any, ...]]:
    """Open referrals whose person was not informed: the last mail that asked was refused."""
    later = (
        select(col(LaterItem.id))
        .join(Later, col(Later.id) == col(LaterItem.message_id))
        .where(
            col(LaterItem.referral_id) == col(Referral.id),
            col(Later.id) > col(Message.id),
            col(Later.state).not_in(written_out(*NEVER_CAME)),
        )
    )
    dead: ColumnElement[str] = literal_column(f"'{MessageState.DEAD}'")  # as its index says it
    return (
        select(col(Referral.id))
        .join_from(Message, MessageItem, col(MessageItem.message_id) == col(Message.id))
        .join(Referral, col(Referral.id) == col(MessageItem.referral_id))
        .where(
            col(Message.state) == dead,
            col(Message.kind) == MessageKind.REFERRAL,
            IS_OPEN,
            ~later.exists(),
        )
    )


def _applications() -> Select[*tuple[Any, ...]]:
    last = (
        select(func.max(col(Transition.id)))
        .where(col(Transition.task_id) == col(Task.id), col(Transition.machine) == SIGNOFF.name)
        .correlate(Task)
        .scalar_subquery()
    )
    return (
        select(literal("application"), last, col(Task.id))
        .join_from(Application, Task, col(Task.id) == col(Application.task_id))
        .where(
            text("application.state IN ('draft', 'open')"),  # as its index says it
            text("application.state = 'open'"),
            ~_asked(col(Referral.application_id) == col(Application.id)),
        )
    )


def _requests() -> Select[*tuple[Any, ...]]:
    return select(literal("request"), col(ChangeRequest.id), col(ChangeRequest.task_id)).where(
        col(ChangeRequest.state) == literal_column("'asked'"),
        ~_asked(col(Referral.request_id) == col(ChangeRequest.id)),
    )


def _look_backs() -> Select[*tuple[Any, ...]]:
    return select(literal("look_back"), col(LookBack.id), col(LookBack.task_id)).where(
        col(LookBack.decided_on).is_(None),
        col(LookBack.planned_on) <= bindparam("on", type_=Date()),
        ~_asked(col(Referral.look_back_id) == col(LookBack.id)),
    )


def _asked(which: ColumnElement[bool]) -> ColumnElement[bool]:
    return select(col(Referral.id)).where(which, IS_OPEN).exists()


_WAITING = union_all(_applications(), _requests(), _look_backs()).subquery("waiting")
_WHAT, _SUBJECT_ID, _TASK_ID = _WAITING.c
UNREFERRED = (
    select(_WHAT, _SUBJECT_ID, Task, col(Unit.name))
    .join_from(_WAITING, Task, col(Task.id) == _TASK_ID)
    .join(Unit, col(Unit.id) == col(Task.unit_id))
)
_STALLED = union_all(
    select(col(Task.number), _WHAT).join_from(_WAITING, Task, col(Task.id) == _TASK_ID),
    select(col(Task.number), literal("refused"))
    .join(Referral, col(Referral.task_id) == col(Task.id))
    .where(col(Referral.id).in_(refused())),
)
