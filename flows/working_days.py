"""The office's calendar: read for the engine, edited by a person, imported by the year."""

from datetime import date, datetime

from sqlmodel import Session, select

from models import CalendarDay, CalendarYear
from models.workdays import Calendar

HORIZON_DAYS = 60  # the State Council publishes the next year in autumn


def load_calendar(session: Session) -> Calendar:
    return Calendar(
        edits={day.on: day.working for day in session.exec(select(CalendarDay))},
        confirmed=frozenset(year.year for year in session.exec(select(CalendarYear))),
    )


def set_day(session: Session, on: date, *, working: bool, why: str, now: datetime) -> None:
    session.merge(CalendarDay(on=on, working=working, why=why, edited_at=now))


def confirm_year(session: Session, year: int, now: datetime) -> None:
    session.merge(CalendarYear(year=year, confirmed_at=now))


def horizon_warning(calendar: Calendar, on: date) -> date | None:
    """The last day of the known calendar, once it is near; None while it is far."""
    last = calendar.known_until(on)
    return last if (last - on).days <= HORIZON_DAYS else None
