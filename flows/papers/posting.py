"""上墙晾晒: the units of a month, ranked by how many of their matters have no warning."""

from collections import Counter
from datetime import date

from sqlalchemy import func
from sqlmodel import Session, col, select

from flows.colour_counts import colours_over_time, month_ends
from flows.measures.table import Series, all_series
from flows.papers.units import office_unit, passed_on_since
from flows.papers.warned import lines_at, totals_of
from flows.scores.published import points_published
from models import Task, Transition, Unit
from models.signoff import CLOSED, SIGNOFF
from models.warning import Colour
from models.workdays import Calendar
from notifications.papers.bulletin import WARNINGS
from notifications.papers.posting import Codes, PostingFacts, UnitRow, Worse
from notifications.papers.scores import points_words

MONTHS = 12  # how far back the chart of a posting goes


def posting_facts(session: Session, first: date, last: date, *, calendar: Calendar) -> PostingFacts:
    """As the units stood when the last of these days ended. Nothing restricted is in it."""
    whose, closed = _whose(session, last), _signed_off(session, first, last)
    open_ones = set(whose) - _closed_at(session, last)
    handled = Counter(whose[task] for task in open_ones | (closed & set(whose)))
    done = Counter(whose[task] for task in closed & set(whose))
    warned = {row.unit: row.counts for row in totals_of(lines_at(session, last, calendar))}
    scored = points_published(session, first, last)
    rows = [
        UnitRow(
            unit=unit,
            handled=n,
            closed=done[unit],
            counts=warned.get(unit, dict.fromkeys(WARNINGS, 0)),
            points=points_words(scored[unit], signed=False) if unit in scored else "",
        )
        for unit, n in handled.items()
    ]
    ranked = sorted(rows, key=lambda row: (-row.in_time, row.unit))
    months = colours_over_time(session, month_ends(last, MONTHS))
    return PostingFacts(
        office=office_unit(session, last),
        rows=ranked,
        over_time=months,
        codes=[_codes(one) for one in all_series(session, last, 1) if not one.restricted],
    )


def _codes(one: Series) -> Codes:
    newest = one.periods[-1]
    return Codes(
        title=one.file.title,
        period=one.file.written(newest),
        counts=dict(one.counts),
        missing=len(one.missing),
        worse=[
            Worse(
                subject=line.subject.name,
                unit=line.subject.unit,
                value=f"{cell.now.value}{one.file.unit}",
                before=list(Colour)[cell.now.code.rank - cell.change],
                now=cell.now.code,
            )
            for line in one.lines
            if (cell := line.cells[-1]) is not None and cell.change and cell.change > 0
        ],
    )


def _whose(session: Session, on: date) -> dict[int, str]:
    """Each open matter (id) with its unit at the end of this date, whatever was passed on since."""
    names = dict(session.exec(select(Unit.id, Unit.name)).all())
    units = dict(
        session.exec(
            select(Task.id, Task.unit_id).where(
                col(Task.restricted).is_(False), col(Task.opened_on) <= on
            )
        ).all()
    )
    since = passed_on_since(session, on)
    units |= {task: unit for task, unit in since.items() if task in units}
    return {task: names[unit] for task, unit in units.items()}


def _closed_at(session: Session, on: date) -> set[int]:
    """By the last move of the sign-off until then."""
    last = (
        select(func.max(Transition.id))
        .where(Transition.machine == SIGNOFF.name, col(Transition.on) <= on)
        .group_by(col(Transition.task_id))
    )
    return set(
        session.exec(
            select(Transition.task_id).where(
                col(Transition.id).in_(last), col(Transition.target).in_(CLOSED)
            )
        )
    )


def _signed_off(session: Session, first: date, last: date) -> set[int]:
    return set(
        session.exec(
            select(Transition.task_id).where(
                Transition.machine == SIGNOFF.name,
                Transition.event == "sign_off",
                col(Transition.on).between(first, last),
            )
        )
    )
