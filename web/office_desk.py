"""What the office does on a task's page: name who decides, withdraw the task, resume it."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from flows.database import reading, transaction
from flows.signoff.actor import Actor
from flows.signoff.naming import name_reviewer
from flows.signoff.suspensions import resume
from flows.signoff.telling import tell
from flows.signoff.waiting import waiting
from flows.signoff.withdrawing import withdraw
from flows.working_days import load_calendar
from models import Task
from models.refusal import Refusal
from models.workdays import Calendar
from web.desk import desk_of
from web.office_form import NAME, RESUME, WITHDRAW, OfficeForm, office_form
from web.signing_in import viewer_of
from web.task_page import show_task, task_path, visible_task

router = APIRouter()
Sent = Annotated[OfficeForm, Depends(office_form)]


@router.post("/tasks/{number:path}/office")
def act(request: Request, number: str, sent: Sent) -> Response:
    desk = desk_of(request)
    now = desk.now()
    with reading(desk.office.engine) as session:
        viewer = viewer_of(request, session, now)
        task = visible_task(session, viewer, number)
        faults = sent.faults()
    actor = viewer.actor(now)
    try:
        if not faults:
            with transaction(desk.office.engine, now) as session:
                calendar = load_calendar(session)
                _make(session, session.get_one(Task, task.id), actor, sent, calendar)
                tell(session, desk.office, on=actor.on, now=now)
            return RedirectResponse(task_path(task.number), status_code=303)
    except Refusal as refused:
        faults = [(refused.chinese, refused.english)]
    return show_task(request, number, office=sent, faults=faults)


def _make(session: Session, task: Task, actor: Actor, sent: OfficeForm, calendar: Calendar) -> None:
    if sent.act == WITHDRAW:
        withdraw(session, task, actor, reason=sent.reason)
    elif sent.act == RESUME:
        resume(session, task, actor, reason=sent.reason, calendar=calendar)
    elif sent.act == NAME:
        found = [one.of for one in waiting(session, task) if one.kind == sent.kind]
        of = found[0] if found else {}
        name_reviewer(
            session, task, of, sent.official_id, actor, reason=sent.reason, calendar=calendar
        )
    else:
        raise Refusal("请选择一项操作；没有记录", "please choose what to do; nothing was recorded")
