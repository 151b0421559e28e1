"""What there is to be counted: the records that stand, and what granted applications for sign-off
tell of rules and money. One fact has one source."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from flows.records.keeping import MONEY, RULE
from flows.records.kept_lines import lines_of
from flows.records.lines import Line
from models import Application, Record, Task, Transition
from models.application import ApplicationState


@dataclass(frozen=True, slots=True)
class Entry:
    """`key` says where it can be looked at: record/12, application/3."""

    key: str
    kind: str
    on: date
    topic: str = ""
    led_by: str = ""
    balancing: bool = False
    lines: tuple[Line, ...] = ()


def standing() -> ColumnElement[bool]:
    """Neither corrected nor withdrawn."""
    corrected = select(Record.corrects_id).where(col(Record.corrects_id).is_not(None))
    return col(Record.void).is_(False) & col(Record.id).not_in(corrected)


def entries(session: Session, first: date, last: date) -> list[Entry]:
    """Of these days, in the order in which they were recorded."""
    these = (standing(), col(Record.on).between(first, last))
    kept = session.exec(select(Record).where(*these).order_by(col(Record.id))).all()
    lines = lines_of(session, select(Record.id).where(*these))
    found = [
        Entry(
            f"record/{one.id}",
            one.kind,
            one.on,
            one.topic,
            one.led_by,
            one.balancing,
            tuple(lines[one.id]),
        )
        for one in kept
    ]
    return [*found, *_applied(session, first, last)]


def _applied(session: Session, first: date, last: date) -> Iterator[Entry]:
    """Rules and money of applications, as of the day on which they were signed off."""
    granted = session.exec(
        select(Application, Task)
        .join(Task, col(Task.id) == col(Application.task_id))
        .where(Application.state == ApplicationState.GRANTED)
        .order_by(col(Application.id))
    )
    for application, task in granted:
        on = _signed_off_on(session, application)
        if not first <= on <= last:
            continue
        key = f"application/{application.id}"
        if application.money_returned:
            line = Line(amount=application.money_returned, task=task.number)
            yield Entry(key, MONEY, on, lines=(line,))
        rules = [rule.strip() for rule in application.rules.splitlines() if rule.strip()]
        if rules:
            said = tuple(Line(subject=rule, task=task.number) for rule in rules)
            yield Entry(key, RULE, on, lines=said)


def _signed_off_on(session: Session, application: Application) -> date:
    moved = session.exec(
        select(Transition)
        .where(
            Transition.task_id == application.task_id,
            Transition.event == "sign_off",
            col(Transition.at) >= application.applied_at,
        )
        .order_by(col(Transition.id))
    ).first()
    return moved.on if moved else date.max
