"""The outbox as delivery sees it: one message is claimed, and settled. Each is one commit."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, func, select, update
from sqlmodel import Session, col

from flows.database import reading, transaction
from flows.moves import changed
from flows.office import Office
from flows.suppression import suppress_refused
from models import Message, Official, ReplyLink
from models.message import MessageKind, MessageState
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


Check = Callable[[Session, Message, datetime], bool]


@dataclass(frozen=True)
class Outbox:
    """What one delivery sees of it; `owner` is its name on the leases."""

    engine: Engine
    check: Check = lambda session, message, at: True  # flows.still_owed, where mail is sent
    owner: str = field(default_factory=lambda: secrets.token_hex(8))

    def claim(self, at: datetime) -> Message | None:
        """Lease what has been owed longest. No transaction is held while it is sent.

        One at a time, so that an attempt is counted just before it is made: what a dying process
        had not begun stays untried, and a later night may replace it. What comes back in another
        state than QUEUED was settled by the check.
        """
        with transaction(self.engine, at) as session:
            message = session.scalar(
                select(Message)
                .where(*_free(at))
                .order_by(col(Message.next_at))
                .limit(1)
                .with_for_update(skip_locked=True)
            )
            if message is None:
                return None
            if message.attempts == 0 and not self.check(session, message, at):
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
                col(Message.id) == message.id, col(Message.lease_owner) == self.owner
            )
            if not changed(session, held.values(lease_owner=None, lease_until=None, **outcome)):
                return False
            suppress_refused(session, message, at, **outcome)
            return True

    def blame(self, said: str, at: datetime) -> None:
        """Write on everything that waits why it does, where that does not stand already."""
        with transaction(self.engine, at) as session:
            waiting = update(Message).where(*_free(at), col(Message.outcome) != said)
            changed(session, waiting.values(outcome=said))

    def free(self, at: datetime) -> int:
        """How many messages could be claimed."""
        return self._count(*_free(at))

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

    def _count(self, *which: Any) -> int:
        with reading(self.engine) as session:
            return session.scalar(select(func.count()).select_from(Message).where(*which)) or 0


def _free(at: datetime) -> tuple[Any, ...]:
    return (
        col(Message.state) == MessageState.QUEUED,
        col(Message.next_at) <= at,
        col(Message.lease_until).is_(None) | (col(Message.lease_until) < at),
    )
