"""One unit's points of a result, each with its event; and the unit's objections to them."""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from flows.database import reading, transaction
from flows.scores.objections import (
    changes_of,
    heads_of,
    object_by,
    objections,
    raise_objection,
)
from flows.scores.sheets import facts_of
from flows.working_days import load_calendar
from models import ScoreSheet
from models.refusal import Refusal
from models.score import ScoreState
from notifications.papers.scores import detail_words, points_words
from web.desk import desk_of
from web.desk_pages import desk_page, let_in, looking, whoever_sees_scores
from web.ids import id_in
from web.rights import Viewer
from web.score_rows import Seen
from web.scores import PATH, sheet_in
from web.written import Written, written

router = APIRouter()
Sent = Annotated[Written, Depends(written)]
UNIT = PATH + "/{sheet_id}/units/{n}"


@router.api_route(UNIT, methods=["GET", "HEAD"])
def one_unit(request: Request, sheet_id: str, n: str) -> Response:
    with looking(request, whoever_sees_scores) as (session, viewer):
        return _page(request, session, viewer, sheet_in(session, viewer, sheet_id), n)


@router.post(UNIT)
def object_to(request: Request, sheet_id: str, n: str, sent: Sent) -> Response:
    """To one line, or to what is missing."""
    desk = desk_of(request)
    now = desk.now()
    with reading(desk.office.engine) as session:
        viewer = let_in(request, session, now, whoever_sees_scores)
        sheet = sheet_in(session, viewer, sheet_id)
        unit = _unit(Seen.load(session, viewer, facts_of(sheet)), sheet, n)
    try:
        sent.require_short()
        with transaction(desk.office.engine, now) as session:
            raise_objection(
                session,
                session.get_one(ScoreSheet, sheet.id),
                unit,
                sent["key"],
                viewer.actor(now),
                reason=sent["reason"],
                calendar=load_calendar(session),
            )
    except Refusal as refused:
        with reading(desk.office.engine) as session:
            return _page(request, session, viewer, sheet, n, sent, refused)
    return RedirectResponse(f"{PATH}/{sheet.id}/units/{n}", status_code=303)


def _unit(seen: Seen, sheet: ScoreSheet, n: str) -> str:
    """The n-th of the result, from 1."""
    units, at = facts_of(sheet).units, id_in(n)
    if not 1 <= at <= len(units) or not seen.opens(units[at - 1]):
        raise HTTPException(404)
    return units[at - 1]


def _page(
    request: Request,
    session: Session,
    viewer: Viewer,
    sheet: ScoreSheet,
    n: str,
    sent: Written | None = None,
    refused: Refusal | None = None,
) -> Response:
    facts = facts_of(sheet)
    seen = Seen.load(session, viewer, facts)
    unit, until = _unit(seen, sheet, n), object_by(session, sheet, load_calendar(session))
    heads = unit in heads_of(session, viewer.official.id, viewer.on)
    running = sheet.state is ScoreState.PUBLISHED and until is not None and viewer.on <= until
    changes = changes_of(objections(session, sheet))
    return desk_page(
        request,
        viewer,
        "score_unit.html",
        status=422 if refused else 200,
        sheet=sheet,
        facts=facts,
        unit=unit,
        total=facts.points(unit, changes),
        change=changes.get(unit),
        lines=sorted(seen.of_unit(facts, unit), key=lambda one: (one.on, one.key)),
        objections=[one for one in seen.objections(session, sheet) if one.row.unit == unit],
        object_by=until,
        may_object=heads and running,
        sent=sent or Written(),
        refused=refused,
        points=points_words,
        detail=detail_words,
    )
