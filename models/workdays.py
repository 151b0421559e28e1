"""The office's working-day calendar: the `holidays` library under a table that it can edit.

Pure: a `Calendar` is built from dates once (see `flows.working_days`) and then only computes.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property, lru_cache

import holidays

DAY = timedelta(days=1)


@lru_cache(maxsize=64)
def statutory(year: int) -> tuple[frozenset[date], frozenset[date]]:
    """(days off, make-up working days) that the `holidays` library knows for China."""
    china = holidays.country_holidays("CN", years=year, language="zh_CN")
    makeup = frozenset(day for day in china.weekend_workdays if day.year == year)
    return frozenset(day for day in china if day.year == year), makeup


@lru_cache(maxsize=64)
def _names(year: int) -> dict[date, str]:
    china = holidays.country_holidays("CN", years=year, language="zh_CN")
    return {day: china[day] for day in china if day.year == year}


def holiday_name(first: date, calendar: "Calendar") -> str:
    """What the days off that begin here are called; empty if only the office knows."""
    day = first
    while not calendar.is_working(day) and (day - first).days < 15:
        name = _names(day.year).get(day, "")
        if name and "休息日" not in name:
            return name.split("；")[0].split(";")[0].strip()
        day += DAY
    return ""


@dataclass(frozen=True, eq=False)
class Calendar:
    """Which days are worked. `edits` (date → worked?) beat the library.

    A year is known when it has make-up working days or the office has confirmed it; beyond the
    known years weekends and statutory days count provisionally.
    """

    edits: Mapping[date, bool] = field(default_factory=dict)
    confirmed: frozenset[int] = frozenset()

    def is_working(self, day: date) -> bool:
        if (edited := self.edits.get(day)) is not None:
            return edited
        off, makeup = statutory(day.year)
        return day in makeup or (day.weekday() < 5 and day not in off)

    def is_known(self, year: int) -> bool:
        return year in self.confirmed or bool(statutory(year)[1])

    def known_until(self, on: date) -> date:
        """The last day of the known years, counted from the year of `on`."""
        year = on.year
        while self.is_known(year):
            year += 1
        return date(year - 1, 12, 31)

    def roll(self, day: date) -> date:
        """The day itself, or the next working day when it is a day off."""
        return self.add(day, 0)

    def add(self, day: date, n: int) -> date:
        """The n-th working day after (before, if negative) the day, which is not counted.

        n = 0: the day, or the next working day when it is a day off.
        """
        if n < 0:
            return self._back(day, -n)
        days = self._days(day.year)
        at = bisect_left(days, day) if n == 0 else bisect_right(days, day) + n - 1
        return self._nth(day.year, at)

    def count(self, first: date, last: date) -> int:
        """Working days after `first`, up to and with `last`."""
        day, n = first, 0
        while day < last:
            day += DAY
            n += self.is_working(day)
        return n

    def _back(self, day: date, n: int) -> date:
        year, at = day.year, bisect_left(self._days(day.year), day) - n
        while at < 0:
            year -= 1
            at += len(self._days(year))
        return self._days(year)[at]

    def _nth(self, year: int, at: int) -> date:
        while at >= len(self._days(year)):
            at -= len(self._days(year))
            year += 1
        return self._days(year)[at]

    def _days(self, year: int) -> list[date]:
        if year not in self._by_year:
            edited = any(day.year == year for day in self.edits)
            self._by_year[year] = _worked(self, year) if edited else _unedited(year)
        return self._by_year[year]

    @cached_property
    def _by_year(self) -> dict[int, list[date]]:
        return {}


def _worked(calendar: Calendar, year: int) -> list[date]:
    first, n = date(year, 1, 1), date(year, 12, 31).timetuple().tm_yday
    return [day for day in (first + k * DAY for k in range(n)) if calendar.is_working(day)]


@lru_cache(maxsize=64)
def _unedited(year: int) -> list[date]:
    """Most years of most offices; a calendar is read anew for every page and every step."""
    return _worked(Calendar(), year)
