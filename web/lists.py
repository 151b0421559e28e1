"""四张清单: the same open tasks as problems, tasks, responsibilities and deadlines; and the lists
that the office keeps. To be read, and to be printed."""

from datetime import datetime

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response
from sqlmodel import Session, col, select

from flows.database import reading
from flows.working_days import load_calendar
from models import WatchList
from web.desk import desk_of
from web.list_rows import listed, totals, watch_lists
from web.matter import Showing
from web.pages import page as show
from web.paging import page_number
from web.signing_in import viewer_of

router = APIRouter()

FOUR = {
    "problems": ("问题清单", "Problems"),
    "tasks": ("任务清单", "Tasks"),
    "responsibilities": ("责任清单", "Responsibilities"),
    "deadlines": ("时限清单", "Deadlines"),
}


@router.api_route("/lists/{name}", methods=["GET", "HEAD"])
def one_list(request: Request, name: str, page: str = "1") -> Response:
    desk = desk_of(request)
    now = desk.now()
    with reading(desk.office.engine) as session:
        return _show(request, session, name, now, page)


def _show(request: Request, session: Session, name: str, now: datetime, page: str) -> Response:
    viewer = viewer_of(request, session, now)
    kept = None if name in FOUR else _kept(session, name)
    showing = Showing.load(session, load_calendar(session), desk_of(request).today(now))
    number = page_number(page)
    return show(
        request,
        "list.html",
        language=viewer.official.language,
        visitor=viewer.official,
        name=name,
        title=(kept.title, kept.title) if kept else FOUR[name],
        kind="kept" if kept else name,
        listed=listed(session, viewer, showing, number, kept),
        totals=totals(session, viewer, kept) if kept else None,
        four=FOUR,
        others=watch_lists(session),
        on=showing.on,
    )


def _kept(session: Session, name: str) -> WatchList:
    found = session.exec(select(WatchList).where(col(WatchList.name) == name[:100])).first()
    if found is None:
        raise HTTPException(404)
    return found
