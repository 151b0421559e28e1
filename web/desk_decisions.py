"""What waits for whoever is signed in at the desk: one by one, or many at once."""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.responses import Response
from sqlmodel import Session

from flows.database import reading
from flows.working_days import load_calendar
from web.desk import desk_of
from web.ids import id_in
from web.many import act_on_many, faults_of, load_many
from web.matter import Showing
from web.pages import page as show
from web.paging import page_number
from web.referral_page import decide_referral, show_referral
from web.ruling_form import LONGEST_OF_MANY, Submitted, submitted
from web.seat import Seat, at_desk
from web.signing_in import viewer_of

router = APIRouter()
Sent = Annotated[Submitted, Depends(submitted)]


@router.api_route("/referrals", methods=["GET", "HEAD"])
def waiting(request: Request, page: str = "1") -> Response:
    return _list(request, _seat(request), page_number(page))


@router.post("/referrals")
def decide_many(request: Request, sent: Sent, page: str = "1") -> Response:
    seat = _seat(request)
    faults = faults_of(seat, sent)
    if faults:
        return _list(request, seat, page_number(page), sent, status=422, faults=faults)
    results = act_on_many(desk_of(request), seat, sent)
    return _list(request, seat, page_number(page), sent, results=results)


@router.api_route("/referrals/{referral}", methods=["GET", "HEAD"])
def one(request: Request, referral: str) -> Response:
    with reading(desk_of(request).office.engine) as session:
        seat = _seated(request, session)
        return show_referral(request, session, seat, referral_id(referral), visitor=seat.official)


@router.post("/referrals/{referral}")
def decide_one(request: Request, referral: str, sent: Sent) -> Response:
    seat = _seat(request)
    return decide_referral(request, seat, referral_id(referral), sent, visitor=seat.official)


def _seat(request: Request) -> Seat:
    with reading(desk_of(request).office.engine) as session:
        return _seated(request, session)


def _seated(request: Request, session: Session) -> Seat:
    now = desk_of(request).now()
    return at_desk(request, viewer_of(request, session, now), now)


def _list(
    request: Request,
    seat: Seat,
    number: int,
    sent: Submitted | None = None,
    *,
    status: int = 200,
    **said: object,
) -> Response:
    with reading(desk_of(request).office.engine) as session:
        showing = Showing.load(session, load_calendar(session), seat.on)
        many = load_many(session, showing, seat, number, **said)  # type: ignore[arg-type]  # faults, results
    return show(
        request,
        "many.html",
        status=status,
        language=seat.language,
        visitor=seat.official,
        seat=seat,
        many=many,
        sent=sent or Submitted(),
        longest_of_many=LONGEST_OF_MANY,
    )


def referral_id(written: str) -> int:
    if not (found := id_in(written)):
        raise HTTPException(404)
    return found
