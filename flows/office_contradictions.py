"""Do units, people and calendar say what the history of the office's changes says? Only what a row
tells is compared: an older office has people whom no row tells of."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from sqlmodel import Session, col, select

from models import CalendarDay, OfficeChange, Official, Unit
from models.office_change import Subject
from notifications.change_words import fact_word, value_words
from notifications.wording import ENGLISH

_COLUMNS = {
    "name": "name",
    "email": "email",
    "language": "language",
    "closed": "closed_on",
    "left": "left_on",
}


def office_contradictions(session: Session) -> Iterator[tuple[str, str]]:
    """One pair of sentences, Chinese and English, for each value that the history denies."""
    told = _told(session)
    for unit in session.exec(select(Unit).order_by(col(Unit.id))):
        yield from _differing(unit, told.get((Subject.UNIT, str(unit.id)), {}))
    for official in session.exec(select(Official).order_by(col(Official.id))):
        yield from _differing(official, told.get((Subject.OFFICIAL, str(official.id)), {}))
    kept = {day.on.isoformat(): day for day in session.exec(select(CalendarDay))}
    for (subject, key), said in told.items():
        if subject == Subject.CALENDAR and "day" in said:
            day = kept.get(key)
            found = {"working": day.working, "why": day.why} if day else None
            if found != said["day"]:
                yield _denied(key, "day", found, said["day"])


def _differing(row: Unit | Official, said: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for fact, column in _COLUMNS.items():
        found = _plain(getattr(row, column, None))
        if fact in said and hasattr(row, column) and found != (said[fact] or ""):
            yield _denied(row.name, fact, found, said[fact])


def _told(session: Session) -> Mapping[tuple[Subject, str], dict[str, Any]]:
    """What each thing's facts are by its changes, in the order in which they were made."""
    told: dict[tuple[Subject, str], dict[str, Any]] = {}
    rows = select(OfficeChange).order_by(col(OfficeChange.id))
    for change in session.exec(rows.execution_options(yield_per=1000)):
        facts = told.setdefault((change.subject, change.key), {})
        after = json.loads(change.after) if change.after else None
        if change.fact == "added" and after is not None:
            facts.update(after)
        else:
            facts[change.fact] = after
    return told


def _denied(name: str, fact: str, found: Any, expected: Any) -> tuple[str, str]:
    chinese = (value_words(fact, one) or "空" for one in (found, expected))
    english = (value_words(fact, one, ENGLISH) or "empty" for one in (found, expected))
    return (
        "{}：{}为 {}，而变动记录为 {}".format(name, fact_word(fact), *chinese),
        "{}: {} is {}, the history of changes says {}".format(
            name, fact_word(fact, ENGLISH), *english
        ),
    )


def _plain(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else value or ""
