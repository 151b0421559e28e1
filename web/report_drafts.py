"""A progress report is prepared at the desk, and approved by another before it is published."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session, col, select

from flows.database import reading, transaction
from flows.papers.reports import prepare_report
from flows.rulebook import form_of
from models import PostingDraft, ReportForm
from models.bulletin import BulletinKind
from models.refusal import Refusal
from models.report_form import FormFile
from notifications.papers.progress import ProgressFacts, source_words
from web.desk import desk_of
from web.desk_pages import (
    desk_page,
    let_in,
    looking,
    whoever_keeps_directory,
    whoever_sees_postings,
)
from web.paper_drafts import decided, draft_of, facts_of, printed
from web.progress_reports import PATH, list_page
from web.rights import Viewer
from web.written import Written, written

router = APIRouter()
DRAFTS = PATH + "/drafts"
Sent = Annotated[Written, Depends(written)]


@router.post(PATH)
def make(request: Request, sent: Sent) -> Response:
    """As `sise report progress --publish` prepares it."""
    desk = desk_of(request)
    now = desk.now()
    with reading(desk.office.engine) as session:
        viewer = let_in(request, session, now, whoever_keeps_directory)
    try:
        last = _day(sent["to"], viewer.on)
        with transaction(desk.office.engine, now) as session:
            draft = prepare_report(session, viewer.actor(now), _form(session), last=last)
    except Refusal as refused:
        with reading(desk.office.engine) as session:
            return list_page(request, session, viewer, sent, refused)
    return RedirectResponse(f"{DRAFTS}/{draft.id}", status_code=303)


@router.api_route(DRAFTS + "/{draft_id}", methods=["GET", "HEAD"])
def one_draft(request: Request, draft_id: str) -> Response:
    with looking(request, whoever_sees_postings) as (session, viewer):
        return _one(request, session, viewer, draft_of(session, BulletinKind.PROGRESS, draft_id))


@router.api_route(DRAFTS + "/{draft_id}/print", methods=["GET", "HEAD"])
def print_one(request: Request, draft_id: str) -> Response:
    return printed(request, BulletinKind.PROGRESS, draft_id)


@router.post(DRAFTS + "/{draft_id}/decide")
def decide(request: Request, draft_id: str, sent: Sent) -> Response:
    """Approve it, send it back, or take it back."""
    return decided(request, BulletinKind.PROGRESS, draft_id, sent, _one)


def _one(
    request: Request,
    session: Session,
    viewer: Viewer,
    draft: PostingDraft,
    sent: Written | None = None,
    refused: Refusal | None = None,
) -> Response:
    facts = ProgressFacts.model_validate_json(draft.content)
    return desk_page(
        request,
        viewer,
        "report_draft.html",
        status=422 if refused else 200,
        facts=facts,
        counted=sum(one.basis == "counted" for one in facts.figures),
        source_words=source_words,
        **facts_of(session, viewer, draft),
        sent=sent or Written(),
        refused=refused,
    )


def _form(session: Session) -> FormFile:
    newest = select(ReportForm).order_by(col(ReportForm.loaded_at).desc(), col(ReportForm.name))
    kept = session.exec(newest).first()
    if kept is None:
        raise Refusal(
            "还没有装入通报格式；请先用 sise report progress --form 装入。没有记录任何操作",
            "no form of a report was loaded yet: load one by `sise report progress --form`. "
            "Nothing was recorded",
        )
    return form_of(kept)


def _day(written: str, today: date) -> date:
    try:
        return date.fromisoformat(written.strip()) if written.strip() else today
    except ValueError as error:
        raise Refusal(
            f"“{written[:20]}”不是日期；请写成 2022-08-05",
            f"'{written[:20]}' is no date; write it as 2022-08-05",
        ) from error
