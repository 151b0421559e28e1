"""Decisions by a reply link: of its one referral, or of those that a mail's own link lists."""

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from flows.database import reading
from flows.reply_links import Opened
from web.desk import desk_of
from web.ids import id_in
from web.many import act_on_many, faults_of
from web.proof import ProofForm, prove
from web.referral_page import UNPROVED, decide_referral, show_referral
from web.reply_page import show_replies
from web.ruling_form import Fault, Submitted
from web.seat import Seat, at_link


def chosen_referral(request: Request, opened: Opened) -> int | None:
    """The referral that this address is about, if any."""
    if opened.link.referral_id is not None:
        return opened.link.referral_id
    wanted = id_in(request.query_params.get("referral", ""))
    return wanted if opened.of_the_mail and not opened.shut and wanted else None


def decide_by_link(
    request: Request, seat: Seat, opened: Opened, sent: Submitted, proof: ProofForm
) -> Response | None:
    """A decision, or a step of proof that leads to one; None: this form was another."""
    chosen = chosen_referral(request, opened)
    many = sent.many and opened.of_the_mail and seat.open
    if chosen is None and not many:
        return None
    if proof.step and seat.open:
        return _prove(request, seat, opened, chosen, sent, proof)
    if chosen is not None:
        return decide_referral(request, seat, chosen, sent)
    return _decide_many(request, seat, sent)


def _decide_many(request: Request, seat: Seat, sent: Submitted) -> Response:
    faults = faults_of(seat, sent)
    unproved = UNPROVED if sent.chosen() and not seat.proved else None
    results = [] if faults or unproved else act_on_many(desk_of(request), seat, sent)
    with reading(desk_of(request).office.engine) as session:
        return show_replies(
            request, session, seat, faults=faults, unproved=unproved, sent=sent, results=results
        )


def _prove(
    request: Request,
    seat: Seat,
    opened: Opened,
    chosen: int | None,
    sent: Submitted,
    proof: ProofForm,
) -> Response:
    """What was written already stays on the page, whatever became of the code."""
    here = seat.here if chosen is None else seat.path(chosen)
    found = prove(request, here, opened, proof, seat.now)
    if isinstance(found, RedirectResponse):
        return _with_cookies_of(found, _again(request, seat, chosen, sent)) if sent else found
    return _again(request, seat, chosen, sent, unproved=found)


def _again(
    request: Request,
    seat: Seat,
    chosen: int | None,
    sent: Submitted,
    unproved: Fault | None = None,
) -> Response:
    opened = seat.opened
    assert opened is not None  # for the types: this seat is at a link
    with reading(desk_of(request).office.engine) as session:
        seat = at_link(request, session, seat.token, opened, seat.now)
        if chosen is None:
            return show_replies(request, session, seat, unproved=unproved, sent=sent)
        status = 422 if unproved else 200
        return show_referral(request, session, seat, chosen, sent, status=status, unproved=unproved)


def _with_cookies_of(one: Response, other: Response) -> Response:
    """The second answer, which also does what the first would have done to the browser."""
    other.background = one.background
    cookies = [(name, value) for name, value in one.raw_headers if name == b"set-cookie"]
    other.raw_headers.extend(cookies)
    return other
