"""The outbox as delivery sees it: what is owed, and the lease on what is being sent."""

import os
import secrets
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, String, bindparam, exists, false, func, select, update
from sqlmodel import Session, col

from flows.database import changed, reading, transaction
from flows.limits import WHOLE_RELAY, MailLimits, reached
from flows.office import Office
from models import Message, MessageAttempt, Official, RelayState, ReplyLink
from models.columns import Instant
from models.message import MessageKind, MessageState
from notifications.links import new_salt
from notifications.mailer import Outcome

LEASE = timedelta(minutes=2)  # renewed while its owner lives: a final dot may take ten
LIFE = timedelta(days=2)  # of a mail from its first attempt: then one that fails is the last
POISON = 8  # attempts; a mail whose sender dies so often, its life over, is given up
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


# Built once: putting a statement together costs as much as running it.
_NOW, _RELAY, _OWNER = (
    bindparam("now", type_=Instant()),
    bindparam("relay", type_=String()),
    bindparam("owner", type_=String()),
)
_OF_THE_RELAY = col(RelayState.relay) == _RELAY
_OWED: tuple[Any, ...] = (
    col(Message.state) == MessageState.QUEUED,
    col(Message.next_at) <= _NOW,
    # An owner does not claim his own anew: after a long pause he may still be sending it.
    col(Message.lease_until).is_(None)
    | ((col(Message.lease_until) < _NOW) & (col(Message.lease_owner) != _OWNER)),
    col(Message.domain).not_in(
        select(col(RelayState.domain)).where(
            _OF_THE_RELAY, col(RelayState.domain) != "", col(RelayState.paused_until) > _NOW
        )
    ),
)
_OLDEST = (
    select(Message, exists().where(_OF_THE_RELAY, col(RelayState.domain) == ""))
    .where(*_OWED)
    .order_by(col(Message.next_at))
    .limit(1)
    .with_for_update(skip_locked=True)
)


def a_worker() -> str:
    """Whose lease it is, and who made an attempt: unlike any other, and a person can find it."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


@dataclass(frozen=True)
class Claim:
    """A message that is leased, or settled if its state is not QUEUED any more."""

    message: Message
    began_at: datetime
    relay_was_down: bool  # its circuit was open: if this attempt succeeds, it closes


Check = Callable[[Session, Message, datetime], bool]


@dataclass(frozen=True)
class Outbox:
    """What one delivery sees of it; `owner` is its name on the leases."""

    engine: Engine
    relay: str = ""  # host:port, whose pauses and limits count
    limits: MailLimits = field(default_factory=MailLimits)
    check: Check = lambda session, message, at: True  # flows.still_owed, where mail is sent
    only: frozenset[MessageKind] = frozenset()  # empty: every kind
    owner: str = field(default_factory=a_worker)

    def claim(self, at: datetime) -> Claim | None:
        """Lease what has been owed longest. No transaction is held while it is sent.

        One at a time, so that an attempt is counted just before it is made: what a dying process
        had not begun stays untried, and a later night may replace it. What comes back in another
        state than QUEUED was settled by the check.
        """
        with transaction(self.engine, at) as session:
            allowed = self._allowed(session, at)
            oldest = _OLDEST.where(*allowed) if allowed else _OLDEST
            found = session.execute(oldest, self._known(at)).first()
            if found is None:
                return None
            message, relay_was_down = found
            claim = Claim(message, at, relay_was_down)
            if message.attempts == 0 and not self.check(session, message, at):
                return claim
            if message.lease_owner is not None:
                self._take_over(session, message, at)
            if message.state == MessageState.QUEUED:
                self._lease(session, message, at)
            return claim

    def renew(self, at: datetime) -> None:
        """The heartbeat: whatever this owner is still sending stays his."""
        with transaction(self.engine, at) as session:
            held = update(Message).where(
                col(Message.state) == MessageState.QUEUED, col(Message.lease_owner) == self.owner
            )
            changed(session, held.values(lease_until=at + LEASE))

    def free(self, at: datetime) -> int:
        """How many messages could be claimed."""
        with reading(self.engine) as session:
            return self._count(session, self._known(at), *_OWED, *self._allowed(session, at))

    def relief(self, at: datetime) -> datetime | None:
        """When a limit lets something more go; None: no limit holds anything back."""
        with reading(self.engine) as session:
            held = reached(session, self.limits, self.relay, at)
            waits = held and self._count(session, self._known(at), *_OWED)
            return min(held.values()) if waits else None

    def queued(self) -> int:
        with reading(self.engine) as session:
            return self._count(session, {}, col(Message.state) == MessageState.QUEUED)

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

    def _allowed(self, session: Session, at: datetime) -> tuple[Any, ...]:
        held = reached(session, self.limits, self.relay, at)
        if WHOLE_RELAY in held:
            return (false(),)
        kinds = (col(Message.kind).in_(self.only),) if self.only else ()
        return (col(Message.domain).not_in(held), *kinds) if held else kinds

    def _known(self, at: datetime) -> dict[str, Any]:
        return {"now": at, "relay": self.relay, "owner": self.owner}

    def _take_over(self, session: Session, message: Message, at: datetime) -> None:
        """Whoever held it before died without a word, perhaps after the final dot."""
        said = "the process that sent it ended without a word"
        last_sign = (message.lease_until or at) - LEASE
        session.add(
            MessageAttempt(
                message_id=message.id,
                n=message.attempts,
                began_at=last_sign,
                ended_at=last_sign + LEASE,
                outcome=Outcome.UNKNOWN,
                said=said,
                worker=message.lease_owner or "",
                relay=self.relay,
                domain=message.domain,
            )
        )
        message.possible_duplicate = True
        if message.attempts >= POISON and at >= message.expires_at:
            message.state, message.outcome = MessageState.DEAD, said
            message.lease_owner = message.lease_until = None

    def _lease(self, session: Session, message: Message, at: datetime) -> None:
        # A life begins with the first attempt: no mail dies of a relay that was away, or of a
        # holiday. What was composed for a shorter one, as a code, is of no use after it.
        if message.attempts == 0 and message.expires_at - message.composed_at >= LIFE:
            message.expires_at = at + LIFE
        message.lease_owner, message.lease_until = self.owner, at + LEASE
        message.attempts += 1
        links = update(ReplyLink).where(col(ReplyLink.message_id) == message.id)
        changed(session, links.values(expires_at=at + LINK_LIFE))

    @staticmethod
    def _count(session: Session, known: dict[str, Any], *which: Any) -> int:
        counted = select(func.count()).select_from(Message).where(*which)
        return session.scalar(counted, known) or 0
