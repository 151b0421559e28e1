"""The notices: all that were issued, the newest first; and each as the paper that it is."""

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session, col, select

from flows.database import reading
from flows.papers.notice import notice_facts
from flows.working_days import load_calendar
from models import Notice, Task
from models.notice_machine import NoticeState
from models.warning import Colour
from notifications.papers.notice import notice_paper
from notifications.papers.page import write_page
from web.desk import desk_of
from web.desk_pages import desk_page, let_in, whoever_sees_all
from web.ids import id_in
from web.matter import Showing
from web.notice_rows import Wanted, found, rows
from web.paging import Paging, page_number, searched
from web.rights import Viewer
from web.signing_in import viewer_of

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


@router.api_route(PATH + "/{notice_id}/print", methods=["GET", "HEAD"])
def printed(request: Request, notice_id: str) -> Response:
    """预警单 to print, for whoever may see its matter. Of a restricted one it has number, colour
    and dates only, whoever asks: it leaves the desk."""
    desk = desk_of(request)
    with reading(desk.office.engine) as session:
        viewer = viewer_of(request, session, desk.now())
        notice, task = _found(session, viewer, notice_id)
        calendar = load_calendar(session)
        facts = notice_facts(session, task, notice=notice, calendar=calendar)
        language = desk.office.language_of(viewer.official)
        return HTMLResponse(write_page(notice_paper(facts, language)))


def _found(session: Session, viewer: Viewer, notice_id: str) -> tuple[str, str]:
    """The numbers of the notice and of its task; 404 if there is none that this person sees."""
    found = session.exec(
        select(Notice.number, Task.number)
        .join(Task, col(Task.id) == col(Notice.task_id))
        .where(Notice.id == id_in(notice_id), viewer.may_see())
    ).first()
    if found is None:
        raise HTTPException(404)
    return found
