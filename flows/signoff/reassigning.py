"""改派: a task passes from one unit or handler to another. Old notices keep the old names."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import bindparam, select
from sqlmodel import Session, col

from flows.around import aside_from
from flows.deadline import change_deadline
from flows.handing_on import pass_on
from flows.history import link_id
from flows.moves import move_task
from flows.recipients import TODAY, in_force
from flows.signoff.actor import OfficeActor
from flows.signoff.levels import rules_of
from flows.signoff.office_acts import hold_for_office
from flows.signoff.referring_anew import refer_anew
from flows.signoff.requests import show_anew
from flows.signoff.roles import require_reason
from models import Official, Post, Reassignment, Receipt, Referral, Task
from models.organisation import PostKind
from models.procedure_file import ProcedureFile
from models.refusal import Refusal
from models.workdays import Calendar


@dataclass(frozen=True)
class Responsible:
    """Who is responsible for a task."""

    unit_id: int
    handler_id: int | None
    supervising_leader_id: int | None = None

    @classmethod
    def of(cls, task: Task) -> "Responsible":
        return cls(task.unit_id, task.handler_id, task.supervising_leader_id)


class NewHandlerStandsAside(Refusal):
    """The new handler is excluded from this task."""

    def __init__(self, number: str, name: str) -> None:
        super().__init__(
            f"{number}：{name}已登记回避本事项，不能作为责任人；没有记录任何操作",
            f"{number}: {name} stands aside from it and cannot handle it; nothing was recorded",
        )


def reassign(
    session: Session,
    task: Task,
    actor: OfficeActor,
    *,
    unit_id: int,
    handler_id: int | None,
    supervising_leader_id: int | None = None,
    reason: str,
    due_on: date | None = None,
    calendar: Calendar,
) -> Reassignment:
    """Pass the task on; its state stays. Without a leader named, the same unit keeps its own, and
    another unit's post counts. What is still owed on the live notice passes too, and what the new
    handler was asked to decide is asked of somebody else. Raises a Refusal."""
    hold_for_office(session, task, actor, "reassign")
    leader_id = supervising_leader_id
    if leader_id is None and unit_id == task.unit_id:
        leader_id = task.supervising_leader_id
    to = Responsible(unit_id, handler_id, leader_id)
    _require_sense(session, task, to, reason, due_on, actor.on)
    was = Responsible.of(task)
    row = rename(session, task, to, actor, reason=reason)
    hand_over_duties(session, task, was, actor, calendar=calendar)
    if due_on is not None and due_on != task.due_on:
        change_deadline(
            session,
            task,
            due_on,
            kind="reassigned",
            reason=reason,
            on=actor.on,
            now=actor.now,
            calendar=calendar,
            actor_id=actor.official_id,
        )
    show_anew(session, task, on=actor.on, calendar=calendar)
    return row


def rename(
    session: Session,
    task: Task,
    to: Responsible,
    actor: OfficeActor,
    *,
    reason: str,
    event: str = "reassign",
    request_id: int | None = None,
) -> Reassignment:
    """The task names others from now on. The task is held; who may was asked before. `event`: the
    move by which it passes; `request_id`: the request that was decided by it."""
    was = Responsible.of(task)
    becomes = {
        "unit_id": to.unit_id,
        "handler_id": to.handler_id,
        "supervising_leader_id": to.supervising_leader_id,
    }
    said = actor.facts(reason=reason, request_id=request_id)
    move_task(session, task, event, becomes=becomes, **said)
    row = Reassignment(
        task_id=task.id,
        from_unit_id=was.unit_id,
        to_unit_id=to.unit_id,
        from_handler_id=was.handler_id,
        to_handler_id=to.handler_id,
        reason=reason,
        on=actor.on,
        at=actor.now,
        actor_id=actor.official_id,
        link_id=link_id(session),
    )
    session.add(row)
    session.flush()
    return row


def hand_over_duties(
    session: Session,
    task: Task,
    was: Responsible,
    actor: OfficeActor,
    *,
    calendar: Calendar,
) -> None:
    """What was owed by those who were responsible goes to those who are, and nobody decides on
    what he handles himself now, or on what is another unit's. The task is held."""
    pass_on(session, task, _posts_that_changed(task, was), on=actor.on)
    moved = was.unit_id != task.unit_id
    rules = rules_of(session, task)

    def passes(referral: Referral) -> bool:
        if task.handler_id is not None and task.handler_id in (
            referral.official_id,
            referral.stands_for_id,
        ):
            return True
        return moved and referral.level is not None and _is_of_its_unit(task, rules, referral.level)

    refer_anew(session, task, passes, actor, calendar=calendar)


def _posts_that_changed(task: Task, was: Responsible) -> Callable[[Receipt], bool]:
    changed = set()
    if was.unit_id != task.unit_id:
        changed = {PostKind.HANDLER, PostKind.SUPERVISING_LEADER, PostKind.UNIT_HEAD}
    if was.handler_id != task.handler_id:
        changed.add(PostKind.HANDLER)
    if was.supervising_leader_id != task.supervising_leader_id:
        changed.add(PostKind.SUPERVISING_LEADER)
    return lambda receipt: (receipt.climbed_from or receipt.capacity) in changed


def _is_of_its_unit(task: Task, rules: ProcedureFile, level: int) -> bool:
    return rules.level[level - 1].of == "unit" or task.lead_unit_id is None


def _require_sense(
    session: Session,
    task: Task,
    to: Responsible,
    reason: str,
    due_on: date | None,
    on: date,
) -> None:
    require_reason(task, reason)
    if to == Responsible.of(task):
        raise Refusal(
            f"{task.number}：责任单位、责任人和分管领导都没有变化；没有记录任何操作",
            f"{task.number}: unit, handler and leader stay the same; nothing was recorded",
        )
    if to.handler_id is not None and to.handler_id in aside_from(session, task, on):
        name = session.get_one(Official, to.handler_id).name
        raise NewHandlerStandsAside(task.number, name)
    if to.handler_id is None and not session.scalar(_HEAD, {"unit": to.unit_id, "on": on}):
        raise Refusal(
            f"{task.number}：新的责任单位没有单位负责人，请写明责任人；没有记录任何操作",
            f"{task.number}: the new unit has no head, so name a handler; nothing was recorded",
        )
    if due_on is not None and due_on < task.opened_on:
        raise Refusal(
            f"{task.number}：整改时限 {due_on} 早于交办日期 {task.opened_on}；没有记录任何操作",
            f"{task.number}: {due_on} lies before {task.opened_on}, when it was opened; "
            "nothing was recorded",
        )


_HEAD = select(col(Post.id)).where(
    col(Post.unit_id) == bindparam("unit"),
    col(Post.kind) == PostKind.UNIT_HEAD,
    in_force(Post, TODAY),
)
