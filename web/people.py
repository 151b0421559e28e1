"""The people whom mail does not reach: for the office and administrators, who can mend it."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from flows.database import reading
from flows.unreachable import unreachable
from web.desk import desk_of
from web.desk_pages import desk_page, let_in, whoever_keeps_directory

router = APIRouter()


@router.api_route("/people/unreachable", methods=["GET", "HEAD"])
def unreachable_people(request: Request) -> Response:
    desk = desk_of(request)
    now = desk.now()
    with reading(desk.office.engine) as session:
        viewer = let_in(request, session, now, whoever_keeps_directory)
        people, without = unreachable(session, desk.today(now))
        return desk_page(request, viewer, "unreachable.html", people=people, without=without)
