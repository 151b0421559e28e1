"""A draft makes one move, by whoever is first; what its row of the history says, and whether it
stands as those rows leave it."""

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import update
from sqlmodel import Session

from flows.database import changed
from flows.history import link_id
from flows.papers.approvers import Draft
from flows.signoff.actor import Actor, OfficeActor
from models import PostingMove, ScoreMove
from models.machine import Machine
from models.refusal import Refusal


class NotWaiting(Refusal):
    def __init__(self) -> None:
        super().__init__(
            "本期已不在待审批状态（他人已先处理）；没有记录任何操作",
            "it does not wait for approval any more, somebody was quicker; nothing was recorded",
        )


def advance(
    session: Session,
    machine: Machine,
    draft: Draft,
    by: OfficeActor,
    event: str,
    reason: str = "",
    **also: Any,
) -> dict[str, Any]:
    """`also` changes with the state. Returns the move as its row keeps it; raises Refusal."""
    if not machine.allows(draft.state, event):
        raise NotWaiting
    move = machine.find(draft.state, event)
    if "reason" in move.given and not reason.strip():
        raise Refusal("请写明理由；没有记录任何操作", "give the reason; nothing was recorded")
    columns = type(draft).__table__.c  # type: ignore[union-attr]  # SQLModel does not type its table
    held = update(type(draft)).where(columns.id == draft.id, columns.state == move.source)
    if not changed(session, held.values(state=move.target, **also)):
        raise NotWaiting
    session.refresh(draft)
    return move_row(session, draft, by, event, move.source, move.target, reason.strip())


def move_row(
    session: Session,
    draft: Draft,
    by: OfficeActor,
    event: str,
    source: str,
    target: str,
    reason: str = "",
) -> dict[str, Any]:
    return {
        "event": event,
        "source": source,
        "target": target,
        "content_hash": _hash(draft),
        "reason": reason,
        "on": by.on,
        "at": by.now,
        "actor_id": by.official_id,
        "said_by": by.said_by,
        "assurance": by.assurance if isinstance(by, Actor) else "",
        "link_id": link_id(session),
    }


def denied(
    draft: Draft, moves: Sequence[PostingMove | ScoreMove], chinese: str, english: str
) -> Iterator[tuple[str, str]]:
    """What its moves say otherwise, as pairs of sentences about what is called so: the draft
    itself is outside the chain."""
    if not moves or moves[-1].target != draft.state:
        yield (
            f"{chinese}：状态为 {draft.state}，与历史记录不符",
            f"{english}: state is {draft.state}, which the history denies",
        )
    if any(move.content_hash != _hash(draft) for move in moves):
        yield (
            f"{chinese}：内容与拟稿或审批时不同",
            f"{english}: its content is not what was prepared or decided on",
        )


def _hash(draft: Draft) -> str:
    return hashlib.sha256(draft.content.encode()).hexdigest()
