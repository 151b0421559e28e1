"""The directory: units as a tree, with posts, absences and the addresses that mail does not
reach. Each unit and person leads to a page of its own, where it is changed."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from flows.database import reading
from web.desk import desk_of
from web.desk_pages import desk_page, let_in, whoever_keeps_directory
from web.directory_rows import groups, places
from web.paging import Paging, page_number, searched

router = APIRouter()
PATH = "/people"
LINES = 100


@router.api_route(PATH, methods=["GET", "HEAD"])
def people(request: Request, name: str = "", page: str = "1") -> Response:
    desk = desk_of(request)
    now = desk.now()
    wanted = searched(name)
    with reading(desk.office.engine) as session:
        viewer = let_in(request, session, now, whoever_keeps_directory)
        found = places(session, wanted)
        n = sum(place.lines for place in found)
        paging = Paging(PATH, {"name": wanted}, n, page_number(page), LINES)
        return desk_page(
            request,
            viewer,
            "people.html",
            groups=groups(session, found, wanted, paging, viewer.on),
            units=len(found),
            people=sum(place.people for place in found),
            paging=paging,
            on=viewer.on,
        )
