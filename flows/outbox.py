"""The outbox as delivery sees it: one message is claimed, and settled. Each is one commit."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, func, select, update
from sqlmodel import Session, col

from flows.database import changed, reading, transaction
from flows.office import Office
from models import Message, MessageItem, Notice, Official, Receipt, ReplyLink
from models.message import MessageKind, MessageState
from models.notice import owed
from notifications.links import new_salt

LEASE = timedelta(minutes=15)  # three replies and the final dot may legally take 13
LIFE = timedelta(days=2)  # of a mail: what has been tried for so long is given up
LINK_LIFE = timedelta(days=30)


def outbox_row(
    office: Office, official: Official, kind: MessageKind, night_id: int | None, now: datetime
) -> dict[str, Any]:
    """A message's frozen identity: every attempt has the same id, date and boundary."""
    drawn = new_salt()
    host = office.mail_from.rpartition("@")[2]
    return {
        "kind": kind,
        "night_id": night_id,
        "official_id": official.id,
        "to_name": official.name,
        "to_address": official.email or "",
        "domain": (official.email or "").rpartition("@")[2].lower(),
        "message_id": f"<{drawn[:24]}@{host}>",
        "boundary": f"sise-{drawn}",
        "composed_at": now,
        "expires_at": now + LIFE,
        "next_at": now,
        "state": MessageState.QUEUED,
        "attempts": 0,
        "possible_duplicate": False,
        "outcome": "",
    }


@dataclass(frozen=True)
class Outbox:
    """What one delivery sees of it; `owner` is its name on the leases."""

    engine: Engine
    only: frozenset[MessageKind] = frozenset()  # empty: every kind
    owner: str = field(default_factory=lambda: secrets.token_hex(8))

    def claim(self, at: datetime) -> Message | None:
        """Lease what has been owed longest. No transaction is held while it is sent.

        One at a time, so that an attempt is counted just before it is made: what a dying process
        had not begun stays untried, and a later night may replace it. What comes back SKIPPED is
        settled: nothing in it was still owed. That is looked at once; after the first attempt it
        is the same bytes or nothing, because the first may have arrived.
        """
        with transaction(self.engine, at) as session:
            message = session.scalar(
                select(Message)
                .where(*self._free(at))
                .order_by(col(Message.next_at))
                .limit(1)
                .with_for_update(skip_locked=True)
            )
            if message is None:
                return None
            if message.attempts == 0 and not _still_owed(session, message):
                message.state = MessageState.SKIPPED
                message.outcome = "nothing in it was still owed"
                return message
            # Whoever held it before died without a word, perhaps after the final dot.
            message.possible_duplicate |= message.lease_owner is not None
            message.lease_owner, message.lease_until = self.owner, at + LEASE
            message.attempts += 1
            links = update(ReplyLink).where(col(ReplyLink.message_id) == message.id)
            changed(session, links.values(expires_at=at + LINK_LIFE))
            return message

    def settle(self, message: Message, at: datetime, **outcome: Any) -> bool:
        """Commit what became of it. False: the lease was lost meanwhile, and nothing changes."""
        with transaction(self.engine, at) as session:
            held = update(Message).where(
                col(Message.id) == message.id,
                col(Message.lease_owner) == self.owner,
                col(Message.attempts) == message.attempts,  # or another of our workers has it
            )
            return bool(
                changed(session, held.values(lease_owner=None, lease_until=None, **outcome))
            )

    def blame(self, said: str, at: datetime) -> None:
        """Write on everything that waits why it does, where that does not stand already, and
        where nobody else has it in hand: so this never waits for a night that replaces it."""
        with transaction(self.engine, at) as session:
            waiting = select(col(Message.id)).where(*self._free(at), col(Message.outcome) != said)
            free = col(Message.id).in_(waiting.with_for_update(skip_locked=True))
            changed(session, update(Message).where(free).values(outcome=said))

    def free(self, at: datetime) -> int:
        """How many messages could be claimed."""
        return self._count(*self._free(at))

    def queued(self) -> int:
        return self._count(col(Message.state) == MessageState.QUEUED)

    def blamed(self) -> str | None:
        """Why most of the messages wait that were tried, in the relay's words."""
        with reading(self.engine) as session:
            return session.scalar(
                select(col(Message.outcome))
                .where(col(Message.state) == MessageState.QUEUED, col(Message.outcome) != "")
                .group_by(col(Message.outcome))
                .order_by(func.count().desc(), col(Message.outcome))
                .limit(1)
            )

    def _free(self, at: datetime) -> tuple[Any, ...]:
        return (
            col(Message.state) == MessageState.QUEUED,
            col(Message.next_at) <= at,
            col(Message.lease_until).is_(None) | (col(Message.lease_until) < at),
            *([col(Message.kind).in_(self.only)] if self.only else []),
        )

    def _count(self, *which: Any) -> int:
        with reading(self.engine) as session:
            return session.scalar(select(func.count()).select_from(Message).where(*which)) or 0


def _still_owed(session: Session, message: Message) -> bool:
    """Whether anything in it is left to do; a summary and a reminder always count."""
    items = session.scalars(
        select(MessageItem).where(col(MessageItem.message_id) == message.id)
    ).all()
    if not items or any(item.reminder_id for item in items):
        return True
    found = session.scalar(
        select(col(Receipt.id))
        .join(Notice, col(Notice.id) == col(Receipt.notice_id))
        .where(col(Receipt.id).in_([item.receipt_id for item in items]), owed())
        .limit(1)
    )
    return found is not None
