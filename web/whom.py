"""Whom a form names: a unit, or somebody of it."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select, union

from flows.recipients import TODAY, in_force
from models import Official, Post, Unit
from models.organisation import PostKind
from models.refusal import Refusal

_CHOICE = re.compile(r"([0-9]{1,9}):([0-9]{0,9})")


_SERVING = col(Official.left_on).is_(None)
_PEOPLE = union(
    select(Official.unit_id, Official.id, Official.name).where(_SERVING),
    select(Post.unit_id, Official.id, Official.name)
    .join(Official, col(Official.id) == col(Post.official_id))
    .where(Post.kind == PostKind.HANDLER, in_force(Post, TODAY), _SERVING),
)
_UNITS = select(Unit).where(col(Unit.closed_on).is_(None)).order_by(col(Unit.name))


@dataclass(frozen=True)
class Group:
    """A unit, with those of it and whoever handles matters there."""

    id: int
    name: str
    people: Sequence[tuple[int, str]]


def groups(session: Session, on: date, *, but: Collection[int] = ()) -> list[Group]:
    """All units that are not closed, by their names. `but`: people who are left out."""
    people: dict[int, list[tuple[int, str]]] = {}
    for unit_id, who, name in session.execute(_PEOPLE, {"on": on}):
        if who not in but:
            people.setdefault(unit_id, []).append((who, name))
    return [
        Group(unit.id, unit.name, sorted(people.get(unit.id, []), key=lambda one: one[::-1]))
        for unit in session.scalars(_UNITS)
    ]


def unit_and_person(written: str) -> tuple[int | None, int | None]:
    """Unit and person, as the form says them; the person may be left to the unit."""
    found = _CHOICE.fullmatch(written)
    if found is None:
        return None, None
    return int(found[1]), int(found[2]) if found[2] else None


def known(session: Session, written: str) -> tuple[int, int | None]:
    """The same of the directory. Raises a Refusal."""
    unit_id, official_id = unit_and_person(written)
    if unit_id is None:
        raise Refusal("请选择单位或人员；没有记录任何操作", "please choose; nothing was recorded")
    unit, person = session.get(Unit, unit_id), session.get(Official, official_id or 0)
    there = unit is not None and unit.closed_on is None
    serves = person is not None and person.left_on is None
    if not there or (official_id is not None and not serves):
        raise Refusal(
            "所选单位或人员不在通讯录中，请重新选择；没有记录任何操作",
            "that unit or person is not in the directory; please choose again. "
            "Nothing was recorded",
        )
    return unit_id, official_id
