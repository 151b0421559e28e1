"""Which matters stood in a warning colour at the end of a day, and what was done about warnings in
a period: read from the history, so that a day that is over gives what it gave on that day."""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from flows.papers.units import passed_on_since
from flows.rulebook import ladder_of
from flows.signoff.lists import policy_on
from models import DeadlineChange, ListMembership, Notice, Policy, Task, Transition, Unit
from models.ladder import Ladder
from models.signoff import SIGNOFF
from models.strike import counted
from models.warning import WARNING, Colour
from models.workdays import Calendar
from notifications.papers.bulletin import WARNINGS, Closed, Line, UnitTotal


def lines_at(session: Session, on: date, calendar: Calendar) -> list[Line]:
    """The worst colour first, then whatever is longest over."""
    then = _Then.load(session, on, calendar)
    lines = [then.line(task, colour, since) for task, colour, since in _in_colour(session, on)]
    return sorted(lines, key=lambda line: (-line.colour.rank, -(line.days_over or 0), line.number))


def _in_colour(session: Session, on: date) -> Iterator[tuple[Task, Colour, date]]:
    """With the last move of the colour until then."""
    last = (
        select(func.max(Transition.id))
        .where(Transition.machine == WARNING.name, col(Transition.on) <= on)
        .group_by(col(Transition.task_id))
    )
    rows = session.execute(
        select_columns(Task, col(Transition.target), col(Transition.on))
        .join(Transition, col(Transition.task_id) == col(Task.id))
        .where(col(Transition.id).in_(last), col(Transition.target) != Colour.GREEN)
    )
    for task, colour, since in rows:
        yield task, Colour(colour), since


@dataclass(frozen=True)
class _Then:
    """What was otherwise at the end of the day, of all tasks at once: a bulletin has thousands."""

    session: Session
    on: date
    calendar: Calendar
    units: Mapping[int, str]
    passed_on: Mapping[int, int]
    redated: Mapping[int, date | None]
    listed: Set[int]

    @classmethod
    def load(cls, session: Session, on: date, calendar: Calendar) -> "_Then":
        later = session.execute(
            select_columns(col(DeadlineChange.task_id), col(DeadlineChange.previous_due_on))
            .where(col(DeadlineChange.on) > on, col(DeadlineChange.kind) != "opened")
            .order_by(col(DeadlineChange.id).desc())
        )
        return cls(
            session,
            on,
            calendar,
            units=dict(session.exec(select(Unit.id, Unit.name)).all()),
            passed_on=passed_on_since(session, on),
            redated=dict(later.all()),
            listed=set(session.exec(select(ListMembership.task_id))),
        )

    def line(self, task: Task, colour: Colour, since: date) -> Line:
        due_on = self.redated.get(task.id, task.due_on)
        counts_on = counted(due_on, self._ladder(task), self.calendar) if due_on else None
        return Line(
            number=task.number,
            **self.shown(task),
            colour=colour,
            due_on=due_on,
            days_over=(self.on - counts_on).days if counts_on else None,
            warned_on=since,
        )

    def shown(self, task: Task) -> dict[str, str]:
        """What may be said of it beside number, colour and dates."""
        if task.restricted:
            return {"title": "", "unit": ""}
        return {
            "title": task.title,
            "unit": self.units[self.passed_on.get(task.id, task.unit_id)],
        }

    def _ladder(self, task: Task) -> Ladder:
        if task.id in self.listed:
            return ladder_of(policy_on(self.session, task, self.on, self.calendar))
        return ladder_of(self.session.get_one(Policy, task.policy_id))


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


def closed_in(session: Session, first: date, last: date, calendar: Calendar) -> list[Closed]:
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
    then = _Then.load(session, last, calendar)
    return [
        Closed(number=task.number, **then.shown(task), warned_on=warned_on, closed_on=on)
        for task, warned_on, on in rows
    ]
