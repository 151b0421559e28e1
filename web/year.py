"""The office's calendar: a year to look at, and one day to change."""

import re
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session, col, select

from flows.database import reading, transaction
from flows.working_days import horizon_warning, load_calendar, set_day
from models import CalendarDay
from models.refusal import Refusal
from web.desk import desk_of
from web.desk_pages import desk_page, let_in, whoever_keeps_directory, whoever_sees_all
from web.months import months
from web.reply_form import clean
from web.rights import Viewer

router = APIRouter()
PATH = "/calendar"
FIRST, LAST = 2000, 2100
LONGEST = 200  # characters of a reason
KINDS = {"working": True, "holiday": False}
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@router.api_route(PATH, methods=["GET", "HEAD"])
def calendar(request: Request, year: str = "") -> Response:
    desk = desk_of(request)
    with reading(desk.office.engine) as session:
        viewer = let_in(request, session, desk.now(), whoever_sees_all)
        return _show(request, session, viewer, _year(year, viewer.on), {})


@router.post(PATH)
def change(
    request: Request,
    on: Annotated[str, Form()] = "",
    kind: Annotated[str, Form()] = "",
    why: Annotated[str, Form()] = "",
) -> Response:
    """As `sise calendar set` does it."""
    desk = desk_of(request)
    now = desk.now()
    with reading(desk.office.engine) as session:
        viewer = let_in(request, session, now, whoever_keeps_directory)
    said = {"on": clean(on).strip()[:20], "kind": kind, "why": clean(why).strip()[:LONGEST]}
    try:
        day, working = _wanted(said)
        with transaction(desk.office.engine, now) as session:
            set_day(session, day, working=working, why=said["why"], now=now)
    except Refusal as refused:
        with reading(desk.office.engine) as session:
            return _show(request, session, viewer, viewer.on.year, said, refused)
    return RedirectResponse(f"{PATH}?year={day.year}", status_code=303)


def _wanted(said: dict[str, str]) -> tuple[date, bool]:
    """Raises a Refusal."""
    try:
        day = date.fromisoformat(said["on"]) if _DAY.fullmatch(said["on"]) else None
    except ValueError:
        day = None
    if day is None or not FIRST <= day.year <= LAST:
        raise Refusal(
            f"“{said['on']}”不是可用的日期，请写成 2022-07-14；没有改动",
            f"'{said['on']}' is no date, write it as 2022-07-14; nothing was changed",
        )
    if said["kind"] not in KINDS:
        raise Refusal(
            "请选择上班或放假；没有改动",
            "please choose whether it is worked or off; nothing was changed",
        )
    if not said["why"]:
        raise Refusal(
            "请写明理由，如放假通知的文号；没有改动",
            "please give the reason, as the notice that says so; nothing was changed",
        )
    return day, KINDS[said["kind"]]


def _show(
    request: Request,
    session: Session,
    viewer: Viewer,
    year: int,
    said: dict[str, str],
    refused: Refusal | None = None,
) -> Response:
    kept = load_calendar(session)
    edits = session.exec(
        select(CalendarDay)
        .where(col(CalendarDay.on).between(date(year, 1, 1), date(year, 12, 31)))
        .order_by(col(CalendarDay.on))
    ).all()
    return desk_page(
        request,
        viewer,
        "calendar.html",
        status=422 if refused else 200,
        year=year,
        years=[n for n in (year - 1, year + 1) if FIRST <= n <= LAST],
        months=months(kept, year, viewer.on),
        known=kept.is_known(year),
        known_until=kept.known_until(viewer.on),
        horizon=horizon_warning(kept, viewer.on),
        edits=edits,
        may_change=viewer.keeps_directory,
        written={"on": "", "kind": "", "why": ""} | said,
        refused=refused,
    )


def _year(written: str, on: date) -> int:
    """Anything that is no year counts as this one."""
    year = int(written) if re.fullmatch(r"[0-9]{4}", written) else on.year
    return min(max(year, FIRST), LAST)
