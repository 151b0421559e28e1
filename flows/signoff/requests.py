"""Requests: what a handler asks for, bounded by the procedure, and decided by somebody else."""

from sqlmodel import Session, select

from flows.moves import move_request
from flows.signoff.actor import Actor
from flows.signoff.referrals import close_referrals
from models import ChangeRequest, Task
from models.decision import ReferralState
from models.request_machine import RequestState


def pending(session: Session, task: Task) -> ChangeRequest | None:
    """The one request that waits for a decision."""
    return session.exec(
        select(ChangeRequest).where(
            ChangeRequest.task_id == task.id, ChangeRequest.state == RequestState.ASKED
        )
    ).first()


def lapse(session: Session, task: Task, actor: Actor, *, reason: str) -> None:
    """The task moves on without what was asked for."""
    if request := pending(session, task):
        move_request(session, request, "lapse", **actor.facts(reason=reason))
        close_referrals(session, {"request_id": request.id}, ReferralState.VOID, actor.now)
