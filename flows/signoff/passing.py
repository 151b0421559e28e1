"""What a person would hand over: the posts, the matters that name the person, and what the person
still owes or was asked to decide."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, or_
from sqlmodel import Session, col, select

from flows.recipients import in_force
from models import ListMembership, Notice, Post, Receipt, Referral, Task, Unit
from models.decision import ReferralState
from models.notice import owed
from models.signoff import OPEN


@dataclass(frozen=True)
class Passing:
    """`owing` and `asked`: the tasks of open receipts and of open referrals."""

    posts: Sequence[tuple[Post, str]]  # with the unit's name
    handled: Sequence[Task]
    led: Sequence[Task]
    owing: Sequence[Task]
    asked: Sequence[Task]
    listed: Sequence[ListMembership]  # held by this person as their leader

    @property
    def tasks(self) -> Sequence[Task]:
        """All of them, each once, in the order of their numbers."""
        found = {task.id: task for task in (*self.handled, *self.led, *self.owing, *self.asked)}
        return sorted(found.values(), key=lambda task: task.number)

    @property
    def is_empty(self) -> bool:
        return not (self.posts or self.tasks or self.listed)


def what_passes(
    session: Session, official_id: int, *, on: date, unit_id: int | None = None
) -> Passing:
    """`unit_id`: only the posts in this unit, and matters of it and of the units below."""
    units = _below(session, unit_id)
    of_units = [] if units is None else [col(Task.unit_id).in_(units)]
    tasks = select(Task).where(col(Task.state).in_(OPEN), *of_units).order_by(col(Task.number))
    owing = (
        select(Notice.task_id)
        .join(Receipt, col(Receipt.notice_id) == col(Notice.id))
        .where(owed(), _is(Receipt, official_id))
    )
    asked = select(Referral.task_id).where(
        Referral.state == ReferralState.OPEN, _is(Referral, official_id)
    )
    return Passing(
        posts=_posts(session, official_id, on, unit_id),
        handled=session.exec(tasks.where(Task.handler_id == official_id)).all(),
        led=session.exec(tasks.where(Task.supervising_leader_id == official_id)).all(),
        owing=session.exec(tasks.where(col(Task.id).in_(owing))).all(),
        # What was signed off may still be looked back at.
        asked=session.exec(
            select(Task).where(col(Task.id).in_(asked), *of_units).order_by(col(Task.number))
        ).all(),
        listed=session.exec(
            select(ListMembership)
            .join(Task, col(Task.id) == col(ListMembership.task_id))
            .where(
                ListMembership.leader_id == official_id,
                col(ListMembership.until_on).is_(None),
                *of_units,
            )
            .order_by(col(ListMembership.id))
        ).all(),
    )


def _is(table: type[Receipt] | type[Referral], official_id: int) -> ColumnElement[bool]:
    return or_(col(table.official_id) == official_id, col(table.stands_for_id) == official_id)


def _posts(
    session: Session, official_id: int, on: date, unit_id: int | None
) -> Sequence[tuple[Post, str]]:
    found = (
        select(Post, Unit.name)
        .join(Unit, col(Unit.id) == col(Post.unit_id))
        .where(Post.official_id == official_id, in_force(Post, on))
        .order_by(col(Post.id))
    )
    if unit_id is not None:
        found = found.where(Post.unit_id == unit_id)
    return [(post, name) for post, name in session.exec(found)]


def _below(session: Session, unit_id: int | None) -> set[int] | None:
    """The unit and all below it; None: no unit was named."""
    if unit_id is None:
        return None
    parents = dict(session.exec(select(Unit.id, Unit.parent_id)).all())
    found = {unit_id}
    while grown := {unit for unit, above in parents.items() if above in found} - found:
        found |= grown
    return found
