"""The people around one task: what the whole directory says of it, read from a few rows."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import Session, col, or_, select

from flows.recipients import (
    CLIMB,
    OF_THE_UNIT,
    SUPPRESSING,
    TODAY,
    Directory,
    Parties,
    aside,
    day_begins,
    deputies_of,
    in_force,
)
from models import Official, Post, Suppression, Unit
from models.organisation import PostKind

ANYWHERE = tuple(kind for kind in CLIMB if kind not in OF_THE_UNIT)


def around(
    session: Session,
    task: Parties,
    on: date,
    kinds: Iterable[PostKind] = (),
    units: Iterable[int] = (),
) -> Directory:
    """As Directory.load, for the climb of this task alone, and who stands aside from it. `kinds`:
    of posts that are looked for, if they do not belong to the climb; `units`: others that are seen
    from. Posts of a unit are never looked for in others."""
    posts: dict[tuple[int, PostKind], list[int]] = defaultdict(list)
    anywhere = [*ANYWHERE, *(kind for kind in kinds if kind not in OF_THE_UNIT)]
    of: dict[str, Any] = {"on": on, "units": [task.unit_id, *units]}
    for unit_id, kind, official_id in session.execute(_POSTS, of | {"kinds": anywhere}):
        posts[unit_id, kind].append(official_id)
    named = {who for people in posts.values() for who in people}
    named |= {who for who in (task.handler_id, task.supervising_leader_id) if who is not None}
    deputies = deputies_of(session, on)
    wanted = _with_deputies(named, deputies)
    found = session.execute(_PEOPLE, {"people": list(wanted), "at": day_begins(on)}).all()
    people = [official for official, _ in found]
    return Directory(
        officials={official.id: official for official in people},
        parents=dict(session.execute(_ABOVE, of).all()),
        posts=posts,
        deputies=deputies,
        suppressed=frozenset(o.email for o, suppressed in found if suppressed and o.email),
        gone=frozenset(o.id for o in people if o.left_on and o.left_on <= on),
        excluded={task.id: aside_from(session, task, on)},
    )


def aside_from(session: Session, task: Parties, on: date) -> frozenset[int]:
    """Who stands aside from this task."""
    return frozenset(session.scalars(_ASIDE, {"on": on, "task": task.id}))


def _with_deputies(people: Iterable[int], deputies: Mapping[int, int]) -> set[int]:
    found = set(people)
    new = found
    while new := {deputies[who] for who in new if who in deputies} - found:
        found |= new
    return found


_UNITS = (
    select(Unit.id, Unit.parent_id)
    .where(col(Unit.id).in_(bindparam("units", expanding=True)))
    .cte("above", recursive=True)
)
_UNITS = _UNITS.union(select(Unit.id, Unit.parent_id).where(col(Unit.id) == _UNITS.c.parent_id))
_ABOVE = select(_UNITS.c.id, _UNITS.c.parent_id)
_POSTS = (
    select(Post.unit_id, Post.kind, Post.official_id)
    .where(
        in_force(Post, TODAY),
        or_(
            col(Post.unit_id).in_(select(_UNITS.c.id)),
            col(Post.kind).in_(bindparam("kinds", expanding=True)),
        ),
    )
    .order_by(col(Post.id))
)
_IS_SUPPRESSED = select(Suppression.address).where(
    col(Suppression.address) == col(Official.email), SUPPRESSING
)
_PEOPLE = select(Official, _IS_SUPPRESSED.exists()).where(
    col(Official.id).in_(bindparam("people", expanding=True))
)
_STANDING_ASIDE = aside(TODAY)
_ASIDE = select(_STANDING_ASIDE.c.official_id).where(_STANDING_ASIDE.c.task_id == bindparam("task"))
