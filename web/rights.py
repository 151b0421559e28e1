"""Who may see what at the desk."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select, true, union
from sqlalchemy.orm import Mapped, aliased
from sqlmodel import Session, col

from flows.keeping_away import WHO
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


# Built once: every page asks it, and building it costs as much as asking.
_PEOPLE = union(
    select(WHO.label("id")),
    select(col(Absence.official_id)).where(col(Absence.deputy_id) == WHO, in_force(Absence, TODAY)),
).subquery("people")
_VIEWER = (
    select(Official, _PEOPLE.c.id, col(Post.unit_id), col(Post.kind))
    .join_from(Official, _PEOPLE, true())
    .outerjoin(Post, (col(Post.official_id) == _PEOPLE.c.id) & in_force(Post, TODAY))
    .where(col(Official.id) == WHO)
)


@dataclass(frozen=True)
class Viewer:
    """One signed-in person on a business date, with the absent people this one stands in for."""

    official: Official
    people: tuple[Person, ...]
    kinds: frozenset[PostKind]
    on: date

    @classmethod
    def find(cls, session: Session, official_id: int, on: date) -> "Viewer | None":
        """None: there is no such official."""
        rows = session.execute(_VIEWER, {"who": official_id, "on": on}).all()
        if not rows:
            return None
        posts: dict[int, list[tuple[int, PostKind]]] = defaultdict(list)
        for _, who, unit_id, kind in rows:
            posts[who] += [(unit_id, kind)] if kind is not None else []
        people = tuple(_person(who, posts[who]) for who in sorted(posts))
        kinds = frozenset(kind for _, kind in posts[official_id])
        return cls(rows[0].Official, people, kinds, on)

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
        return _may_see(() if self.sees_all else self.people, self.official.id, self.on)

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


@lru_cache(maxsize=256)  # of a person it is the same all day; building it costs as much as asking
def _may_see(people: tuple[Person, ...], official_id: int, on: date) -> ColumnElement[bool]:
    """No people: whoever sees everything."""
    seen = or_(*(one.sees(on) for one in people)) if people else true()
    return seen & col(Task.id).not_in(tasks_aside(official_id, on))


def _person(official_id: int, posts: list[tuple[int, PostKind]]) -> Person:
    return Person(
        official_id,
        leads=frozenset(unit_id for unit_id, kind in posts if kind in LEADS),
        handles=frozenset(unit_id for unit_id, kind in posts if kind == PostKind.HANDLER),
    )
