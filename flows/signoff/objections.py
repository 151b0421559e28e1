"""异议: a matter that is not this unit's goes to another one, or off the ledger, or stays."""

from dataclasses import dataclass

from sqlmodel import Session

from flows.around import aside_from
from flows.moves import move_task
from flows.signoff.actor import Actor
from flows.signoff.closing import end_warning
from flows.signoff.reassigning import Responsible, rename
from flows.signoff.request_bounds import NotAllowed
from flows.signoff.withdrawing import take_off
from models import ChangeRequest, Official, Task, Unit


@dataclass(frozen=True)
class Whose:
    """Whose matter it is instead. No unit: the present one's; no handler: the unit's head."""

    unit_id: int | None = None
    handler_id: int | None = None


def uphold(
    session: Session, task: Task, request: ChangeRequest, actor: Actor, whose: Whose, reason: str
) -> None:
    """Its warning was for somebody else: the next night tells the new handler, by the dates.
    Raises a Refusal."""
    if whose == Whose():
        take_off(session, task, actor, reason=reason)
        return
    unit_id = whose.unit_id if whose.unit_id is not None else task.unit_id
    _require_possible(session, task, actor, unit_id, whose.handler_id)
    leader_id = task.supervising_leader_id if unit_id == task.unit_id else None
    to = Responsible(unit_id, whose.handler_id, leader_id)
    end_warning(session, task, actor, reason=reason)
    rename(session, task, to, actor, reason=reason, event="uphold", request_id=request.id)


def reject(session: Session, task: Task, request: ChangeRequest, actor: Actor, reason: str) -> None:
    """It stays where it is, and its clock runs again."""
    move_task(session, task, "reject", **actor.facts(reason=reason, request_id=request.id))


def _require_possible(
    session: Session, task: Task, actor: Actor, unit_id: int, handler_id: int | None
) -> None:
    if session.get(Unit, unit_id) is None or (
        handler_id is not None and session.get(Official, handler_id) is None
    ):
        raise NotAllowed(
            task.number,
            "所选单位或责任人不在通讯录中，请重新选择",
            "the unit or the handler chosen is not in the directory; please choose again",
        )
    if (unit_id, handler_id) == (task.unit_id, task.handler_id):
        raise NotAllowed(
            task.number,
            "所选仍是原责任单位和责任人；请另选，或不支持该异议",
            "this is whose it was; choose somebody else, or reject the objection",
        )
    if handler_id is not None and handler_id in aside_from(session, task, actor.on):
        raise NotAllowed(
            task.number,
            "所选责任人已登记回避本事项，请另选",
            "the handler chosen stands aside from this task; please choose somebody else",
        )
