"""Look-backs at the desk: the samples that were drawn, and what waits to be looked at."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from flows.database import reading
from flows.signoff.look_back_list import by_hand, rounds, waiting
from flows.signoff.look_backs import VERDICTS
from web.desk import desk_of
from web.desk_pages import desk_page, let_in, whoever_sees_all

router = APIRouter()

SHOWN = 500  # of what waits, the soonest


@router.api_route("/look-backs", methods=["GET", "HEAD"])
def look_backs(request: Request) -> Response:
    desk = desk_of(request)
    now = desk.now()
    with reading(desk.office.engine) as session:
        viewer = let_in(request, session, now, whoever_sees_all)
        found = waiting(session)
        return desk_page(
            request,
            viewer,
            "look_backs.html",
            rounds=rounds(session),
            by_hand=by_hand(session),
            waiting=found[:SHOWN],
            n=len(found),
            sees_restricted=viewer.sees_restricted,
            verdicts=VERDICTS,
            on=desk.today(now),
        )
