"""Do units, people, calendar, duties and series say what the history of the office's changes says?
Only what a row tells is compared: an older office has people whom no row tells of."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from sqlmodel import Session, col, select

from flows.office_changes import hash_of
from models import (
    CalendarDay,
    DutyTemplate,
    MeasurementSeries,
    OfficeChange,
    Official,
    Unit,
)
from models.office_change import Subject
from notifications.change_words import denied_words

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
    for unit in session.exec(_UNITS):
        yield from _differing(unit, told.get((Subject.UNIT, str(unit.id)), {}))
    for official in session.exec(_OFFICIALS):
        yield from _differing(official, told.get((Subject.OFFICIAL, str(official.id)), {}))
    yield from _files(session, told)
    kept = {day.on.isoformat(): day for day in session.exec(_DAYS)}
    for (subject, key), said in told.items():
        if subject == Subject.CALENDAR and "day" in said:
            day = kept.get(key)
            found = {"working": day.working, "why": day.why} if day else None
            if found != said["day"]:
                yield denied_words(key, "day", found, said["day"])


def _files(
    session: Session, told: Mapping[tuple[Subject, str], dict[str, Any]]
) -> Iterator[tuple[str, str]]:
    """Duties and series: their texts and states, of those that the history tells of."""
    kept: list[tuple[Subject, str, str, str | None]] = [
        *((Subject.DUTY, one.name, one.source, one.state) for one in session.exec(_DUTIES)),
        *((Subject.SERIES, one.name, one.source, None) for one in session.exec(_SERIES)),
    ]
    for subject, name, source, state in kept:
        said = told.get((subject, name), {})
        found = {"content": hash_of(source), "state": state}
        for fact in found.keys() & said.keys():
            if found[fact] != said[fact]:
                yield denied_words(name, fact, found[fact], said[fact])


_UNITS = select(Unit).order_by(col(Unit.id))
_OFFICIALS = select(Official).order_by(col(Official.id))
_DAYS = select(CalendarDay)
_CHANGES = select(OfficeChange).order_by(col(OfficeChange.id)).execution_options(yield_per=1000)
_DUTIES = select(DutyTemplate).order_by(col(DutyTemplate.id))
_SERIES = select(MeasurementSeries).order_by(col(MeasurementSeries.id))


def _differing(row: Unit | Official, said: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for fact, column in _COLUMNS.items():
        found = _plain(getattr(row, column, None))
        if fact in said and hasattr(row, column) and found != (said[fact] or ""):
            yield denied_words(row.name, fact, found, said[fact])


def _told(session: Session) -> Mapping[tuple[Subject, str], dict[str, Any]]:
    """What each thing's facts are by its changes, in the order in which they were made."""
    told: dict[tuple[Subject, str], dict[str, Any]] = {}
    for change in session.exec(_CHANGES):
        facts = told.setdefault((change.subject, change.key), {})
        after = json.loads(change.after) if change.after else None
        if change.fact == "added" and after is not None:
            facts.update(after)
        else:
            facts[change.fact] = after
    return told


def _plain(value: Any) -> str:
    return value.isoformat() if hasattr(value, "isoformat") else value or ""
