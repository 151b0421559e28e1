"""上墙晾晒: prepared by the office, approved by somebody above it, and then posted."""

import re
from calendar import monthrange
from collections import defaultdict
from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from flows.database import reading, transaction
from flows.papers.postings import prepare
from flows.papers.prepared import drafts, moves_of
from flows.working_days import load_calendar
from models import PostingDraft
from models.bulletin import BulletinKind
from models.posting import PostingState
from models.refusal import Refusal
from notifications.papers.posting import PostingFacts, ranks
from web.desk import desk_of
from web.desk_pages import (
    desk_page,
    let_in,
    looking,
    whoever_keeps_directory,
    whoever_sees_postings,
)
from web.paper_drafts import decided, draft_of, facts_of, printed
from web.rights import Viewer
from web.written import Written, written

router = APIRouter()
PATH = "/postings"
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
Sent = Annotated[Written, Depends(written)]


@router.api_route(PATH, methods=["GET", "HEAD"])
def postings(request: Request) -> Response:
    with looking(request, whoever_sees_postings) as (session, viewer):
        return _all(request, session, viewer)


@router.post(PATH)
def make(request: Request, sent: Sent) -> Response:
    """As `sise report monthly` prepares it."""
    desk = desk_of(request)
    now = desk.now()
    with reading(desk.office.engine) as session:
        viewer = let_in(request, session, now, whoever_keeps_directory)
    try:
        first, last = _days_of(sent["month"])
        with transaction(desk.office.engine, now) as session:
            calendar = load_calendar(session)
            by = viewer.actor(now)
            draft = prepare(session, by, first=first, last=last, calendar=calendar)
    except Refusal as refused:
        with reading(desk.office.engine) as session:
            return _all(request, session, viewer, sent, refused)
    return RedirectResponse(f"{PATH}/{draft.id}", status_code=303)


@router.api_route(PATH + "/{draft_id}", methods=["GET", "HEAD"])
def one_posting(request: Request, draft_id: str) -> Response:
    with looking(request, whoever_sees_postings) as (session, viewer):
        return _one(request, session, viewer, draft_of(session, BulletinKind.POSTING, draft_id))


@router.api_route(PATH + "/{draft_id}/print", methods=["GET", "HEAD"])
def print_one(request: Request, draft_id: str) -> Response:
    return printed(request, BulletinKind.POSTING, draft_id)


@router.post(PATH + "/{draft_id}/decide")
def decide(request: Request, draft_id: str, sent: Sent) -> Response:
    """Approve it, send it back, or take it back."""
    return decided(request, BulletinKind.POSTING, draft_id, sent, _one)


def _all(
    request: Request,
    session: Session,
    viewer: Viewer,
    sent: Written | None = None,
    refused: Refusal | None = None,
) -> Response:
    found = drafts(session, BulletinKind.POSTING)
    moves = defaultdict(list)
    for move in moves_of(session, found):
        moves[move.draft_id].append(move)
    last_month = viewer.on.replace(day=1) - timedelta(days=1)
    return desk_page(
        request,
        viewer,
        "postings.html",
        status=422 if refused else 200,
        drafts=found,
        moves=moves,
        waits=any(draft.state == PostingState.DRAFT for draft in found),
        month=(sent["month"] if sent else "") or f"{last_month:%Y-%m}",
        may_prepare=viewer.keeps_directory,
        refused=refused,
    )


def _one(
    request: Request,
    session: Session,
    viewer: Viewer,
    draft: PostingDraft,
    sent: Written | None = None,
    refused: Refusal | None = None,
) -> Response:
    facts = PostingFacts.model_validate_json(draft.content)
    return desk_page(
        request,
        viewer,
        "posting.html",
        status=422 if refused else 200,
        rows=list(zip(ranks(facts.rows), facts.rows, strict=True)),
        codes=facts.codes,
        **facts_of(session, viewer, draft),
        sent=sent or Written(),
        refused=refused,
    )


def _days_of(month: str) -> tuple[date, date]:
    if not _MONTH.fullmatch(month) or month < "2000":
        raise Refusal(
            f"“{month[:20]}”不是月份；请写成 2022-07",
            f"'{month[:20]}' is no month; write it as 2022-07",
        )
    first = date.fromisoformat(f"{month}-01")
    return first, first.replace(day=monthrange(first.year, first.month)[1])
