"""中止: a hearing, a court or a higher office is waited for, and the clock stands still.

Its end is known beforehand, so the deadline moves by the days up to that end, however late the
night comes that finds it.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Date, Integer, bindparam, func, select
from sqlmodel import Session, col

from flows.deadline import change_deadline, live_notice
from flows.moves import hold_task, lock_all_tasks, move_colour, move_notice, move_task
from flows.signoff.actor import Actor
from flows.signoff.roles import require_move, require_reason
from models import ChangeRequest, Decision, Referral, Task, Transition
from models.decision import Verdict
from models.signoff import SIGNOFF, TaskState
from models.warning import Colour
from models.workdays import DAY, Calendar


def suspend(session: Session, task: Task, request: ChangeRequest, actor: Actor) -> None:
    """The clock stops; nothing is owed on the notice, and the colour goes back to green."""
    reason = f"{request.reason}（依据：{request.legal_basis}）"
    said = actor.facts(reason=reason)
    move_task(session, task, "suspend", request_id=request.id, **said)
    if notice := live_notice(session, task):
        move_notice(session, notice, "lift", **said)
    if task.colour != Colour.GREEN:
        move_colour(session, task, "relieve", Colour.GREEN, **said)


def resume(session: Session, task: Task, actor: Actor, *, reason: str, calendar: Calendar) -> None:
    """The office lets the clock run again, at the end of the suspension or before. Raises a
    Refusal."""
    hold_task(session, task)
    require_move(session, task, "resume", actor.official_id, actor.on)
    require_reason(task, reason)
    found = session.execute(_SUSPENDED, {"task": task.id}).first()
    move_task(session, task, "resume", **actor.facts(reason=reason))
    if found:
        _, since, request = found
        _move_deadline(session, task, since, request, on=actor.on, now=actor.now, calendar=calendar)


def resume_ended(
    session: Session, *, night_id: int, on: date, now: datetime, calendar: Calendar
) -> int:
    """The night lets every clock run again whose suspension has ended; returns how many."""
    lock_all_tasks(session)
    found = session.execute(_ENDED, {"before": on}).all()
    for task, since, request in found:
        said = {"on": on, "now": now, "night_id": night_id, "request_id": request.id}
        move_task(session, task, "resume", reason="中止期满，自动恢复", **said)
        _move_deadline(session, task, since, request, on=on, now=now, calendar=calendar)
    return len(found)


def suspended_tasks() -> Any:
    """Suspended tasks, the business date from which each one is, and what was granted."""
    newest = (
        select(func.max(col(Transition.id)))
        .where(col(Transition.task_id) == col(Task.id), col(Transition.event) == "suspend")
        .correlate(Task)
        .scalar_subquery()
    )
    return (
        select(Task, col(Transition.on), ChangeRequest)
        .join(Transition, col(Transition.id) == newest)
        .join(ChangeRequest, col(ChangeRequest.id) == col(Transition.request_id))
        .where(is_suspended())
        .execution_options(populate_existing=True)
    )


def is_suspended() -> ColumnElement[bool]:
    """The state is written out, so that SQLite uses its index."""
    return col(Task.state) == bindparam(None, str(TaskState.SUSPENDED), literal_execute=True)


_SUSPENDED = suspended_tasks().where(col(Task.id) == bindparam("task"))
_ENDED = (
    suspended_tasks()
    .where(col(ChangeRequest.until_on) < bindparam("before", type_=Date()))
    .order_by(col(Task.id))
)


def _move_deadline(
    session: Session,
    task: Task,
    since: date,
    request: ChangeRequest,
    *,
    on: date,
    now: datetime,
    calendar: Calendar,
) -> None:
    """By the days suspended, in the name of whoever granted it."""
    assert request.until_on is not None  # for the types: a suspension has an end
    due_on = due_after(task.due_on, since, request.until_on, on)
    if due_on == task.due_on:
        return
    change_deadline(
        session,
        task,
        due_on,
        kind="suspension",
        reason=request.reason,
        legal_basis=request.legal_basis,
        on=on,
        now=now,
        calendar=calendar,
        actor_id=_granted_by(session, request),
    )


def due_after(due_on: date | None, since: date, until_on: date, on: date) -> date | None:
    """The deadline of a task that was suspended between these dates and is resumed on that one."""
    return due_on and due_on + (min(on, until_on + DAY) - since)


def days_stood_still(session: Session, moves: Sequence[Transition]) -> list[tuple[date, date]]:
    """The spans of days, both ends included, that these moves of a task gave back to it; one that
    is not over yet ends as it was granted."""
    spans = []
    for n, move in enumerate(moves):
        if move.machine != SIGNOFF.name or move.event != "suspend":
            continue
        request = session.get(ChangeRequest, move.request_id) if move.request_id else None
        left = next((one.on for one in moves[n + 1 :] if _leaves(one)), None)
        ends = [request.until_on] if request and request.until_on else []
        ends += [left - DAY] if left else []
        if ends and min(ends) >= move.on:
            spans.append((move.on, min(ends)))
    return spans


def _leaves(move: Transition) -> bool:
    held = str(TaskState.SUSPENDED)
    return move.machine == SIGNOFF.name and move.source == held and move.target != held


def _granted_by(session: Session, request: ChangeRequest) -> int | None:
    return session.scalar(_GRANTED_BY, {"request": request.id})


_GRANTED_BY = (
    select(col(Decision.official_id))
    .join(Referral, col(Referral.id) == col(Decision.referral_id))
    .where(
        col(Referral.request_id) == bindparam("request", type_=Integer()),
        col(Decision.verdict) == Verdict.GRANT,
    )
)
