"""环节 on a page: into which stage a matter moves, from which day on, and why."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlmodel import Session

from flows.signoff.actor import Actor
from flows.signoff.levels import rules_of
from flows.signoff.stages import WORKED_ON, advance
from models import Task
from models.refusal import Refusal
from models.workdays import Calendar
from web.office_act import OfficeAct
from web.written import Written


def _shown(session: Session, task: Task, on: date) -> Mapping[str, Any]:
    rules = rules_of(session, task)
    following = rules.may_follow(task.stage) if task.state in WORKED_ON else ()
    return {"present": rules.stage_named(task.stage), "following": following, "today": on}


def _seen(_session: Session, task: Task) -> str:
    return f"{task.stage} {task.stage_from_on} {task.due_on}"


def _make(session: Session, task: Task, actor: Actor, sent: Written, calendar: Calendar) -> None:
    if not sent["stage"]:
        raise Refusal("请选择环节；没有记录任何操作", "please choose a stage; nothing was recorded")
    advance(
        session,
        task,
        actor,
        sent["stage"],
        from_on=sent.day("from"),
        reason=sent["reason"],
        calendar=calendar,
    )


STAGE = OfficeAct(
    called=("环节", "Stage"),
    hint=(
        "进入下一环节，时限按该环节重新计算。",
        "Into the next stage, whose own limit counts from then on.",
    ),
    template="office_stage.html",
    offered=lambda task: bool(task.stage) and task.state in WORKED_ON,
    shown=_shown,
    seen=_seen,
    make=_make,
)
