"""Units and people in memory: what the database knows, and what an import is about to add.

Nothing reaches the database before write(), so that an import can be checked as a whole.
"""

import json
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Generic, TypeVar

from sqlmodel import Session, col, select

from flows.ledger.cells import unpadded
from models import Absence, Official, Post, Unit
from models.office_change import OfficeChange, Subject
from models.organisation import PostKind

NEW = -1  # the id of what is not written yet

Stored = TypeVar("Stored", Post, Absence)


@dataclass(slots=True, eq=False)
class Person:
    """An official, stored or planned. Two persons are the same only if they are one object."""

    name: str
    email: str
    unit: str
    stored: Official | None = None
    language: str | None = None  # of the mails; None: the office's own

    @property
    def id(self) -> int:
        return NEW if self.stored is None or self.stored.id is None else self.stored.id

    def shown(self) -> str:
        return f"{self.name} {self.email}".rstrip()


@dataclass(slots=True, eq=False)
class Term(Generic[Stored]):
    """A post or an absence between two dates, stored or planned."""

    person: Person
    from_on: date | None
    until_on: date | None
    unit: str = ""
    kind: PostKind | None = None
    deputy: Person | None = None
    stored: Stored | None = None

    def key(self) -> tuple[object, ...]:
        return self.person, self.unit, self.kind, self.deputy

    def is_as_stored(self) -> bool:
        row = self.stored
        return row is not None and (row.from_on, row.until_on) == (self.from_on, self.until_on)

    def overlaps(self, from_on: date | None, until_on: date | None) -> bool:
        begins, ends = self.from_on or date.min, self.until_on or date.max
        return begins <= (until_on or date.max) and (from_on or date.min) <= ends


@dataclass(slots=True)
class Roster:
    units: dict[str, Unit | None] = field(default_factory=dict)  # None: planned
    parents: dict[str, str] = field(default_factory=dict)
    people: list[Person] = field(default_factory=list)
    by_email: dict[str, Person] = field(default_factory=dict)
    by_name: dict[str, list[Person]] = field(default_factory=lambda: defaultdict(list))
    by_place: dict[tuple[str, str], list[Person]] = field(default_factory=lambda: defaultdict(list))
    posts: list[Term[Post]] = field(default_factory=list)
    absences: list[Term[Absence]] = field(default_factory=list)
    # By official: the addresses that were this one's, as an office's own files may still say.
    former: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))

    @classmethod
    def load(cls, session: Session) -> "Roster":
        roster = cls()
        names: dict[int | None, str] = {}
        units = session.exec(_UNITS).all()
        for unit in units:
            roster.units[unit.name], names[unit.id] = unit, unit.name
        roster.parents = {u.name: names[u.parent_id] for u in units if u.parent_id is not None}
        people: dict[int | None, Person] = {}
        for official in session.exec(_PEOPLE):
            known = Person(
                unpadded(official.name),  # as a ledger's are read
                official.email or "",
                names[official.unit_id],
                official,
                official.language,
            )
            people[official.id] = roster.add(known)
        for key, before in session.execute(_CORRECTED):
            roster.former[int(key)].add(json.loads(before))
        for post in session.exec(_POSTS):
            unit_name = names[post.unit_id]
            roster.add_post(
                Term(
                    people[post.official_id],
                    post.from_on,
                    post.until_on,
                    unit=unit_name,
                    kind=post.kind,
                    stored=post,
                )
            )
        for away in session.exec(_ABSENCES):
            roster.absences.append(
                Term(
                    people[away.official_id],
                    away.from_on,
                    away.until_on,
                    deputy=people[away.deputy_id],
                    stored=away,
                )
            )
        return roster

    def add(self, person: Person) -> Person:
        self.people.append(person)
        self.by_name[person.name].append(person)
        if person.email:
            self.by_email[person.email] = person
        self.place(person, person.unit)
        return person

    def add_post(self, term: Term[Post]) -> None:
        self.posts.append(term)
        self.place(term.person, term.unit)

    def place(self, person: Person, unit: str) -> None:
        """From now on, this person is found by name within the unit."""
        if person not in self.by_place[unit, person.name]:
            self.by_place[unit, person.name].append(person)

    def rename(self, person: Person, name: str) -> None:
        if person.name == name:
            return
        places = [place for place, people in self.by_place.items() if person in people]
        self.by_name[person.name].remove(person)
        self.by_name[name].append(person)
        person.name = name
        for unit, old in places:
            self.by_place[unit, old].remove(person)
            self.place(person, unit)

    def give_address(self, person: Person, email: str) -> None:
        if person.email:
            self.former[person.id].add(person.email)
        person.email = email
        self.by_email[email] = person

    def holder(self, email: str) -> Person | None:
        """Whose address it is, and not whose it was."""
        found = self.by_email.get(email)
        return found if found and found.email == email else None

    def named(self, unit: str, name: str) -> list[Person]:
        return self.by_place.get((unit, name), [])

    def addressed(self, unit: str, name: str) -> list[Person]:
        """Those in service of this name in the unit who have an address."""
        return [
            person
            for person in self.named(unit, name)
            if person.email and not (person.stored and person.stored.left_on)
        ]

    def answered_for(self, today: date) -> set[str]:
        """The units that have, or will have, a handler or a head: a matter that names nobody is
        theirs."""
        return {
            term.unit
            for term in self.posts
            if term.kind in (PostKind.HANDLER, PostKind.UNIT_HEAD)
            and (term.until_on or date.max) >= today
        }


_UNITS = select(Unit).order_by(col(Unit.id))
_PEOPLE = select(Official).order_by(col(Official.id))
_CORRECTED = select(OfficeChange.key, OfficeChange.before).where(
    OfficeChange.subject == Subject.OFFICIAL,
    OfficeChange.fact == "email",
    OfficeChange.before != "",
)
_POSTS = select(Post).order_by(col(Post.id))
_ABSENCES = select(Absence).order_by(col(Absence.id))
