"""One matter at a time: a guarded UPDATE whose row count is looked at, and its history row."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CursorResult, select, update
from sqlmodel import Session, col

from flows.history import link_id
from models import Notice, Task, Transition
from models.machine import Machine
from models.notice_machine import NOTICE
from models.signoff import SIGNOFF
from models.warning import WARNING, Colour


def changed(session: Session, statement: Any) -> int:
    """Run an UPDATE and say how many rows it hit."""
    result: CursorResult[Any] = session.execute(  # type: ignore[assignment]  # an UPDATE
        statement.execution_options(synchronize_session=False)
    )
    return result.rowcount


def lock_task(session: Session, task_id: int) -> None:
    """Hold the task until this act is committed. Whoever moves a task or its notice locks the
    task first: so two of them wait in one order, and never for each other."""
    held = select(col(Task.id)).where(col(Task.id) == task_id)
    session.execute(held.with_for_update(key_share=True))


def move_colour(
    session: Session,
    task: Task,
    event: str,
    target: Colour,
    *,
    on: date,
    now: datetime,
    **facts: Any,
) -> bool:
    """Move the warning machine. False: the task was no longer of the colour we saw."""
    source = task.colour
    WARNING.find(source, event, target)
    if not changed(
        session,
        update(Task)
        .where(col(Task.id) == task.id, col(Task.colour) == source)
        .values(colour=target),
    ):
        return False
    _record(session, WARNING, task.id, event, source, target, on=on, now=now, **facts)
    session.refresh(task)
    return True


def move_notice(
    session: Session, notice: Notice, event: str, *, on: date, now: datetime, **facts: Any
) -> bool:
    """Move the notice machine. False: somebody else was quicker."""
    source = notice.state
    move = NOTICE.find(source, event)
    if not changed(
        session,
        update(Notice)
        .where(col(Notice.id) == notice.id, col(Notice.state) == source)
        .values(state=move.target),
    ):
        return False
    _record(
        session,
        NOTICE,
        notice.task_id,
        event,
        source,
        move.target,
        on=on,
        now=now,
        notice_id=notice.id,
        **facts,
    )
    session.refresh(notice)
    return True


def move_task(
    session: Session, task: Task, event: str, *, on: date, now: datetime, **facts: Any
) -> bool:
    """Move the sign-off machine. False: the task had already moved on."""
    source = task.state
    move = SIGNOFF.find(source, event)
    if not changed(
        session,
        update(Task)
        .where(col(Task.id) == task.id, col(Task.state) == source)
        .values(state=move.target, stage_on=on),
    ):
        return False
    _record(session, SIGNOFF, task.id, event, source, move.target, on=on, now=now, **facts)
    session.refresh(task)
    return True


def _record(
    session: Session,
    machine: Machine,
    task_id: int,
    event: str,
    source: StrEnum,
    target: StrEnum,
    *,
    on: date,
    now: datetime,
    **facts: Any,
) -> None:
    session.add(
        Transition(
            machine=machine.name,
            task_id=task_id,
            event=event,
            source=source,
            target=target,
            on=on,
            at=now,
            link_id=link_id(session),
            **facts,
        )
    )
    session.flush()
