"""What there is to be counted: the records that stand, and what granted applications for sign-off
tell of rules and money. One fact has one source."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, or_, select

from flows.records.keeping import MONEY, RULE
from flows.records.kept_lines import lines_of
from flows.records.lines import Line
from models import Application, Record, RecordKind, Task, Transition
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


def families(session: Session) -> dict[str, set[str]]:
    """Each kind with all that are counted of it."""
    parents = dict(session.exec(select(RecordKind.name, RecordKind.parent)).all())
    found: dict[str, set[str]] = defaultdict(set)
    for name in parents:
        above = name
        while above:
            found[above].add(name)
            above = parents.get(above, "")
    return found


def _applied(session: Session, first: date, last: date) -> Iterator[Entry]:
    """Rules and money of applications, as of the day on which they were signed off."""
    tells = or_(col(Application.money_returned) > 0, col(Application.rules) != "")
    granted = session.exec(
        select(Application, Task)
        .join(Task, col(Task.id) == col(Application.task_id))
        .where(Application.state == ApplicationState.GRANTED, tells)
        .order_by(col(Application.id))
    ).all()
    signed_off = _signed_off(session)
    for application, task in granted:
        moves = signed_off[task.id]
        on = next((on for on, at in moves if at >= (application.applied_at or at)), date.max)
        if first <= on <= last:
            yield from _told_by(application, task.number, on)


def _told_by(application: Application, task: str, on: date) -> Iterator[Entry]:
    key = f"application/{application.id}"
    if application.money_returned:
        yield Entry(key, MONEY, on, lines=(Line(amount=application.money_returned, task=task),))
    rules = [rule.strip() for rule in application.rules.splitlines() if rule.strip()]
    if rules:
        yield Entry(key, RULE, on, lines=tuple(Line(subject=rule, task=task) for rule in rules))


def _signed_off(session: Session) -> dict[int, list[tuple[date, datetime]]]:
    """Of each task (id) when it was signed off: more than once, if it was opened anew."""
    found: dict[int, list[tuple[date, datetime]]] = defaultdict(list)
    moves = select(Transition).where(Transition.event == "sign_off")
    for one in session.exec(moves.order_by(col(Transition.id))):
        found[one.task_id].append((one.on, one.at))
    return found
