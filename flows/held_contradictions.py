"""Do posts and absences say what the history of the office's changes says? Units and people are
meant by whatever they were called then. Of somebody whom the history does not tell of from the
beginning, only what it tells is compared."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from sqlmodel import Session, col, select

from flows.establishment.entries import ABSENCE, ADDED, POST, facts_of_absence, facts_of_post
from models import Absence, OfficeChange, Official, Post, Unit
from models.office_change import Subject
from notifications.change_words import denied_words

Facts = dict[str, Any]
Names = Mapping[int, str]  # of units or people, by their ids
NAMED = {POST: "unit", ABSENCE: "deputy"}  # the fact that is a name


def held_contradictions(session: Session) -> Iterator[tuple[str, str]]:
    """One pair of sentences, Chinese and English, for each that the history denies."""
    units, people = dict(session.exec(_UNITS).all()), dict(session.exec(_PEOPLE).all())
    told, stored = _Told(session, units, people), _stored(session, units, people)
    for key in sorted(told.expected.keys() | stored.keys(), key=lambda one: (int(one[0]), one[1])):
        who, fact = key
        expected, found = list(told.expected[key]), list(stored[key])
        for one in told.expected[key]:
            if one in found:
                expected.remove(one)
                found.remove(one)
        if who not in told.added:
            found = [one for one in found if _like(one, expected)]
        for n in range(max(len(expected), len(found))):
            pair = (of[n] if n < len(of) else None for of in (found, expected))
            yield denied_words(people[int(who)], fact, *pair)


def _like(one: Facts, expected: list[Facts]) -> bool:
    """It may be what one of these became."""
    return any(one.get("kind") == other.get("kind") for other in expected)


def _stored(session: Session, units: Names, people: Names) -> dict[tuple[str, str], list[Facts]]:
    found = defaultdict[tuple[str, str], list[Facts]](list)
    for post in session.exec(_POSTS):
        found[str(post.official_id), POST].append(facts_of_post(post, units[post.unit_id]))
    for absence in session.exec(_ABSENCES):
        facts = facts_of_absence(absence, people[absence.deputy_id])
        found[str(absence.official_id), ABSENCE].append(facts)
    return found


class _Told:
    """What stands by the history, with the names of today. `added`: whom it tells of from the
    beginning."""

    def __init__(self, session: Session, units: Names, people: Names) -> None:
        self.expected = defaultdict[tuple[str, str], list[Facts]](list)
        self.added = set[str]()
        self._now = {
            **{(Subject.UNIT, str(key)): name for key, name in units.items()},
            **{(Subject.OFFICIAL, str(key)): name for key, name in people.items()},
        }
        rows = session.exec(_CHANGES).all()
        self._called = self._at_first(rows)
        for change in rows:
            self._take(change)

    def _at_first(self, rows: Any) -> dict[tuple[Subject, str], str]:
        """Each name, and what is called so today."""
        first = dict(self._now)
        for change in reversed(rows):
            if change.fact == "name":
                first[change.subject, change.key] = json.loads(change.before)
        return {(subject, name): self._now[subject, key] for (subject, key), name in first.items()}

    def _take(self, change: OfficeChange) -> None:
        before, after = (json.loads(one) if one else None for one in (change.before, change.after))
        if change.fact == "name":
            self._called[change.subject, str(after)] = self._now[change.subject, change.key]
        elif change.fact == ADDED and change.subject is Subject.OFFICIAL:
            self.added.add(change.key)
        elif change.fact in NAMED:
            standing = self.expected[change.key, change.fact]
            if before is not None and (was := self._today(change.fact, before)) in standing:
                standing.remove(was)
            if after is not None:
                standing.append(self._today(change.fact, after))

    def _today(self, fact: str, facts: Facts) -> Facts:
        subject = Subject.UNIT if fact == POST else Subject.OFFICIAL
        name = facts[NAMED[fact]]
        return {**facts, NAMED[fact]: self._called.get((subject, name), name)}


_UNITS = select(Unit.id, Unit.name).order_by(col(Unit.id))
_PEOPLE = select(Official.id, Official.name).order_by(col(Official.id))
_POSTS = select(Post).order_by(col(Post.id))
_ABSENCES = select(Absence).order_by(col(Absence.id))
_CHANGES = (
    select(OfficeChange)
    .where(col(OfficeChange.subject).in_((Subject.UNIT, Subject.OFFICIAL)))
    .order_by(col(OfficeChange.id))
)
