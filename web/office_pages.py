"""The acts of the office that have a page of their own: one way to look, one way to act."""

import hashlib
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from flows.database import reading, transaction
from flows.signoff.actor import Actor
from flows.signoff.office_acts import hold_for_office
from flows.signoff.roles import OFFICE, require_role, roles_of
from flows.signoff.telling import tell
from flows.working_days import load_calendar
from models import Task
from models.refusal import Refusal
from web.desk import Desk, desk_of
from web.matter import Showing
from web.office_act import ChangedMeanwhile, OfficeAct
from web.office_ways import ACTS
from web.pages import page, said
from web.rights import Viewer
from web.ruling_form import LONGEST
from web.signing_in import viewer_of
from web.task_page import matter_of, task_path, visible_task
from web.written import Written, written

router = APIRouter()
PAGE = "/tasks/{number:path}/office/{name}"
Sent = Annotated[Written, Depends(written)]


@router.api_route(PAGE, methods=["GET", "HEAD"])
def show(request: Request, number: str, name: str) -> Response:
    return _page(request, number, name)


@router.post(PAGE)
def act(request: Request, number: str, name: str, sent: Sent) -> Response:
    desk, one = desk_of(request), _named(name)
    now = desk.now()
    with reading(desk.office.engine) as session:
        viewer = viewer_of(request, session, now)
        key = _of_the_office(session, viewer, number).id
    actor = viewer.actor(now)
    try:
        keeps = _make(desk, one, key, actor, sent)
    except Refusal as refused:
        return _page(request, number, name, sent, refused)
    if not keeps:
        return said(request, 200, one.called, GONE)
    return RedirectResponse(f"{task_path(number)}/office/{name}?done=yes", status_code=303)


def _make(desk: Desk, one: OfficeAct, key: int, actor: Actor, sent: Written) -> bool:
    """False: whoever did it keeps away from the task from now on."""
    sent.require_short()
    with transaction(desk.office.engine, actor.now) as session:
        task, calendar = session.get_one(Task, key), load_calendar(session)
        hold_for_office(session, task, actor)
        if sent["seen"] != _seen(session, one, task):
            raise ChangedMeanwhile(task.number)
        one.make(session, task, actor, sent, calendar)
        tell(session, desk.office, on=actor.on, now=actor.now)
        return OFFICE in roles_of(session, task, actor.official_id, actor.on)


def _page(
    request: Request,
    number: str,
    name: str,
    sent: Written | None = None,
    refused: Refusal | None = None,
) -> Response:
    """`sent`: what was written and not recorded, and why not."""
    desk, one = desk_of(request), _named(name)
    now = desk.now()
    with reading(desk.office.engine) as session:
        viewer = viewer_of(request, session, now)
        task = _of_the_office(session, viewer, number)
        showing = Showing.load(session, load_calendar(session), desk.today(now))
        return page(
            request,
            one.template,
            status=422 if refused else 200,
            language=desk.office.language_of(viewer.official),
            visitor=viewer.official,
            called=one.called,
            task=task,
            matter=matter_of(session, showing, viewer, task),
            seen=_seen(session, one, task),
            sent=sent or Written(),
            refused=refused,
            done=refused is None and "done" in request.query_params,
            longest=LONGEST,
            on=showing.on,
            **one.shown(session, task, showing.on),
        )


def _seen(session: Session, one: OfficeAct, task: Task) -> str:
    return hashlib.sha256(one.seen(session, task).encode()).hexdigest()


def _named(name: str) -> OfficeAct:
    if name not in ACTS:
        raise HTTPException(404)
    return ACTS[name]


def _of_the_office(session: Session, viewer: Viewer, number: str) -> Task:
    """For the office only; nobody else finds the page."""
    task = visible_task(session, viewer, number)
    try:
        require_role(session, task, viewer.official.id, viewer.on, OFFICE)
    except Refusal:
        raise HTTPException(404) from None
    return task


GONE = (
    "已登记。您本人也在回避之列，此后不再看到本事项。",
    "It is recorded. You keep away from this matter yourself now, and see it no longer.",
)
