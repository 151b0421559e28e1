"""How a notice ended, or passed to somebody else: when, by what, and through whom."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import bindparam, select
from sqlmodel import Session, col

from models import DeadlineChange, Notice, Official, Receipt, Transition
from models.signoff import SIGNOFF


@dataclass(frozen=True)
class End:
    """`what`: the key of its words. Of what the night does, nobody is named."""

    on: date | None = None
    what: str = ""
    by: str = ""


def end_of(session: Session, notice: Notice) -> End:
    """Of one act the history keeps the notice's move and what made it under the same link."""
    found = session.execute(_MOVE, {"notice": notice.id, "state": str(notice.state)}).first()
    if found is None:
        return End()
    move, by = found
    act = {"task": notice.task_id, "link": move.link_id}
    changed, event = session.scalar(_CHANGED, act), session.scalar(_MOVED, act)
    what = f"change.{changed}" if changed else f"event.{event}" if event else ""
    return End(move.on, what, by or "")


def successor(session: Session, notice: Notice) -> Notice | None:
    """What took its place, not what came after that."""
    return session.scalars(_NEXT, {"task": notice.task_id, "notice": notice.id}).first()


def heir_of(session: Session, receipt: Receipt) -> str:
    """To whom passed what somebody was to do; empty if it ended with him."""
    of = {"notice": receipt.notice_id, "receipt": receipt.id, "capacity": receipt.capacity}
    return session.scalars(_HEIR, of).first() or ""


# Built once: each page of a link that is stale asks them.
_MOVE = (
    select(Transition, col(Official.name))
    .outerjoin(Official, col(Official.id) == col(Transition.actor_id))
    .where(
        col(Transition.notice_id) == bindparam("notice"),
        col(Transition.target) == bindparam("state"),
    )
    .order_by(col(Transition.id).desc())
    .limit(1)
)
_CHANGED = (
    select(col(DeadlineChange.kind))
    .where(
        col(DeadlineChange.task_id) == bindparam("task"),
        col(DeadlineChange.link_id) == bindparam("link"),
    )
    .order_by(col(DeadlineChange.id).desc())
    .limit(1)
)
_MOVED = (
    select(col(Transition.event))
    .where(
        col(Transition.task_id) == bindparam("task"),
        col(Transition.link_id) == bindparam("link"),
        col(Transition.machine) == SIGNOFF.name,
    )
    .order_by(col(Transition.id).desc())
    .limit(1)
)
_NEXT = (
    select(Notice)
    .where(col(Notice.task_id) == bindparam("task"), col(Notice.id) > bindparam("notice"))
    .order_by(col(Notice.id))
    .limit(1)
)
_HEIR = (
    select(col(Official.name))
    .join(Receipt, col(Receipt.official_id) == col(Official.id))
    .where(
        col(Receipt.notice_id) == bindparam("notice"),
        col(Receipt.id) != bindparam("receipt"),
        col(Receipt.capacity) == bindparam("capacity"),
        col(Receipt.ended_on).is_(None),
    )
    .order_by(col(Receipt.id).desc())
    .limit(1)
)
