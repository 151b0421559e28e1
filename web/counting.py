"""How a colour is counted, drawn on the months that it touches. What is drawn comes from the
explanation alone."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from models.warning import Colour
from models.workdays import DAY, Calendar
from notifications.explanation import ExplainRow, Explanation
from web.months import WEEKS, Square, square

MOST = 8  # months, those nearest to the day that is explained
COUNTED = 92  # days; more of them are not numbered
ANCHOR, DUE, ROLLED, STRIKE = "anchor", "due", "rolled", "strike"


@dataclass(frozen=True)
class Mark:
    """`colour`: that a rung strikes with."""

    kind: str
    colour: Colour | None = None


@dataclass(frozen=True)
class CountedDay:
    """`nth`: which of the days that the followed entry counts."""

    square: Square
    marks: Sequence[Mark]
    paused: bool
    nth: int | None


@dataclass(frozen=True)
class CountedMonth:
    """`passed_over`: how many months before it have no mark."""

    first: date
    weeks: Sequence[Sequence[CountedDay | None]]
    passed_over: int


@dataclass(frozen=True)
class Counting:
    """`followed`: the entry whose days are numbered, the next to strike, else what struck last."""

    on: date
    months: Sequence[CountedMonth]
    followed: ExplainRow | None
    marks: Mapping[date, Sequence[Mark]]
    paused: Sequence[tuple[date, date]]

    @property
    def numbered(self) -> bool:
        """Whether any day that is drawn has its number."""
        weeks = (week for month in self.months for week in month.weeks)
        return any(day is not None and day.nth is not None for week in weeks for day in week)


def counting(told: Explanation, calendar: Calendar) -> Counting:
    marks: dict[date, list[Mark]] = {}
    for on, mark in _marks(told):
        if mark not in marks.setdefault(on, []):
            marks[on].append(mark)
    followed = _followed(told)
    nth = _nth(followed, calendar) if followed else {}
    firsts = sorted({on.replace(day=1) for on in _touched(told, marks)})
    near = sorted(sorted(firsts, key=lambda first: abs((first - told.on).days))[:MOST])
    months = [
        _month(told, marks, nth, calendar, first, _between(near[n - 1], first) if n else 0)
        for n, first in enumerate(near)
    ]
    return Counting(told.on, months, followed, marks, told.paused)


def _marks(told: Explanation) -> Iterator[tuple[date, Mark]]:
    if told.due_on:
        yield told.due_on, Mark(DUE)
    if told.rolled_on and told.rolled_on != told.due_on:
        yield told.rolled_on, Mark(ROLLED)
    for row in told.rows:
        if row.anchor and row.strike_on:
            if row.anchor not in (told.due_on, told.rolled_on):
                yield row.anchor, Mark(ANCHOR)
            yield row.strike_on, Mark(STRIKE, row.colour)


def _touched(told: Explanation, marks: Mapping[date, Sequence[Mark]]) -> Iterator[date]:
    yield told.on
    yield from marks
    for first, last in told.paused:
        yield from (first, last)


def _followed(told: Explanation) -> ExplainRow | None:
    if told.next_row:
        return told.next_row
    raised = [row for row in told.rows if row.raised_on]
    return max(raised, key=lambda row: (row.raised_on or date.min, row.colour.rank), default=None)


def _nth(row: ExplainRow, calendar: Calendar) -> dict[date, int]:
    """The days after its anchor (before, if it strikes before) up to where it strikes. Months are
    not counted in days."""
    span, day = row.entry.after, row.anchor
    if day is None or row.strike_on is None or span.unit == "mo" or abs(span.n) > COUNTED:
        return {}
    step = DAY if span.n > 0 else -DAY
    found = dict[date, int]()
    while day != row.strike_on and len(found) < abs(span.n):
        day += step
        if span.unit == "d" or calendar.is_working(day):
            found[day] = len(found) + 1
    return found


def _month(
    told: Explanation,
    marks: Mapping[date, Sequence[Mark]],
    nth: Mapping[date, int],
    calendar: Calendar,
    first: date,
    passed_over: int,
) -> CountedMonth:
    def drawn(on: date) -> CountedDay | None:
        if on.month != first.month:
            return None
        paused = any(begin <= on <= end for begin, end in told.paused)
        shown = square(calendar, on, told.on)
        return CountedDay(shown, marks.get(on, ()), paused, nth.get(on))

    weeks = WEEKS.monthdatescalendar(first.year, first.month)
    return CountedMonth(first, [[drawn(on) for on in week] for week in weeks], passed_over)


def _between(one: date, other: date) -> int:
    """Whole months between the months of two firsts."""
    return (other.year - one.year) * 12 + other.month - one.month - 1
