"""The notices: all that were issued, the newest first."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from flows.database import reading
from flows.working_days import load_calendar
from models.notice_machine import NoticeState
from models.warning import Colour
from web.desk import desk_of
from web.desk_pages import desk_page, let_in, whoever_sees_all
from web.many import page_number
from web.matter import Showing
from web.notice_rows import Wanted, found, rows
from web.paging import Paging, searched

router = APIRouter()
PATH = "/notices"


@router.api_route(PATH, methods=["GET", "HEAD"])
def notices(
    request: Request,
    colour: str = "",
    state: str = "",
    unit: str = "",
    number: str = "",
    page: str = "1",
) -> Response:
    desk = desk_of(request)
    now = desk.now()
    wanted = Wanted(
        Colour(colour) if colour in set(Colour) else None,
        NoticeState(state) if state in set(NoticeState) else None,
        searched(unit),
        searched(number),
    )
    with reading(desk.office.engine) as session:
        viewer = let_in(request, session, now, whoever_sees_all)
        showing = Showing.load(session, load_calendar(session), desk.today(now))
        n = found(session, viewer, wanted)
        paging = Paging(PATH, wanted.said(), n, page_number(page))
        return desk_page(
            request,
            viewer,
            "notices.html",
            wanted=wanted,
            paging=paging,
            rows=rows(session, viewer, wanted, showing, paging),
            colours=[one for one in Colour if one != Colour.GREEN],
            states=list(NoticeState),
            on=showing.on,
        )
