"""Who turns which colour when, if nobody acts: the nights that come, one task at a time.

The same strike dates as those of the sweep and of `sise explain`, and the same due dates as those
of the notices that those nights would issue; a test plays the nights and compares.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, func, select, true
from sqlmodel import Session, col

from flows.escalation import Out, anchors_of
from flows.handler_name import handler_name, handler_of
from flows.notices import notice_ahead
from flows.rulebook import ladder_of
from flows.signoff.suspensions import due_after, suspended_tasks
from flows.sweep import on_clock
from models import Night, Notice, Policy, Task, Unit
from models.ladder import NOTICE_CLOCKS, Entry, Ladder
from models.notice_machine import LIVE
from models.signoff import TaskState
from models.strike import Strike, highest, strikes
from models.warning import Colour
from models.workdays import DAY, Calendar

AT_ONCE = 1000  # tasks


@dataclass(frozen=True, slots=True)
class Turn:
    """One colour that a night will bring. `if_unanswered`: it hangs on a notice, and does not come
    if somebody acknowledges or answers that in time."""

    on: date
    number: str
    title: str
    unit: str
    handler: str
    source: Colour
    target: Colour
    entry: Entry
    if_unanswered: bool
    provisional: bool  # the date lies beyond the known calendar
    restricted: bool


def next_night(session: Session, today: date) -> date:
    """The business date of the first night that has not been played."""
    last = session.scalar(select(func.max(col(Night.on))))
    return max(today, last + DAY) if last else today


def forecast(
    session: Session,
    *,
    first: date,
    last: date,
    calendar: Calendar,
    among: ColumnElement[bool] | None = None,
    due: Collection[int] | None = None,
) -> list[Turn]:
    """What the nights from `first` to `last` bring, by day and number, the worst colour first; to
    all tasks, or those `among` them. `due`: who else than the suspended will turn, as
    flows.sweep.due_by found it."""
    ladders = {p.id: ladder_of(p) for p in session.scalars(select(Policy))}
    units = dict(session.execute(select(col(Unit.id), col(Unit.name))).all())
    turns = list[Turn]()
    for task, handler, notice, begins in _running(
        session, first, last, true() if among is None else among, due
    ):
        ladder = ladders[task.policy_id]
        for on, struck, source in _climb(task, notice, ladder, calendar, begins, last):
            turns.append(
                Turn(
                    on=on,
                    number=task.number,
                    title=task.title,
                    unit=units[task.unit_id],
                    handler=handler or "",
                    source=source,
                    target=struck.rung.colour,
                    entry=struck.entry,
                    if_unanswered=struck.entry.clock in NOTICE_CLOCKS,
                    provisional=not calendar.is_known(on.year),
                    restricted=task.restricted,
                )
            )
    return sorted(turns, key=lambda turn: (turn.on, -turn.target.rank, turn.number))


def _running(
    session: Session,
    first: date,
    last: date,
    among: ColumnElement[bool],
    due: Collection[int] | None,
) -> Iterator[tuple[Task, str | None, Notice | None, date]]:
    """Every task whose clock runs by then, its handler, its live notice, the first night that
    looks at it."""
    running = (
        select(Task, handler_name(first), Notice)
        .outerjoin(Notice, (col(Notice.task_id) == col(Task.id)) & col(Notice.state).in_(LIVE))
        .where(on_clock(), among)
    )
    if due is not None:
        running = running.where(col(Task.id).in_(due))
    for task, handler, notice in session.execute(running.execution_options(yield_per=AT_ONCE)):
        yield task, handler, notice, first
    for task, since, request in session.execute(suspended_tasks().where(among)):
        begins = max(first, request.until_on + DAY)
        if begins <= last:
            resumed = {
                "state": TaskState.IN_PROGRESS,
                "stage_on": begins,
                "due_on": due_after(task.due_on, since, request.until_on, begins),
            }
            handler = handler_of(session, task, first)
            yield Task(**{**task.model_dump(), **resumed}), handler, None, begins


def _climb(
    task: Task, notice: Out | None, ladder: Ladder, calendar: Calendar, on: date, last: date
) -> Iterator[tuple[date, Strike, Colour]]:
    """From colour to colour, each time with the notice that the night before has issued."""
    colour = task.colour
    while ahead := [
        found
        for found in strikes(ladder, anchors_of(task, notice), calendar)
        if found.rung.colour.rank > colour.rank
    ]:
        on = max(on, min(found.on for found in ahead))
        struck = highest(ahead, on)
        if on > last or struck is None:
            return
        yield on, struck, colour
        colour = struck.rung.colour
        notice = notice_ahead(struck.rung, on, calendar)
        on += DAY
