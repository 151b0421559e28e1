"""The outbox as the desk reads it: one page of mails, or all that became of one."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, literal_column, select, true, union
from sqlmodel import Session, col

from flows.recipients import tasks_aside
from models import (
    Bounce,
    Chase,
    Message,
    MessageAttempt,
    MessageItem,
    Notice,
    Official,
    Receipt,
    Referral,
    Resending,
)
from models.message import MessageKind, MessageState
from web.paging import Paging
from web.rights import Viewer
from web.task_story import OF_A_TASK

_SHOWN = (  # without the body, which a Message brings along
    *("id", "kind", "to_name", "to_address", "subject", "state", "attempts", "next_at", "outcome"),
    *("composed_at", "sent_at", "possible_duplicate", "lease_until"),
)


@dataclass(frozen=True)
class Event:
    """An attempt, what came back, or that somebody had it sent again: as `kind` says."""

    kind: str
    at: datetime
    row: Any
    actor: str = ""


def by_state(session: Session) -> Mapping[MessageState, int]:
    rows = session.execute(select(col(Message.state), func.count()).group_by(col(Message.state)))
    found: dict[MessageState, int] = dict(rows.all())
    return {state: found.get(state, 0) for state in MessageState}


def mails(session: Session, state: MessageState | None, paging: Paging) -> Sequence[Any]:
    """The newest first."""
    return session.execute(
        select(*(getattr(Message, name) for name in _SHOWN))
        .where(_is(state))
        .order_by(col(Message.id).desc())
        .limit(paging.size)
        .offset(paging.offset)
    ).all()


def _is(state: MessageState | None) -> ColumnElement[bool]:
    """Written out, as the indexes say it, so that they are seen to fit."""
    return literal_column(f"message.state = '{state}'") if state else true()


def events(session: Session, message_id: int) -> list[Event]:
    """All that became of a mail, in its order."""
    tried = session.scalars(
        select(MessageAttempt).where(col(MessageAttempt.message_id) == message_id)
    )
    came = session.scalars(select(Bounce).where(col(Bounce.message_id) == message_id))
    again = session.execute(
        select(Resending, col(Official.name))
        .join(Official, col(Official.id) == col(Resending.actor_id))
        .where(col(Resending.message_id) == message_id)
    )
    found = [
        *(Event("attempt", row.ended_at, row) for row in tried),
        *(Event("bounce", row.at, row) for row in came),
        *(Event("again", row.at, row, name) for row, name in again),
    ]
    return sorted(found, key=lambda event: (event.at, event.row.id))


def withheld(session: Session, viewer: Viewer, shown: Sequence[Any]) -> Collection[int]:
    """Those of these mails that tell of a matter which this viewer stands aside from. What a mail
    on an act tells of is kept nowhere: whoever stands aside from anything sees none of them."""
    aside = tasks_aside(viewer.official.id, viewer.on)
    if not shown or session.scalar(aside.limit(1)) is None:
        return ()
    ids = [mail.id for mail in shown]
    of_acts = {mail.id for mail in shown if mail.kind == MessageKind.RECEIPT}
    return of_acts | set(session.scalars(_telling(ids, aside)))


def _telling(ids: Sequence[int], tasks: Any) -> Any:
    of_these = select(col(MessageItem.message_id)).where(col(MessageItem.message_id).in_(ids))
    return union(
        of_these.join(Receipt, col(Receipt.id) == col(MessageItem.receipt_id))
        .join(Notice, col(Notice.id) == col(Receipt.notice_id))
        .where(col(Notice.task_id).in_(tasks)),
        *(
            of_these.join(table, col(table.id) == col(item)).where(col(table.task_id).in_(tasks))
            for table, item in OF_A_TASK
        ),
        of_these.join(Chase, col(Chase.id) == col(MessageItem.chase_id))
        .join(Referral, col(Referral.id) == col(Chase.referral_id))
        .where(col(Referral.task_id).in_(tasks)),
    )
