"""上墙晾晒 is approved before it is posted: prepared, and then approved, sent back or taken back.

Until then the month is a draft, which counts nowhere as an issue; it is issued by the approval.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, update
from sqlmodel import Session, col, select

from flows.database import changed
from flows.history import link_id
from flows.moves import lock_all_tasks
from flows.papers.approvers import holds, is_approver
from flows.papers.bulletins import (
    BadPeriod,
    NoSuchIssue,
    check_period,
    frozen,
    newest_issue,
)
from flows.papers.posting import posting_facts
from flows.signoff.actor import Actor, OfficeActor
from flows.signoff.roles import KEEPS_LEDGER
from models import Bulletin, Night, PostingDraft, PostingMove
from models.bulletin import BulletinKind
from models.posting import POSTING, PostingState
from models.refusal import Refusal
from models.workdays import Calendar
from notifications.wording import day_words


@dataclass(frozen=True)
class Standing:
    """A posting and where it stands. `decided` None: nobody has decided on it, or it was issued
    before postings were approved."""

    number: int
    from_on: date
    to_on: date
    as_of: datetime
    content: str
    state: PostingState
    prepared_by: str
    decided: PostingMove | None = None


class NotWaiting(Refusal):
    def __init__(self, number: int) -> None:
        super().__init__(
            f"第 {number} 期已不在待审批状态（他人已先处理）；没有记录任何操作",
            f"No. {number} does not wait for approval any more, somebody was quicker; nothing was "
            "recorded",
        )


def prepare(
    session: Session, by: OfficeActor, *, first: date, last: date, calendar: Calendar
) -> PostingDraft:
    """Freeze a month that is over, for somebody else to approve. Raises BadPeriod."""
    _require_office(session, by)
    lock_all_tasks(session)
    before = newest_issue(session, BulletinKind.POSTING)
    _check_no_other(session)
    check_period(session, BulletinKind.POSTING, first, last, by.on, before)
    _check_nights(session, last)
    draft = PostingDraft(
        number=before.number + 1 if before else 1,
        from_on=first,
        to_on=last,
        as_of=by.now,
        content=frozen(posting_facts(session, first, last, calendar=calendar)),
        state=PostingState.DRAFT,
        prepared_by_id=by.official_id,
        prepared_by=by.said_by,
    )
    session.add(draft)
    session.flush()
    _write(session, draft, by, "prepare", "", PostingState.DRAFT, "")
    return draft


def approve(session: Session, draft: PostingDraft, by: Actor) -> Bulletin:
    """It is issued, as it was prepared. Raises Refusal."""
    _require_approver(session, draft, by)
    _move(session, draft, by, "approve")
    issued = Bulletin(
        kind=BulletinKind.POSTING,
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
    _require_approver(session, draft, by)
    _move(session, draft, by, "send_back", reason)


def take_back(session: Session, draft: PostingDraft, by: OfficeActor, reason: str) -> None:
    """By the office, which has found a mistake in it. Raises Refusal."""
    _require_office(session, by)
    _move(session, draft, by, "take_back", reason)


def hash_of(draft: PostingDraft) -> str:
    return hashlib.sha256(draft.content.encode()).hexdigest()


def may_approve(session: Session, draft: PostingDraft, official_id: int, on: date) -> bool:
    return is_approver(session, official_id, on) and draft.prepared_by_id != official_id


def drafts(session: Session) -> Sequence[PostingDraft]:
    """The newest first."""
    return session.exec(select(PostingDraft).order_by(col(PostingDraft.id).desc())).all()


def moves_of(session: Session, these: Sequence[PostingDraft]) -> Sequence[PostingMove]:
    return session.exec(
        select(PostingMove)
        .where(col(PostingMove.draft_id).in_([draft.id for draft in these]))
        .order_by(col(PostingMove.id))
    ).all()


def standing(session: Session, draft: PostingDraft) -> Standing:
    moves = [move for move in moves_of(session, [draft]) if move.event in ("approve", "send_back")]
    return Standing(
        draft.number,
        draft.from_on,
        draft.to_on,
        draft.as_of,
        draft.content,
        draft.state,
        draft.prepared_by,
        moves[-1] if moves else None,
    )


def posting_of(session: Session, number: int) -> Standing:
    """The one of this number: as it was issued, else the draft that waits. Raises NoSuchIssue."""
    found = session.exec(
        select(PostingDraft)
        .where(
            PostingDraft.number == number,
            col(PostingDraft.state).in_((PostingState.DRAFT, PostingState.POSTED)),
        )
        .order_by(col(PostingDraft.id).desc())
    ).first()
    if found is not None:
        return standing(session, found)
    issued = session.exec(
        select(Bulletin).where(Bulletin.kind == BulletinKind.POSTING, Bulletin.number == number)
    ).first()
    if issued is None:
        newest = newest_issue(session, BulletinKind.POSTING)
        raise NoSuchIssue(number, newest.number if newest else 0)
    period = issued.from_on, issued.to_on
    return Standing(number, *period, issued.as_of, issued.content, PostingState.POSTED, "")


def _check_no_other(session: Session) -> None:
    waits = session.exec(
        select(PostingDraft).where(PostingDraft.state == PostingState.DRAFT)
    ).first()
    if waits:
        raise BadPeriod(
            f"第 {waits.number} 期（{waits.from_on:%Y年%-m月}）正在待审批，审批或退回后才能再拟；"
            f"再印一份请写 --number {waits.number}",
            f"No. {waits.number} ({waits.from_on:%Y-%m}) waits for approval; until it is approved "
            f"or sent back no other is prepared. Write --number {waits.number} to print it again",
        )


def _check_nights(session: Session, last: date) -> None:
    first = session.scalar(select(func.min(col(Night.on))))
    if first is None or last < first:
        began = f"第一次夜间检查是{day_words(first)}" if first else "还没有执行过夜间检查"
        since = f"the first night was {first}" if first else "no night was played yet"
        raise BadPeriod(
            f"{last:%Y年%-m月}没有执行过夜间检查，没有可晾晒的数据（{began}）；没有拟稿",
            f"no night was played in or before {last:%Y-%m}, so there is nothing to post "
            f"({since}); nothing was prepared",
        )


def _require_office(session: Session, by: OfficeActor) -> None:
    """Whoever starts a command has the database itself."""
    if by.official_id is not None and not holds(session, by.official_id, by.on, KEEPS_LEDGER):
        raise Refusal(
            "晾晒由督查办公室拟稿，您无权办理；没有记录任何操作",
            "the supervision office prepares a posting, you cannot; nothing was recorded",
        )


def _require_approver(session: Session, draft: PostingDraft, by: Actor) -> None:
    if draft.prepared_by_id == by.official_id:
        raise Refusal(
            "本期由您拟稿，须由他人审批；没有记录任何操作",
            "you prepared it, so somebody else approves it; nothing was recorded",
        )
    if not is_approver(session, by.official_id, by.on):
        raise Refusal(
            "晾晒只能由领导小组负责人或分管领导审批，您无权审批；没有记录任何操作",
            "only the head of the leading group or a supervising leader approves a posting; "
            "nothing was recorded",
        )


def _move(
    session: Session, draft: PostingDraft, by: OfficeActor, event: str, reason: str = ""
) -> None:
    if not POSTING.allows(draft.state, event):
        raise NotWaiting(draft.number)
    move = POSTING.find(draft.state, event)
    if "reason" in move.given and not reason.strip():
        raise Refusal("请写明理由；没有记录任何操作", "give the reason; nothing was recorded")
    held = update(PostingDraft).where(
        col(PostingDraft.id) == draft.id, col(PostingDraft.state) == move.source
    )
    if not changed(session, held.values(state=move.target)):
        raise NotWaiting(draft.number)
    session.refresh(draft)
    _write(session, draft, by, event, move.source, move.target, reason.strip())


def _write(
    session: Session,
    draft: PostingDraft,
    by: OfficeActor,
    event: str,
    source: str,
    target: str,
    reason: str,
) -> None:
    session.add(
        PostingMove(
            draft_id=draft.id,
            event=event,
            source=source,
            target=target,
            content_hash=hash_of(draft),
            reason=reason,
            on=by.on,
            at=by.now,
            actor_id=by.official_id,
            said_by=by.said_by,
            assurance=by.assurance if isinstance(by, Actor) else "",
            link_id=link_id(session),
        )
    )
    session.flush()
