"""Who may see what at the desk."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, bindparam, or_, select, true, union
from sqlalchemy.orm import Mapped, aliased
from sqlmodel import Session, col

from flows.recipients import TODAY, in_force, tasks_aside
from flows.signoff.actor import Actor
from models import Absence, Notice, Official, Post, Proposal, Receipt, Referral, Task
from models.organisation import PostKind
from models.proof import Assurance

SEES_ALL = {PostKind.OFFICE, PostKind.COMMISSION_HEAD, PostKind.ADMINISTRATOR, PostKind.REVIEWER}
LEADS = {PostKind.UNIT_HEAD, PostKind.SUPERVISING_LEADER}
SEES_RESTRICTED = {PostKind.OFFICE, PostKind.ADMINISTRATOR}
Own = aliased(Task)


@dataclass(frozen=True)
class Person:
    """The viewer, or an absent person whom the viewer stands in for."""

    id: int
    leads: frozenset[int]  # units
    handles: frozenset[int]  # units in which this person handles what names no handler

    def sees(self, on: date) -> ColumnElement[bool]:
        """What this person handles, leads, heads or was told, and does not stand aside from.
        One list for each reason: by `OR` a database would look at every task."""
        mine = select(col(Own.id))
        named = (col(Own.handler_id) == self.id, col(Own.supervising_leader_id) == self.id)
        unnamed = col(Own.unit_id).in_(self.handles) & col(Own.handler_id).is_(None)
        found = union(
            *(mine.where(which) for which in (*named, col(Own.unit_id).in_(self.leads), unnamed)),
            select(col(Notice.task_id))
            .join(Receipt, col(Receipt.notice_id) == col(Notice.id))
            .where(col(Receipt.official_id) == self.id),
            self._handed_in(),
        )
        return col(Task.id).in_(found) & col(Task.id).not_in(tasks_aside(self.id, on))

    def takes_part(self) -> ColumnElement[bool]:
        """What this person handed in, handles, leads, or was asked to decide."""
        asked = select(col(Referral.task_id)).where(col(Referral.official_id) == self.id)
        return or_(
            col(Task.handler_id) == self.id,
            col(Task.unit_id).in_(self.leads),
            col(Task.id).in_(self._handed_in()),
            col(Task.id).in_(asked),
        )

    def _handed_in(self) -> Select[Any]:
        """Line by line, by this person or by a unit that he leads; or by a program for his."""
        by = col(Proposal.handed_in_by_id)
        return select(col(Proposal.task_id)).where(
            or_(
                by == self.id,
                col(Proposal.unit_id).in_(self.leads),
                by.is_(None) & col(Proposal.unit_id).in_(self.handles),
            )
        )


# Built once: every page asks them, and building them costs as much as asking.
_ABSENT = select(col(Absence.official_id)).where(
    col(Absence.deputy_id) == bindparam("deputy_id", type_=Integer()), in_force(Absence, TODAY)
)
_POSTS = select(Post).where(
    col(Post.official_id).in_(bindparam("people", type_=Integer(), expanding=True)),
    in_force(Post, TODAY),
)


@dataclass(frozen=True)
class Viewer:
    """One signed-in person on a business date, with the absent people this one stands in for."""

    official: Official
    people: tuple[Person, ...]
    kinds: frozenset[PostKind]
    on: date

    @classmethod
    def load(cls, session: Session, official: Official, on: date) -> "Viewer":
        absent = session.scalars(_ABSENT, {"deputy_id": official.id, "on": on})
        people = sorted({official.id, *absent})
        posts = session.scalars(_POSTS, {"people": people, "on": on}).all()
        return cls(
            official,
            tuple(
                _person(who, [post for post in posts if post.official_id == who]) for who in people
            ),
            frozenset(post.kind for post in posts if post.official_id == official.id),
            on,
        )

    @property
    def sees_all(self) -> bool:
        return bool(self.kinds & SEES_ALL)

    @property
    def sees_restricted(self) -> bool:
        return bool(self.kinds & SEES_RESTRICTED)

    @property
    def keeps_directory(self) -> bool:
        return bool(self.kinds & SEES_RESTRICTED)

    def may_see(self) -> ColumnElement[bool]:
        """The tasks of this viewer: everything, or his own and those of whom he stands in for;
        never what he stands aside from."""
        seen = true() if self.sees_all else or_(*(one.sees(self.on) for one in self.people))
        return seen & ~self.aside_from(col(Task.id))

    def aside_from(self, task_id: Mapped[int]) -> ColumnElement[bool]:
        """All that whoever sees everything may not see; it can be asked without the tasks."""
        return task_id.in_(tasks_aside(self.official.id, self.on))

    def takes_part(self) -> ColumnElement[bool]:
        """Of what this viewer may see: where nothing is hidden from him, though it is restricted,
        because it is his own, or he keeps the ledger."""
        if self.sees_restricted:
            return true()
        return col(Task.restricted).is_(False) | or_(*(one.takes_part() for one in self.people))

    def actor(self, now: datetime) -> Actor:
        """Whoever acts at the desk, signed in."""
        return Actor(self.official.id, self.official.name, Assurance.SESSION, self.on, now)

    def hides(self, task: Task) -> bool:
        return task.restricted and not self.sees_restricted


def _person(official_id: int, posts: list[Post]) -> Person:
    return Person(
        official_id,
        leads=frozenset(post.unit_id for post in posts if post.kind in LEADS),
        handles=frozenset(post.unit_id for post in posts if post.kind == PostKind.HANDLER),
    )
