"""回避 on a page: who keeps away from a task, and who need not any more."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlmodel import Session

from flows.signoff.actor import Actor
from flows.signoff.exclusions import exclude, exclusions_of, may_end, readmit
from models import Task
from models.refusal import Refusal
from models.signoff import TaskState
from models.workdays import Calendar
from web.office_act import OfficeAct
from web.whom import groups, known
from web.written import Written

OVER = (TaskState.CONFIRMED, TaskState.WITHDRAWN)


def _shown(session: Session, task: Task, on: date) -> Mapping[str, Any]:
    every = exclusions_of(session, task)
    return {
        "groups": groups(session, on),
        "every": every,
        "ending": [(one.id, name) for one, name in every if may_end(one, on)],
    }


def _seen(session: Session, task: Task) -> str:
    return " ".join(f"{one.id}:{one.until_on or ''}" for one, _ in exclusions_of(session, task))


def _make(session: Session, task: Task, actor: Actor, sent: Written, _calendar: Calendar) -> None:
    if sent["act"] == "readmit":
        _readmit(session, task, actor, sent)
        return
    unit_id, official_id = known(session, sent["whom"])
    exclude(
        session,
        task,
        actor,
        reason=sent["reason"],
        official_id=official_id,
        unit_id=unit_id if official_id is None else None,
        until_on=sent.day("until_on"),
    )


def _readmit(session: Session, task: Task, actor: Actor, sent: Written) -> None:
    for one, _ in exclusions_of(session, task):
        if sent["exclusion"] == str(one.id):
            readmit(session, one.id, actor, reason=sent["reason"])
            return
    raise Refusal(
        "请选择要解除哪一项回避；没有记录任何操作",
        "please choose who need not keep away any more; nothing was recorded",
    )


ASIDE = OfficeAct(
    called=("回避", "Who keeps away"),
    hint=(
        "登记或解除利益冲突人员、单位的回避。",
        "Persons or units with a conflict of interest, from when until when.",
    ),
    template="office_aside.html",
    offered=lambda task: task.state not in OVER,
    shown=_shown,
    seen=_seen,
    make=_make,
)
