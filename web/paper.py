"""The office records a decision that was signed on paper, on the same page and packet."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, File, Form, HTTPException, Request, UploadFile
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from flows.database import reading
from flows.signoff.roles import OFFICE, require_role
from models import Official, Referral, Task
from models.refusal import Refusal
from web.desk import desk_of
from web.desk_decisions import Sent, referral_id
from web.referral_page import show_referral
from web.ruling import Signed, rule
from web.ruling_form import Fault
from web.seat import Seat, at_paper
from web.signing_in import viewer_of
from web.task_page import task_path, visible_task

router = APIRouter()
Scan = Annotated[UploadFile | None, File()]


@router.api_route("/referrals/{referral}/paper", methods=["GET", "HEAD"])
def show(request: Request, referral: str) -> Response:
    with reading(desk_of(request).office.engine) as session:
        seat, _ = _seat(request, session, referral_id(referral))
        return show_referral(
            request, session, seat, referral_id(referral), visitor=seat.recorder, signed_on=""
        )


@router.post("/referrals/{referral}/paper")
def record(
    request: Request,
    referral: str,
    sent: Sent,
    signed_on: Annotated[str, Form()] = "",
    scan: Scan = None,
) -> Response:
    desk, key = desk_of(request), referral_id(referral)
    with reading(desk.office.engine) as session:
        seat, number = _seat(request, session, key)
    signed = _date(signed_on)
    content = (scan.filename or "", scan.file) if scan is not None and scan.filename else None
    fault: Fault | None = UNDATED
    if signed is not None and signed <= seat.on:
        fault = rule(desk, seat, key, sent.of(key), Signed(signed, content))[1]
    if fault is None:
        return RedirectResponse(task_path(number), status_code=303)
    with reading(desk.office.engine) as session:
        return show_referral(
            request,
            session,
            seat,
            key,
            sent,
            status=422,
            refused=fault,
            visitor=seat.recorder,
            signed_on=signed_on[:20],
        )


def _seat(request: Request, session: Session, key: int) -> tuple[Seat, str]:
    """For the office only; nobody else finds the page."""
    desk = desk_of(request)
    now = desk.now()
    viewer = viewer_of(request, session, now)
    referral = session.get(Referral, key)
    if referral is None:
        raise HTTPException(404)
    task = session.get_one(Task, referral.task_id)
    try:
        require_role(session, task, viewer.official.id, desk.today(now), OFFICE)
    except Refusal:
        raise HTTPException(404) from None
    visible_task(session, viewer, task.number)
    owner = session.get_one(Official, referral.official_id)
    return at_paper(request, viewer, owner, task_path(task.number), now), task.number


def _date(written: str) -> date | None:
    try:
        return date.fromisoformat(written.strip())
    except ValueError:
        return None


UNDATED = (
    "请填写签字日期，不晚于今天，格式如 2022-07-14；没有记录。",
    (
        "Please give the date of the signature, today at the latest, as 2022-07-14; nothing was "
        "recorded."
    ),
)
