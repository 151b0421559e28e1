"""What waits for approval at the desk, a posting or a report: its draft, and what is decided."""

from typing import Any

from fastapi import HTTPException
from fastapi.responses import HTMLResponse, Response
from sqlmodel import Session

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
from web.desk import Desk
from web.ids import id_in
from web.rights import Viewer
from web.written import Written

NO_CHOICE = Refusal(
    "请选择同意或退回；没有记录任何操作",
    "please choose whether to approve it or to send it back; nothing was recorded",
)


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


def print_page(desk: Desk, session: Session, viewer: Viewer, draft: PostingDraft) -> Response:
    language = viewer.official.language or desk.office.language
    return HTMLResponse(write_page(paper_of(desk.office, standing(session, draft), language)))


def decide_on(session: Session, draft: PostingDraft, by: Actor, sent: Written) -> None:
    """Approve it, send it back, or take it back. Raises Refusal."""
    match sent["act"]:
        case "approve":
            approve(session, draft, by)
        case "send_back":
            send_back(session, draft, by, sent["reason"])
        case "take_back":
            take_back(session, draft, by, sent["reason"])
        case _:
            raise NO_CHOICE
