"""Reminders: a line in the digest while a task is still green, said once per deadline."""

from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Date, Integer, Select, and_, bindparam, insert, or_, select
from sqlmodel import Session, col

from flows.deadline import date_anchors
from flows.recipients import Directory
from flows.rulebook import ladder_of
from flows.sweep import ANCHOR, on_clock
from models import Policy, Reminder, Task
from models.ladder import Entry, Ladder
from models.ladder import Reminder as Asked
from models.signoff import ON_CLOCK
from models.strike import cutoff, strike
from models.warning import Colour
from models.workdays import Calendar

_POLICIES = select(Policy)


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
    for policy in session.scalars(_POLICIES).all():
        ladder = ladder_of(policy)
        if not ladder.reminder:
            continue
        last = _last(ladder, on, calendar)
        green, already = _reached(tuple(last))
        known: dict[str, Any] = {"policy": policy.id, **last}
        tasks = session.scalars(green, known).all()
        said = set(map(tuple, session.execute(already, known))) if tasks else set()
        for task in tasks:
            struck = _latest(task, ladder, on, calendar)
            if (task.id, struck.anchor, str(struck.entry)) not in said:
                yield task, struck


def _told(directory: Directory, task: Task, struck: Struck) -> Iterable[int]:
    """Each person once, by whatever post."""
    told = (t for kind in struck.asked.tell for t in directory.resolve(task, kind))
    return dict.fromkeys(t.official_id for t in told)


def _last(ladder: Ladder, on: date, calendar: Calendar) -> dict[str, date]:
    """Of each clock of a reminder the highest cutoff, which holds what the others hold."""
    last: dict[str, date] = {}
    for entry in _entries(ladder):
        reached = cutoff(entry, on, ladder, calendar)
        last[entry.clock] = max(reached, last.get(entry.clock, reached))
    return last


@lru_cache(maxsize=16)  # putting it together costs as much as running it
def _reached(clocks: tuple[str, ...]) -> tuple[Select[Task], Select[int, date, str]]:
    """Green tasks on the clock that one reminder at least has struck for, and what was said of
    them. The `policy` and the last date of each clock come as parameters."""
    reached = and_(
        col(Task.policy_id) == bindparam("policy", type_=Integer()),
        on_clock(),
        col(Task.colour) == Colour.GREEN,
        or_(*(ANCHOR[clock] <= bindparam(clock, type_=Date()) for clock in clocks)),
    )
    said = select(col(Reminder.task_id), col(Reminder.anchor), col(Reminder.entry))
    return (
        select(Task).where(reached),
        said.join(Task, col(Task.id) == col(Reminder.task_id)).where(reached),
    )


def _entries(ladder: Ladder) -> Iterator[Entry]:
    for asked in ladder.reminder:
        yield from asked.when


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
