"""Who may see what at the desk."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, or_, select, true
from sqlmodel import Session, col

from flows.recipients import in_force
from models import Absence, Notice, Official, Post, Receipt, Task
from models.organisation import PostKind

SEES_ALL = {PostKind.OFFICE, PostKind.COMMISSION_HEAD, PostKind.ADMINISTRATOR, PostKind.REVIEWER}
LEADS = {PostKind.UNIT_HEAD, PostKind.SUPERVISING_LEADER}
SEES_RESTRICTED = {PostKind.OFFICE, PostKind.ADMINISTRATOR}


@dataclass(frozen=True)
class Viewer:
    """One signed-in person on a business date, with the absent people this one stands in for."""

    official: Official
    people: frozenset[int]
    kinds: frozenset[PostKind]
    units: frozenset[int]  # led by one of these people
    handles: frozenset[int]  # units in which they handle what names no handler

    @classmethod
    def load(cls, session: Session, official: Official, on: date) -> "Viewer":
        absent = session.scalars(
            select(col(Absence.official_id)).where(
                col(Absence.deputy_id) == official.id, in_force(Absence, on)
            )
        )
        people = frozenset({official.id, *absent})
        posts = session.scalars(
            select(Post).where(col(Post.official_id).in_(people), in_force(Post, on))
        ).all()
        own = frozenset(post.kind for post in posts if post.official_id == official.id)
        return cls(
            official,
            people,
            own,
            units=frozenset(post.unit_id for post in posts if post.kind in LEADS),
            handles=frozenset(p.unit_id for p in posts if p.kind == PostKind.HANDLER),
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
        """The tasks of this viewer: everything, or what they handle, lead, head or were told."""
        if self.sees_all:
            return true()
        told = (
            select(col(Notice.task_id))
            .join(Receipt, col(Receipt.notice_id) == col(Notice.id))
            .where(col(Receipt.official_id).in_(self.people))
        )
        return or_(
            col(Task.handler_id).in_(self.people),
            col(Task.supervising_leader_id).in_(self.people),
            col(Task.unit_id).in_(self.units),
            col(Task.unit_id).in_(self.handles) & col(Task.handler_id).is_(None),
            col(Task.id).in_(told),
        )

    def hides(self, task: Task) -> bool:
        return task.restricted and not self.sees_restricted
