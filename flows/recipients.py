"""Who is told: the posts that a ladder names, resolved to people on a business date.

A deputy stands in while an official is away. Where nobody can be found or reached, the next
level up is told at once: an empty step must not eat time.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import Any, Protocol

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Date,
    Select,
    SQLColumnExpression,
    String,
    Subquery,
    and_,
    bindparam,
    literal_column,
    null,
    or_,
    tuple_,
    type_coerce,
    union,
    union_all,
)
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from models import Absence, Exclusion, Official, Post, Suppression, Unit
from models.columns import Instant
from models.organisation import PostKind

CLIMB = (
    PostKind.HANDLER,
    PostKind.SUPERVISING_LEADER,
    PostKind.UNIT_HEAD,
    PostKind.OFFICE,
    PostKind.COMMISSION_HEAD,
)
OF_THE_UNIT = (PostKind.HANDLER, PostKind.SUPERVISING_LEADER, PostKind.UNIT_HEAD)

Column = SQLColumnExpression[int]
Day = date | BindParameter[date]


class Parties(Protocol):
    """What a task says about the people responsible for it."""

    @property
    def id(self) -> int: ...
    @property
    def unit_id(self) -> int: ...
    @property
    def handler_id(self) -> int | None: ...
    @property
    def supervising_leader_id(self) -> int | None: ...


@dataclass(frozen=True, slots=True)
class Told:
    official_id: int
    capacity: PostKind
    stands_for_id: int | None = None
    climbed_from: PostKind | None = None


@dataclass(frozen=True)
class Directory:
    """The people of one business date, held in memory: thousands, never millions."""

    officials: Mapping[int, Official]
    parents: Mapping[int, int | None]
    posts: Mapping[tuple[int, PostKind], Sequence[int]]  # (unit, kind) -> officials
    deputies: Mapping[int, int]  # absent official -> deputy
    suppressed: frozenset[str]  # addresses that mail is not sent to
    gone: frozenset[int] = frozenset()  # officials who are out of service
    missed: frozenset[int] = frozenset()  # officials whom mail did not reach
    # By task: who stands aside from it.
    excluded: Mapping[int, frozenset[int]] = field(default_factory=dict)
    barred: frozenset[int] = frozenset()  # officials who may not decide this matter

    @classmethod
    def load(cls, session: Session, on: date) -> "Directory":
        people = {official.id: official for official in session.scalars(_OFFICIALS)}
        found: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
        for what, one, other, word, _ in session.execute(_FACTS, {"on": on, "at": day_begins(on)}):
            found[what].append((one, other, word))
        posts: dict[tuple[int, PostKind], list[int]] = defaultdict(list)
        for unit_id, official_id, kind in found["post"]:
            posts[unit_id, PostKind(kind)].append(official_id)
        return cls(
            officials=people,
            parents={unit_id: parent_id for unit_id, parent_id, _ in found["unit"]},
            posts=posts,
            deputies={official_id: deputy_id for official_id, deputy_id, _ in found["absence"]},
            suppressed=frozenset(address for _, _, address in found["suppressed"]),
            gone=frozenset(o.id for o in people.values() if o.left_on and o.left_on <= on),
            excluded=_excluded(found["aside"]),
        )

    def excludes(self, task: Parties, official_id: int) -> bool:
        """Whether this person stands aside from this task."""
        return official_id in self.away_from(task)

    def away_from(self, task: Parties) -> frozenset[int]:
        return self.excluded.get(task.id, frozenset())

    def without(self, missed: Iterable[int]) -> "Directory":
        """The same directory, which also climbs past these officials."""
        return replace(self, missed=frozenset(missed))

    def barring(self, barred: Iterable[int]) -> "Directory":
        """The same directory, which finds neither these officials nor anybody in their stead."""
        return replace(self, barred=frozenset(barred))

    def resolve(self, task: Parties, kind: PostKind) -> list[Told]:
        """The people to tell as `kind`, or of the next level that has anybody; [] if none has."""
        aside = self.barred | self.away_from(task)
        for level, (capacity, candidates) in enumerate(self._levels(task, kind)):
            found = list(self._reachable(candidates, aside))
            if found:
                climbed = kind if level else None
                return [Told(who, capacity, stands_for, climbed) for who, stands_for in found]
        return []

    def reached(self, task: Parties, official_id: int) -> int | None:
        """This person, or the deputy while away; None if no mail may or can tell them of it."""
        found = self._reachable([official_id], self.away_from(task))
        return next((who for who, _ in found), None)

    def holders_of(self, kind: PostKind) -> list[int]:
        """Everybody who can be reached in a post of this kind, in any unit."""
        holders = (who for (_, k), people in self.posts.items() if k == kind for who in people)
        return list(dict.fromkeys(who for who, _ in self._reachable(holders)))

    def _levels(self, task: Parties, kind: PostKind) -> Iterator[tuple[PostKind, Sequence[int]]]:
        climb = CLIMB[CLIMB.index(kind) :] if kind in CLIMB else (kind, *CLIMB[-2:])
        for capacity in climb:
            yield capacity, self.named(task, capacity)
            if capacity == PostKind.UNIT_HEAD:
                for unit in list(self._upwards(task.unit_id))[1:]:
                    yield capacity, self.posts.get((unit, capacity), ())

    def named(self, task: Parties, kind: PostKind) -> Sequence[int]:
        """Whom the task or the unit's posts name, whether they can be reached or not."""
        if kind == PostKind.HANDLER and task.handler_id is not None:
            return [task.handler_id]
        if kind == PostKind.SUPERVISING_LEADER and task.supervising_leader_id is not None:
            return [task.supervising_leader_id]
        own = self.posts.get((task.unit_id, kind), ())
        if own or kind in OF_THE_UNIT:
            return own or self._head_as_handler(task, kind)
        for unit in self._upwards(task.unit_id):
            if holders := self.posts.get((unit, kind)):
                return holders
        return [who for (_, k), people in self.posts.items() if k == kind for who in people]

    def _head_as_handler(self, task: Parties, kind: PostKind) -> Sequence[int]:
        """A task may name no handler at all: then it is the head of the unit who handles it."""
        if kind == PostKind.HANDLER:
            return self.posts.get((task.unit_id, PostKind.UNIT_HEAD), ())
        return ()

    def _upwards(self, unit_id: int) -> Iterator[int]:
        unit: int | None = unit_id
        while unit is not None:
            yield unit
            unit = self.parents.get(unit)

    def _reachable(
        self, candidates: Iterable[int], aside: frozenset[int] = frozenset()
    ) -> Iterator[tuple[int, int | None]]:
        """With whom each stands in for. A deputy acts in the name of whoever is away, so that
        nobody is found in the stead of somebody who stands aside."""
        for official_id in candidates:
            present = self._present(official_id)
            if present is None or aside & {present, official_id}:
                continue
            if self._takes_mail(present):
                yield present, (official_id if present != official_id else None)

    def _takes_mail(self, official_id: int) -> bool:
        if official_id in self.gone:
            return False
        email = self.officials[official_id].email
        return bool(email) and email not in self.suppressed and official_id not in self.missed

    def _present(self, official_id: int) -> int | None:
        """The official, or the deputy while absent; None when deputies only point in a ring."""
        seen = {official_id}
        while (deputy := self.deputies.get(official_id)) is not None:
            if deputy in seen:
                return None
            seen.add(deputy)
            official_id = deputy
        return official_id


