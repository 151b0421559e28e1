"""Who approves what the office publishes: a leader, and never whoever prepared it."""

from collections.abc import Collection
from datetime import date

from sqlmodel import Session, col, select

from flows.recipients import in_force
from flows.signoff.actor import Actor
from flows.signoff.roles import KEEPS_LEDGER
from models import Post, PostingDraft, ScoreSheet
from models.organisation import PostKind
from models.refusal import Refusal

APPROVERS = (PostKind.COMMISSION_HEAD, PostKind.SUPERVISING_LEADER)
Draft = PostingDraft | ScoreSheet  # a posting or a report, a result of scores


def may_approve(session: Session, draft: Draft, official_id: int, on: date) -> bool:
    if _is_author(session, draft, official_id, on):
        return False
    return holds(session, official_id, on, APPROVERS)


def require_approver(session: Session, draft: Draft, by: Actor) -> None:
    """Raises Refusal."""
    if draft.prepared_by_id == by.official_id:
        raise Refusal(
            "本期由您拟稿，须由他人审批；没有记录任何操作",
            "you prepared it, so somebody else approves it; nothing was recorded",
        )
    if not holds(session, by.official_id, by.on, APPROVERS):
        raise Refusal(
            "只能由领导小组组长或分管领导审批，您无权审批；没有记录任何操作",
            "only the head of the leading group or a supervising leader approves it; nothing was "
            "recorded",
        )
    if _is_author(session, draft, by.official_id, by.on):
        raise Refusal(
            "本期未指明拟稿人，督查办公室的人员不能审批；没有记录任何操作",
            "it does not say who prepared it, so nobody of the office approves it; nothing was "
            "recorded",
        )


def holds(session: Session, official_id: int, on: date, kinds: Collection[PostKind]) -> bool:
    held = select(Post.id).where(
        Post.official_id == official_id, col(Post.kind).in_(kinds), in_force(Post, on)
    )
    return session.scalar(held.limit(1)) is not None


def _is_author(session: Session, draft: Draft, official_id: int, on: date) -> bool:
    """Of a draft by a command that named nobody, whoever of the office could have been it."""
    if draft.prepared_by_id is None:
        return holds(session, official_id, on, KEEPS_LEDGER)
    return draft.prepared_by_id == official_id
