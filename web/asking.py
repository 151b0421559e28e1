"""What a handler asks for, on pages: an extension, a suspension, another track, a review, an
objection. One waits at a time, and may be taken back."""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session
from starlette.background import BackgroundTask

from flows.database import reading
from flows.signoff.requests import ask, take_back
from flows.urgent_mail import write_act_receipt
from flows.working_days import load_calendar
from models import Task
from models.refusal import Refusal
from models.request_machine import RequestKind
from web.acting import Acting, acting_of, count_in_vain, recording
from web.application_form import Faults
from web.desk import desk_of
from web.proof import prove
from web.reply_form import PROXY
from web.request_form import TAKE_BACK, RequestForm, request_form
from web.request_view import show_request, show_ways
from web.send_now import send_now

router = APIRouter()

Submitted = Annotated[RequestForm, Depends(request_form)]
BY_LINK = "/r/{token}/tasks/{number:path}/requests/{kind}"
AT_DESK = "/tasks/{number:path}/requests/{kind}"


@router.api_route(BY_LINK, methods=["GET", "HEAD"])
@router.api_route(AT_DESK, methods=["GET", "HEAD"])
def look(request: Request, kind: str) -> Response:
    desk = desk_of(request)
    with reading(desk.office.engine) as session:
        acting = acting_of(request, session, desk.now())
        return show_request(request, session, acting, _kind(kind))


@router.post(BY_LINK)
@router.post(AT_DESK)
def act(request: Request, kind: str, form: Submitted) -> Response:
    desk, asked = desk_of(request), _kind(kind)
    with reading(desk.office.engine) as session:
        acting = acting_of(request, session, desk.now())
    if form.proof.step and acting.opened is not None:
        found = prove(request, acting.here, acting.opened, form.proof, acting.now)
        if isinstance(found, Response):
            return found
        return _again(request, acting, asked, unproved=found)
    if acting.hidden:
        return _again(request, acting, asked, status=403)
    if faults := form.faults(asked):
        return _again(request, acting, asked, form, faults)
    try:
        _record(request, acting, asked, form)
    except Refusal as refused:
        said: Faults = {"": [(refused.chinese, refused.english)]}
        return _again(request, acting, asked, form, said, status=409)
    told = BackgroundTask(send_now, desk) if form.who == PROXY else None
    return RedirectResponse(f"{acting.here}?done={form.act}", status_code=303, background=told)


@router.api_route("/r/{token}/tasks/{number:path}", methods=["GET", "HEAD"])
def overview(request: Request) -> Response:
    """What may be done with one task of a link that opens many."""
    desk = desk_of(request)
    with reading(desk.office.engine) as session:
        return show_ways(request, session, acting_of(request, session, desk.now()))


def _kind(written: str) -> RequestKind:
    if written not in set(RequestKind):
        raise HTTPException(404)
    return RequestKind(written)


def _record(request: Request, acting: Acting, kind: RequestKind, form: RequestForm) -> None:
    actor = acting.actor(form.who, form.name)
    with recording(request, acting) as session:
        task = session.get_one(Task, acting.task.id)
        if form.act == TAKE_BACK:
            take_back(session, task, actor, reason=form.reason)
        else:
            ask(
                session,
                task,
                kind,
                actor,
                reason=form.reason,
                until_on=form.day,
                review_every=form.review_every,
                legal_basis=form.legal_basis,
                calendar=load_calendar(session),
            )
        if acting.opened is not None and form.who == PROXY:
            _tell_owner(request, session, acting, task, kind, form)


def _tell_owner(
    request: Request,
    session: Session,
    acting: Acting,
    task: Task,
    kind: RequestKind,
    form: RequestForm,
) -> None:
    write_act_receipt(
        session,
        desk_of(request).office,
        acting.official,
        task,
        act="event.take_back" if form.act == TAKE_BACK else f"request.{kind}",
        said_by=form.name,
        words=form.reason,
        on=acting.on,
        now=acting.now,
    )


def _again(
    request: Request,
    acting: Acting,
    kind: RequestKind,
    form: RequestForm | None = None,
    faults: Faults | None = None,
    *,
    status: int = 422,
    unproved: tuple[str, str] | None = None,
) -> Response:
    """The page with everything that was written, and why it was not recorded."""
    count_in_vain(request, acting)
    with reading(desk_of(request).office.engine) as session:
        return show_request(
            request, session, acting, kind, form, faults, status=status, unproved=unproved
        )
