"""Reported figures at the desk: what was reported and approved, a form to report, a button to
approve."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from flows.database import reading, transaction
from flows.records.figures import Reported, approve, report
from flows.records.keeping import NotKept
from models.refusal import Refusal
from web.desk import desk_of
from web.desk_pages import desk_page, let_in, looking, whoever_keeps_directory
from web.ids import id_in
from web.paging import Paging, page_number, searched
from web.reported_rows import Wanted, found, rows
from web.rights import Viewer
from web.written import Written, written

router = APIRouter()
PATH = "/reported"
Sent = Annotated[Written, Depends(written)]


@router.api_route(PATH, methods=["GET", "HEAD"])
def figures(
    request: Request, about: str = "", waiting: str = "", page: str = "1", done: str = ""
) -> Response:
    wanted = Wanted(searched(about), waiting == "yes")
    with looking(request, whoever_keeps_directory) as (session, viewer):
        return _show(request, session, viewer, wanted, page_number(page), done=bool(done))


@router.post(PATH)
def report_figure(request: Request, sent: Sent) -> Response:
    desk = desk_of(request)
    now = desk.now()
    viewer = _viewer(request, now)
    try:
        sent.require_short()
        with transaction(desk.office.engine, now) as session:
            report(session, _said(sent, viewer), viewer.official, on=desk.today(now), now=now)
    except Refusal as refused:
        return _again(request, viewer, sent, refused)
    return RedirectResponse(f"{PATH}?done=yes&waiting=yes", status_code=303)


@router.post(PATH + "/{number}/approve")
def approve_figure(request: Request, number: str) -> Response:
    desk = desk_of(request)
    now = desk.now()
    viewer = _viewer(request, now)
    try:
        with transaction(desk.office.engine, now) as session:
            approve(session, id_in(number), viewer.official, on=desk.today(now), now=now)
    except Refusal as refused:
        return _again(request, viewer, Written(), refused)
    return RedirectResponse(f"{PATH}?done=yes", status_code=303)


def _said(sent: Written, viewer: Viewer) -> Reported:
    as_of = sent.day("as_of")
    if as_of is None:
        raise NotKept("请写明截至日期", "please give the day as of which it is")
    return Reported(
        code=sent["code"],
        name=sent["name"],
        value=sent["value"],
        unit=sent["unit"],
        as_of=as_of,
        source=sent["source"],
        period=sent["period"],
        remarks=sent["remarks"],
        task=sent["task"],
    )


def _again(request: Request, viewer: Viewer, sent: Written, refused: Refusal) -> Response:
    with reading(desk_of(request).office.engine) as session:
        return _show(request, session, viewer, Wanted(), 1, sent=sent, refused=refused)


def _show(
    request: Request,
    session: Session,
    viewer: Viewer,
    wanted: Wanted,
    page: int,
    *,
    done: bool = False,
    sent: Written | None = None,
    refused: Refusal | None = None,
) -> Response:
    paging = Paging(PATH, wanted.said(), found(session, viewer, wanted), page)
    return desk_page(
        request,
        viewer,
        "reported.html",
        status=422 if refused else 200,
        wanted=wanted,
        paging=paging,
        rows=rows(session, viewer, wanted, paging),
        sent=sent or Written({"as_of": viewer.on.isoformat()}),
        refused=refused,
        done=done,
    )


def _viewer(request: Request, now: datetime) -> Viewer:
    with reading(desk_of(request).office.engine) as session:
        return let_in(request, session, now, whoever_keeps_directory)
