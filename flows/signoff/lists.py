"""清单: a task joins and leaves lists; while it stands on one with stricter rules, those count.

Of the policies of its lists and its own, the strictest counts: the one under which its own dates
turn it red first, then the colour below first, and so on. So joining never makes it milder. A
list's policy counts only where it has the same colours as the task's own, because a task may be
warned already.
"""

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from flows.around import aside_from
from flows.deadline import date_anchors, relieve
from flows.rulebook import current_policy, ladder_of
from flows.signoff.actor import OfficeActor
from flows.signoff.office_acts import hold_for_office
from flows.signoff.roles import require_reason
from models import ListMembership, Official, Policy, Task, WatchList
from models.refusal import Refusal
from models.signoff import CLOSED
from models.strike import strikes
from models.workdays import Calendar


def join(
    session: Session,
    task: Task,
    watch_list: WatchList,
    actor: OfficeActor,
    *,
    leader_id: int | None,
    reason: str,
    calendar: Calendar,
) -> ListMembership:
    """It stands on this list from today on, under this leader. Raises a Refusal."""
    hold_for_office(session, task, actor)
    _require_sense(session, task, watch_list, actor, leader_id, reason)
    own = own_policy(session, task)
    listed = current_policy(session, watch_list.policy_name) if watch_list.policy_name else None
    joined = ListMembership(
        task_id=task.id,
        list_id=watch_list.id,
        leader_id=leader_id,
        policy_id=own.id,
        list_policy_id=listed.id if listed and _colours(listed) == _colours(own) else None,
        reason=reason.strip(),
        from_on=actor.on,
    )
    session.add(joined)
    session.flush()
    _apply(session, task, own, calendar)
    return joined


def leave(
    session: Session,
    task: Task,
    watch_list: WatchList,
    actor: OfficeActor,
    *,
    reason: str,
    calendar: Calendar,
) -> ListMembership:
    """It stands on this list no longer; what counts then lowers its colour by its dates. Raises a
    Refusal."""
    hold_for_office(session, task, actor)
    require_reason(task, reason)
    left = _present(session, task, watch_list)
    if left is None:
        raise Refusal(
            f"{task.number}：不在“{watch_list.title}”中；没有记录任何操作",
            f"{task.number}: it is not on '{watch_list.title}'; nothing was recorded",
        )
    own = own_policy(session, task)
    left.until_on, left.left_because = actor.on, reason.strip()
    session.add(left)
    session.flush()
    if _apply(session, task, own, calendar):
        relieve(
            session,
            task,
            on=actor.on,
            now=actor.now,
            calendar=calendar,
            reason=reason,
            actor_id=actor.official_id,
        )
    return left


def own_policy(session: Session, task: Task) -> Policy:
    """The policy that counts while the task stands on no list."""
    return _own_policy(session, task, memberships(session, task))


def change_own_policy(session: Session, task: Task, own: Policy, calendar: Calendar) -> None:
    """Another procedure has another policy; the lists stay."""
    for one in memberships(session, task):
        if one.until_on is None:
            one.policy_id = own.id
            session.add(one)
    session.flush()
    _apply(session, task, own, calendar)


def policy_on(session: Session, task: Task, on: date, calendar: Calendar) -> Policy:
    """What counted at the end of this date; `task` as it stood then."""
    ever = memberships(session, task)
    own = _own_policy(session, task, ever)
    then = [m for m in ever if m.from_on <= on and (m.until_on is None or m.until_on > on)]
    return _strictest(session, task, then, own, calendar) if ever else own


def memberships(session: Session, task: Task) -> Sequence[ListMembership]:
    """All that there ever were."""
    return session.scalars(_EVER, {"task": task.id}).all()


def _own_policy(session: Session, task: Task, ever: Iterable[ListMembership]) -> Policy:
    present = [one for one in ever if one.until_on is None]
    return session.get_one(Policy, present[0].policy_id if present else task.policy_id)


def _apply(session: Session, task: Task, own: Policy, calendar: Calendar) -> bool:
    """False: the same policy counts as before."""
    present = [one for one in memberships(session, task) if one.until_on is None]
    policy = _strictest(session, task, present, own, calendar)
    if policy.id == task.policy_id:
        return False
    task.policy_id = policy.id
    session.add(task)
    session.flush()
    return True


def _strictest(
    session: Session,
    task: Task,
    present: Iterable[ListMembership],
    own: Policy,
    calendar: Calendar,
) -> Policy:
    """Of equals the list joined first, before the task's own."""
    listed = [one.list_policy_id for one in present if one.list_policy_id is not None]
    policies = [*(session.get_one(Policy, policy_id) for policy_id in listed), own]
    return min(policies, key=lambda policy: _dates(policy, task, calendar))


def _dates(policy: Policy, task: Task, calendar: Calendar) -> list[date]:
    """When its dates would turn it to each colour, the highest first."""
    ladder = ladder_of(policy)
    found = strikes(ladder, date_anchors(task), calendar)
    return [
        min((one.on for one in found if one.rung == rung), default=date.max)
        for rung in reversed(ladder.rung)
    ]


def _colours(policy: Policy) -> list[str]:
    return [rung.colour for rung in ladder_of(policy).rung]


def _present(session: Session, task: Task, watch_list: WatchList) -> ListMembership | None:
    return session.exec(
        select(ListMembership).where(
            ListMembership.task_id == task.id,
            ListMembership.list_id == watch_list.id,
            col(ListMembership.until_on).is_(None),
        )
    ).first()


def _require_sense(
    session: Session,
    task: Task,
    watch_list: WatchList,
    actor: OfficeActor,
    leader_id: int | None,
    reason: str,
) -> None:
    require_reason(task, reason)
    if task.state in CLOSED:
        raise Refusal(
            f"{task.number}：已销号或撤回，不能列入清单；没有记录任何操作",
            f"{task.number}: it is closed and joins no list; nothing was recorded",
        )
    if _present(session, task, watch_list):
        raise Refusal(
            f"{task.number}：已在“{watch_list.title}”中；没有记录任何操作",
            f"{task.number}: it is on '{watch_list.title}' already; nothing was recorded",
        )
    if leader_id is not None and leader_id in aside_from(session, task, actor.on):
        name = session.get_one(Official, leader_id).name
        raise Refusal(
            f"{task.number}：{name}已登记回避本事项，不能挂牌；没有记录任何操作",
            f"{task.number}: {name} stands aside from it and cannot hold it; nothing was recorded",
        )


_EVER = (
    select(ListMembership)
    .where(ListMembership.task_id == bindparam("task"))
    .order_by(col(ListMembership.id))
)
