"""考核得分: the rules, a period prepared by the office and approved by a leader, each unit's points
with what they are for."""

from collections import defaultdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlmodel import Session

from flows.database import reading, transaction
from flows.papers.approvers import may_approve
from flows.scores.counting import score_facts
from flows.scores.objections import changes_of, object_by, objections
from flows.scores.published import paper_of
from flows.scores.schemes import find_scheme, scheme_of, schemes, versions
from flows.scores.sheets import (
    approve,
    facts_of,
    moves_of,
    prepare,
    send_back,
    sheets,
    take_back,
)
from flows.signoff.actor import Actor
from flows.working_days import load_calendar
from models import ScoreScheme, ScoreSheet
from models.refusal import Refusal
from models.score import ScoreState
from notifications.papers.page import write_page
from notifications.papers.scores import detail_words, points_words
from web.desk import desk_of
from web.desk_pages import (
    desk_page,
    let_in,
    looking,
    whoever_keeps_directory,
    whoever_sees_all,
    whoever_sees_scores,
)
from web.ids import id_in
from web.paper_drafts import NO_CHOICE
from web.rights import Viewer
from web.score_rows import Seen, may_open
from web.written import Written, written

router = APIRouter()
PATH = "/scores"
Sent = Annotated[Written, Depends(written)]


@router.api_route(PATH, methods=["GET", "HEAD"])
def scores(request: Request) -> Response:
    with looking(request, whoever_sees_scores) as (session, viewer):
        return _all(request, session, viewer)


@router.post(PATH)
def make(request: Request, sent: Sent) -> Response:
    """The period that ended last."""
    desk = desk_of(request)
    now = desk.now()
    with reading(desk.office.engine) as session:
        viewer = let_in(request, session, now, whoever_keeps_directory)
    try:
        with transaction(desk.office.engine, now) as session:
            scheme, calendar = find_scheme(session, sent["scheme"]), load_calendar(session)
            first, _ = scheme_of(scheme).before(viewer.on)
            made = prepare(session, scheme, viewer.actor(now), first, calendar=calendar)
    except Refusal as refused:
        with reading(desk.office.engine) as session:
            return _all(request, session, viewer, refused)
    return RedirectResponse(f"{PATH}/{made.id}", status_code=303)


@router.api_route(PATH + "/rules/{name}", methods=["GET", "HEAD"])
def rules(request: Request, name: str) -> Response:
    """How the units stand today in the period that goes on: counted now, and kept nowhere."""
    with looking(request, whoever_sees_all) as (session, viewer):
        found = versions(session, name)
        if not found:
            raise HTTPException(404)
        scheme, calendar = found[0], load_calendar(session)
        first, _ = scheme_of(scheme).days_of(viewer.on)
        facts = score_facts(session, scheme, first, viewer.on, calendar=calendar)
        lines = Seen.load(session, viewer, facts).lines(facts)
        return _page(
            request,
            viewer,
            "score_rules.html",
            file=scheme_of(scheme),
            versions=found,
            facts=facts.model_copy(update={"lines": lines}),
        )


@router.api_route(PATH + "/{sheet_id}", methods=["GET", "HEAD"])
def one_sheet(request: Request, sheet_id: str) -> Response:
    with looking(request, whoever_sees_scores) as (session, viewer):
        return _one(request, session, viewer, sheet_in(session, viewer, sheet_id))


@router.api_route(PATH + "/{sheet_id}/print", methods=["GET", "HEAD"])
def printed(request: Request, sheet_id: str) -> Response:
    desk = desk_of(request)
    with looking(request, whoever_sees_all) as (session, viewer):
        sheet = sheet_in(session, viewer, sheet_id)
        language = desk.office.language_of(viewer.official)
        return HTMLResponse(write_page(paper_of(session, desk.office, sheet, language)))


@router.post(PATH + "/{sheet_id}/decide")
def decide(request: Request, sheet_id: str, sent: Sent) -> Response:
    """Approve it, send it back, or take it back."""
    desk = desk_of(request)
    now = desk.now()
    with reading(desk.office.engine) as session:
        viewer = let_in(request, session, now, whoever_sees_scores)
        key = sheet_in(session, viewer, sheet_id).id
    try:
        sent.require_short()
        with transaction(desk.office.engine, now) as session:
            _decide(session, session.get_one(ScoreSheet, key), viewer.actor(now), sent)
    except Refusal as refused:
        with reading(desk.office.engine) as session:
            sheet = sheet_in(session, viewer, sheet_id)
            return _one(request, session, viewer, sheet, sent, refused)
    return RedirectResponse(f"{PATH}/{key}", status_code=303)


def sheet_in(session: Session, viewer: Viewer, sheet_id: str) -> ScoreSheet:
    """For whoever may not open it there is none."""
    found = session.get(ScoreSheet, id_in(sheet_id))
    if found is not None:
        approves = may_approve(session, found, viewer.official.id, viewer.on)
        if may_open(viewer, found, approves=approves):
            return found
    raise HTTPException(404)


def _decide(session: Session, sheet: ScoreSheet, by: Actor, sent: Written) -> None:
    match sent["act"]:
        case "approve":
            approve(session, sheet, by)
        case "send_back":
            send_back(session, sheet, by, sent["reason"])
        case "take_back":
            take_back(session, sheet, by, sent["reason"])
        case _:
            raise NO_CHOICE


def _all(
    request: Request, session: Session, viewer: Viewer, refused: Refusal | None = None
) -> Response:
    found = [
        one
        for one in sheets(session)
        if may_open(viewer, one, approves=may_approve(session, one, viewer.official.id, viewer.on))
    ]
    moves = defaultdict(list)
    for move in moves_of(session, found):
        moves[move.sheet_id].append(move)
    known = [(scheme, scheme_of(scheme)) for scheme in schemes(session)]
    return _page(
        request,
        viewer,
        "scores.html",
        refused,
        sheets=[(one, facts_of(one)) for one in found],
        moves=moves,
        schemes=[(s, file, file.written(file.before(viewer.on)[0])) for s, file in known],
        may_prepare=viewer.keeps_directory,
        sees_rules=viewer.sees_all,
    )


def _one(
    request: Request,
    session: Session,
    viewer: Viewer,
    sheet: ScoreSheet,
    sent: Written | None = None,
    refused: Refusal | None = None,
) -> Response:
    facts, calendar = facts_of(sheet), load_calendar(session)
    seen = Seen.load(session, viewer, facts)
    waits = sheet.state is ScoreState.DRAFT
    return _page(
        request,
        viewer,
        "score_sheet.html",
        refused,
        sheet=sheet,
        file=scheme_of(session.get_one(ScoreScheme, sheet.scheme_id)),
        facts=facts,
        changes=changes_of(objections(session, sheet)),
        opens=seen.opens,
        restricted=[line for line in seen.lines(facts) if line.restricted],
        objections=seen.objections(session, sheet),
        object_by=object_by(session, sheet, calendar),
        moves=moves_of(session, [sheet]),
        may_approve=waits and may_approve(session, sheet, viewer.official.id, viewer.on),
        may_take_back=waits and viewer.keeps_directory,
        may_print=viewer.sees_all,
        sent=sent or Written(),
    )


def _page(
    request: Request,
    viewer: Viewer,
    template: str,
    refused: Refusal | None = None,
    **facts: Any,
) -> Response:
    return desk_page(
        request,
        viewer,
        template,
        status=422 if refused else 200,
        refused=refused,
        points=points_words,
        detail=detail_words,
        **facts,
    )
