"""The reply pages. GET and HEAD show and never act; POST acts, once a person has chosen."""

from datetime import datetime
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from flows.database import reading, transaction
from flows.replies import acknowledge, answer
from flows.reply_links import Opened, OpenReceipt, find, how_many, open_receipts
from flows.working_days import load_calendar
from models import Receipt
from web.desk import Desk, desk_of
from web.matter import Showing
from web.pages import page, said
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
        possible = _possible(session, opened, form.receipt_id)
        if possible and (faults := form.faults(possible.receipt.duty)):
            return _show(request, session, opened, now, form, faults, only=form.receipt_id)
    if possible and form.act in possible_acts(possible):
        _record(desk, opened, form, now)
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


def _record(desk: Desk, opened: Opened, form: ReplyForm, now: datetime) -> bool:
    """False: somebody was quicker, or the same form was sent twice."""
    make = answer if form.act == ANSWER else acknowledge
    with transaction(desk.office.engine, now) as session:
        return make(
            session,
            form.receipt_id,
            opened.official.id,
            said_by=form.name if form.who == PROXY else opened.official.name,
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
            return _show(request, session, opened, now, form, [TOO_LATE])
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
    only: int | None = None,
) -> Response:
    """`only`: a form of this receipt is given back to be corrected."""
    desk = desk_of(request)
    language = opened.official.language or desk.office.language
    showing = Showing.load(session, load_calendar(session), desk.today(now))
    view = View(session, desk, opened, showing, language)
    return page(
        request,
        "reply.html",
        status=422 if only is not None else 409 if faults else 200,
        language=language,
        opened=opened,
        one=opened.link.receipt_id is not None or only is not None,
        total=how_many(session, opened),
        items=view.items(only),
        reminded=view.reminded(),
        done=view.done(),
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
