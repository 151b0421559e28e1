"""Webhooks: which addresses are told of what, how they are; added, tried and removed."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Form, HTTPException, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from flows.database import reading, transaction
from flows.hooks.registering import LONGEST, MACHINES, add_webhook, find_webhook, remove_webhook
from flows.hooks.sending import try_webhook
from models import Webhook
from models.refusal import Refusal
from web.desk import desk_of
from web.desk_pages import desk_page, let_in, whoever_administers
from web.hook_rows import hooks, owed_by, procedure_titles, recent
from web.ids import id_in
from web.reply_form import clean
from web.rights import Viewer

router = APIRouter()
PATH = "/webhooks"
SHOWN = 30  # deliveries
SURE = "yes"
NOT_SURE = Refusal("请先勾选确认；没有移除", "please tick that you want it; nothing was removed")
Many = Annotated[list[str], Form(default_factory=list)]


@router.api_route(PATH, methods=["GET", "HEAD"])
def webhooks(request: Request) -> Response:
    with reading(desk_of(request).office.engine) as session:
        return _all(request, session, _who(request, session))


@router.post(PATH)
def add(
    request: Request,
    events: Many,
    procedures: Many,
    name: Annotated[str, Form()] = "",
    address: Annotated[str, Form()] = "",
) -> Response:
    """The answer shows the secret, this once."""
    desk = desk_of(request)
    now = desk.now()
    with reading(desk.office.engine) as session:
        viewer = _who(request, session)
    said = {"name": clean(name).strip()[: LONGEST["name"] + 1], "address": clean(address).strip()}
    secret, refused = "", None
    try:
        with transaction(desk.office.engine, now) as session:
            secret = add_webhook(
                session,
                desk.office,
                **said,
                events=events,
                procedures=procedures,
                by=viewer.official.name,
                now=now,
            )
    except Refusal as error:
        refused = error
    ticked = {"events": events, "procedures": procedures}
    with reading(desk.office.engine) as session:
        return _all(request, session, viewer, said | ticked, refused, secret)


@router.api_route(PATH + "/{hook_id}", methods=["GET", "HEAD"])
def one_webhook(request: Request, hook_id: str) -> Response:
    with reading(desk_of(request).office.engine) as session:
        viewer = _who(request, session)
        return _one(request, session, viewer, _found(session, hook_id))


@router.post(PATH + "/{hook_id}/trial")
def trial(request: Request, hook_id: str) -> Response:
    desk = desk_of(request)
    with reading(desk.office.engine) as session:
        viewer = _who(request, session)
        hook = _found(session, hook_id)
    refused = None
    try:
        with reading(desk.office.engine) as session:
            find_webhook(session, hook.name)
        try_webhook(desk.office, hook, now=desk.now())
    except Refusal as error:
        refused = error
    with reading(desk.office.engine) as session:
        if refused:
            return _one(request, session, viewer, _found(session, hook_id), refused)
    return RedirectResponse(f"{PATH}/{hook.id}", status_code=303)


@router.post(PATH + "/{hook_id}/remove")
def remove(request: Request, hook_id: str, sure: Annotated[str, Form()] = "") -> Response:
    desk = desk_of(request)
    now = desk.now()
    with reading(desk.office.engine) as session:
        viewer = _who(request, session)
        hook = _found(session, hook_id)
    try:
        if sure != SURE:
            raise NOT_SURE
        with transaction(desk.office.engine, now) as session:
            remove_webhook(session, hook.name, by=viewer.official.name, now=now)
    except Refusal as refused:
        with reading(desk.office.engine) as session:
            return _one(request, session, viewer, _found(session, hook_id), refused)
    return RedirectResponse(PATH, status_code=303)


def _who(request: Request, session: Session) -> Viewer:
    now: datetime = desk_of(request).now()
    return let_in(request, session, now, whoever_administers)


def _all(
    request: Request,
    session: Session,
    viewer: Viewer,
    said: dict[str, Any] | None = None,
    refused: Refusal | None = None,
    secret: str = "",
) -> Response:
    nothing: dict[str, Any] = {"name": "", "address": "", "events": (), "procedures": ()}
    return desk_page(
        request,
        viewer,
        "webhooks.html",
        status=422 if refused else 200,
        hooks=hooks(session),
        owed=owed_by(session),
        machines=[machine.name for machine in MACHINES],
        procedures=procedure_titles(session),
        written=nothing | (said if said and refused else {}),
        added=said["name"] if said and secret else "",
        secret=secret,
        refused=refused,
        longest=LONGEST,
    )


def _one(
    request: Request,
    session: Session,
    viewer: Viewer,
    hook: Webhook,
    refused: Refusal | None = None,
) -> Response:
    return desk_page(
        request,
        viewer,
        "webhook.html",
        status=422 if refused else 200,
        hook=hook,
        owed=owed_by(session).get(hook.id, 0),
        recent=recent(session, hook, SHOWN),
        procedures=procedure_titles(session),
        refused=refused,
    )


def _found(session: Session, hook_id: str) -> Webhook:
    found = session.get(Webhook, id_in(hook_id))
    if found is None:
        raise HTTPException(404)
    return found
