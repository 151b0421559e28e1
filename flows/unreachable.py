"""People whom no mail reaches: a refused one informed nobody."""

from sqlalchemy import func, select
from sqlmodel import Session, col

from models import Message, Official, Task
from models.message import MessageState
from models.signoff import OPEN


def refused(session: Session) -> dict[int, str]:
    """Official id → name: whose last mail was refused for good."""
    newest = (
        select(col(Message.official_id), func.max(col(Message.id)).label("id"))
        .where(col(Message.state).in_([MessageState.DEAD, MessageState.SENT]))
        .group_by(col(Message.official_id))
        .subquery()
    )
    people = session.execute(
        select(col(Official.id), col(Official.name))
        .join(Message, col(Message.official_id) == col(Official.id))
        .join(newest, newest.c.id == col(Message.id))
        .where(col(Message.state) == MessageState.DEAD)
        .order_by(col(Official.name))
    )
    found: dict[int, str] = dict(people.all())
    return found


def without_address(session: Session) -> dict[int, str]:
    """Official id → name: handlers of open tasks to whom no mail can be written."""
    theirs = select(col(Task.id)).where(
        col(Task.handler_id) == col(Official.id), col(Task.state).in_(OPEN)
    )
    people = session.execute(
        select(col(Official.id), col(Official.name))
        .where(func.coalesce(col(Official.email), "") == "", theirs.exists())
        .order_by(col(Official.name))
    )
    found: dict[int, str] = dict(people.all())
    return found
