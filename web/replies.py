"""The reply pages. GET and HEAD show and never act; POST acts, once a person has chosen."""

from datetime import datetime
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from flows.database import reading, transaction
from flows.replies import Opened, OpenReceipt, acknowledge, answer, find
from flows.working_days import load_calendar
from models import Receipt
from web.desk import Desk, desk_of
from web.matter import Showing
from web.pages import page, said
from web.reply_form import ACKNOWLEDGE, ANSWER, PROXY, ReplyForm, possible_acts, reply_form
from web.reply_view import View

router = APIRouter()

Submitted = Annotated[ReplyForm, Depends(reply_form)]
TOO_LATE = (
    "您提交的内容没有记录：在此期间情况有变化，请看下面的说明。",
    "What you sent was not recorded: something changed meanwhile, see below.",
)


@router.api_route("/r/{token:path}", methods=["GET", "HEAD"])
def show(request: Request, token: str) -> Response:
    desk = desk_of(request)
    now = desk.now()
    with reading(desk.office.engine) as session:
        opened = find(session, token, now)
        return _show(request, session, opened, now) if opened else no_such_link(request)


@router.post("/r/{token:path}")
def act(request: Request, token: str, form: Submitted) -> Response:
    desk = desk_of(request)
    now = desk.now()
    with reading(desk.office.engine) as session:
        opened = find(session, token, now)
        if opened is None:
            return no_such_link(request)
        chosen = _chosen(opened, form)
        if chosen and not opened.expired and possible_acts(chosen):
            if faults := form.faults(chosen.receipt.duty):
                return _show(request, session, opened, now, form, faults, status=422)
            owner = opened.official.name
    if chosen and not opened.expired and form.act in possible_acts(chosen):
        _record(desk, opened, form, owner, now)
    return _afterwards(request, token, form, now)


def no_such_link(request: Request) -> Response:
    """The same for an unknown, a mutated and a malformed token."""
    return said(
        request,
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


def _record(desk: Desk, opened: Opened, form: ReplyForm, owner: str, now: datetime) -> bool:
    """False: somebody was quicker, or the same form was sent twice."""
    make = answer if form.act == ANSWER else acknowledge
    with transaction(desk.office.engine, now) as session:
        return make(
            session,
            form.receipt_id,
            opened.link.official_id,
            said_by=form.name if form.who == PROXY else owner,
            words=form.words,
            on=desk.today(now),
            now=now,
        )


def _afterwards(request: Request, token: str, form: ReplyForm, now: datetime) -> Response:
    """Back to the link, which shows what was recorded; words that were not are given back."""
    with reading(desk_of(request).office.engine) as session:
        opened = find(session, token, now)
        if opened is None:
            return no_such_link(request)
        if _lost(session, opened, form):
            return _show(request, session, opened, now, form, [TOO_LATE], status=409)
    return RedirectResponse(f"/r/{quote(token)}", status_code=303)


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
    status: int = 200,
) -> Response:
    desk = desk_of(request)
    language = opened.official.language or desk.office.language
    showing = Showing.load(session, load_calendar(session), desk.today(now))
    view = View(session, desk, opened, showing, language)
    return page(
        request,
        "reply.html",
        status=status,
        language=language,
        opened=opened,
        items=view.items(),
        reminded=view.reminded(),
        done=view.done(),
        form=form,
        faults=faults or [],
    )


def _chosen(opened: Opened, form: ReplyForm) -> OpenReceipt | None:
    return next((r for r in opened.receipts if r.receipt.id == form.receipt_id), None)
