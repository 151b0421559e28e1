"""How many open matters had which colour at the end of a day: today's counts, and every move since
taken back. So a day that is over tells what stood then. Whatever is restricted counts nowhere."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from sqlalchemy import ColumnElement, and_, false, func, or_, select
from sqlmodel import Session, col

from models import DeadlineChange, Task, Transition
from models.signoff import CLOSED, OPEN, SIGNOFF
from models.warning import WARNING, Colour
from notifications.papers.bulletin import DayCounts

SHOWN = col(Task.restricted).is_(False)
Step = tuple[date, Colour, int]  # on this date so many more of this colour


def colours_over_time(
    session: Session, days: Sequence[date], among: ColumnElement[bool] | None = None
) -> list[DayCounts]:
    """For each of these days, in their order; all of them, or those `among` the tasks. Days from
    before the first matter are left out."""
    asked = SHOWN if among is None else SHOWN & among
    standing = Counter(_now(session, asked))
    steps = sorted(_steps(session, min(days, default=date.max), asked), reverse=True)
    counted, k = list[DayCounts](), 0
    for day in sorted(set(days), reverse=True):
        while k < len(steps) and steps[k][0] > day:
            standing[steps[k][1]] -= steps[k][2]
            k += 1
        counted.append(DayCounts(on=day, counts={c: standing[c] for c in Colour}))
    begun = _begun(session, asked)
    return [one for one in reversed(counted) if begun and one.on >= begun]


def week_ends(last: date, n: int) -> list[date]:
    """This date and the same weekday of the weeks before it, the first one first."""
    return [last - timedelta(days=7 * k) for k in reversed(range(n))]


def month_ends(last: date, n: int) -> list[date]:
    """This date and the ends of the months before it, the first one first."""
    ends = [last]
    while len(ends) < n:
        ends.append(ends[-1].replace(day=1) - timedelta(days=1))
    return ends[::-1]


def _now(session: Session, asked: ColumnElement[bool]) -> dict[Colour, int]:
    rows = session.execute(
        select(col(Task.colour), func.count())
        .where(col(Task.state).in_(OPEN), asked)
        .group_by(col(Task.colour))
    )
    return dict(rows.all())


def _steps(session: Session, after: date, asked: ColumnElement[bool]) -> Iterator[Step]:
    """A matter comes in green; it is green when it closes, and when it is opened anew."""
    for on, n in _opened(session, after, asked):
        yield on, Colour.GREEN, n
    for on, machine, source, target, n in _moved(session, after, asked):
        if machine == WARNING.name:
            yield on, Colour(source), -n
            yield on, Colour(target), n
        else:
            yield on, Colour.GREEN, -n if target in CLOSED else n


def _moved(
    session: Session, after: date, asked: ColumnElement[bool]
) -> Sequence[tuple[date, str, str, str, int]]:
    source, target = col(Transition.source), col(Transition.target)
    crossed = or_(
        source.in_(CLOSED) & target.not_in(CLOSED), source.not_in(CLOSED) & target.in_(CLOSED)
    )
    what = (col(Transition.on), col(Transition.machine), source, target)
    rows = session.execute(
        select(*what, func.count())
        .where(
            col(Transition.on) > after,
            or_(
                col(Transition.machine) == WARNING.name,
                and_(col(Transition.machine) == SIGNOFF.name, crossed),
            ),
            _of(Transition.task_id, asked),
        )
        .group_by(*what)
    )
    return [(on, machine, was, is_, n) for on, machine, was, is_, n in rows]


def _opened(
    session: Session, after: date, asked: ColumnElement[bool]
) -> Sequence[tuple[date, int]]:
    """When it came into the ledger, which may be later than the date that the ledger gives."""
    rows = session.execute(
        select(col(DeadlineChange.on), func.count())
        .where(
            col(DeadlineChange.kind) == "opened",
            col(DeadlineChange.on) > after,
            _of(DeadlineChange.task_id, asked),
        )
        .group_by(col(DeadlineChange.on))
    )
    return [(on, n) for on, n in rows]


def _begun(session: Session, asked: ColumnElement[bool]) -> date | None:
    first: date | None = session.execute(
        select(func.min(col(DeadlineChange.on))).where(
            col(DeadlineChange.kind) == "opened", _of(DeadlineChange.task_id, asked)
        )
    ).scalar()
    return first


def _of(task_id: int, asked: ColumnElement[bool]) -> ColumnElement[bool]:
    """By those left out, who are few; what is unknown of a matter leaves it out too."""
    return col(task_id).not_in(select(col(Task.id)).where(func.coalesce(asked, false()).is_(False)))
