"""Look-backs at the desk: the samples that were drawn, and what waits to be looked at."""

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response

from flows.database import reading
from flows.signoff.look_back_list import by_hand, rounds, waiting
from flows.signoff.look_backs import VERDICTS
from web.desk import desk_of
from web.pages import page
from web.signing_in import viewer_of

router = APIRouter()

SHOWN = 500  # of what waits, the soonest


@router.api_route("/look-backs", methods=["GET", "HEAD"])
def look_backs(request: Request) -> Response:
    desk = desk_of(request)
    now = desk.now()
    with reading(desk.office.engine) as session:
        viewer = viewer_of(request, session, now)
        if not viewer.sees_all:
            raise HTTPException(404)
        found = waiting(session)
        return page(
            request,
            "look_backs.html",
            language=viewer.official.language,
            visitor=viewer.official,
            rounds=rounds(session),
            by_hand=by_hand(session),
            waiting=found[:SHOWN],
            n=len(found),
            sees_restricted=viewer.sees_restricted,
            verdicts=VERDICTS,
            on=desk.today(now),
        )
