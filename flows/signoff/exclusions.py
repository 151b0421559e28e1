"""回避: who has to keep away from a task, from when until when, and why."""

from collections.abc import Collection, Sequence
from datetime import date

from sqlmodel import Session, col, select

from flows.around import around, aside_from
from flows.handing_on import pass_on
from flows.recipients import Directory, in_force
from flows.signoff.actor import OfficeActor
from flows.signoff.office_acts import hold_for_office, keepers
from flows.signoff.referring_anew import refer_anew
from flows.signoff.roles import require_reason
from flows.working_days import load_calendar
from models import Exclusion, Official, Receipt, Referral, Task, Unit
from models.organisation import PostKind
from models.refusal import Refusal
from models.workdays import DAY


class HandlesIt(Refusal):
    """Whoever handles the task cannot keep away from it."""

    def __init__(self, number: str, who: str) -> None:
        super().__init__(
            f"{number}：{who}是本事项的责任人，须先改派再回避；没有记录任何操作",
            f"{number}: {who} handles it; reassign it first. Nothing was recorded",
        )


class LastOfTheOffice(Refusal):
    """Nobody of the office could keep this task any more."""

    def __init__(self, number: str) -> None:
        super().__init__(
            f"{number}：回避后督查办公室再无人可以办理本事项；请先由他人任职，没有记录任何操作",
            f"{number}: nobody of the office could keep it then; let somebody else take a post "
            "first. Nothing was recorded",
        )


def exclude(
    session: Session,
    task: Task,
    actor: OfficeActor,
    *,
    reason: str,
    official_id: int | None = None,
    unit_id: int | None = None,
    from_on: date | None = None,
    until_on: date | None = None,
) -> Exclusion:
    """This person, or everybody of this unit, keeps away from the task from today or an earlier
    date on. What they owe on its live notice, and what they were asked to decide, passes to
    whoever comes next. Raises a Refusal."""
    hold_for_office(session, task, actor)
    begins = from_on or actor.on
    _require_sense(task, actor.on, reason, begins, until_on)
    _require_new(session, task, actor.on, official_id, unit_id, until_on)
    before = aside_from(session, task, actor.on)
    excluded = Exclusion(
        task_id=task.id,
        official_id=official_id,
        unit_id=unit_id,
        reason=reason.strip(),
        from_on=begins,
        until_on=until_on,
        by_id=actor.official_id,
        at=actor.now,
    )
    session.add(excluded)
    session.flush()
    people = around(session, task, actor.on)
    away = people.away_from(task)
    _require_handler(task, people, away)
    kept = keepers(session, actor.on)
    if kept <= away and not kept <= before:
        raise LastOfTheOffice(task.number)
    _pass(session, task, away, actor)
    return excluded


def readmit(session: Session, exclusion_id: int, actor: OfficeActor, *, reason: str) -> Exclusion:
    """It is over: from today on, or, if it only began today, from tomorrow. What passed to others
    stays theirs. Raises a Refusal."""
    excluded = session.get_one(Exclusion, exclusion_id)
    task = session.get_one(Task, excluded.task_id)
    hold_for_office(session, task, actor)
    session.refresh(excluded)
    require_reason(task, reason)
    if not may_end(excluded, actor.on):
        raise Refusal(
            f"{task.number}：这项回避已于 {excluded.until_on} 结束；没有记录任何操作",
            f"{task.number}: this ended on {excluded.until_on} already; nothing was recorded",
        )
    excluded.until_on, excluded.ended_because = _last_day(excluded, actor.on), reason.strip()
    excluded.ended_by_id = actor.official_id
    session.add(excluded)
    session.flush()
    return excluded


def may_end(excluded: Exclusion, on: date) -> bool:
    """Whether to end it on this day changes anything."""
    return excluded.until_on is None or excluded.until_on > _last_day(excluded, on)


def _last_day(excluded: Exclusion, on: date) -> date:
    return max(excluded.from_on, on - DAY)


def exclusions_of(session: Session, task: Task) -> Sequence[tuple[Exclusion, str]]:
    """All that there ever were, with whom each names, in the order in which they were made."""
    rows = session.exec(
        select(Exclusion, Official.name, Unit.name)
        .outerjoin(Official, col(Official.id) == col(Exclusion.official_id))
        .outerjoin(Unit, col(Unit.id) == col(Exclusion.unit_id))
        .where(Exclusion.task_id == task.id)
        .order_by(col(Exclusion.id))
    )
    return [(excluded, person or unit) for excluded, person, unit in rows]


def _require_sense(task: Task, on: date, reason: str, from_on: date, until_on: date | None) -> None:
    require_reason(task, reason)
    if from_on > on:
        raise Refusal(
            f"{task.number}：回避只能从当日或此前起算，请到 {from_on} 再办；没有记录任何操作",
            f"{task.number}: this begins today or before; do it on {from_on}. Nothing was recorded",
        )
    if until_on is not None and until_on < on:
        raise Refusal(
            f"{task.number}：回避的截止日 {until_on} 已过；没有记录任何操作",
            f"{task.number}: {until_on}, its last day, is over; nothing was recorded",
        )


def _require_handler(task: Task, people: Directory, away: Collection[int]) -> None:
    handlers = people.named(task, PostKind.HANDLER)
    if handlers and set(handlers) <= set(away):
        raise HandlesIt(task.number, people.officials[handlers[0]].name)


def _require_new(
    session: Session,
    task: Task,
    on: date,
    official_id: int | None,
    unit_id: int | None,
    until_on: date | None,
) -> None:
    """The same may be said again to prolong it."""
    known = session.exec(
        select(Exclusion).where(
            Exclusion.task_id == task.id,
            Exclusion.official_id == official_id,
            Exclusion.unit_id == unit_id,
            in_force(Exclusion, on),
        )
    )
    last = until_on or date.max
    if any((excluded.until_on or date.max) >= last for excluded in known):
        raise Refusal(
            f"{task.number}：该人员或单位已在回避之列；没有记录任何操作",
            f"{task.number}: that person or unit stands aside already; nothing was recorded",
        )


def _pass(session: Session, task: Task, away: Collection[int], actor: OfficeActor) -> None:
    """Whoever acts in the name of somebody who keeps away keeps away with him."""

    def passes(asked: Receipt | Referral) -> bool:
        return asked.official_id in away or asked.stands_for_id in away

    pass_on(session, task, passes, on=actor.on)
    refer_anew(session, task, passes, actor, calendar=load_calendar(session))
