"""What happened to deadlines: passed with nothing handed in, or kept."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, true
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from flows.rulebook import ladder_of
from flows.scores.happened import Happened, Whose, of_task
from flows.scores.moves import of_procedures
from models import DeadlineChange, DutyOccurrence, DutyTemplate, Policy, Task, Transition
from models.score_file import ScoreRule
from models.signoff import ON_CLOCK, SIGNOFF, TaskState
from models.strike import counted
from models.workdays import DAY, Calendar

LONGEST_ROLL = timedelta(days=20)  # from a deadline on a day off to the day on which it counts


def overdue(
    session: Session, rule: ScoreRule, first: date, last: date, whose: Whose, calendar: Calendar
) -> Iterator[Happened]:
    """Matters that no duty opened."""
    of_duties = select(DutyOccurrence.task_id).where(col(DutyOccurrence.task_id).is_not(None))
    among = col(Task.id).not_in(of_duties) & of_procedures(rule)
    yield from _missed(session, rule, (first, last), whose, calendar, among)


def duty_missed(
    session: Session, rule: ScoreRule, first: date, last: date, whose: Whose, calendar: Calendar
) -> Iterator[Happened]:
    named = col(DutyTemplate.name).in_(rule.duties) if rule.duties else true()
    of_duties = (
        select(DutyOccurrence.task_id)
        .join(DutyTemplate, col(DutyTemplate.id) == col(DutyOccurrence.duty_id))
        .where(col(DutyOccurrence.task_id).is_not(None), named)
    )
    yield from _missed(session, rule, (first, last), whose, calendar, col(Task.id).in_(of_duties))


def signed_off(
    session: Session, rule: ScoreRule, first: date, last: date, whose: Whose, calendar: Calendar
) -> Iterator[Happened]:
    """In time: the application that was granted came by the deadline of that day."""
    wanted = rule.event == "signed_off_in_time"
    closing = (
        select_columns(Transition, Task)
        .join(Task, col(Task.id) == col(Transition.task_id))
        .where(
            col(Transition.machine) == SIGNOFF.name,
            col(Transition.event) == "sign_off",
            col(Transition.on).between(first, last),
            of_procedures(rule),
        )
        .order_by(col(Transition.id))
    )
    tasks = select(Transition.task_id).where(
        Transition.event == "sign_off", col(Transition.on).between(first, last)
    )
    applied, dates = _moves(session, tasks), _dates(session, tasks)
    counts = partial(_counted, session, calendar)
    for move, task in session.execute(closing):
        asked = [m for m in applied[task.id] if m.event == "apply" and m.id < move.id]
        on = asked[-1].on if asked else move.on
        known = [change.due_on for change in dates[task.id] if change.on <= on]
        due_on = known[-1] if known else task.due_on
        if (due_on is None or on <= counts(task, due_on)) == wanted:
            yield of_task(task, f"move/{move.id}", move.on, whose.at(task, move.at))


def _missed(
    session: Session,
    rule: ScoreRule,
    days: tuple[date, date],
    whose: Whose,
    calendar: Calendar,
    among: ColumnElement[bool],
) -> Iterator[Happened]:
    """On the day after a deadline that stood until then, with the clock against the handler."""
    near = col(DeadlineChange.due_on).between(days[0] - LONGEST_ROLL, days[1])
    tasks = select(Task.id).where(
        among, col(Task.id).in_(select(DeadlineChange.task_id).where(near))
    )
    dates, moves = _dates(session, tasks), _moves(session, tasks)
    for task in session.exec(select(Task).where(col(Task.id).in_(tasks)).order_by(col(Task.id))):
        for late in _passed(session, task, dates[task.id], calendar):
            if days[0] <= late <= days[1] and _state(moves[task.id], late - DAY) in ON_CLOCK:
                key = f"{rule.event}/{task.id}/{late}"
                yield of_task(task, key, late, whose.on(task, late - DAY))


def _passed(
    session: Session, task: Task, changes: Sequence[DeadlineChange], calendar: Calendar
) -> Iterator[date]:
    """The day after each deadline that stood to its end; not one that lay behind when it came."""
    ends = [change.on for change in changes[1:]]
    for change, until in zip(changes, [*ends, date.max], strict=True):
        if change.due_on is not None:
            late = _counted(session, calendar, task, change.due_on) + DAY
            if change.on < late <= until:
                yield late


def _counted(session: Session, calendar: Calendar, task: Task, due_on: date) -> date:
    return counted(due_on, ladder_of(session.get_one(Policy, task.policy_id)), calendar)


def _state(moves: Sequence[Transition], on: date) -> TaskState:
    """At the end of this day."""
    until = [move for move in moves if move.on <= on]
    return TaskState(until[-1].target) if until else TaskState(SIGNOFF.initial)


def _dates(session: Session, tasks: Any) -> Mapping[int, list[DeadlineChange]]:
    found: dict[int, list[DeadlineChange]] = defaultdict(list)
    rows = select(DeadlineChange).where(col(DeadlineChange.task_id).in_(tasks))
    for one in session.exec(rows.order_by(col(DeadlineChange.id))):
        found[one.task_id].append(one)
    return found


def _moves(session: Session, tasks: Any) -> Mapping[int, list[Transition]]:
    found: dict[int, list[Transition]] = defaultdict(list)
    rows = select(Transition).where(
        Transition.machine == SIGNOFF.name, col(Transition.task_id).in_(tasks)
    )
    for one in session.exec(rows.order_by(col(Transition.id))):
        found[one.task_id].append(one)
    return found
