"""A deadline changes: the ledger of dates keeps why, and the colour is relieved."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam
from sqlalchemy.orm.attributes import set_committed_value
from sqlmodel import Session, col, select

from flows.history import link_id
from flows.moves import move_colour, move_notice, share_tasks
from flows.rulebook import ladder_of
from models import DeadlineChange, Notice, Policy, Task
from models.ladder import Clock
from models.notice_machine import LIVE
from models.strike import highest, strikes
from models.warning import Colour
from models.workdays import Calendar


def date_anchors(task: Task) -> dict[tuple[Clock, Colour | None], date | None]:
    """What the date clocks of this task hang on."""
    return {
        ("due", None): task.due_on,
        ("opened", None): task.begun_on,
        ("stage", None): task.stage_on,
        ("reported", None): task.reported_on,
    }


def live_notice(session: Session, task: Task) -> Notice | None:
    return session.scalars(_LIVE_NOTICE, {"task": task.id}).first()


def change_deadline(
    session: Session,
    task: Task,
    due_on: date | None,
    *,
    kind: str,
    reason: str,
    on: date,
    now: datetime,
    calendar: Calendar,
    legal_basis: str = "",
    actor_id: int | None = None,
) -> None:
    """Set a new deadline, keep the old one in the ledger of dates, and relieve the colour."""
    _hold(session, task)
    session.add(
        DeadlineChange(
            task_id=task.id,
            kind=kind,
            previous_due_on=task.due_on,
            due_on=due_on,
            reason=reason,
            legal_basis=legal_basis,
            on=on,
            at=now,
            actor_id=actor_id,
            link_id=link_id(session),
        )
    )
    task.due_on = due_on
    session.add(task)
    session.flush()
    relieve(session, task, on=on, now=now, calendar=calendar, reason=reason, actor_id=actor_id)


def _hold(session: Session, task: Task) -> None:
    """A night may have raised it meanwhile. What else of it was changed in memory stays: an import
    writes it in one statement with the deadline."""
    share_tasks(session)
    due_on, colour = session.execute(_HELD, {"task": task.id}).one()
    set_committed_value(task, "due_on", due_on)
    set_committed_value(task, "colour", colour)


def relieve(
    session: Session,
    task: Task,
    *,
    on: date,
    now: datetime,
    calendar: Calendar,
    reason: str,
    actor_id: int | None = None,
) -> bool:
    """Recompute the colour from the date clocks, downwards only; the live notice is lifted and
    none is issued. False: the colour stays."""
    colour = colour_by_dates(session, task, date_anchors(task), on, calendar)
    if colour.rank >= task.colour.rank:
        return False
    said: dict[str, Any] = {"on": on, "now": now, "reason": reason, "actor_id": actor_id}
    if notice := live_notice(session, task):
        move_notice(session, notice, "lift", **said)
    return move_colour(session, task, "relieve", colour, **said)


def colour_by_dates(
    session: Session,
    task: Task,
    anchors: Mapping[tuple[Clock, Colour | None], date | None],
    on: date,
    calendar: Calendar,
) -> Colour:
    ladder = ladder_of(policy_of(session, task))
    struck = highest(strikes(ladder, anchors, calendar), on)
    return struck.rung.colour if struck else Colour.GREEN


def policy_of(session: Session, task: Task) -> Policy:
    policy = session.get_one(Policy, task.policy_id)
    session.info["policy"] = policy  # else it is let go of, and read anew when next asked for
    return policy


_HELD = (
    select(col(Task.due_on), col(Task.colour))
    .where(Task.id == bindparam("task"))
    .with_for_update(key_share=True)
)
_LIVE_NOTICE = select(Notice).where(
    Notice.task_id == bindparam("task"), col(Notice.state).in_(LIVE)
)
