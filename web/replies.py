"""The reply pages. GET and HEAD show and never act; POST acts, once a person has chosen."""

from dataclasses import replace
from datetime import datetime
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session
from starlette.background import BackgroundTask

from flows.database import reading, transaction
from flows.replies import acknowledge, answer
from flows.reply_links import Opened, OpenReceipt, find, open_receipt, stands_aside
from flows.urgent_mail import write_reply_receipt
from models import Receipt
from models.proof import Assurance
from web.desk import Desk, desk_of
from web.limits import LOOKS, UNKNOWN, VAIN, address_of
from web.link_decisions import chosen_referral, decide_by_link
from web.pages import said
from web.proof import ProofForm, proof_form, prove
from web.referral_page import EXPIRED, show_referral
from web.reply_form import ACKNOWLEDGE, ANSWER, PROXY, ReplyForm, possible_acts, reply_form
from web.reply_page import show_replies
from web.ruling_form import Submitted, submitted
from web.seat import Seat, at_link
from web.send_now import send_now

router = APIRouter()

Written = Annotated[ReplyForm, Depends(reply_form)]
Decided = Annotated[Submitted, Depends(submitted)]
Proving = Annotated[ProofForm, Depends(proof_form)]
TOO_LATE = (
    "您提交的内容没有记录：在此期间情况有变化，请看下面的说明。",
    "What you sent was not recorded: something changed meanwhile, see below.",
)
UNKNOWN_LINK = (
    404,
    ("链接无法识别", "This link is not known"),
    (
        (
            "链接可能没有复制完整，或已被邮件程序改动。请回到邮件，重新点击或完整复制链接；"
            "仍不能打开时，请联系督查办公室。"
        ),
        (
            "It may have been cut off or changed by a mail program. Please go back to the mail "
            "and copy the whole link; if it still does not open, ask the supervision office."
        ),
    ),
)
WITHDRAWN = (
    410,
    ("链接已停用", "This link was withdrawn"),
    (
        (
            "为了安全，系统更换了密钥，此前邮件中的链接一律停用；已经记录的操作不受影响。"
            "请使用较新邮件中的链接，或联系督查办公室。"
        ),
        (
            "For safety the keys were changed, and the links of earlier mails do not open any "
            "more; what was recorded stays recorded. Please use the link of a newer mail, or ask "
            "the supervision office."
        ),
    ),
)
OUT_OF_SERVICE = (
    410,
    ("链接已停用", "This link was withdrawn"),
    (
        "收件人已不在本系统任职，其邮件中的链接一律停用；如有疑问，请联系督查办公室。",
        (
            "Whoever this link was sent to is out of service here, so it does not open. Please ask "
            "the supervision office if that is wrong."
        ),
    ),
)
ASIDE = (
    403,
    ("您已回避本事项", "You stand aside from this matter"),
    (
        "您已登记回避本链接所涉事项，不能查看或办理；已由他人负责。如有疑问，请联系督查办公室。",
        (
            "You are registered as standing aside from the matter of this link, and neither see "
            "it nor act on it; somebody else does. In doubt, please ask the supervision office."
        ),
    ),
)


@router.api_route("/r/{token:path}", methods=["GET", "HEAD"])
def show(request: Request, token: str) -> Response:
    desk = desk_of(request)
    desk.limits.count(LOOKS, address_of(request))
    now = desk.now()
    with reading(desk.office.engine) as session:
        opened = find(session, desk.office.ring, token, now)
        if opened is None or opened.withdrawn:
            return not_open(request, opened)
        if stands_aside(session, opened, desk.today(now)):
            return said(request, *ASIDE)
        seat = at_link(request, session, token, opened, now)
        if (chosen := chosen_referral(request, opened)) is not None:
            return show_referral(request, session, seat, chosen)
        return show_replies(request, session, seat)


@router.post("/r/{token:path}")
def act(request: Request, token: str, form: Written, proof: Proving, sent: Decided) -> Response:
    desk = desk_of(request)
    now = desk.now()
    with reading(desk.office.engine) as session:
        opened = find(session, desk.office.ring, token, now)
        if opened is None or opened.withdrawn:
            return not_open(request, opened)
        if stands_aside(session, opened, desk.today(now)):
            return said(request, *ASIDE)
        desk.limits.look(VAIN, *_vainly(request, opened))
        seat = at_link(request, session, token, opened, now)
        if opened.shut:
            return _too_late(request, session, seat, form, sent)
        possible = None if proof.step else _possible(session, opened, form.receipt_id)
    decided = decide_by_link(request, seat, opened, sent, proof)
    if decided is None:
        return _reply(request, seat, opened, possible, form, proof)
    if decided.status_code >= 400:
        desk.limits.count(VAIN, *_vainly(request, opened))
    return decided


