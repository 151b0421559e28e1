"""Acts and outcomes at the desk: what was recorded, a form to record, and to correct."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from flows.database import reading, transaction
from flows.records.keeping import correct, keep
from flows.working_days import load_calendar
from models.record import Family
from models.refusal import Refusal
from web.desk import desk_of
from web.desk_pages import desk_page, let_in, looking, whoever_keeps_directory
from web.ids import id_in
from web.paging import Paging, page_number, searched
from web.record_form import correction_in, opens_in, require_of, said_in, written_again
from web.record_rows import Row, Wanted, found, kinds_of, rows, story
from web.rights import Viewer
from web.slip_rows import slips_of
from web.written import Written, written

router = APIRouter()
PATHS = {"/acts": Family.ACT, "/outcomes": Family.OUTCOME}
WORDS = {Family.ACT: ("活动", "Acts"), Family.OUTCOME: ("成果", "Outcomes")}
Sent = Annotated[Written, Depends(written)]


@router.api_route("/acts", methods=["GET", "HEAD"])
@router.api_route("/outcomes", methods=["GET", "HEAD"])
def records(
    request: Request, kind: str = "", about: str = "", page: str = "1", done: str = ""
) -> Response:
    with looking(request, whoever_keeps_directory) as (session, viewer):
        wanted = Wanted(_family(request), searched(kind), searched(about))
        return _list(request, session, viewer, wanted, page_number(page), done=done)


@router.post("/acts")
@router.post("/outcomes")
def record(request: Request, sent: Sent) -> Response:
    desk, family = desk_of(request), _family(request)
    now = desk.now()
    viewer = _viewer(request, now)
    try:
        with transaction(desk.office.engine, now) as session:
            require_of(session, family, sent["kind"])
            said = said_in(sent)
            kept = keep(
                session,
                said,
                viewer.actor(now),
                opens=opens_in(sent, said),
                calendar=load_calendar(session),
            )
    except Refusal as refused:
        with reading(desk.office.engine) as session:
            return _list(request, session, viewer, Wanted(family), 1, sent=sent, refused=refused)
    return RedirectResponse(f"{request.url.path}?done={kept.id}", status_code=303)


@router.api_route("/acts/{number}", methods=["GET", "HEAD"])
@router.api_route("/outcomes/{number}", methods=["GET", "HEAD"])
def one_record(request: Request, number: str) -> Response:
    with looking(request, whoever_keeps_directory) as (session, viewer):
        return _one(request, session, viewer, id_in(number))


@router.post("/acts/{number}")
@router.post("/outcomes/{number}")
def correct_record(request: Request, number: str, sent: Sent) -> Response:
    desk, key = desk_of(request), id_in(number)
    now = desk.now()
    viewer = _viewer(request, now)
    with reading(desk.office.engine) as session:
        before = {row.record.id: row for row in _story(request, session, viewer, key)}
    try:
        with transaction(desk.office.engine, now) as session:
            actor = viewer.actor(now)
            said = correction_in(sent, before[key])
            kept = correct(session, key, said, actor, reason=sent["reason"])
    except Refusal as refused:
        with reading(desk.office.engine) as session:
            return _one(request, session, viewer, key, sent=sent, refused=refused)
    base = request.url.path.rpartition("/")[0]
    return RedirectResponse(f"{base}/{kept.id}", status_code=303)


def _list(
    request: Request,
    session: Session,
    viewer: Viewer,
    wanted: Wanted,
    page: int,
    *,
    done: str = "",
    sent: Written | None = None,
    refused: Refusal | None = None,
) -> Response:
    path = request.url.path
    paging = Paging(path, wanted.said(), found(session, viewer, wanted), page)
    return desk_page(
        request,
        viewer,
        "records.html",
        status=422 if refused else 200,
        title=WORDS[wanted.family],
        acts=wanted.family is Family.ACT,
        path=path,
        wanted=wanted,
        kinds=kinds_of(session, wanted.family),
        paging=paging,
        rows=rows(session, viewer, wanted, paging),
        sent=sent or Written({"on": viewer.on.isoformat()}),
        refused=refused,
        done=id_in(done),
    )


def _one(
    request: Request,
    session: Session,
    viewer: Viewer,
    key: int,
    *,
    sent: Written | None = None,
    refused: Refusal | None = None,
) -> Response:
    told = _story(request, session, viewer, key)
    row = next(row for row in told if row.record.id == key)
    family = _family(request)
    return desk_page(
        request,
        viewer,
        "record.html",
        status=422 if refused else 200,
        title=WORDS[family],
        acts=family is Family.ACT,
        path=request.url.path.rpartition("/")[0],
        row=row,
        told=told,
        slips=slips_of(session, viewer, row.record, row.tasks) if family is Family.ACT else (),
        stands=told[-1] is row and not row.record.void,
        sent=sent or written_again(row),
        refused=refused,
    )


def _story(request: Request, session: Session, viewer: Viewer, key: int) -> list[Row]:
    told = story(session, viewer, _family(request), key)
    if not any(row.record.id == key for row in told):
        raise HTTPException(404)
    return told


def _family(request: Request) -> Family:
    return PATHS["/" + request.url.path.split("/")[1]]


def _viewer(request: Request, now: datetime) -> Viewer:
    with reading(desk_of(request).office.engine) as session:
        return let_in(request, session, now, whoever_keeps_directory)
