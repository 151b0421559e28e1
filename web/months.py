"""A year of the working-day calendar as twelve months of weeks."""

from calendar import Calendar as Weeks
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from models.workdays import Calendar

OFF, WORKED = "off", "worked"
WEEKS = Weeks(firstweekday=0)


@dataclass(frozen=True)
class Square:
    """`mark`: a weekday that is off, or a day of the weekend that is worked; else nothing."""

    on: date
    mark: str
    weekend: bool
    edited: bool
    today: bool


@dataclass(frozen=True)
class Month:
    first: date
    weeks: Sequence[Sequence[Square | None]]


def months(kept: Calendar, year: int, today: date) -> list[Month]:
    return [_month(kept, date(year, n, 1), today) for n in range(1, 13)]


def _month(kept: Calendar, first: date, today: date) -> Month:
    weeks = [
        [square(kept, on, today) if on.month == first.month else None for on in week]
        for week in WEEKS.monthdatescalendar(first.year, first.month)
    ]
    return Month(first, weeks)


def square(kept: Calendar, on: date, today: date) -> Square:
    weekend, working = on.weekday() > 4, kept.is_working(on)
    mark = "" if working != weekend else WORKED if working else OFF
    return Square(on, mark, weekend, on in kept.edits, on == today)
