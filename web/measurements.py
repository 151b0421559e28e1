"""Measurements: each subject's code by period; reported and corrected by the office."""

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from flows.database import reading, transaction
from flows.measures.reporting import Reading, newest_report, report
from flows.measures.series import find_series, versions
from flows.measures.table import CODES, Cell, Line, Series, all_series
from flows.signoff.telling import tell
from flows.working_days import load_calendar
from models.refusal import Refusal
from models.series_file import Subject as Measured
from notifications.charts.chart import Chart
from notifications.charts.lines import Point, Subject, lines
from web.desk import desk_of
from web.desk_pages import desk_page, let_in, looking, whoever_keeps_directory, whoever_sees_all
from web.ids import id_in
from web.rights import Viewer
from web.written import Written, written

router = APIRouter()
PATH = "/measurements"
PERIODS = 6
Sent = Annotated[Written, Depends(written)]


@router.api_route(PATH, methods=["GET", "HEAD"])
def measurements(request: Request) -> Response:
    with looking(request, whoever_sees_all) as (session, viewer):
        return desk_page(
            request, viewer, "measurements.html", series=_shown(session, viewer), codes=CODES
        )


@router.api_route(PATH + "/{name}", methods=["GET", "HEAD"])
def one_series(request: Request, name: str) -> Response:
    with looking(request, whoever_sees_all) as (session, viewer):
        return _page(request, session, viewer, name)


@router.post(PATH + "/{name}")
def say(request: Request, name: str, sent: Sent) -> Response:
    """One value; what it opened, or left open, stands in the table."""
    desk = desk_of(request)
    now = desk.now()
    with reading(desk.office.engine) as session:
        viewer = let_in(request, session, now, whoever_keeps_directory)
        _found(session, viewer, name)
    actor = viewer.actor(now)
    one = Reading(sent["subject"], sent["period"], sent["value"], sent["reason"])
    try:
        sent.require_short()
        with transaction(desk.office.engine, now) as session:
            calendar = load_calendar(session)
            series, seen = find_series(session, name), id_in(sent["seen"])
            report(session, series, [one], actor, calendar=calendar, seen=seen)
            tell(session, desk.office, on=actor.on, now=now)
    except Refusal as refused:
        with reading(desk.office.engine) as session:
            return _page(request, session, viewer, name, sent, refused)
    return RedirectResponse(f"{PATH}/{name}", status_code=303)


def _chart(one: Series, language: str) -> Chart:
    file = one.file
    return lines(
        [
            Subject(
                line.subject.name,
                [_point(one, line.subject, period, cell) for period, cell in _by_period(one, line)],
            )
            for line in one.lines
        ],
        [file.written(period) for period in one.periods],
        language,
    )


def _by_period(one: Series, line: Line) -> Iterator[tuple[date, Cell | None]]:
    return zip(one.periods, line.cells, strict=True)


def _point(one: Series, subject: Measured, period: date, cell: Cell | None) -> Point | None:
    if cell is None:
        return None
    green, _ = one.file.bounds(subject, period)
    shown = f"{cell.now.value}{one.file.unit}"
    return Point(float(cell.now.value), shown, float(green), cell.now.code)


def _shown(session: Session, viewer: Viewer) -> list[Series]:
    found = all_series(session, viewer.on, PERIODS, viewer.may_see())
    return [one for one in found if viewer.sees_restricted or not one.restricted]


def _found(session: Session, viewer: Viewer, name: str) -> Series:
    for one in _shown(session, viewer):
        if one.row.name == name:
            return one
    raise HTTPException(404)


def _page(
    request: Request,
    session: Session,
    viewer: Viewer,
    name: str,
    sent: Written | None = None,
    refused: Refusal | None = None,
) -> Response:
    one = _found(session, viewer, name)
    language = desk_of(request).office.language_of(viewer.official)
    facts: dict[str, Any] = {
        "one": one,
        "codes": CODES,
        "chart": _chart(one, language),
        "versions": versions(session, one.row),
        "seen": newest_report(session, one.row.id),
    }
    return desk_page(
        request,
        viewer,
        "measurement.html",
        status=422 if refused else 200,
        may_act=viewer.keeps_directory,
        sent=sent or Written(),
        refused=refused,
        **facts,
    )
