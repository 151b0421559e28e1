"""A decision is asked of somebody else: whoever was asked stands aside, or left his post."""

from collections.abc import Callable

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from flows.signoff.actor import OfficeActor
from flows.signoff.levels import NO_LEVEL, barred, refer_level, rules_of
from flows.signoff.look_back_plans import granted
from flows.signoff.referrals import Of, close_referrals, refer
from flows.signoff.request_bounds import approval_of
from flows.signoff.requests import has_a_part
from models import Application, ChangeRequest, LookBack, Referral, Task
from models.decision import ReferralState
from models.span import Span
from models.workdays import Calendar


def refer_anew(
    session: Session,
    task: Task,
    passes: Callable[[Referral], bool],
    actor: OfficeActor,
    *,
    calendar: Calendar,
) -> list[Referral]:
    """Void the task's open referrals that this names. Where nobody else is asked then, ask whoever
    may decide now; returns whom. The task is held."""
    open_ones = session.scalars(_OPEN, {"task": task.id}).all()
    voided = [referral for referral in open_ones if passes(referral)]
    for referral in voided:
        close_referrals(session, {"id": referral.id}, ReferralState.VOID, actor.now)
    kept = [_matter(referral) for referral in open_ones if referral not in voided]
    asked = []
    for of in {tuple(_matter(referral).items()): _matter(referral) for referral in voided}.values():
        if of not in kept:
            asked += _refer(session, task, of, actor, calendar)
    return asked


def _matter(referral: Referral) -> dict[str, int]:
    """What it asks to be decided."""
    names = ("application_id", "level", "request_id", "look_back_id")
    said = {name: getattr(referral, name) for name in names}
    return {name: value for name, value in said.items() if value is not None}


def _refer(
    session: Session, task: Task, of: Of, actor: OfficeActor, calendar: Calendar
) -> list[Referral]:
    if "application_id" in of:
        application = session.get_one(Application, of["application_id"])
        return refer_level(session, task, application, of["level"], on=actor.on, calendar=calendar)
    if "request_id" in of:
        return _refer_request(session, task, of, actor, calendar)
    return _refer_look_back(session, task, of, actor, calendar)


def _refer_request(
    session: Session, task: Task, of: Of, actor: OfficeActor, calendar: Calendar
) -> list[Referral]:
    request = session.get_one(ChangeRequest, of["request_id"])
    approval = approval_of(rules_of(session, task), request.kind)
    if approval is None:
        return []
    return refer(
        session,
        task,
        approval.approver,
        of=of,
        within=approval.within,
        barred=has_a_part(task, request),
        on=actor.on,
        calendar=calendar,
    )


def _refer_look_back(
    session: Session, task: Task, of: Of, actor: OfficeActor, calendar: Calendar
) -> list[Referral]:
    """By the date that it has; never of those who applied or approved."""
    look_back, sample = (
        session.get_one(LookBack, of["look_back_id"]),
        rules_of(session, task).sample,
    )
    return refer(
        session,
        task,
        sample.post,
        of=of,
        within=Span(max((look_back.check_by - actor.on).days, 0), "d"),
        barred=barred(session, task, granted(session, task), NO_LEVEL),
        on=actor.on,
        calendar=calendar,
    )


_OPEN = (
    select(Referral)
    .where(Referral.task_id == bindparam("task"), Referral.state == ReferralState.OPEN)
    .order_by(col(Referral.id))
)
