"""领导联系结对 at the desk: who is paired with whom, visits owed and missed; added and ended."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from flows.database import reading, transaction
from flows.pairings.from_csv import kind_named
from flows.pairings.pairing import Wanted, end_pairing, pair
from flows.pairings.standing import Paired, pairings, visits
from models import Pairing
from models.pairing import PairedWith
from models.refusal import Refusal
from web.desk import desk_of
from web.desk_pages import desk_page, let_in, looking, whoever_keeps_directory, whoever_sees_all
from web.ids import id_in
from web.rights import Viewer
from web.written import Written, written

router = APIRouter()
PATH = "/pairings"
SHOWN = 60  # visits of one pairing
Sent = Annotated[Written, Depends(written)]


@router.api_route(PATH, methods=["GET", "HEAD"])
def all_pairings(request: Request) -> Response:
    with looking(request, whoever_sees_all) as (session, viewer):
        return _all(request, session, viewer)


@router.post(PATH)
def add(request: Request, sent: Sent) -> Response:
    desk = desk_of(request)
    now = desk.now()
    with reading(desk.office.engine) as session:
        viewer = let_in(request, session, now, whoever_keeps_directory)
    try:
        sent.require_short()
        wanted = Wanted(
            topic=sent["topic"],
            leader=sent["leader"],
            subject=sent["subject"],
            kind=kind_named(sent["kind"]),
            from_on=sent.day("from"),
            remarks=sent["remarks"],
        )
        with transaction(desk.office.engine, now) as session:
            pair(session, [wanted], viewer.actor(now))
    except Refusal as refused:
        with reading(desk.office.engine) as session:
            return _all(request, session, viewer, sent, refused)
    return RedirectResponse(PATH, status_code=303)


@router.api_route(PATH + "/{key}", methods=["GET", "HEAD"])
def one_pairing(request: Request, key: str) -> Response:
    with looking(request, whoever_sees_all) as (session, viewer):
        return _one(request, session, viewer, _found(session, key))


@router.post(PATH + "/{key}")
def end(request: Request, key: str, sent: Sent) -> Response:
    desk = desk_of(request)
    now = desk.now()
    with reading(desk.office.engine) as session:
        viewer = let_in(request, session, now, whoever_keeps_directory)
        found = _found(session, key)
    try:
        sent.require_short()
        with transaction(desk.office.engine, now) as session:
            row, until = session.get_one(Pairing, found.row.id), sent.day("until")
            end_pairing(session, row, viewer.actor(now), until_on=until, reason=sent["reason"])
    except Refusal as refused:
        with reading(desk.office.engine) as session:
            return _one(request, session, viewer, _found(session, key), sent, refused)
    return RedirectResponse(f"{PATH}/{found.row.id}", status_code=303)


def _found(session: Session, key: str) -> Paired:
    for one in pairings(session):
        if one.row.id == id_in(key):
            return one
    raise HTTPException(404)


def _all(
    request: Request,
    session: Session,
    viewer: Viewer,
    sent: Written | None = None,
    refused: Refusal | None = None,
) -> Response:
    found = pairings(session)
    seen = visits(session, [one.row.id for one in found], viewer.may_see())
    return _page(
        request,
        viewer,
        "pairings.html",
        sent,
        refused,
        present=[one for one in found if one.on(viewer.on)],
        former=[one for one in found if not one.on(viewer.on)],
        missed={key: sum(one.missed(viewer.on) for one in rows) for key, rows in seen.items()},
        visits=seen,
        topics=list(dict.fromkeys(one.row.topic for one in found)),
        kinds=list(PairedWith),
    )


def _one(
    request: Request,
    session: Session,
    viewer: Viewer,
    one: Paired,
    sent: Written | None = None,
    refused: Refusal | None = None,
) -> Response:
    seen = visits(session, [one.row.id], viewer.may_see())
    return _page(
        request,
        viewer,
        "pairing.html",
        sent,
        refused,
        one=one,
        visits=seen.get(one.row.id, [])[:SHOWN],
    )


def _page(
    request: Request,
    viewer: Viewer,
    template: str,
    sent: Written | None,
    refused: Refusal | None,
    **facts: Any,
) -> Response:
    return desk_page(
        request,
        viewer,
        template,
        status=422 if refused else 200,
        sent=sent or Written(),
        refused=refused,
        may_act=viewer.keeps_directory,
        on=viewer.on,
        hides=viewer.hides,
        **facts,
    )
