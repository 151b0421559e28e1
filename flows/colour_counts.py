"""How many open matters had which colour at the end of a day: today's counts, and every move since
taken back. So a day that is over tells what stood then. Whatever is restricted counts nowhere."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Date,
    and_,
    bindparam,
    func,
    insert,
    null,
    or_,
    select,
    union_all,
)
from sqlmodel import Session, col

from flows.database import changed
from flows.open_counts import SHOWN, is_open, open_by_colour
from models import DayCount, DeadlineChange, Task, Transition
from models.columns import written_out
from models.signoff import CLOSED, SIGNOFF
from models.warning import WARNING, Colour
from models.workdays import DAY
from notifications.papers.bulletin import DayCounts

MOST_DAYS = timedelta(days=400)  # that are looked back for, once, where none was kept
# Written out, so that the database knows its partial indexes by them.
_COUNTED = col(Transition.machine).in_(written_out(WARNING.name, SIGNOFF.name))
_OPENED = col(DeadlineChange.kind) == bindparam(None, "opened", literal_execute=True)
_INSERT = insert(DayCount)
_NEWEST = select(func.max(col(DayCount.on)))
Step = tuple[date, Colour, int]  # on this date so many more of this colour


def colours_over_time(
    session: Session, days: Sequence[date], among: ColumnElement[bool] | None = None
) -> list[DayCounts]:
    """For each of these days, in their order; all of them, or those `among` the tasks. Days from
    before the first matter are left out. What a night has kept of all matters is what stood then,
    whatever became restricted since."""
    begun = _begun(session, among)
    asked = {day for day in days if begun and day >= begun}
    kept = _kept(session, asked) if among is None else {}
    found = kept | _taken_back(session, asked - kept.keys(), among)
    return [DayCounts(on=day, counts=found[day]) for day in sorted(asked)]


def keep_days(session: Session, on: date) -> None:
    """The night of this date writes down how the days before it ended that none has kept yet."""
    newest = session.scalar(_NEWEST)
    first = newest + DAY if newest else on - MOST_DAYS
    if first >= on:
        return
    first = max(_begun(session, None) or on, first)
    days = {first + n * DAY for n in range((on - first).days)}
    rows = [
        {"on": day, "colour": colour, "n": n}
        for day, counts in _taken_back(session, days, None).items()
        for colour, n in counts.items()
    ]
    if rows:
        changed(session, _INSERT, rows)


def _kept(session: Session, days: Collection[date]) -> dict[date, dict[Colour, int]]:
    found: dict[date, dict[Colour, int]] = {}
    for row in session.scalars(select(DayCount).where(col(DayCount.on).in_(days))):
        found.setdefault(row.on, {})[row.colour] = row.n
    return found


def _taken_back(
    session: Session, days: Collection[date], among: ColumnElement[bool] | None
) -> dict[date, dict[Colour, int]]:
    """From what is open now, step by step back to the end of each day."""
    if not days:
        return {}
    standing = Counter(_now(session, among))
    steps = sorted(_steps(session, min(days), among), reverse=True)
    counted, k = dict[date, dict[Colour, int]](), 0
    for day in sorted(days, reverse=True):
        while k < len(steps) and steps[k][0] > day:
            standing[steps[k][1]] -= steps[k][2]
            k += 1
        counted[day] = {c: standing[c] for c in Colour}
    return counted


def week_ends(last: date, n: int) -> list[date]:
    """This date and the same weekday of the weeks before it, the first one first."""
    return [last - timedelta(days=7 * k) for k in reversed(range(n))]


def month_ends(last: date, n: int) -> list[date]:
    """This date and the ends of the months before it, the first one first."""
    ends = [last]
    while len(ends) < n:
        ends.append(ends[-1].replace(day=1) - timedelta(days=1))
    return ends[::-1]


def _now(session: Session, among: ColumnElement[bool] | None) -> dict[Colour, int]:
    if among is None:
        return open_by_colour(session, SHOWN)
    rows = session.execute(
        select(col(Task.colour), func.count())
        .where(is_open(), col(Task.restricted).is_(False), among)
        .group_by(col(Task.colour))
    )
    return dict(rows.all())


def _steps(session: Session, after: date, among: ColumnElement[bool] | None) -> Iterator[Step]:
    """A matter comes in green; it is green when it closes, and when it is opened anew."""
    of = _STEPS_OF_ALL if among is None else _steps_among(among)
    for on, machine, source, target, n in session.execute(of, {"after": after}):
        if machine is None:
            yield on, Colour.GREEN, n
        elif machine == WARNING.name:
            yield on, Colour(source), -n
            yield on, Colour(target), n
        else:
            yield on, Colour.GREEN, -n if target in CLOSED else n


def _steps_among(among: ColumnElement[bool]) -> CompoundSelect[Any]:
    return union_all(
        _MOVED.where(_of(Transition.task_id, among)),
        _CAME_IN.where(_of(DeadlineChange.task_id, among)),
    )


def _begun(session: Session, among: ColumnElement[bool] | None) -> date | None:
    of = _BEGUN_OF_ALL if among is None else _BEGUN.where(_of(DeadlineChange.task_id, among))
    first: date | None = session.scalar(of)
    return first


def _of(task_id: int, among: ColumnElement[bool]) -> ColumnElement[bool]:
    return col(task_id).in_(select(col(Task.id)).where(col(Task.restricted).is_(False), among))


_AFTER = bindparam("after", type_=Date())
_SOURCE, _TARGET = col(Transition.source), col(Transition.target)
_LEFT, _ENDED = _SOURCE.in_(written_out(*CLOSED)), _TARGET.in_(written_out(*CLOSED))
_CROSSED = or_(_LEFT & ~_ENDED, ~_LEFT & _ENDED)
_WHAT = (col(Transition.on), col(Transition.machine), _SOURCE, _TARGET)
_MOVED = (
    select(*_WHAT, func.count())
    .where(
        col(Transition.on) > _AFTER,
        _COUNTED,
        or_(
            col(Transition.machine) == WARNING.name,
            and_(col(Transition.machine) == SIGNOFF.name, _CROSSED),
        ),
    )
    .group_by(*_WHAT)
)
_CAME_IN = (  # into the ledger, which may be later than the date that the ledger gives
    select(col(DeadlineChange.on), null(), null(), null(), func.count())
    .where(_OPENED, col(DeadlineChange.on) > _AFTER)
    .group_by(col(DeadlineChange.on))
)
_BEGUN = select(func.min(col(DeadlineChange.on))).where(_OPENED)
# All but the restricted, who are few.
_RESTRICTED = select(col(Task.id)).where(col(Task.restricted))
_STEPS_OF_ALL: CompoundSelect[Any] = union_all(
    _MOVED.where(col(Transition.task_id).not_in(_RESTRICTED)),
    _CAME_IN.where(col(DeadlineChange.task_id).not_in(_RESTRICTED)),
)
_BEGUN_OF_ALL = _BEGUN.where(col(DeadlineChange.task_id).not_in(_RESTRICTED))
