"""A mail that nobody has tried to send is taken over by a later one to the same person."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Update, bindparam, select, update
from sqlmodel import Session, col

from flows.these import THESE, among
from models import Message
from models.message import MessageKind, MessageState


def untried(kind: MessageKind) -> tuple[ColumnElement[bool], ...]:
    return (
        col(Message.kind) == kind,
        col(Message.state) == MessageState.QUEUED,
        col(Message.attempts) == 0,
    )


def superseding(*which: ColumnElement[bool]) -> Update:
    """One statement, so that what is superseded and what is taken over are the same messages,
    whatever a delivery does meanwhile."""
    return (
        update(Message)
        .where(*which)
        .values(state=MessageState.SUPERSEDED, outcome=bindparam("by"))
        .returning(col(Message.official_id), col(Message.id))
    )


def supersede(
    session: Session, by: str, which: Update, known: Mapping[str, Any]
) -> dict[int, list[int]]:
    """Returns these messages by person. `which`: as `superseding` says it, with what is `known`."""
    session.flush()
    superseded = session.connection().execute(which, {"by": f"taken over by {by}", **known})
    replaced = defaultdict(list)
    for official_id, message_id in superseded:
        replaced[official_id].append(message_id)
    return dict(replaced)


def take_over(
    session: Session, kind: MessageKind, people: Collection[int], by: str
) -> dict[int, list[int]]:
    """What waits for these people from between two nights."""
    waiting = session.scalars(
        select(col(Message.id))
        .where(
            *untried(kind), col(Message.night_id).is_(None), col(Message.official_id).in_(people)
        )
        .with_for_update(skip_locked=True)  # somebody may be about to send it
    )
    return supersede(session, by, _THESE, {"these": waiting.all()})


_THESE = superseding(among(col(Message.id), THESE))
