"""The people whom mail does not reach, with the address and the reason: for the office to mend."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from flows.recipients import SUPPRESSING, day_begins
from models import Message, Official, Suppression, Task, Unit
from models.message import MessageState
from models.signoff import OPEN

Later = aliased(Message)


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


def without_address(session: Session) -> list[tuple[str, str]]:
    """Handlers of open tasks to whom no mail can be written: name and unit."""
    theirs = select(col(Task.id)).where(
        col(Task.handler_id) == col(Official.id), col(Task.state).in_(OPEN)
    )
    people = session.execute(
        select(col(Official.name), col(Unit.name))
        .join(Unit, col(Unit.id) == col(Official.unit_id))
        .where(func.coalesce(col(Official.email), "") == "", theirs.exists())
        .order_by(col(Official.name))
    )
    return [(name, unit) for name, unit in people]


def _suppressed(session: Session, on: date) -> dict[int, Unreachable]:
    rows = session.execute(_SUPPRESSED, {"at": day_begins(on)})
    return {
        who.id: Unreachable(who.name, unit, row.address, row.reason, row.at, suppressed=True)
        for who, unit, row in rows
    }


def _refused(session: Session) -> dict[int, Unreachable]:
    """Whose newest mail was refused, and whose address is still the one that it went to."""
    rows = session.execute(_REFUSED)
    return {
        who: Unreachable(name, unit, address, why, since, suppressed=False)
        for who, name, unit, address, why, since in rows
    }


_SUPPRESSED = (
    select(Official, col(Unit.name), Suppression)
    .join_from(Official, Unit, col(Unit.id) == col(Official.unit_id))
    .join(Suppression, col(Suppression.address) == col(Official.email))
    .where(SUPPRESSING)
)
_LATER = select(col(Later.id)).where(
    col(Later.official_id) == col(Message.official_id),
    col(Later.id) > col(Message.id),
    col(Later.state).in_([MessageState.DEAD, MessageState.SENT]),
)
_REFUSED = (
    select(
        col(Official.id),
        col(Official.name),
        col(Unit.name),
        col(Message.to_address),
        col(Message.outcome),
        col(Message.composed_at),
    )
    .join_from(Message, Official, col(Official.id) == col(Message.official_id))
    .join(Unit, col(Unit.id) == col(Official.unit_id))
    .where(
        col(Message.state) == MessageState.DEAD,
        col(Message.to_address) == col(Official.email),
        ~_LATER.exists(),
    )
)
