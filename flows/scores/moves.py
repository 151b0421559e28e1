"""What happened to matters: warned of, not acknowledged or answered in time, returned, reopened."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, exists, true
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from flows.scores.happened import Happened, Whose, of_task
from models import Notice, Procedure, Task, Transition
from models.machine import Machine
from models.notice_machine import NOTICE
from models.score_file import ScoreRule
from models.signoff import SIGNOFF
from models.warning import WARNING
from models.workdays import DAY

ENDED = ("lift", "supersede")  # nothing was owed on that notice any more


def warned(
    session: Session, rule: ScoreRule, first: date, last: date, whose: Whose
) -> Iterator[Happened]:
    """It turned to one of these colours."""
    wanted = col(Transition.target).in_(rule.colours)
    for move, task in _moves(session, rule, first, last, WARNING, "escalate", wanted):
        yield of_task(task, f"move/{move.id}", move.on, whose.at(task, move.at), move.target)


def returned(
    session: Session, rule: ScoreRule, first: date, last: date, whose: Whose
) -> Iterator[Happened]:
    """An application for sign-off came back."""
    for move, task in _moves(session, rule, first, last, SIGNOFF, "return"):
        yield of_task(task, f"move/{move.id}", move.on, whose.at(task, move.at))


def reopened(
    session: Session, rule: ScoreRule, first: date, last: date, whose: Whose
) -> Iterator[Happened]:
    """A look-back found that it had come back, was feigned or not done."""
    for move, task in _moves(session, rule, first, last, SIGNOFF, "reopen"):
        yield of_task(task, f"move/{move.id}", move.on, whose.at(task, move.at))


def unacknowledged(
    session: Session, rule: ScoreRule, first: date, last: date, whose: Whose
) -> Iterator[Happened]:
    done = ("acknowledge", "answer", *ENDED)
    yield from _late(session, rule, (first, last), whose, col(Notice.acknowledge_by), done)


def unanswered(
    session: Session, rule: ScoreRule, first: date, last: date, whose: Whose
) -> Iterator[Happened]:
    yield from _late(session, rule, (first, last), whose, col(Notice.answer_by), ("answer", *ENDED))


def _late(
    session: Session,
    rule: ScoreRule,
    days: tuple[date, date],
    whose: Whose,
    by: Any,
    done: tuple[str, ...],
) -> Iterator[Happened]:
    """On the day after the one by which it was owed."""
    in_time = exists().where(
        col(Transition.notice_id) == col(Notice.id),
        col(Transition.machine) == NOTICE.name,
        col(Transition.event).in_(done),
        col(Transition.on) <= by,
    )
    coloured = col(Notice.colour).in_(rule.colours) if rule.colours else true()
    rows = session.execute(
        select_columns(Notice, Task)
        .join(Task, col(Task.id) == col(Notice.task_id))
        .where(by.between(days[0] - DAY, days[1] - DAY), coloured, of_procedures(rule), ~in_time)
        .order_by(col(Notice.id))
    )
    for notice, task in rows:
        owed = notice.acknowledge_by if rule.event == "unacknowledged" else notice.answer_by
        key = f"{rule.event}/{notice.id}"
        yield of_task(task, key, owed + DAY, whose.on(task, owed), notice.colour)


def _moves(
    session: Session,
    rule: ScoreRule,
    first: date,
    last: date,
    machine: Machine,
    event: str,
    wanted: ColumnElement[bool] | None = None,
) -> Any:
    return session.execute(
        select_columns(Transition, Task)
        .join(Task, col(Task.id) == col(Transition.task_id))
        .where(
            col(Transition.machine) == machine.name,
            col(Transition.event) == event,
            col(Transition.on).between(first, last),
            true() if wanted is None else wanted,
            of_procedures(rule),
        )
        .order_by(col(Transition.id))
    )


def of_procedures(rule: ScoreRule) -> ColumnElement[bool]:
    """Of those that the rule names; of all if it names none."""
    if not rule.procedures:
        return true()
    named = select(Procedure.id).where(col(Procedure.name).in_(rule.procedures))
    return col(Task.procedure_id).in_(named)
