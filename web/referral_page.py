"""The page of one referral, the same by a reply link and at the desk."""

from typing import Any

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from flows.database import reading
from flows.signoff.referred import newest_of, stands_aside
from flows.working_days import load_calendar
from web.desk import desk_of
from web.matter import Showing
from web.pages import page, said
from web.referral_view import Cases
from web.ruling import NOBODYS, n_points, rule_on
from web.ruling_form import LONGEST, SHORTEST, Fault, Submitted
from web.seat import Seat

ON_BEHALF = (
    "决定须由本人作出，不能代办；没有记录任何操作。",
    "A decision is one's own and cannot be made on behalf; nothing was recorded.",
)


def show_referral(
    request: Request,
    session: Session,
    seat: Seat,
    referral_id: int,
    sent: Submitted | None = None,
    *,
    status: int = 200,
    faults: list[Fault] | None = None,
    refused: Fault | None = None,
    unproved: Fault | None = None,
    **facts: Any,
) -> Response:
    """`sent`: what was written, to be given back; `unproved`: why it is not known who this is."""
    found = newest_of(session, referral_id, seat.official.id)
    if found is None:
        return said(request, 404, ("没有这一件", "There is no such matter"), NOBODYS)
    if stands_aside(session, found.referral, seat.on):
        return _aside(request, found.task.number)
    showing = Showing.load(session, load_calendar(session), seat.on)
    case = Cases(session, showing, seat).case(found, referral_id)
    return page(
        request,
        "referral.html",
        status=status,
        language=seat.language,
        seat=seat,
        case=case,
        form=(sent or Submitted()).of(found.referral.id, referral_id),
        kept=sent.written if sent and sent.written else {},
        faults=faults or [],
        refused=refused,
        unproved=unproved,
        longest=LONGEST,
        shortest=SHORTEST,
        **facts,
    )


def decide_referral(
    request: Request, seat: Seat, referral_id: int, sent: Submitted, **facts: Any
) -> Response:
    """Record the decision and go back to its page, or say why it was not and give it back."""
    desk = desk_of(request)
    with reading(desk.office.engine) as session:
        found = newest_of(session, referral_id, seat.official.id)
        if found is None:
            return show_referral(request, session, seat, referral_id)
        form = sent.of(found.referral.id, referral_id)
        unfit = form.faults(found.kind, n_points(session, found))
        faults = [ON_BEHALF] if sent.on_behalf else unfit
        if seat.open and not seat.proved and found.open:
            return show_referral(
                request, session, seat, referral_id, sent, status=422, unproved=UNPROVED, **facts
            )
        if found.open and faults:
            return show_referral(
                request, session, seat, referral_id, sent, status=422, faults=faults, **facts
            )
    refused = rule_on(desk, seat, found, form, unfit) if seat.open else EXPIRED
    if refused is None:
        return RedirectResponse(seat.path(referral_id), status_code=303)
    with reading(desk.office.engine) as session:
        return show_referral(
            request, session, seat, referral_id, sent, status=409, refused=refused, **facts
        )


def _aside(request: Request, number: str) -> Response:
    return said(
        request,
        403,
        ("您已回避本事项", "You stand aside from this matter"),
        (
            f"{number}：您已登记回避本事项，既不再送您决定，也不向您显示内容。如有疑问，请联系督查办公室。",
            (
                f"{number}: you stand aside from it, so you are neither asked nor shown anything. "
                "If you have a question, ask the supervision office."
            ),
        ),
    )


UNPROVED = (
    "还没有证明是本人，决定没有记录。请先发送并填写验证码，填写的内容已保留。",
    (
        "It is not proved that it is you, so nothing was recorded. Please have a code mailed and "
        "enter it; what you wrote is kept."
    ),
)
EXPIRED = (
    "链接已过期，没有记录任何操作。",
    "The link has expired; nothing was recorded.",
)
