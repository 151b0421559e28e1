"""One matter at a time: a guarded UPDATE whose row count is looked at, and its history row."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from sqlalchemy import ColumnElement, Integer, Update, bindparam, select, update
from sqlalchemy.orm.attributes import set_committed_value
from sqlmodel import Session, col

from flows.database import changed
from flows.history import link_id
from flows.locks import Lock, hold, share
from models import ChangeRequest, Notice, Referral, Task, Transition
from models.machine import Machine, Move
from models.notice_machine import NOTICE
from models.proof import require_proof
from models.request_machine import REQUEST
from models.signoff import SIGNOFF, TaskState
from models.warning import WARNING, Colour

STAGE = "stage"  # the machine whose states are a procedure's own
_SEEN = {WARNING.name: "colour", STAGE: "stage"}  # the column that a machine moves


def lock_task(session: Session, task_id: int) -> None:
    """Hold the task until this act is committed. Whoever moves a task or its notice does this
    before anything else (of several tasks in the order of their ids): so two of them wait in one
    order, and never for each other."""
    share_tasks(session)
    session.execute(_HELD, {"task": task_id})


def hold_task(session: Session, task: Task) -> None:
    """As `lock_task`; this task of the session is read again, as it stands now."""
    share_tasks(session)
    held = session.scalars(_HELD_WHOLE, {"task": task.id}).one()
    assert held is task, "it is of another session, and would stay as it was"


def hold_task_of(session: Session, referral_id: int) -> Task:
    """The task on which a decision was asked for, held as by `lock_task`, as it stands now."""
    share_tasks(session)
    return session.scalars(_HELD_BY_REFERRAL, {"referral": referral_id}).one()


def share_tasks(session: Session) -> None:
    """Keep away whoever holds all tasks, as long as this act lasts."""
    share(session, Lock.MOVES)


def lock_tasks(session: Session, chosen: ColumnElement[bool]) -> Sequence[int]:
    """Hold each of these, as `lock_task` holds one; their ids. What was done with them before is
    committed now, and the next statement sees it."""
    share_tasks(session)
    held = select(col(Task.id)).where(chosen).order_by(col(Task.id))
    return session.scalars(held.with_for_update(key_share=True)).all()


def lock_all_tasks(session: Session) -> None:
    """Hold every task, for the night and for an import, which move many. Whatever was done with
    a task or its notice before is committed now, and the next statement sees it."""
    hold(session, Lock.MOVES)


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
    move = WARNING.find(task.colour, event, target)
    facts["task_id"] = task.id
    return _make(session, WARNING, move, task, {"colour": target}, on=on, now=now, facts=facts)


def move_notice(
    session: Session, notice: Notice, event: str, *, on: date, now: datetime, **facts: Any
) -> bool:
    """Move the notice machine. False: somebody else was quicker."""
    move = NOTICE.find(notice.state, event)
    facts |= {"task_id": notice.task_id, "notice_id": notice.id}
    return _make(session, NOTICE, move, notice, {"state": move.target}, on=on, now=now, facts=facts)


def move_task(
    session: Session,
    task: Task,
    event: str,
    *,
    on: date,
    now: datetime,
    target: TaskState | None = None,
    becomes: Mapping[str, Any] = MappingProxyType({}),
    **facts: Any,
) -> bool:
    """Move the sign-off machine. `becomes`: what else of the task changes with it, as its level.
    False: the task had already moved on."""
    move = SIGNOFF.find(task.state, event, target)
    facts["task_id"] = task.id
    stays = {"level": task.level if move.target == TaskState.UNDER_REVIEW else None}
    entered = {"state": move.target, "stage_on": on} if event != "reassign" else {}
    return _make(
        session, SIGNOFF, move, task, stays | entered | dict(becomes), on=on, now=now, facts=facts
    )


def move_request(
    session: Session, request: ChangeRequest, event: str, *, on: date, now: datetime, **facts: Any
) -> bool:
    """Move the machine of requests. False: it was decided, or taken back, meanwhile."""
    move = REQUEST.find(request.state, event)
    facts |= {"task_id": request.task_id, "request_id": request.id}
    becomes = {"state": move.target}
    return _make(session, REQUEST, move, request, becomes, on=on, now=now, facts=facts)


def move_stage(
    session: Session,
    task: Task,
    target: str,
    *,
    from_on: date,
    on: date,
    now: datetime,
    **facts: Any,
) -> bool:
    """Move a task to another stage of its procedure, whose file is the table. False: it had
    already moved on."""
    move = Move(task.stage, "advance", target, ("office",), ("reason",))
    becomes = {"stage": target, "stage_from_on": from_on, "stage_on": on}
    facts["task_id"] = task.id
    return _make(session, STAGE, move, task, becomes, on=on, now=now, facts=facts)


def _make(
    session: Session,
    machine: Machine | str,
    move: Move,
    matter: Task | Notice | ChangeRequest,
    becomes: dict[str, Any],
    *,
    on: date,
    now: datetime,
    facts: dict[str, Any],
) -> bool:
    """Make the move and write it down, unless the matter has left the move's source meanwhile."""
    move.require_reason(facts.get("reason", ""))
    require_proof(move, facts.get("assurance", ""))
    name = machine if isinstance(machine, str) else machine.name
    guarded = _guarded(type(matter), _SEEN.get(name, "state"), tuple(becomes))
    said = {f"new_{column}": value for column, value in becomes.items()}
    if not changed(session, guarded, {"this": matter.id, "seen": move.source, **said}):
        return False
    session.add(
        Transition(
            machine=name,
            event=move.event,
            source=move.source,
            target=move.target,
            on=on,
            at=now,
            link_id=link_id(session),
            **facts,
        )
    )
    session.flush()
    for column, value in becomes.items():
        set_committed_value(matter, column, value)
    return True


@lru_cache(maxsize=64)  # putting it together costs more than running it
def _guarded(table: Any, seen: str, becomes: tuple[str, ...]) -> Update:
    """Of the matter that is held by whoever moves it, so that nothing else of it has changed."""
    of_this = col(table.id) == bindparam("this"), col(getattr(table, seen)) == bindparam("seen")
    return (
        update(table)
        .where(*of_this)
        .values({column: bindparam(f"new_{column}") for column in becomes})
    )


_THIS = col(Task.id) == bindparam("task", type_=Integer())
_HELD = select(col(Task.id)).where(_THIS).with_for_update(key_share=True)
_HELD_WHOLE = (
    select(Task)
    .where(_THIS)
    .with_for_update(key_share=True)
    .execution_options(populate_existing=True)
)
_HELD_BY_REFERRAL = (
    select(Task)
    .where(
        col(Task.id)
        == select(col(Referral.task_id))
        .where(col(Referral.id) == bindparam("referral", type_=Integer()))
        .scalar_subquery()
    )
    .with_for_update(key_share=True)
    .execution_options(populate_existing=True)
)
