"""The office's calendar: a year to look at, and one day to change."""

import re
from datetime import date

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session, col, select

from flows.database import reading, transaction
from flows.establishment.holding import AtField, hold
from flows.office_changes import ChangedSince, changes_of, version
from flows.working_days import DaySaid, horizon_warning, load_calendar, set_days
from models import CalendarDay
from models.office_change import Subject
from models.refusal import Refusal
from web.desk import desk_of
from web.desk_pages import desk_page, let_in, looking, whoever_keeps_directory, whoever_sees_all
from web.months import months
from web.rights import Viewer
from web.set_up import Sent
from web.written import Written

router = APIRouter()
PATH = "/calendar"
FIRST, LAST = 2000, 2100
KINDS = {"working": True, "holiday": False, "undo": None}
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@router.api_route(PATH, methods=["GET", "HEAD"])
def calendar(request: Request, year: str = "") -> Response:
    with looking(request, whoever_sees_all) as (session, viewer):
        return _show(request, session, viewer, _year(year, viewer.on), Written())


@router.post(PATH)
def change(request: Request, sent: Sent) -> Response:
    """As `sise calendar set` does it; undone, a day is again what it is by itself."""
    desk = desk_of(request)
    now = desk.now()
    with reading(desk.office.engine) as session:
        viewer = let_in(request, session, now, whoever_keeps_directory)
    actor = viewer.actor(now)
    try:
        sent.require_short()
        day = _wanted(sent)
        with transaction(desk.office.engine, now) as session:
            hold(session, actor)
            if sent["seen"] != str(version(session, Subject.CALENDAR)):
                raise ChangedSince("日历", "the calendar")
            set_days(session, actor, [day])
    except Refusal as refused:
        with reading(desk.office.engine) as session:
            return _show(request, session, viewer, _year(sent["on"][:4], viewer.on), sent, refused)
    return RedirectResponse(f"{PATH}?year={day.on.year}", status_code=303)


def _wanted(sent: Written) -> DaySaid:
    """Raises a Refusal."""
    if not _DAY.fullmatch(sent["on"]):
        raise AtField("on", *_no_date(sent["on"]))
    try:
        day = date.fromisoformat(sent["on"])
    except ValueError as error:
        raise AtField(
            "on", f"{sent['on']} 这一天不存在，请核对", f"there is no day {sent['on']}, check it"
        ) from error
    if not FIRST <= day.year <= LAST:
        raise AtField("on", *_no_date(sent["on"]))
    if sent["kind"] not in KINDS:
        raise AtField("kind", "请选择上班或放假", "please choose whether it is worked or off")
    if not sent["why"]:
        raise AtField(
            "why",
            "请写明理由，如放假通知的文号",
            "please give the reason, as the notice that says so",
        )
    return DaySaid(day, KINDS[sent["kind"]], sent["why"])


def _no_date(written: str) -> tuple[str, str]:
    return (
        f"“{written[:20]}”不是可用的日期，请写成 2022-07-14",
        f"'{written[:20]}' is no date that can be used, write it as 2022-07-14",
    )


def _show(
    request: Request,
    session: Session,
    viewer: Viewer,
    year: int,
    sent: Written,
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
        seen=version(session, Subject.CALENDAR),
        since=int(sent["seen"]) if _since(sent, refused) else None,
        changes=changes_of(session, Subject.CALENDAR),
        sent=sent,
        refused=refused,
    )


def _since(sent: Written, refused: Refusal | None) -> bool:
    return isinstance(refused, ChangedSince) and sent["seen"].isdecimal()


def _year(written: str, on: date) -> int:
    """Anything that is no year counts as this one."""
    year = int(written) if re.fullmatch(r"[0-9]{4}", written) else on.year
    return min(max(year, FIRST), LAST)
