"""信访件月度梳理 on a page: the four sets of a month, each with its list."""

import re
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session, col, select

from flows.papers.petitions import petition_facts
from models import Task
from notifications.papers.page import write_page
from notifications.papers.petitions import (
    SETS,
    PetitionFacts,
    PetitionRow,
    PetitionSet,
    petitions_paper,
)
from notifications.papers.workbook import MEDIA_TYPE, write_workbook
from web.desk import desk_of
from web.desk_pages import desk_page, looking, whoever_sees_all
from web.rights import Viewer

router = APIRouter()
PATH = "/petitions"
_MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")


@router.api_route(PATH, methods=["GET", "HEAD"])
def petitions(request: Request, month: str = "") -> Response:
    with looking(request, whoever_sees_all) as (session, viewer):
        first, last = _days_of(month, viewer.on)
        facts = _facts(session, viewer, first, last)
        return desk_page(
            request, viewer, "petitions.html", facts=facts, sets=SETS, kinds=list(PetitionSet)
        )


@router.api_route(PATH + "/print", methods=["GET", "HEAD"])
def printed(request: Request, month: str = "") -> Response:
    desk = desk_of(request)
    with looking(request, whoever_sees_all) as (session, viewer):
        first, last = _days_of(month, viewer.on)
        facts = _facts(session, viewer, first, last)
        language = desk.office.language_of(viewer.official)
        return HTMLResponse(write_page(petitions_paper(facts, language)))


@router.api_route(PATH + "/xlsx", methods=["GET", "HEAD"])
def workbook(request: Request, month: str = "") -> Response:
    desk = desk_of(request)
    with looking(request, whoever_sees_all) as (session, viewer):
        first, last = _days_of(month, viewer.on)
        facts = _facts(session, viewer, first, last)
        language = desk.office.language_of(viewer.official)
    name = f"petitions-{first:%Y-%m}.xlsx"
    return Response(
        write_workbook(petitions_paper(facts, language)),
        media_type=MEDIA_TYPE,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _facts(session: Session, viewer: Viewer, first: date, last: date) -> PetitionFacts:
    """Whoever stands aside from a petition counts it, and sees no more of it."""
    facts = petition_facts(session, first, last, today=viewer.on)
    numbers = {row.number for rows in facts.sets.values() for row in rows}
    seen = set(
        session.scalars(
            select(col(Task.number)).where(col(Task.number).in_(numbers), viewer.may_see())
        )
    )
    sets: dict[PetitionSet, Sequence[PetitionRow]] = {
        which: [row if row.number in seen else _aside(row) for row in rows]
        for which, rows in facts.sets.items()
    }
    return replace(facts, sets=sets)


def _aside(row: PetitionRow) -> PetitionRow:
    return replace(row, number="", title="", unit="", stage="")


def _days_of(month: str, today: date) -> tuple[date, date]:
    """The present month, unless another one is asked for."""
    if month and not _MONTH.fullmatch(month):
        raise HTTPException(404)
    first = date.fromisoformat(f"{month}-01") if month else today.replace(day=1)
    if first > today:
        raise HTTPException(404)
    return first, first.replace(day=monthrange(first.year, first.month)[1])
