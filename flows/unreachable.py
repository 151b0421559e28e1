"""The people whom mail does not reach, with the address and the reason: for the office to mend."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlmodel import Session, col

from flows.recipients import suppressing
from models import Message, Official, Suppression, Unit
from models.message import MessageState


@dataclass(frozen=True)
class Unreachable:
    """`suppressed`: mail is not even tried; else it is the last mail that was refused."""

    name: str
    unit: str
    address: str
    why: str
    since: datetime
    suppressed: bool


def unreachable(session: Session, on: date) -> list[Unreachable]:
    """Everybody whose address is suppressed, or whose last mail to this address was refused."""
    people = {**_refused(session), **_suppressed(session, on)}
    return sorted(people.values(), key=lambda person: (person.unit, person.name, person.address))


def _suppressed(session: Session, on: date) -> dict[int, Unreachable]:
    rows = session.execute(
        select(Official, col(Unit.name), Suppression)
        .join_from(Official, Unit, col(Unit.id) == col(Official.unit_id))
        .join(Suppression, col(Suppression.address) == col(Official.email))
        .where(suppressing(on))
    )
    return {
        who.id: Unreachable(who.name, unit, row.address, row.reason, row.at, suppressed=True)
        for who, unit, row in rows
    }


def _refused(session: Session) -> dict[int, Unreachable]:
    """Whose newest mail is one that was refused; an address that was corrected since counts anew."""
    newest = (
        select(col(Message.official_id), func.max(col(Message.id)).label("id"))
        .where(col(Message.state).in_([MessageState.DEAD, MessageState.SENT]))
        .group_by(col(Message.official_id))
        .subquery()
    )
    rows = session.execute(
        select(
            col(Official.id),
            col(Official.name),
            col(Unit.name),
            col(Message.to_address),
            col(Message.outcome),
            col(Message.composed_at),
        )
        .join_from(Message, newest, newest.c.id == col(Message.id))
        .join(Official, col(Official.id) == col(Message.official_id))
        .join(Unit, col(Unit.id) == col(Official.unit_id))
        .where(
            col(Message.state) == MessageState.DEAD,
            col(Message.to_address) == col(Official.email),
        )
    )
    return {who: Unreachable(*said, suppressed=False) for who, *said in rows}
