"""The office's calendar: read for the engine, edited by a person, imported by the year. Whoever
edits it, the history keeps what was before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import CompoundSelect, null, select, union_all
from sqlmodel import Session, col

from flows.moves import lock_all_tasks
from flows.office_changes import Entry, record
from flows.signoff.actor import OfficeActor
from models import CalendarDay, CalendarYear
from models.office_change import Subject
from models.workdays import Calendar

DAY = "day"
HORIZON_DAYS = 60  # the State Council publishes the next year in autumn


def load_calendar(session: Session) -> Calendar:
    edits, confirmed = dict[date, bool](), set[int]()
    for on, working, year in session.execute(_KEPT):
        if year is None:
            edits[on] = working
        else:
            confirmed.add(year)
    return Calendar(edits, frozenset(confirmed))


# Built once, and one for both: every page and every step asks it.
_KEPT: CompoundSelect[Any] = union_all(
    select(col(CalendarDay.on), col(CalendarDay.working), null().label("year")),
    select(null(), null(), col(CalendarYear.year)),
)


@dataclass(frozen=True)
class DaySaid:
    """What a day is to be. `working` None: what it is by itself, without the office."""

    on: date
    working: bool | None
    why: str


def set_days(session: Session, actor: OfficeActor, days: Sequence[DaySaid]) -> None:
    lock_all_tasks(session)  # of two who say one day, the second finds what the first has said
    entries = []
    for day in days:
        kept = session.get(CalendarDay, day.on)
        before = _facts(kept.working, kept.why) if kept else None
        after = None if day.working is None else _facts(day.working, day.why)
        if kept is not None and day.working is None:
            session.delete(kept)
        elif day.working is not None and before != after:
            session.merge(
                CalendarDay(on=day.on, working=day.working, why=day.why, edited_at=actor.now)
            )
        entries.append(_entry(day.on.isoformat(), DAY, before, after))
    session.flush()
    undone = [day.why for day in days if day.working is None]
    record(session, actor, entries, reason="；".join(undone))


def confirm_year(session: Session, actor: OfficeActor, year: int) -> None:
    lock_all_tasks(session)
    if session.get(CalendarYear, year) is None:
        record(session, actor, [_entry(str(year), "confirmed", None, actor.on.isoformat())])
    session.merge(CalendarYear(year=year, confirmed_at=actor.now))


def _facts(working: bool, why: str) -> dict[str, Any]:
    return {"working": working, "why": why}


def _entry(key: str, fact: str, before: Any, after: Any) -> Entry:
    return Entry(Subject.CALENDAR, key, key, fact, before, after)


def horizon_warning(calendar: Calendar, on: date) -> date | None:
    """The last day of the known calendar, once it is near; None while it is far."""
    last = calendar.known_until(on)
    return last if (last - on).days <= HORIZON_DAYS else None
