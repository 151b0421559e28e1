"""Postings and reports that were prepared, and where they stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from flows.papers.bulletins import NoSuchIssue, newest_issue
from models import Bulletin, PostingDraft, PostingMove
from models.bulletin import BulletinKind
from models.posting import PostingState
from models.refusal import Refusal


@dataclass(frozen=True)
class Standing:
    """A draft or an issue, and where it stands. `decided` None: nobody has decided on it, or it was
    issued before issues were approved."""

    kind: BulletinKind
    number: int
    from_on: date
    to_on: date
    as_of: datetime
    content: str
    state: PostingState
    prepared_by: str
    decided: PostingMove | None = None


def drafts(session: Session, kind: BulletinKind) -> Sequence[PostingDraft]:
    """The newest first."""
    mine = select(PostingDraft).where(PostingDraft.kind == kind)
    return session.exec(mine.order_by(col(PostingDraft.id).desc())).all()


def waiting(session: Session) -> Sequence[PostingDraft]:
    """Of each kind one at most."""
    return session.exec(_WAITING).all()


_WAITING = (
    select(PostingDraft)
    .where(PostingDraft.state == PostingState.DRAFT)
    .order_by(col(PostingDraft.id))
)


def waiting_of(session: Session, kind: BulletinKind) -> PostingDraft:
    """Raises Refusal."""
    found = next((one for one in waiting(session) if one.kind == kind), None)
    if found is None:
        raise Refusal(
            "没有待审批的草稿；没有记录任何操作",
            "no draft waits for approval; nothing was recorded",
        )
    return found


def numbered(session: Session, kind: BulletinKind, number: int) -> Standing:
    """The one of this number: as it was issued, else the draft that waits. Raises NoSuchIssue."""
    found = session.exec(
        select(PostingDraft)
        .where(
            PostingDraft.kind == kind,
            PostingDraft.number == number,
            col(PostingDraft.state).in_((PostingState.DRAFT, PostingState.POSTED)),
        )
        .order_by(col(PostingDraft.id).desc())
    ).first()
    if found is not None:
        return standing(session, found)
    issued = session.exec(
        select(Bulletin).where(Bulletin.kind == kind, Bulletin.number == number)
    ).first()
    if issued is None:
        newest = newest_issue(session, kind)
        raise NoSuchIssue(number, newest.number if newest else 0)
    period = issued.from_on, issued.to_on
    return Standing(kind, number, *period, issued.as_of, issued.content, PostingState.POSTED, "")


def standing(session: Session, draft: PostingDraft) -> Standing:
    moves = [move for move in moves_of(session, [draft]) if move.event in ("approve", "send_back")]
    return Standing(
        draft.kind,
        draft.number,
        draft.from_on,
        draft.to_on,
        draft.as_of,
        draft.content,
        draft.state,
        draft.prepared_by,
        moves[-1] if moves else None,
    )


def moves_of(session: Session, these: Sequence[PostingDraft]) -> Sequence[PostingMove]:
    return session.scalars(_MOVES, {"drafts": [draft.id for draft in these]}).all()


_MOVES = (
    select(PostingMove)
    .where(col(PostingMove.draft_id).in_(bindparam("drafts", expanding=True)))
    .order_by(col(PostingMove.id))
)
