"""A mail that nobody has tried to send is taken over by a later one to the same person."""

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import ColumnElement, select, update
from sqlmodel import Session, col

from models import Message
from models.message import MessageKind, MessageState


def untried(kind: MessageKind) -> tuple[ColumnElement[bool], ...]:
    return (
        col(Message.kind) == kind,
        col(Message.state) == MessageState.QUEUED,
        col(Message.attempts) == 0,
    )


def supersede(session: Session, by: str, *which: ColumnElement[bool]) -> dict[int, list[int]]:
    """Returns these messages by person.

    One statement, so that what is superseded and what is taken over are the same messages,
    whatever a delivery does meanwhile.
    """
    superseded = session.execute(
        update(Message)
        .where(*which)
        .values(state=MessageState.SUPERSEDED, outcome=f"taken over by {by}")
        .returning(col(Message.official_id), col(Message.id))
        .execution_options(synchronize_session=False)
    )
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
    return supersede(session, by, col(Message.id).in_(waiting.all()))
