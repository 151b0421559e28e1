"""Spans of a policy: calendar days `d`, working days `wd`, months `mo`."""

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from models.rule_words import Fault
from models.workdays import Calendar

LIMITS = {"d": 3650, "wd": 2500, "mo": 120}
_WRITTEN = re.compile(r"([+-]?[0-9]{1,9})(d|wd|mo)")


@dataclass(frozen=True, slots=True)
class Span:
    n: int
    unit: str

    @classmethod
    def parse(cls, written: str) -> "Span":
        """Raises Fault."""
        found = _WRITTEN.fullmatch(written)
        if not found:
            raise Fault(
                f"“{written}”不是期限；请写成 10d、3wd 或 1mo（天、工作日、月）",
                f"'{written}' is no span; write 10d, 3wd or 1mo (days, working days, months)",
            )
        span = cls(int(found[1]), found[2])
        if abs(span.n) > LIMITS[span.unit]:
            longest = f"{LIMITS[span.unit]}{span.unit}"
            raise Fault(f"“{written}”超过上限 {longest}", f"'{written}' is longer than {longest}")
        return span

    def after(self, anchor: date, calendar: Calendar) -> date:
        if self.unit == "wd":
            return calendar.add(anchor, self.n)
        if self.unit == "d":
            return anchor + timedelta(days=self.n)
        return add_months(anchor, self.n)

    def __str__(self) -> str:
        return f"{self.n:+d}{self.unit}"

    def written(self) -> str:
        """As a file writes it: 3mo."""
        return f"{self.n}{self.unit}"


def last_before(lands: Callable[[date], date], on: date, span: Span) -> date:
    """max{x : lands(x) ≤ on}, of a monotone function that leads as far as the span, or a year of
    days off further."""
    reach = timedelta(days=abs(span.n) * 31 + 400)
    low, high = on - reach, on + reach
    while high - low > timedelta(days=1):
        middle = low + (high - low) // 2
        if lands(middle) <= on:
            low = middle
        else:
            high = middle
    return low


def add_months(day: date, n: int) -> date:
    """The same day of the month, clipped to its end."""
    year, month0 = divmod(day.year * 12 + day.month - 1 + n, 12)
    return date(year, month0 + 1, min(day.day, monthrange(year, month0 + 1)[1]))


def month_day(day: date, n: int) -> date:
    """The next n-th of a month, from this day on; the month's last day if it has no such one."""
    this = day.replace(day=min(n, monthrange(day.year, day.month)[1]))
    first = add_months(day.replace(day=1), 1)
    return (
        this if this >= day else first.replace(day=min(n, monthrange(first.year, first.month)[1]))
    )
