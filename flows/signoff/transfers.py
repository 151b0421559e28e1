"""移送: the office records that a matter became a case lead, or that one was found in it."""

from sqlmodel import Session, select

from flows.find_task import find_task
from flows.history import link_id
from flows.signoff.actor import OfficeActor
from flows.signoff.office_acts import hold_for_office
from flows.signoff.request_bounds import NotAllowed
from flows.signoff.roles import require_reason
from models import Task, Transfer


def transfer(
    session: Session, task: Task, actor: OfficeActor, number: str, *, reason: str
) -> Transfer:
    """`number`: of the lead, which is in the register already. The matter itself goes on. Raises
    a Refusal, and then nothing is recorded."""
    hold_for_office(session, task, actor)
    require_reason(task, reason)
    lead = find_task(session, number)
    if not lead.restricted or task.restricted:
        raise NotAllowed(
            task.number,
            f"“{number}”不是限知的问题线索，不能移送",
            f"'{number}' is no restricted case lead, so nothing is transferred to it",
        )
    known = select(Transfer).where(Transfer.task_id == task.id, Transfer.lead_id == lead.id)
    if session.exec(known).first():
        raise NotAllowed(task.number, f"已移送 {number}", f"it was transferred to {number} already")
    made = Transfer(
        task_id=task.id,
        lead_id=lead.id,
        reason=reason,
        on=actor.on,
        at=actor.now,
        actor_id=actor.official_id,
        said_by=actor.said_by,
        link_id=link_id(session),
    )
    session.add(made)
    session.flush()
    return made
