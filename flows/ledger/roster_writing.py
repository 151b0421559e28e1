"""Planned units and people go into the database, and into the history; what is equal is not
touched."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

from sqlmodel import Session

from flows.establishment.entries import (
    ABSENCE,
    ADDED,
    POST,
    absence_facts,
    of_official,
    of_unit,
    post_facts,
)
from flows.ledger.roster import Roster, Stored, Term
from flows.office_changes import Entry, record
from flows.signoff.actor import OfficeActor
from models import Absence, Official, Post, Unit


@dataclass(frozen=True, slots=True)
class Written:
    """How many of each were added or changed, and what, as the history keeps it."""

    units: int
    officials: int
    posts: int
    absences: int
    entries: Sequence[Entry] = field(default=())


def write_roster(session: Session, roster: Roster, author: OfficeActor) -> Written:
    entries = list[Entry]()
    written = Written(
        _units(session, roster, entries),
        _officials(session, roster, entries),
        _posts(session, roster, entries),
        _absences(session, roster, entries),
        entries,
    )
    record(session, author, entries)
    return written


def _units(session: Session, roster: Roster, entries: list[Entry]) -> int:
    added = [name for name, unit in roster.units.items() if unit is None]
    roster.units.update({name: Unit(name=name) for name in added})
    rows = {name: unit for name, unit in roster.units.items() if unit is not None}
    session.add_all(rows[name] for name in added)
    session.flush()
    names = {unit.id: name for name, unit in rows.items()}
    moved = dict[str, str]()  # unit -> the parent that it had
    for name, parent in roster.parents.items():
        if rows[name].parent_id != rows[parent].id:
            moved[name] = names.get(rows[name].parent_id or 0, "")
            rows[name].parent_id = rows[parent].id
    session.flush()
    for name in added:
        facts = {"name": name, "parent": roster.parents.get(name, "")}
        entries.append(of_unit(rows[name], ADDED, None, facts))
    for name, before in moved.items():
        if name not in added:
            entries.append(of_unit(rows[name], "parent", before, roster.parents[name]))
    return len({*added, *moved})


def _officials(session: Session, roster: Roster, entries: list[Entry]) -> int:
    units = {unit.id: name for name, unit in roster.units.items() if unit is not None}
    added, changed = list[Official](), 0
    for person in roster.people:
        said: dict[str, Any] = {
            "name": person.name,
            "email": person.email or None,
            "unit_id": _id(roster.units[person.unit]),
            "language": person.language,
        }
        if person.stored is None:
            person.stored = Official(**said)
            added.append(person.stored)
        elif was := _set(person.stored, said):
            entries += _corrected(person.stored, was, units)
            changed += 1
    session.add_all(added)
    session.flush()
    for official in added:
        facts = {fact: getattr(official, fact) or "" for fact in ("name", "email", "language")}
        facts["unit"] = units[official.unit_id]
        entries.append(of_official(official, ADDED, None, facts))
    return len(added) + changed


def _corrected(official: Official, was: Mapping[str, Any], units: Mapping[int, str]) -> list[Entry]:
    if "unit_id" in was:
        was = {**was, "unit": units[was["unit_id"]]}
    has = {fact: getattr(official, fact, None) or "" for fact in was}
    has["unit"] = units[official.unit_id]
    return [
        of_official(official, fact, before or "", has[fact])
        for fact, before in was.items()
        if fact != "unit_id"
    ]


def _posts(session: Session, roster: Roster, entries: list[Entry]) -> int:
    found = list[Entry]()
    for term in roster.posts:
        if term.kind is None:
            continue
        facts = partial(post_facts, term.kind, term.unit)
        new = Post(official_id=term.person.id, unit_id=_id(roster.units[term.unit]), kind=term.kind)
        found += _settle(session, term, new, POST, facts)
    session.flush()
    entries += found
    return len(found)


def _absences(session: Session, roster: Roster, entries: list[Entry]) -> int:
    found = list[Entry]()
    for term in roster.absences:
        if term.deputy is None:
            continue
        facts = partial(absence_facts, term.deputy.name)
        new = Absence(official_id=term.person.id, deputy_id=term.deputy.id)
        found += _settle(session, term, new, ABSENCE, facts)
    session.flush()
    entries += found
    return len(found)


def _settle(
    session: Session,
    term: Term[Stored],
    new: Stored,
    fact: str,
    facts: Callable[[date | None, date | None], dict[str, Any]],
) -> Iterator[Entry]:
    """The days of a term as they are from now on; nothing if they are as they were. `new`: what
    it becomes if it is not stored yet."""
    days, before = (term.from_on, term.until_on), None
    row = term.stored or new
    if term.stored is not None:
        was = (row.from_on, row.until_on)
        if was == days:
            return
        before = facts(*was)
    row.from_on, row.until_on = days
    session.add(row)
    if term.person.stored is not None:
        yield of_official(term.person.stored, fact, before, facts(*days))


def _id(unit: Unit | None) -> int:
    if unit is None or unit.id is None:
        raise ValueError("the units are written first")
    return unit.id


def _set(official: Official, said: Mapping[str, Any]) -> dict[str, Any]:
    """What differed, as it was."""
    was = {name: getattr(official, name) for name in said}
    differing = {name: value for name, value in was.items() if said[name] != value}
    for name in differing:
        setattr(official, name, said[name])
    return differing
