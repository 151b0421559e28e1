"""Which matters stood in a warning colour at the end of a day, and what was done about warnings in
a period: read from the history, so that a day that is over gives what it gave on that day."""

from collections.abc import Mapping, Sequence
from datetime import date

from sqlalchemy import func
from sqlmodel import Session, col, select

from flows.papers.units import unit_then
from flows.rulebook import ladder_of
from flows.signoff.lists import policy_on
from flows.standing import History
from models import Notice, Reassignment, Task, Transition
from models.signoff import SIGNOFF
from models.strike import counted
from models.warning import WARNING, Colour
from models.workdays import Calendar
from notifications.papers.bulletin import WARNINGS, Closed, Line, UnitTotal


def lines_at(session: Session, on: date, calendar: Calendar) -> list[Line]:
    """The worst colour first, then whatever is longest over."""
    lines = [_line(session, task, on, calendar) for task in _in_colour(session, on)]
    return sorted(lines, key=lambda line: (-line.colour.rank, -(line.days_over or 0), line.number))


def _in_colour(session: Session, on: date) -> Sequence[Task]:
    """By the last move of the colour until then."""
    last = (
        select(func.max(Transition.id))
        .where(Transition.machine == WARNING.name, col(Transition.on) <= on)
        .group_by(col(Transition.task_id))
    )
    return session.exec(
        select(Task)
        .join(Transition, col(Transition.task_id) == col(Task.id))
        .where(col(Transition.id).in_(last), Transition.target != Colour.GREEN)
        .order_by(col(Task.number))
    ).all()


def _line(session: Session, task: Task, on: date, calendar: Calendar) -> Line:
    stood = History.load(session, task).at_end_of(on)
    then, due_on = stood.task, stood.task.due_on
    ladder = ladder_of(policy_on(session, then, on, calendar))
    return Line(
        number=task.number,
        **_shown(session, task, on),
        colour=then.colour,
        due_on=due_on,
        days_over=(on - counted(due_on, ladder, calendar)).days if due_on else None,
        warned_on=stood.climb[-1].on,
    )


def _shown(session: Session, task: Task, on: date) -> dict[str, str]:
    """What may be said of it beside number, colour and dates."""
    if task.restricted:
        return {"title": "", "unit": ""}
    return {"title": task.title, "unit": unit_then(session, task, col(Reassignment.on) > on)}


def totals_of(lines: Sequence[Line]) -> list[UnitTotal]:
    """By unit, in the order of their names; whatever is restricted together, last."""
    counts: dict[str, dict[Colour, int]] = {}
    for line in lines:
        mine = counts.setdefault(line.unit, dict.fromkeys(WARNINGS, 0))
        mine[line.colour] += 1
    return [UnitTotal(unit=u, counts=counts[u]) for u in sorted(counts, key=lambda u: (not u, u))]


def issued_in(session: Session, first: date, last: date) -> Mapping[Colour, int]:
    """Notices of these days, by colour."""
    rows = session.exec(
        select(Notice.colour, func.count())
        .where(col(Notice.issued_on).between(first, last))
        .group_by(col(Notice.colour))
    )
    found = dict(rows.all())
    return {colour: found.get(colour, 0) for colour in WARNINGS}


def warned_in(session: Session, first: date, last: date) -> int:
    """How many matters those notices were about."""
    return session.exec(
        select(func.count(func.distinct(Notice.task_id))).where(
            col(Notice.issued_on).between(first, last)
        )
    ).one()


def closed_in(session: Session, first: date, last: date) -> list[Closed]:
    """What was signed off in these days and had a notice before; its last sign-off counts."""
    warned = select(Notice.task_id, func.min(Notice.issued_on).label("on"))
    first_notice = warned.group_by(col(Notice.task_id)).subquery()
    rows = session.exec(
        select(Task, first_notice.c.on, func.max(Transition.on))
        .join(Transition, col(Transition.task_id) == col(Task.id))
        .join(first_notice, first_notice.c.task_id == col(Task.id))
        .where(
            Transition.machine == SIGNOFF.name,
            Transition.event == "sign_off",
            col(Transition.on).between(first, last),
            first_notice.c.on <= Transition.on,
        )
        .group_by(col(Task.id), first_notice.c.on)
        .order_by(func.max(Transition.on), col(Task.number))
    )
    return [
        Closed(number=task.number, **_shown(session, task, last), warned_on=warned_on, closed_on=on)
        for task, warned_on, on in rows
    ]
