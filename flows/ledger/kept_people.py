"""Units and people as the database keeps them, in the shape in which an import reads them."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session, col

from flows.ledger.people import NotIdentified, People
from flows.ledger.roster import Person, Roster, Term
from flows.ledger.rows import DirectoryRow
from models import Absence, Post, Task

Look = Callable[[str, str], Person]


@dataclass(frozen=True, slots=True)
class KeptPeople:
    """`people` finds them as an import would."""

    people: People
    units: dict[int, str]
    persons: dict[int, Person]

    @classmethod
    def load(cls, session: Session) -> "KeptPeople":
        roster = Roster.load(session)
        units = {unit.id: name for name, unit in roster.units.items() if unit is not None}
        return cls(People(roster), units, {person.id: person for person in roster.people})

    def place_handlers(self, session: Session) -> None:
        """Whoever handles a unit's task and has an address is found by name within that unit: an
        import enters them so, once it has read the directory."""
        handled = select(col(Task.unit_id), col(Task.handler_id)).distinct()
        for unit_id, handler_id in session.execute(handled):
            person = self.persons.get(handler_id or 0)
            if person is not None and person.email:
                self.people.roster.place(person, self.units[unit_id])

    def name_of(self, unit: str, person: Person, look: Look) -> str:
        """The name where an import would find this person by it, else the address."""
        return person.name if _finds(look, unit, person) else person.email or person.name


def directory_rows(kept: KeptPeople) -> list[DirectoryRow]:
    """One row per post and absence. A person's first row is at home, because that is how an
    import learns where home is; so each stands under the home unit, whatever the post's."""
    roster = kept.people.roster
    at_home: dict[str, list[Person]] = defaultdict(list)
    for person in roster.people:
        at_home[person.unit].append(person)
    posts: dict[Person, list[Term[Post]]] = defaultdict(list)
    for post in roster.posts:
        posts[post.person].append(post)
    absences: dict[Person, list[Term[Absence]]] = defaultdict(list)
    for away in roster.absences:
        absences[away.person].append(away)
    rows = list[DirectoryRow]()
    for unit in roster.units:
        if not at_home[unit]:
            rows.append(DirectoryRow(unit=unit, parent=roster.parents.get(unit, "")))
        for person in at_home[unit]:
            rows += _of_posts(roster, person, posts[person])
            units = [unit, *(post.unit for post in posts[person])]
            rows += (_of_absence(kept, away, units) for away in absences[person])
    return rows


def _of_posts(roster: Roster, person: Person, posts: list[Term[Post]]) -> Iterator[DirectoryRow]:
    if not any(post.unit == person.unit for post in posts):
        yield _row(roster, person, person.unit)
    for post in sorted(posts, key=lambda post: post.unit != person.unit):
        yield _row(
            roster,
            person,
            post.unit,
            post=post.kind,
            from_on=post.from_on,
            until_on=post.until_on,
        )


def _of_absence(kept: KeptPeople, away: Term[Absence], units: list[str]) -> DirectoryRow:
    """In the first of the person's units from which the deputy is found by name."""
    deputy, look = away.deputy, kept.people.anywhere
    assert deputy is not None  # for the types: every absence has one
    unit = next((unit for unit in units if _finds(look, unit, deputy)), units[0])
    return _row(
        kept.people.roster,
        away.person,
        unit,
        deputy=kept.name_of(unit, deputy, look),
        from_on=away.from_on,
        until_on=away.until_on,
    )


def _row(roster: Roster, person: Person, unit: str, **said: object) -> DirectoryRow:
    return DirectoryRow(
        unit=unit,
        parent=roster.parents.get(unit, ""),
        name=person.name,
        email=person.email,
        language=person.language or "",
        **said,  # type: ignore[arg-type]  # each is one of its fields
    )


def _finds(look: Look, unit: str, person: Person) -> bool:
    try:
        return look(unit, person.name) is person
    except NotIdentified:
        return False
