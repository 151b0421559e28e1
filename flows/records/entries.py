"""What there is to be counted: the records that stand, what granted applications for sign-off tell
of rules and money, and the lines that were handed in and decided. One fact has one source."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Date, bindparam
from sqlmodel import Session, col, or_, select

from flows.proposals.standing import DECIDED, Standing, standings
from flows.records.keeping import MONEY, RULE
from flows.records.kept_lines import lines_of
from flows.records.lines import Line
from models import Application, Proposal, Record, RecordKind, Task, Transition
from models.application import ApplicationState


@dataclass(frozen=True, slots=True)
class Entry:
    """`key` says where it can be looked at: record/12, application/3, proposal/预审-2022-001."""

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
    kept = session.scalars(_KEPT, {"first": first, "last": last}).all()
    lines = lines_of(session, [one.id for one in kept])
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
    return [*found, *_applied(session, first, last), *_decided(session, first, last)]


def decided_under(procedure: str) -> str:
    """The kind of an entry of lines that were handed in under this procedure: none of a record."""
    return f"procedure {procedure}"


def _decided(session: Session, first: date, last: date) -> Iterator[Entry]:
    """As of the day of the sign-off. A person's name is in none of it."""
    tasks = session.scalars(_DECIDED).all()
    for one in standings(session, tasks).values() if tasks else ():
        if one.decided_on is None or not first <= one.decided_on <= last:
            continue
        yield Entry(
            f"proposal/{one.task.number}",
            decided_under(one.procedure),
            one.decided_on,
            lines=tuple(_line(one, line.position) for line in one.lines),
        )


def _line(one: Standing, position: int) -> Line:
    result, which = one.result(position), f"{one.task.number} {position}"
    if one.rules.people:
        return Line(unit=one.unit, result=result, person=which)
    return Line(unit=one.unit, result=result, subject=which)


def families(session: Session) -> dict[str, set[str]]:
    """Each kind with all that are counted of it."""
    parents = dict(session.execute(_PARENTS).all())
    found: dict[str, set[str]] = defaultdict(set)
    for name in parents:
        above = name
        while above:
            found[above].add(name)
            above = parents.get(above, "")
    return found


def _applied(session: Session, first: date, last: date) -> Iterator[Entry]:
    """Rules and money of applications, as of the day on which they were signed off."""
    granted = session.execute(_GRANTED).all()
    signed_off = _signed_off(session) if granted else {}
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
    for task_id, on, at in session.execute(_SIGN_OFFS):
        found[task_id].append((on, at))
    return found


_KEPT = (
    select(Record)
    .where(
        standing(),
        col(Record.on).between(bindparam("first", type_=Date()), bindparam("last", type_=Date())),
    )
    .order_by(col(Record.id))
)
_DECIDED = (
    select(Task)
    .join(Proposal, col(Proposal.task_id) == col(Task.id))
    .where(col(Task.state).in_(DECIDED))
    .order_by(col(Proposal.id))
)
_PARENTS = select(col(RecordKind.name), col(RecordKind.parent))
_GRANTED = (
    select(Application, Task)
    .join(Task, col(Task.id) == col(Application.task_id))
    .where(
        col(Application.state) == ApplicationState.GRANTED,
        or_(col(Application.money_returned) > 0, col(Application.rules) != ""),
    )
    .order_by(col(Application.id))
)
_SIGN_OFFS = (
    select(col(Transition.task_id), col(Transition.on), col(Transition.at))
    .where(col(Transition.event) == "sign_off")
    .order_by(col(Transition.id))
)
