"""A posting or a progress report is prepared, and approved, sent back or taken back by another.

Until then it is a draft, which counts nowhere as an issue; it is issued by the approval, as it was
prepared.
"""

from collections.abc import Sequence
from datetime import date
from typing import Any

from pydantic import BaseModel
from sqlmodel import Session, select

from flows.history import link_id
from flows.papers.approvers import APPROVERS, holds, may_approve, require_approver
from flows.papers.bulletins import BadPeriod, check_period, frozen, newest_issue
from flows.papers.draft_moves import advance, move_row
from flows.papers.prepared import waiting
from flows.recipients import in_force
from flows.signoff.actor import Actor, OfficeActor
from flows.signoff.roles import KEEPS_LEDGER
from models import Bulletin, Post, PostingDraft, PostingMove
from models.bulletin import BulletinKind
from models.posting import POSTING, PostingState
from models.refusal import Refusal
from notifications.wording import day_words


def require_next(
    session: Session, kind: BulletinKind, first: date, last: date, by: OfficeActor
) -> int:
    """The number of the draft of these days that this one may prepare now. Raises Refusal."""
    _require_office(session, by)
    before = newest_issue(session, kind)
    _check_no_other(session, kind)
    check_period(session, kind, first, last, by.on, before)
    return before.number + 1 if before else 1


def put_forward(
    session: Session,
    kind: BulletinKind,
    number: int,
    by: OfficeActor,
    facts: BaseModel,
    *,
    first: date,
    last: date,
) -> PostingDraft:
    """Frozen as it is, for somebody else to approve."""
    draft = PostingDraft(
        kind=kind,
        number=number,
        from_on=first,
        to_on=last,
        as_of=by.now,
        content=frozen(facts),
        state=PostingState.DRAFT,
        prepared_by_id=by.official_id,
        prepared_by=by.said_by,
    )
    session.add(draft)
    session.flush()
    _write(session, draft, move_row(session, draft, by, "prepare", "", PostingState.DRAFT))
    return draft


def approve(session: Session, draft: PostingDraft, by: Actor) -> Bulletin:
    """It is issued, as it was prepared. Raises Refusal."""
    require_approver(session, draft, by)
    _move(session, draft, by, "approve")
    issued = Bulletin(
        kind=draft.kind,
        number=draft.number,
        from_on=draft.from_on,
        to_on=draft.to_on,
        as_of=draft.as_of,
        content=draft.content,
        link_id=link_id(session),
    )
    session.add(issued)
    session.flush()
    return issued


def send_back(session: Session, draft: PostingDraft, by: Actor, reason: str) -> None:
    """The office prepares it again, as things stand then. Raises Refusal."""
    require_approver(session, draft, by)
    _move(session, draft, by, "send_back", reason)


def take_back(session: Session, draft: PostingDraft, by: OfficeActor, reason: str) -> None:
    """By the office, which has found a mistake in it. Raises Refusal."""
    _require_office(session, by)
    _move(session, draft, by, "take_back", reason)


def approvers(session: Session, draft: PostingDraft, on: date) -> Sequence[int]:
    """Who is told that it waits: the head of the leading group; where nobody holds that post who
    may, the supervising leaders."""
    for kind in APPROVERS:
        held = select(Post.official_id).where(Post.kind == kind, in_force(Post, on)).distinct()
        found = [who for who in session.exec(held) if may_approve(session, draft, who, on)]
        if found:
            return sorted(found)
    return []


def _check_no_other(session: Session, kind: BulletinKind) -> None:
    waits = next((one for one in waiting(session) if one.kind == kind), None)
    if waits:
        days, english = _days(waits)
        raise BadPeriod(
            f"第 {waits.number} 期（{days}）正在待审批，审批或退回后才能再拟；"
            f"再印一份请写 --number {waits.number}",
            f"No. {waits.number} ({english}) waits for approval; until it is approved "
            f"or sent back no other is prepared. Write --number {waits.number} to print it again",
        )


def _days(draft: PostingDraft) -> tuple[str, str]:
    if draft.kind is BulletinKind.POSTING:
        return f"{draft.from_on:%Y年%-m月}", f"{draft.from_on:%Y-%m}"
    return f"截至{day_words(draft.to_on)}", f"as of {draft.to_on}"


def _require_office(session: Session, by: OfficeActor) -> None:
    """Whoever starts a command has the database itself."""
    if by.official_id is not None and not holds(session, by.official_id, by.on, KEEPS_LEDGER):
        raise Refusal(
            "晾晒和通报由督查办公室拟稿，您无权办理；没有记录任何操作",
            "the supervision office prepares postings and reports, you cannot; nothing was "
            "recorded",
        )


def _move(
    session: Session, draft: PostingDraft, by: OfficeActor, event: str, reason: str = ""
) -> None:
    _write(session, draft, advance(session, POSTING, draft, by, event, reason))


def _write(session: Session, draft: PostingDraft, move: dict[str, Any]) -> None:
    session.add(PostingMove(draft_id=draft.id, **move))
    session.flush()
