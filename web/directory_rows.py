"""The directory as a page shows it: units in the order of their tree, with their people.

Of the units only names are held for all of them; people are read for one page.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from sqlalchemy import ColumnElement, func, or_, select
from sqlmodel import Session, col

from flows.unreachable import unreachable
from models import Absence, Official, Post, Unit
from web.paging import Paging


@dataclass(frozen=True)
class Place:
    """One unit of the tree: how deep it lies, under which names, and how many of its people are
    shown. A unit without people is a line of its own."""

    id: int
    name: str
    above: Sequence[str]
    people: int
    closed_on: date | None = None

    @property
    def lines(self) -> int:
        return max(self.people, 1)

    @property
    def depth(self) -> int:
        return len(self.above)


@dataclass(frozen=True)
class Person:
    official: Official
    posts: Sequence[tuple[Post, str]]  # the unit is named where it is another one
    absences: Sequence[tuple[Absence, str]]  # with the deputy's name
    refused: str  # why mail does not reach the address


@dataclass(frozen=True)
class Group:
    """A unit on this page; `people` may go on from the page before."""

    place: Place
    people: Sequence[Person] = field(default=())


def places(session: Session, wanted: str) -> list[Place]:
    """In the order of the tree; under a search only units that it finds, or somebody in them."""
    units = session.execute(
        select(col(Unit.id), col(Unit.name), col(Unit.parent_id), col(Unit.closed_on))
    ).all()
    counted = session.execute(
        select(col(Official.unit_id), func.count())
        .join(Unit, col(Unit.id) == col(Official.unit_id))
        .where(*_matching(wanted))
        .group_by(col(Official.unit_id))
    )
    n: dict[int, int] = dict(counted.all())
    below: dict[int | None, list[tuple[int, str]]] = defaultdict(list)
    closed = {unit.id: unit.closed_on for unit in units if unit.closed_on}
    for unit_id, name, parent_id, _ in sorted(units, key=lambda unit: unit.name):
        below[parent_id].append((unit_id, name))
    return [
        replace(place, closed_on=closed.get(place.id))
        for place in _walk(below, n)
        if not wanted or place.people or wanted.lower() in place.name.lower()
    ]


def _walk(
    below: Mapping[int | None, Sequence[tuple[int, str]]], n: Mapping[int, int]
) -> Iterator[Place]:
    """Without recursion, and each unit once: a ledger may have drawn a circle."""
    waiting: list[tuple[int, str, tuple[str, ...]]] = [
        (unit_id, name, ()) for unit_id, name in reversed(below.get(None, ()))
    ]
    while waiting:
        unit_id, name, above = waiting.pop()
        yield Place(unit_id, name, above, n.get(unit_id, 0))
        nearer = (*above, name)
        waiting.extend((key, title, nearer) for key, title in reversed(below.get(unit_id, ())))


def groups(
    session: Session, found: Sequence[Place], wanted: str, paging: Paging, on: date
) -> list[Group]:
    """One page of lines. Its people are read in one question, whatever units they are of."""
    shown, first = _on_page(found, paging)
    ids = [place.id for place in shown if place.people]
    rows = session.scalars(
        select(Official)
        .join(Unit, col(Unit.id) == col(Official.unit_id))
        .where(col(Official.unit_id).in_(ids), *_matching(wanted))
        .order_by(col(Official.unit_id), col(Official.name), col(Official.id))
    ).all()
    of_unit: dict[int, list[Official]] = defaultdict(list)
    for official in rows:
        of_unit[official.unit_id].append(official)
    slices = list(_slices(shown, of_unit, first, paging.size))
    known = _known(session, [who.id for _, people in slices for who in people], on)
    return [Group(place, [known.person(who) for who in people]) for place, people in slices]


def _on_page(found: Sequence[Place], paging: Paging) -> tuple[list[Place], int]:
    """The units with a line on this page, and how many lines of the first one are before it."""
    shown: list[Place] = []
    line, first = 0, 0
    for place in found:
        ends = line + place.lines
        if ends > paging.offset and line < paging.offset + paging.size:
            first = first if shown else max(paging.offset - line, 0)
            shown.append(place)
        line = ends
    return shown, first


def _slices(
    shown: Sequence[Place], of_unit: Mapping[int, Sequence[Official]], first: int, room: int
) -> Iterator[tuple[Place, Sequence[Official]]]:
    for place in shown:
        people = of_unit.get(place.id, ())[first : first + room]
        yield place, people
        room, first = room - max(len(people), 1), 0


@dataclass(frozen=True)
class _Known:
    posts: Mapping[int, Sequence[tuple[Post, str]]]
    absences: Mapping[int, Sequence[tuple[Absence, str]]]
    refused: Mapping[str, str]  # by address

    def person(self, official: Official) -> Person:
        return Person(
            official,
            [(p, "" if p.unit_id == official.unit_id else u) for p, u in self._of(official)],
            self.absences.get(official.id, ()),
            self.refused.get(official.email or "", ""),
        )

    def _of(self, official: Official) -> Sequence[tuple[Post, str]]:
        return self.posts.get(official.id, ())


def _known(session: Session, people: Collection[int], on: date) -> _Known:
    """Posts and absences of today, and those that are to come."""
    posts: dict[int, list[tuple[Post, str]]] = defaultdict(list)
    for post, unit in session.execute(
        select(Post, col(Unit.name))
        .join(Unit, col(Unit.id) == col(Post.unit_id))
        .where(col(Post.official_id).in_(people), _not_over(Post, on))
        .order_by(col(Post.id))
    ):
        posts[post.official_id].append((post, unit))
    absences: dict[int, list[tuple[Absence, str]]] = defaultdict(list)
    for absence, deputy in session.execute(
        select(Absence, col(Official.name))
        .join(Official, col(Official.id) == col(Absence.deputy_id))
        .where(col(Absence.official_id).in_(people), _not_over(Absence, on))
        .order_by(col(Absence.from_on), col(Absence.id))
    ):
        absences[absence.official_id].append((absence, deputy))
    refused = {person.address: person.why for person in unreachable(session, on)[0]}
    return _Known(posts, absences, refused)


def _not_over(table: type[Post] | type[Absence], on: date) -> ColumnElement[bool]:
    return or_(col(table.until_on).is_(None), col(table.until_on) >= on)


def _matching(wanted: str) -> list[ColumnElement[bool]]:
    """Of a name, or of a unit of that name."""
    if not wanted:
        return []
    named = (
        column.icontains(wanted, autoescape=True) for column in (col(Official.name), col(Unit.name))
    )
    return [or_(*named)]
