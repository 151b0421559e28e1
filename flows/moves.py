"""One matter at a time: a guarded UPDATE whose row count is looked at, and its history row."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import select, text, update
from sqlmodel import Session, col

from flows.database import changed
from flows.history import link_id
from models import Notice, Task, Transition
from models.machine import Machine
from models.notice_machine import NOTICE
from models.signoff import SIGNOFF
from models.warning import WARNING, Colour

MOVES_LOCK = 0x515E3  # PostgreSQL: shared by whoever moves one task, alone with who moves many


def lock_task(session: Session, task_id: int) -> None:
    """Hold the task until this act is committed. Whoever moves a task or its notice does this
    before anything else (of several tasks in the order of their ids): so two of them wait in one
    order, and never for each other."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock_shared(:key)"), {"key": MOVES_LOCK})
    held = select(col(Task.id)).where(col(Task.id) == task_id)
    session.execute(held.with_for_update(key_share=True))


def lock_all_tasks(session: Session) -> None:
    """Hold every task, for the night and for an import, which move many. Whatever was done with
    a task or its notice before is committed now, and the next statement sees it.

    On SQLite a writer is alone from its BEGIN on.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MOVES_LOCK})


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
