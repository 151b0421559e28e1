"""The people whom mail does not reach: for the office and administrators, who can mend it."""

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response

from flows.database import reading
from flows.unreachable import unreachable
from web.desk import desk_of
from web.pages import page
from web.signing_in import viewer_of

router = APIRouter()


@router.api_route("/people/unreachable", methods=["GET", "HEAD"])
def unreachable_people(request: Request) -> Response:
    desk = desk_of(request)
    now = desk.now()
    with reading(desk.office.engine) as session:
        viewer = viewer_of(request, session, now)
        if not viewer.keeps_directory:
            raise HTTPException(404)
        return page(
            request,
            "unreachable.html",
            language=viewer.official.language,
            visitor=viewer.official,
            people=unreachable(session, desk.today(now)),
        )
