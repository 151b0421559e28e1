"""改派 on a page: to which unit and handler, and why."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlmodel import Session

from flows.around import aside_from
from flows.signoff.actor import Actor
from flows.signoff.reassigning import reassign
from models import Task
from models.signoff import SIGNOFF
from models.workdays import Calendar
from web.office_act import OfficeAct
from web.whom import groups, known
from web.written import Written


def _shown(session: Session, task: Task, on: date) -> Mapping[str, Any]:
    return {"groups": groups(session, on, but=aside_from(session, task, on))}


def _seen(_session: Session, task: Task) -> str:
    return f"{task.unit_id}:{task.handler_id or ''}"


def _make(session: Session, task: Task, actor: Actor, sent: Written, calendar: Calendar) -> None:
    unit_id, handler_id = known(session, sent["to"])
    reassign(
        session,
        task,
        actor,
        unit_id=unit_id,
        handler_id=handler_id,
        reason=sent["reason"],
        calendar=calendar,
    )


REASSIGN = OfficeAct(
    called=("改派", "Pass it on"),
    hint=("交给另一单位或另一责任人。", "To another unit or another handler."),
    template="office_reassign.html",
    offered=lambda task: SIGNOFF.allows(task.state, "reassign"),
    shown=_shown,
    seen=_seen,
    make=_make,
)
