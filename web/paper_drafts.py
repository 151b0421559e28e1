"""What waits for approval at the desk, a posting or a report: its draft, and what is decided."""

from collections.abc import Callable
from typing import Any

from fastapi import HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from sqlmodel import Session

from flows.database import reading, transaction
from flows.papers.approval import approve, send_back, take_back
from flows.papers.approvers import may_approve
from flows.papers.prepared import moves_of, standing
from flows.papers.prepared_paper import paper_of
from flows.signoff.actor import Actor
from models import PostingDraft
from models.bulletin import BulletinKind
from models.posting import PostingState
from models.refusal import Refusal
from notifications.papers.page import write_page
from web.desk import desk_of
from web.desk_pages import let_in, looking, whoever_sees_postings
from web.ids import id_in
from web.rights import Viewer
from web.written import Written

NO_CHOICE = Refusal(
    "请选择同意或退回；没有记录任何操作",
    "please choose whether to approve it or to send it back; nothing was recorded",
)

Show = Callable[
    [Request, Session, Viewer, PostingDraft, Written | None, Refusal | None], Response
]  # its page, with what was sent and why it was refused


def draft_of(session: Session, kind: BulletinKind, draft_id: str) -> PostingDraft:
    """Raises 404."""
    found = session.get(PostingDraft, id_in(draft_id))
    if found is None or found.kind is not kind:
        raise HTTPException(404)
    return found


def facts_of(session: Session, viewer: Viewer, draft: PostingDraft) -> dict[str, Any]:
    """What its page says, whatever it is a draft of."""
    waits = draft.state == PostingState.DRAFT
    return {
        "draft": draft,
        "moves": moves_of(session, [draft]),
        "may_approve": waits and may_approve(session, draft, viewer.official.id, viewer.on),
        "may_take_back": waits and viewer.keeps_directory,
    }


def printed(request: Request, kind: BulletinKind, draft_id: str) -> Response:
    desk = desk_of(request)
    with looking(request, whoever_sees_postings) as (session, viewer):
        kept = standing(session, draft_of(session, kind, draft_id))
        language = desk.office.language_of(viewer.official)
        return HTMLResponse(write_page(paper_of(desk.office, kept, language)))


def decided(
    request: Request, kind: BulletinKind, draft_id: str, sent: Written, show: Show
) -> Response:
    """Back to its page; where it is refused, that page with the reason."""
    desk = desk_of(request)
    now = desk.now()
    with reading(desk.office.engine) as session:
        viewer = let_in(request, session, now, whoever_sees_postings)
        key = draft_of(session, kind, draft_id).id
    try:
        sent.require_short()
        with transaction(desk.office.engine, now) as session:
            _decide(session, session.get_one(PostingDraft, key), viewer.actor(now), sent)
    except Refusal as refused:
        with reading(desk.office.engine) as session:
            return show(request, session, viewer, session.get_one(PostingDraft, key), sent, refused)
    return RedirectResponse(request.url.path.removesuffix("/decide"), status_code=303)


def _decide(session: Session, draft: PostingDraft, by: Actor, sent: Written) -> None:
    match sent["act"]:
        case "approve":
            approve(session, draft, by)
        case "send_back":
            send_back(session, draft, by, sent["reason"])
        case "take_back":
            take_back(session, draft, by, sent["reason"])
        case _:
            raise NO_CHOICE
