"""Where nobody could be found who may decide, the office names somebody by hand."""

from collections.abc import Mapping
from typing import Any

from sqlmodel import Session

from flows.around import aside_from
from flows.signoff.actor import Actor
from flows.signoff.office_acts import hold_for_office
from flows.signoff.referrals import decide_by
from flows.signoff.roles import require_reason
from flows.signoff.waiting import Waiting, waiting
from models import Official, Referral, Task
from models.decision import ReferralState
from models.refusal import Refusal
from models.workdays import Calendar


class NotNamed(Refusal):
    """This person cannot be named, or nobody needs to be."""

    def __init__(self, number: str, chinese: str, english: str) -> None:
        super().__init__(
            f"{number}：{chinese}；没有记录任何操作", f"{number}: {english}; nothing was recorded"
        )


def name_reviewer(
    session: Session,
    task: Task,
    of: Mapping[str, int],
    official_id: int,
    actor: Actor,
    *,
    reason: str,
    calendar: Calendar,
) -> Referral:
    """Ask this person to decide, in the place of the post that nobody could be found for. Raises a
    Refusal for whoever stands aside or has a part in it, and where somebody is asked already."""
    hold_for_office(session, task, actor)
    require_reason(task, reason)
    found = next((one for one in waiting(session, task) if one.of == of), None)
    if found is None:
        raise NotNamed(task.number, "目前没有待决定的事项", "nothing waits for a decision now")
    _require_free(session, task, found, official_id, actor)
    named = Referral(
        task_id=task.id,
        official_id=official_id,
        capacity=found.post,
        named_by_id=actor.official_id,
        named_because=reason.strip(),
        given_on=actor.on,
        decide_by=decide_by(found.within, actor.on, calendar),
        state=ReferralState.OPEN,
        **dict[str, Any](found.of),
    )
    session.add(named)
    session.flush()
    return named


def _require_free(
    session: Session, task: Task, found: Waiting, official_id: int, actor: Actor
) -> None:
    if found.asked:
        raise NotNamed(
            task.number,
            "已送审，不需要另行指定",
            "somebody is asked already, so nobody needs to be named",
        )
    person = session.get(Official, official_id)
    if person is None:
        raise NotNamed(task.number, "通讯录中没有此人", "there is no such person in the directory")
    if official_id in aside_from(session, task, actor.on):
        raise NotNamed(
            task.number,
            f"{person.name}已登记回避本事项，请另行指定",
            f"{person.name} stands aside from it; please name somebody else",
        )
    if official_id in found.barred:
        raise NotNamed(
            task.number,
            f"{person.name}是申请人、责任人或已审核其他环节，请另行指定",
            f"{person.name} applied for it, handles it or approved another level; "
            "please name somebody else",
        )