def deputies_of(session: Session, on: date) -> dict[int, int]:
    """Whoever is away on this date, and who stands in."""
    return dict(session.execute(_DEPUTIES, {"on": on}).all())


def _excluded(aside: Iterable[tuple[int, int, str]]) -> dict[int, frozenset[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for task_id, official_id, _ in aside:
        found[task_id].add(official_id)
    return {task_id: frozenset(people) for task_id, people in found.items()}


@lru_cache(maxsize=8)  # putting it together costs more than running it
def aside(on: Day) -> Subquery:
    """(task_id, official_id): the people named, and everybody of the units named, by home or by
    post."""
    named = select(Exclusion.task_id, Exclusion.official_id).where(
        col(Exclusion.official_id).is_not(None)
    )
    at_home = select(Exclusion.task_id, Official.id).join(
        Official, col(Official.unit_id) == col(Exclusion.unit_id)
    )
    by_post = (
        select(Exclusion.task_id, Post.official_id)
        .join(Post, col(Post.unit_id) == col(Exclusion.unit_id))
        .where(in_force(Post, on))
    )
    parts = (part.where(in_force(Exclusion, on)) for part in (named, at_home, by_post))
    return union(*parts).subquery("aside")


@lru_cache(maxsize=256)
def tasks_aside(official_id: int, on: date) -> Select[Any]:
    """The tasks that this person stands aside from."""
    found = aside(on)
    return select_columns(found.c.task_id).where(found.c.official_id == official_id)


def stands_aside(task_id: Column, official_id: Column, on: Day) -> ColumnElement[bool]:
    """As Directory.excludes, for many at once."""
    return tuple_(task_id, official_id).in_(select_columns(aside(on)))


def suppressing(on: date) -> ColumnElement[bool]:
    """A suppression lasts to the end of its last day (of UTC: it lasts for months)."""
    return col(Suppression.until) >= day_begins(on)


def day_begins(on: date) -> datetime:
    return datetime.combine(on, time.min, UTC)


@lru_cache(maxsize=64)
def in_force(table: type[Post] | type[Absence] | type[Exclusion], on: Day) -> ColumnElement[bool]:
    """The assignment holds on this date; both its ends are included."""
    return and_(
        or_(col(table.from_on).is_(None), col(table.from_on) <= on),
        or_(col(table.until_on).is_(None), col(table.until_on) >= on),
    )


TODAY = bindparam("on", type_=Date())
_DEPUTIES = (
    select(Absence.official_id, Absence.deputy_id)
    .where(in_force(Absence, TODAY))
    .order_by(col(Absence.id))
)
_OFFICIALS = select(Official)
SUPPRESSING = col(Suppression.until) >= bindparam("at", type_=Instant())
_OF_TASKS = aside(TODAY)
_NONE: ColumnElement[int] = literal_column("0")
_KIND = type_coerce(col(Post.kind), String())


def _facts(what: str, *said: Any) -> Select[Any]:
    """Two ids, a word and their order."""
    return select_columns(literal_column(f"'{what}'"), *said)


_FACTS: CompoundSelect[Any] = union_all(  # one question, for all of it is asked together
    _facts("post", Post.unit_id, Post.official_id, _KIND, col(Post.id).label("nth")).where(
        in_force(Post, TODAY)
    ),
    _facts("absence", Absence.official_id, Absence.deputy_id, null(), Absence.id).where(
        in_force(Absence, TODAY)
    ),
    _facts("unit", Unit.id, Unit.parent_id, null(), _NONE),
    _facts("suppressed", _NONE, _NONE, Suppression.address, _NONE).where(SUPPRESSING),
    _facts("aside", _OF_TASKS.c.task_id, _OF_TASKS.c.official_id, null(), _NONE),
).order_by("nth")
