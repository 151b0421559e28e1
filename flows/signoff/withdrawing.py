"""The office takes a task off the ledger without a sign-off, and says why."""

from sqlmodel import Session

from flows.moves import hold_task, move_task
from flows.signoff.actor import Actor
from flows.signoff.applications import present_application
from flows.signoff.closing import end_warning
from flows.signoff.referrals import close_referrals
from flows.signoff.requests import lapse
from flows.signoff.roles import require_move, require_reason
from models import Task
from models.application import ApplicationState
from models.decision import ReferralState


def withdraw(session: Session, task: Task, actor: Actor, *, reason: str) -> None:
    """Nothing is owed on it any more, by anybody. Raises a Refusal."""
    hold_task(session, task)
    require_move(session, task, "withdraw", actor.official_id, actor.on)
    require_reason(task, reason)
    take_off(session, task, actor, reason=reason)


def take_off(session: Session, task: Task, actor: Actor, *, reason: str) -> None:
    """For whoever has the right already: the office, or whoever upheld an objection."""
    end_warning(session, task, actor, reason=reason)
    application = present_application(session, task)
    if application is not None and application.state == ApplicationState.OPEN:
        application.state = ApplicationState.LAPSED
        session.add(application)
    move_task(session, task, "withdraw", **actor.facts(reason=reason))
    lapse(session, task, actor, reason=reason)
    close_referrals(session, {"task_id": task.id}, ReferralState.VOID, actor.now)
