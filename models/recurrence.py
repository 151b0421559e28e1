"""When a duty comes back: a recurrence rule of iCalendar, or so many working days before each long
holiday of the office's calendar."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from dateutil.rrule import rrule, rrulestr

from models.rule_words import Fault
from models.span import Span
from models.workdays import DAY, Calendar, holiday_name

_MONTHS = {"FREQ", "INTERVAL", "BYMONTH", "BYMONTHDAY", "BYDAY", "BYSETPOS"}
OFTEN = {  # and what may be said with it
    "DAILY": {"FREQ", "INTERVAL", "BYDAY"},
    "WEEKLY": {"FREQ", "INTERVAL", "BYDAY", "WKST"},
    "MONTHLY": _MONTHS,
    "YEARLY": _MONTHS,
}
IN_EVERY_MONTH = 28
LONG = 3  # days off in a row, from which on they are a holiday and no weekend
REACH = timedelta(days=60)  # how far before a holiday a check may lie
_WRITTEN = re.compile(r"[A-Z]+=[A-Z0-9,+-]+(;[A-Z]+=[A-Z0-9,+-]+)*")


@dataclass(frozen=True, slots=True)
class Occurrence:
    """`of`: what it is of, and never moves: the rule's day, or a holiday's first. `on`: the day on
    which its tasks are opened."""

    of: date
    on: date
    holiday: str = ""


def check_rule(written: str, begins: date) -> None:
    """Raises Fault: no rule, or one that would pass over months without a word."""
    parts = dict(part.split("=") for part in written.split(";")) if _is_rule(written) else {}
    known = OFTEN.get(parts.get("FREQ", ""))
    if known is None or parts.keys() - known or parts.get("INTERVAL", "1").strip("0") == "":
        raise Fault(
            f"“{written}”不能用；请写 FREQ=DAILY、WEEKLY、MONTHLY 或 YEARLY，再写 INTERVAL、BYDAY，"
            "按月按年的还可写 BYMONTH、BYMONTHDAY、BYSETPOS，如 FREQ=MONTHLY;BYMONTHDAY=5",
            f"'{written}' cannot be used: write FREQ=DAILY, WEEKLY, MONTHLY or YEARLY, then "
            "INTERVAL, BYDAY, and with months or years BYMONTH, BYMONTHDAY, BYSETPOS, as "
            "FREQ=MONTHLY;BYMONTHDAY=5",
        )
    _check_month_ends(parts, begins)
    try:
        found = next(iter(_rule(written, begins)), None)
    except ValueError as error:
        raise Fault(f"“{written}”有误（{error}）", f"'{written}' is wrong: {error}") from error
    if found is None:
        raise Fault(f"“{written}”没有一天符合", f"no day ever matches '{written}'")


def _is_rule(written: str) -> bool:
    names = re.findall(r"([A-Z]+)=", written)
    return bool(_WRITTEN.fullmatch(written)) and len(names) == len(set(names))


def _check_month_ends(parts: dict[str, str], begins: date) -> None:
    """The standard passes over a month that has no such day; nobody means that."""
    if parts["FREQ"] not in ("MONTHLY", "YEARLY") or "BYDAY" in parts:
        return
    days = parts.get("BYMONTHDAY", str(begins.day)).split(",")
    late = [day for day in days if day.lstrip("+").isdecimal() and int(day) > IN_EVERY_MONTH]
    if late and "BYSETPOS" not in parts and not _in_these_months(parts, begins, int(late[-1])):
        run = ",".join(str(n) for n in range(IN_EVERY_MONTH, int(late[-1]) + 1))
        raise Fault(
            f"不是每个月都有 {late[-1]} 日，没有的月份会漏掉；月末请写 BYMONTHDAY=-1，"
            f"“{late[-1]} 日或当月最后一日”请写 BYMONTHDAY={run};BYSETPOS=-1",
            f"not every month has a day {late[-1]}, and such a month would be passed over; write "
            f"BYMONTHDAY=-1 for the month's end, or BYMONTHDAY={run};BYSETPOS=-1",
        )


def _in_these_months(parts: dict[str, str], begins: date, day: int) -> bool:
    months = parts.get("BYMONTH", str(begins.month) if parts["FREQ"] == "YEARLY" else "2")
    longest = {2: IN_EVERY_MONTH, 4: 30, 6: 30, 9: 30, 11: 30}
    return all(day <= longest.get(int(month), 31) for month in months.split(","))


@lru_cache(maxsize=256)
def _rule(written: str, begins: date) -> rrule:
    found = rrulestr(written, dtstart=datetime.combine(begins, time()), cache=True)
    assert isinstance(found, rrule)  # no RRULESET can be written
    return found


def by_rule(written: str, begins: date, after: date, until: date) -> Iterator[Occurrence]:
    """Those that open after the one day, up to and with the other."""
    for found in _rule(written, begins).between(_at(after), _at(until + DAY)):
        if after < found.date() <= until:
            yield Occurrence(found.date(), found.date())


def before_holidays(
    ahead: Span, begins: date, after: date, until: date, calendar: Calendar
) -> Iterator[Occurrence]:
    """As by_rule. A long holiday that the office's calendar has or gets counts, whatever its
    reason is."""
    for first in long_holidays(calendar, max(after, begins - DAY), until + REACH):
        on = Span(-ahead.n, ahead.unit).after(first, calendar)
        if after < on <= until and on >= begins:
            yield Occurrence(first, on, holiday_name(first, calendar))


def long_holidays(calendar: Calendar, after: date, until: date) -> Iterator[date]:
    """The first days of the long holidays that begin after the one day, up to the other."""
    day = after + DAY
    while day <= until:
        if calendar.is_working(day - DAY) and not any(
            calendar.is_working(day + n * DAY) for n in range(LONG)
        ):
            yield day
        day += DAY


def _at(day: date) -> datetime:
    return datetime.combine(day, time())