def _reply(
    request: Request,
    seat: Seat,
    opened: Opened,
    possible: OpenReceipt | None,
    form: ReplyForm,
    proof: ProofForm,
) -> Response:
    """An act on one receipt, or a step of proof."""
    desk = desk_of(request)
    if possible and (faults := form.faults(possible.receipt.duty)):
        desk.limits.count(VAIN, *_vainly(request, opened))
        with reading(desk.office.engine) as session:
            return show_replies(request, session, seat, form, faults, only=form.receipt_id)
    if proof.step and not opened.expired:
        return _prove(request, seat, opened, proof)
    can = possible and form.act in possible_acts(possible)
    if can and _record(desk, opened, form, seat.assurance, seat.now):
        return _led_back(desk, seat, form)
    desk.limits.count(VAIN, *_vainly(request, opened))
    return _afterwards(request, seat, opened, form)


def _too_late(
    request: Request, session: Session, seat: Seat, form: ReplyForm, sent: Submitted
) -> Response:
    """A mail's own link that has ended: what was written is given back, without the matter."""
    assert seat.opened is not None  # for the types: this seat is at a link
    desk_of(request).limits.count(VAIN, *_vainly(request, seat.opened))
    written = replace(form, words=form.words or sent.reasons())
    return show_replies(request, session, seat, written, [EXPIRED])


def not_open(request: Request, opened: Opened | None) -> Response:
    """The same for an unknown, a mutated and a malformed token; another for one whose key was
    dropped, or whose owner is out of service. A mail's own link that has ended says so itself."""
    if opened is not None and opened.shut and not opened.withdrawn:
        return RedirectResponse(f"/r/{quote(request.path_params['token'])}", status_code=303)
    if opened is None:
        desk_of(request).limits.count(UNKNOWN, address_of(request))
    if opened is not None and opened.official.left_on is not None:
        return said(request, *OUT_OF_SERVICE)
    return said(request, *(WITHDRAWN if opened else UNKNOWN_LINK))


def _vainly(request: Request, opened: Opened) -> tuple[str, str]:
    return str(opened.link.id), address_of(request)


def _record(
    desk: Desk, opened: Opened, form: ReplyForm, assurance: Assurance, now: datetime
) -> bool:
    """False: somebody was quicker, or the same form was sent twice. Whoever acts on behalf is not
    the owner, whatever is proved of the browser; the owner is told."""
    make = answer if form.act == ANSWER else acknowledge
    owner, on, proxy = opened.official, desk.today(now), form.who == PROXY
    with transaction(desk.office.engine, now) as session:
        done = make(
            session,
            form.receipt_id,
            owner.id,
            said_by=form.name if proxy else owner.name,
            assurance=Assurance.LINK if proxy else assurance,
            words=form.words,
            on=on,
            now=now,
        )
        if done and proxy:
            write_reply_receipt(
                session, desk.office, owner, form.receipt_id, form.act, on=on, now=now
            )
    return done


def _prove(request: Request, seat: Seat, opened: Opened, proof: ProofForm) -> Response:
    desk = desk_of(request)
    found = prove(request, seat.here, opened, proof, seat.now)
    if isinstance(found, Response):
        return found
    desk.limits.count(VAIN, *_vainly(request, opened))
    with reading(desk.office.engine) as session:
        return show_replies(request, session, seat, unproved=found)


def _afterwards(request: Request, seat: Seat, opened: Opened, form: ReplyForm) -> Response:
    """Nothing was recorded: back to the link, which shows what was before; words are given back
    that nobody has."""
    desk = desk_of(request)
    with reading(desk.office.engine) as session:
        if not _lost(session, opened, form):
            return _led_back(desk, seat, form)
        found = find(session, desk.office.ring, seat.token, seat.now)
        if found is None or found.withdrawn:
            return not_open(request, found)
        seat = at_link(request, session, seat.token, found, seat.now)
        return show_replies(request, session, seat, form, [TOO_LATE])


def _led_back(desk: Desk, seat: Seat, form: ReplyForm) -> Response:
    told = BackgroundTask(send_now, desk) if form.who == PROXY else None
    return RedirectResponse(seat.here, status_code=303, background=told)


def _lost(session: Session, opened: Opened, form: ReplyForm) -> bool:
    if form.act == ACKNOWLEDGE or not form.words:
        return False
    receipt = session.get(Receipt, form.receipt_id)
    if receipt is None or receipt.official_id != opened.link.official_id:
        return True
    return receipt.words != form.words


def _possible(session: Session, opened: Opened, receipt_id: int) -> OpenReceipt | None:
    """The receipt that was chosen, while this link may still act on it."""
    if opened.expired or not receipt_id:
        return None
    found = open_receipt(session, opened, receipt_id)
    return found if found and possible_acts(found) else None
