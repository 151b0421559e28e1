"""The application for sign-off on pages: written, saved, submitted, amended, recalled."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from starlette.background import BackgroundTask

from flows.database import reading
from models.refusal import Refusal
from web.acting import Acting, acting_of, count_in_vain
from web.application_acts import ACTS, save_draft
from web.application_form import SAVE, ApplicationForm, Faults, application_form
from web.application_view import show_application
from web.desk import desk_of
from web.proof import prove
from web.reply_form import PROXY
from web.send_now import send_now

router = APIRouter()

Submitted = Annotated[ApplicationForm, Depends(application_form)]
BY_LINK = "/r/{token}/tasks/{number:path}/application"
AT_DESK = "/tasks/{number:path}/application"


@router.api_route(BY_LINK, methods=["GET", "HEAD"])
@router.api_route(AT_DESK, methods=["GET", "HEAD"])
def look(request: Request) -> Response:
    desk = desk_of(request)
    with reading(desk.office.engine) as session:
        acting = acting_of(request, session, desk.now())
        return show_application(request, session, acting)


@router.post(BY_LINK)
@router.post(AT_DESK)
def act(request: Request, form: Submitted) -> Response:
    desk = desk_of(request)
    with reading(desk.office.engine) as session:
        acting = acting_of(request, session, desk.now())
    if form.proof.step and acting.opened is not None:
        return _prove(request, acting, form)
    if acting.hidden:
        return _again(request, acting, form, {}, 403)
    try:
        faults = form.too_long() or ACTS.get(form.act, save_draft)(request, acting, form)
    except Refusal as refused:
        return _again(request, acting, form, {"": [(refused.chinese, refused.english)]}, 409)
    if faults:
        return _again(request, acting, form, faults, 422)
    told = BackgroundTask(send_now, desk) if form.who == PROXY else None
    done = form.act if form.act in ACTS else SAVE
    return RedirectResponse(f"{acting.here}?done={done}", status_code=303, background=told)


def _again(
    request: Request, acting: Acting, form: ApplicationForm, faults: Faults, status: int
) -> Response:
    """The page with everything that was written, and why it was not recorded."""
    count_in_vain(request, acting)
    with reading(desk_of(request).office.engine) as session:
        return show_application(request, session, acting, form, faults, status=status)


def _prove(request: Request, acting: Acting, form: ApplicationForm) -> Response:
    assert acting.opened is not None  # for the types
    found = prove(request, acting.here, acting.opened, form.proof, acting.now)
    if isinstance(found, Response):
        return found
    count_in_vain(request, acting)
    with reading(desk_of(request).office.engine) as session:
        return show_application(request, session, acting, status=422, unproved=found)
