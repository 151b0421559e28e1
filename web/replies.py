"""The reply pages. GET and HEAD show and never act; POST acts, once a person has chosen."""

from datetime import datetime
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session
from starlette.background import BackgroundTask

from flows.database import reading, transaction
from flows.link_mail import write_act_receipt
from flows.replies import acknowledge, answer
from flows.reply_links import Opened, OpenReceipt, find, how_many, open_receipts, stands_aside
from flows.working_days import load_calendar
from models import Receipt
from models.proof import Assurance
from web.desk import Desk, desk_of
from web.limits import LOOKS, UNKNOWN, VAIN, address_of
from web.matter import Showing
from web.pages import page, said
from web.proof import ProofForm, assurance_of, proof_form, prove, send_now, standing
from web.reply_form import (
    ACKNOWLEDGE,
    ANSWER,
    LONGEST,
    LONGEST_NAME,
    PROXY,
    SHORTEST,
    ReplyForm,
    possible_acts,
    reply_form,
)
from web.reply_view import View

router = APIRouter()

Submitted = Annotated[ReplyForm, Depends(reply_form)]
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
        return _show(request, session, opened, now)


@router.post("/r/{token:path}")
def act(request: Request, token: str, form: Submitted, proof: Proving) -> Response:
    desk = desk_of(request)
    now = desk.now()
    with reading(desk.office.engine) as session:
        opened = find(session, desk.office.ring, token, now)
        if opened is None or opened.withdrawn:
            return not_open(request, opened)
        if stands_aside(session, opened, desk.today(now)):
            return said(request, *ASIDE)
        desk.limits.look(VAIN, *_vainly(request, opened))
        possible = _possible(session, opened, form.receipt_id)
        if not proof.step and possible and (faults := form.faults(possible.receipt.duty)):
            desk.limits.count(VAIN, *_vainly(request, opened))
            return _show(request, session, opened, now, form, faults, only=form.receipt_id)
        assurance = assurance_of(request, session, opened, now)
    if proof.step and not opened.expired:
        return _prove(request, token, opened, proof, now)
    can = possible and form.act in possible_acts(possible)
    if not can or not _record(desk, opened, form, assurance, now):
        desk.limits.count(VAIN, *_vainly(request, opened))
    return _afterwards(request, token, form, now)


def not_open(request: Request, opened: Opened | None) -> Response:
    """The same for an unknown, a mutated and a malformed token; another for one whose key was
    dropped."""
    if opened is None:
        desk_of(request).limits.count(UNKNOWN, address_of(request))
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
            write_act_receipt(
                session, desk.office, owner, form.receipt_id, form.act, on=on, now=now
            )
    return done


def _prove(
    request: Request, token: str, opened: Opened, proof: ProofForm, now: datetime
) -> Response:
    desk = desk_of(request)
    found = prove(request, token, opened, proof, now)
    if isinstance(found, Response):
        return found
    desk.limits.count(VAIN, *_vainly(request, opened))
    with reading(desk.office.engine) as session:
        return _show(request, session, opened, now, unproved=found)


def _afterwards(request: Request, token: str, form: ReplyForm, now: datetime) -> Response:
    """Back to the link, which shows what was recorded; words that were not are given back."""
    desk = desk_of(request)
    with reading(desk.office.engine) as session:
        opened = find(session, desk.office.ring, token, now)
        if opened is None or opened.withdrawn:
            return not_open(request, opened)
        if _lost(session, opened, form):
            return _show(request, session, opened, now, form, [TOO_LATE])
    told = BackgroundTask(send_now, desk) if form.who == PROXY else None
    return RedirectResponse(f"/r/{quote(token)}", status_code=303, background=told)


def _lost(session: Session, opened: Opened, form: ReplyForm) -> bool:
    if form.act == ACKNOWLEDGE or not form.words:
        return False
    receipt = session.get(Receipt, form.receipt_id)
    if receipt is None or receipt.official_id != opened.link.official_id:
        return True
    return receipt.words != form.words


def _show(
    request: Request,
    session: Session,
    opened: Opened,
    now: datetime,
    form: ReplyForm | None = None,
    faults: list[tuple[str, str]] | None = None,
    *,
    only: int | None = None,
    unproved: tuple[str, str] | None = None,
) -> Response:
    """`only`: a form of this receipt is given back to be corrected. `unproved`: why the browser
    could not be proved the owner's."""
    desk = desk_of(request)
    language = opened.official.language or desk.office.language
    showing = Showing.load(session, load_calendar(session), desk.today(now))
    view = View(session, desk, opened, showing, language)
    return page(
        request,
        "reply.html",
        status=422 if only is not None or unproved else 409 if faults else 200,
        language=language,
        opened=opened,
        one=opened.link.receipt_id is not None or only is not None,
        total=how_many(session, opened),
        items=view.items(only),
        reminded=view.reminded(),
        done=view.done(),
        standing=standing(request, session, opened, now),
        unproved=unproved,
        form=form,
        faults=faults or [],
        longest=LONGEST,
        shortest=SHORTEST,
        longest_name=LONGEST_NAME,
    )


def _possible(session: Session, opened: Opened, receipt_id: int) -> OpenReceipt | None:
    """The receipt that was chosen, while this link may still act on it."""
    if opened.expired:
        return None
    found = open_receipts(session, opened, 1, only=receipt_id)
    return found[0] if found and possible_acts(found[0]) else None
