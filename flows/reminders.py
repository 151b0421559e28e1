"""Reminders: a line in the digest while a task is still green, said once per deadline."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, and_, insert, or_, select
from sqlmodel import Session, col

from flows.deadline import date_anchors
from flows.recipients import Directory
from flows.rulebook import ladder_of
from flows.sweep import ANCHOR, on_clock
from models import Policy, Reminder, Task
from models.ladder import Clock, Entry, Ladder
from models.ladder import Reminder as Asked
from models.signoff import ON_CLOCK
from models.strike import cutoff, strike
from models.warning import Colour
from models.workdays import Calendar


class Struck(NamedTuple):
    on: date
    anchor: date
    entry: Entry
    asked: Asked


def write_reminders(session: Session, *, night_id: int, on: date, calendar: Calendar) -> int:
    """Of several entries reached at once only the latest is said; what was said once is not
    said again until the deadline changes."""
    due = list(_due(session, on, calendar))
    if not due:
        return 0
    directory = Directory.load(session, on)
    rows = [
        {
            "task_id": task.id,
            "official_id": official_id,
            "night_id": night_id,
            "clock": struck.entry.clock,
            "anchor": struck.anchor,
            "entry": str(struck.entry),
        }
        for task, struck in due
        for official_id in _told(directory, task, struck)
    ]
    if rows:
        session.execute(insert(Reminder), rows)
    return len(rows)


def _due(session: Session, on: date, calendar: Calendar) -> Iterator[tuple[Task, Struck]]:
    """What has struck and was not said."""
    for policy in session.scalars(select(Policy)).all():
        ladder = ladder_of(policy)
        if not ladder.reminder:
            continue
        reached = _reached(policy, ladder, on, calendar)
        said = _said(session, reached)
        for task in session.scalars(select(Task).where(reached)):
            struck = _latest(task, ladder, on, calendar)
            if (task.id, struck.anchor, str(struck.entry)) not in said:
                yield task, struck


def _told(directory: Directory, task: Task, struck: Struck) -> Iterable[int]:
    """Each person once, by whatever post."""
    told = (t for kind in struck.asked.tell for t in directory.resolve(task, kind))
    return dict.fromkeys(t.official_id for t in told)


def _reached(policy: Policy, ladder: Ladder, on: date, calendar: Calendar) -> ColumnElement[bool]:
    """Green tasks on the clock that one reminder at least has struck for: one condition for
    each clock, because its highest cutoff holds what the others hold."""
    last: dict[Clock, date] = {}
    for entry in _entries(ladder):
        reached = cutoff(entry, on, ladder, calendar)
        last[entry.clock] = max(reached, last.get(entry.clock, reached))
    return and_(
        col(Task.policy_id) == policy.id,
        on_clock(),
        col(Task.colour) == Colour.GREEN,
        or_(*(ANCHOR[clock] <= day for clock, day in last.items())),
    )


def _entries(ladder: Ladder) -> Iterator[Entry]:
    for asked in ladder.reminder:
        yield from asked.when


def _said(session: Session, reached: ColumnElement[bool]) -> set[tuple[int, date, str]]:
    rows = session.execute(
        select(col(Reminder.task_id), col(Reminder.anchor), col(Reminder.entry))
        .join(Task, col(Task.id) == col(Reminder.task_id))
        .where(reached)
    )
    return {(task_id, anchor, entry) for task_id, anchor, entry in rows}


def _latest(task: Task, ladder: Ladder, on: date, calendar: Calendar) -> Struck:
    anchors = date_anchors(task)
    struck = [
        Struck(strike(entry, anchor, ladder, calendar), anchor, entry, asked)
        for asked in ladder.reminder
        for entry in asked.when
        if (anchor := anchors[entry.clock, None]) is not None
    ]
    return max((s for s in struck if s.on <= on), key=lambda s: s.on)


def still_due(reminder: Reminder, task: Task) -> bool:
    """Nothing was settled since it was written: the deadline is the same, the clock runs."""
    present: dict[str, date | None] = {c: anchor for (c, _), anchor in date_anchors(task).items()}
    return task.state in ON_CLOCK and present[reminder.clock] == reminder.anchor
