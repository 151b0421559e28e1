"""The nights: what each came to, which are missing, and what one of them did."""

import re
from datetime import date, datetime

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response
from sqlalchemy import func, select
from sqlmodel import Session

from flows.database import reading
from flows.working_days import load_calendar
from models import Night
from notifications.explanation import entry_words
from web.desk import desk_of
from web.desk_pages import desk_page, let_in, whoever_sees_all
from web.matter import Showing
from web.night_rows import (
    neighbours,
    nights,
    nobody_found,
    played,
    raised,
    sent_between,
    steps,
    tally,
)
from web.paging import Paging, page_number

router = APIRouter()
PATH = "/nights"
A_MONTH = 31
NAMED = 50  # matters nobody could be found for
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@router.api_route(PATH, methods=["GET", "HEAD"])
def all_nights(request: Request, page: str = "1") -> Response:
    desk = desk_of(request)
    now = desk.now()
    with reading(desk.office.engine) as session:
        viewer = let_in(request, session, now, whoever_sees_all)
        found = session.scalar(select(func.count()).select_from(Night)) or 0
        paging = Paging(PATH, {}, found, page_number(page), A_MONTH)
        rows = nights(session, paging, desk.today(now))
        return desk_page(request, viewer, "nights.html", rows=rows, paging=paging)


@router.api_route(PATH + "/{on}", methods=["GET", "HEAD"])
def one_night(request: Request, on: str, page: str = "1") -> Response:
    desk = desk_of(request)
    with reading(desk.office.engine) as session:
        return _show(request, session, _day(on), desk.now(), page)


def _show(request: Request, session: Session, on: date, now: datetime, page: str) -> Response:
    viewer = let_in(request, session, now, whoever_sees_all)
    found = played(session, on)
    if found is None:
        raise HTTPException(404)
    night = found.night
    to = tally(session, viewer, found)
    paging = Paging(f"{PATH}/{on}", {}, sum(to.values()), page_number(page))
    showing = Showing.load(session, load_calendar(session), desk_of(request).today(now))
    return desk_page(
        request,
        viewer,
        "night.html",
        played=found,
        night=night,
        steps=steps(night),
        sent=sent_between(session, night),
        neighbours=neighbours(session, on),
        nobody=nobody_found(session, viewer, night, NAMED),
        raised=raised(session, viewer, showing, found, to, paging),
        paging=paging,
        entry_words=entry_words,
    )


def _day(written: str) -> date:
    try:
        if _DAY.fullmatch(written):
            return date.fromisoformat(written)
    except ValueError:
        pass
    raise HTTPException(404)
