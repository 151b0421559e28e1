"""Planned units and people go into the database; what is equal is not touched."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from flows.ledger.roster import Roster
from models import Absence, Official, Post, Unit


@dataclass(frozen=True, slots=True)
class Written:
    """How many of each were added or changed."""

    units: int
    officials: int
    posts: int
    absences: int


def write_roster(session: Session, roster: Roster) -> Written:
    units = _units(session, roster)
    officials = _officials(session, roster)
    return Written(units, officials, _posts(session, roster), _absences(session, roster))


def _units(session: Session, roster: Roster) -> int:
    changed = {name for name, unit in roster.units.items() if unit is None}
    roster.units.update({name: Unit(name=name) for name in changed})
    rows = {name: unit for name, unit in roster.units.items() if unit is not None}
    session.add_all(rows[name] for name in changed)
    session.flush()
    for name, parent in roster.parents.items():
        if rows[name].parent_id != rows[parent].id:
            rows[name].parent_id = rows[parent].id
            changed.add(name)
    session.flush()
    return len(changed)


def _officials(session: Session, roster: Roster) -> int:
    changed = 0
    for person in roster.people:
        said: dict[str, Any] = {
            "name": person.name,
            "email": person.email or None,
            "unit_id": _id(roster.units[person.unit]),
            "language": person.language,
        }
        if person.stored is None:
            person.stored = Official(**said)
            session.add(person.stored)
            changed += 1
        else:
            changed += _set(person.stored, said)
    session.flush()
    return changed


def _posts(session: Session, roster: Roster) -> int:
    changed = 0
    for term in roster.posts:
        if term.stored is not None:
            changed += _set(term.stored, {"from_on": term.from_on, "until_on": term.until_on})
        elif term.kind is not None:
            session.add(
                Post(
                    official_id=term.person.id,
                    unit_id=_id(roster.units[term.unit]),
                    kind=term.kind,
                    from_on=term.from_on,
                    until_on=term.until_on,
                )
            )
            changed += 1
    session.flush()
    return changed


def _absences(session: Session, roster: Roster) -> int:
    changed = 0
    for term in roster.absences:
        if term.stored is not None:
            changed += _set(term.stored, {"from_on": term.from_on, "until_on": term.until_on})
        elif term.deputy is not None:
            session.add(
                Absence(
                    official_id=term.person.id,
                    deputy_id=term.deputy.id,
                    from_on=term.from_on,
                    until_on=term.until_on,
                )
            )
            changed += 1
    session.flush()
    return changed


def _id(unit: Unit | None) -> int:
    if unit is None or unit.id is None:
        raise ValueError("the units are written first")
    return unit.id


def _set(row: Official | Post | Absence, said: Mapping[str, object]) -> bool:
    differing = {name: value for name, value in said.items() if getattr(row, name) != value}
    for name, value in differing.items():
        setattr(row, name, value)
    return bool(differing)
