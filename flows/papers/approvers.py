"""Who approves what the office publishes: a leader, and never whoever prepared it."""

from collections.abc import Collection
from datetime import date

from sqlmodel import Session, col, select

from flows.recipients import in_force
from models import Post
from models.organisation import PostKind

APPROVERS = (PostKind.COMMISSION_HEAD, PostKind.SUPERVISING_LEADER)


def is_approver(session: Session, official_id: int, on: date) -> bool:
    return holds(session, official_id, on, APPROVERS)


def holds(session: Session, official_id: int, on: date, kinds: Collection[PostKind]) -> bool:
    held = select(Post.id).where(
        Post.official_id == official_id, col(Post.kind).in_(kinds), in_force(Post, on)
    )
    return session.scalar(held.limit(1)) is not None
