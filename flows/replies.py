"""Replies: the two acts that a reply link allows.

Each act is consumed once, by one conditional UPDATE on the person's receipt. The handler's
receipt moves the notice; everybody else's only records that they have seen it.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlmodel import Session, col

from flows.database import changed
from flows.keeping_away import WHO, keeps_away
from flows.moves import lock_task, move_notice, move_task
from models import Notice, Receipt, Task
from models.notice import Duty
from models.notice_machine import LIVE, NOTICE
from models.proof import Assurance
from models.signoff import SIGNOFF


def acknowledge(
    session: Session,
    receipt_id: int,
    official_id: int,
    *,
    said_by: str,
    words: str,
    on: date,
    now: datetime,
    assurance: Assurance = Assurance.LINK,
) -> bool:
    """Acknowledge a notice; `words` may carry a supervisor's instruction. False: it was done
    before, or the notice is no longer live."""
    receipt, notice = _locked(session, receipt_id, official_id)
    if notice.state not in LIVE or receipt.duty == Duty.COPY or _is_over(session, receipt, on):
        return False
    said: dict[str, Any] = {"said_by": said_by, "assurance": assurance}
    seen = said | {"receipt": receipt.id, "acknowledged_at": now, "words": words}
    if not changed(session, _ACKNOWLEDGED, seen):
        return False
    if receipt.duty == Duty.ACT and NOTICE.allows(notice.state, "acknowledge"):
        facts = said | {"on": on, "now": now, "actor_id": official_id, "reason": words}
        return move_notice(session, notice, "acknowledge", **facts)
    return True


def answer(
    session: Session,
    receipt_id: int,
    official_id: int,
    *,
    said_by: str,
    words: str,
    on: date,
    now: datetime,
    assurance: Assurance = Assurance.LINK,
) -> bool:
    """Report progress; it also acknowledges. False: somebody answered before, or the notice is
    no longer live."""
    receipt, notice = _locked(session, receipt_id, official_id)
    if receipt.duty != Duty.ACT or not NOTICE.allows(notice.state, "answer"):
        return False
    if _is_over(session, receipt, on):
        return False
    said: dict[str, Any] = {"said_by": said_by, "assurance": assurance}
    answered = said | {"receipt": receipt.id, "answered_at": now, "words": words}
    answered |= {"acknowledged_at": receipt.acknowledged_at or now}
    if not changed(session, _ANSWERED, answered):
        return False
    facts = said | {"on": on, "now": now, "actor_id": official_id, "reason": words}
    move_notice(session, notice, "answer", **facts)
    _report_progress(session, notice.task_id, on, facts)
    return True


def _report_progress(session: Session, task_id: int, on: date, facts: dict[str, Any]) -> None:
    task = session.get_one(Task, task_id)
    task.reported_on = max(task.reported_on, on)
    session.add(task)
    session.flush()
    if SIGNOFF.allows(task.state, "start"):
        move_task(session, task, "start", **facts)


def _is_over(session: Session, receipt: Receipt, on: date) -> bool:
    """It passed to somebody else, or this person has stood aside since."""
    if receipt.ended_on is not None:
        return True
    task_id = session.get_one(Notice, receipt.notice_id).task_id
    return keeps_away(session, task_id, receipt.official_id, on)


def _locked(session: Session, receipt_id: int, official_id: int) -> tuple[Receipt, Notice]:
    """The person's own receipt and its notice, held until the act is committed."""
    of = {"receipt": receipt_id, "who": official_id}
    lock_task(session, session.scalars(_TASK, of).one())
    return session.execute(_HELD, of).one()


# Built once: each reply asks them.
_MINE = col(Receipt.id) == bindparam("receipt"), col(Receipt.official_id) == WHO
_TASK = (
    select(col(Notice.task_id))
    .join(Receipt, col(Receipt.notice_id) == col(Notice.id))
    .where(*_MINE)
)
_HELD = (
    select(Receipt, Notice)
    .join(Notice, col(Notice.id) == col(Receipt.notice_id))
    .where(*_MINE)
    .with_for_update()
    .execution_options(populate_existing=True)
)
_ACKNOWLEDGED = update(Receipt).where(
    col(Receipt.id) == bindparam("receipt"), col(Receipt.acknowledged_at).is_(None)
)
_ANSWERED = update(Receipt).where(
    col(Receipt.id) == bindparam("receipt"), col(Receipt.answered_at).is_(None)
)
