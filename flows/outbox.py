"""The outbox as delivery sees it: what is owed, and the lease on what is being sent."""

import os
import secrets
import socket
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, Integer, String, bindparam, exists, false, func, select, text, update
from sqlmodel import Session, col

from flows.database import changed, reading, transaction
from flows.limits import WHOLE_RELAY, MailLimits, Room, room_left
from flows.link_keys import LinkKeys
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
_THESE: Any = bindparam("these", expanding=True)
_OF_THE_RELAY = col(RelayState.relay) == _RELAY
_QUEUED = text("message.state = 'queued'")  # as the index says it, so that it is seen to fit
_OWED: tuple[Any, ...] = (
    _QUEUED,
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
    select(
        Message.__table__,  # type: ignore[attr-defined]  # SQLModel does not type its table
        exists().where(_OF_THE_RELAY, col(RelayState.domain) == "").label("relay_was_down"),
    )
    .where(*_OWED)
    .order_by(col(Message.next_at), col(Message.id))
    .limit(bindparam("most", type_=Integer()))
    .with_for_update(skip_locked=True)
)
_LEASE = (
    update(Message)
    .where(col(Message.id).in_(_THESE))
    .values(
        lease_owner=_OWNER,
        lease_until=bindparam("until", type_=Instant()),
        attempts=col(Message.attempts) + 1,
        expires_at=bindparam("life_ends", type_=Instant()),
    )
)
_LINKS_OPEN = (
    update(ReplyLink)
    .where(col(ReplyLink.message_id).in_(_THESE))
    .values(expires_at=bindparam("until", type_=Instant()))
)


def a_worker() -> str:
    """Whose lease it is, and who made an attempt: unlike any other, and a person can find it."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


@dataclass(frozen=True)
class Claim:
    """A message that is leased for its n-th attempt."""

    message: Message
    n: int
    life_ends: datetime  # of the message: if it fails after that, it was the last attempt
    keys: LinkKeys
    began_at: datetime
    relay_was_down: bool  # its circuit was open: if this attempt succeeds, it closes


@dataclass
class Claimed:
    """What one look at the outbox brought."""

    leased: list[Claim] = field(default_factory=list)
    dropped: list[MessageState] = field(default_factory=list)  # what became of others instead
    more: bool = False  # something was passed over: another look may bring more


Check = Callable[[Session, Sequence[Message], datetime], Sequence[Message]]
Keys = Callable[[Session, Sequence[Message]], LinkKeys]


def _life_ends(message: Message, at: datetime) -> datetime:
    """A life begins with the first attempt: no mail dies of a relay that was away, or of a
    holiday. What was composed for a shorter one, as a code, is of no use after it."""
    begins = message.attempts == 0 and message.expires_at - message.composed_at >= LIFE
    return at + LIFE if begins else message.expires_at


@dataclass(frozen=True)
class Outbox:
    """What one delivery sees of it; `owner` is its name on the leases."""

    engine: Engine
    relay: str = ""  # host:port, whose pauses and limits count
    limits: MailLimits = field(default_factory=MailLimits)
    check: Check = lambda session, messages, at: messages  # flows.still_owed, where mail is sent
    keys: Keys = lambda session, messages: LinkKeys(b"")  # flows.link_keys
    only: frozenset[MessageKind] = frozenset()  # empty: every kind
    owner: str = field(default_factory=a_worker)

    def claim(self, session: Session, most: int, at: datetime) -> Claimed:
        """Lease what has been owed longest, one for each connection that is about to send.

        Not more, so that an attempt is counted just before it is made: what a dying process had
        not begun stays untried, and a later night may replace it.
        """
        room = room_left(session, self.limits, self.relay, at)
        found, relay_was_down = self._oldest(session, room, most, at)
        going = [m for m in self._owed(session, found, at) if room.takes(m.domain)]
        session.flush()
        passed_over = {message.id for message in found} - {message.id for message in going}
        return Claimed(
            self._lease(session, going, relay_was_down, at) if going else [],
            self._dropped(session, passed_over) if passed_over else [],
            more=bool(passed_over),
        )

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
            room = room_left(session, self.limits, self.relay, at)
            return self._count(session, self._known(at), *_OWED, *self._allowed(room))

    def relief(self, at: datetime) -> datetime | None:
        """When a limit lets something more go; None: no limit holds anything back."""
        with reading(self.engine) as session:
            full = room_left(session, self.limits, self.relay, at).full
            waits = full and self._count(session, self._known(at), *_OWED)
            return min(full.values()) if waits else None

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

    def _allowed(self, room: Room) -> tuple[Any, ...]:
        if WHOLE_RELAY in room.full:
            return (false(),)
        kinds = (col(Message.kind).in_(self.only),) if self.only else ()
        return (col(Message.domain).not_in(room.full), *kinds) if room.full else kinds

    def _known(self, at: datetime) -> dict[str, Any]:
        return {"now": at, "relay": self.relay, "owner": self.owner}

    def _oldest(
        self, session: Session, room: Room, most: int, at: datetime
    ) -> tuple[list[Message], bool]:
        """And whether the relay's circuit is open. They are rows with a Message's columns, which
        cost half as much as objects: whoever changes one takes the object."""
        allowed = self._allowed(room)
        oldest = _OLDEST.where(*allowed) if allowed else _OLDEST
        known = self._known(at) | {"most": min(most, room.left.get(WHOLE_RELAY, most))}
        found: Any = session.connection().execute(oldest, known).all()
        return found, any(row.relay_was_down for row in found)

    def _owed(self, session: Session, found: list[Message], at: datetime) -> Iterator[Message]:
        untried = [message for message in found if message.attempts == 0]
        checked = self.check(session, untried, at) if untried else ()
        owed = {message.id: message for message in checked}
        for message in found:
            if message.lease_owner is not None:
                left_over = self._take_over(session, message.id, at)
                if left_over.state == MessageState.QUEUED:
                    yield left_over
            elif message.attempts:
                yield message
            elif message.id in owed:
                yield owed[message.id]

    def _take_over(self, session: Session, message_id: int, at: datetime) -> Message:
        """Whoever held it before died without a word, perhaps after the final dot."""
        message = session.get_one(Message, message_id)
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
        message.lease_owner = message.lease_until = None
        if message.attempts >= POISON and at >= message.expires_at:
            message.state, message.outcome = MessageState.DEAD, said
        return message

    def _lease(
        self, session: Session, messages: list[Message], relay_was_down: bool, at: datetime
    ) -> list[Claim]:
        keys = self.keys(session, messages)
        claims = [
            Claim(message, message.attempts + 1, _life_ends(message, at), keys, at, relay_was_down)
            for message in messages
        ]
        alike: dict[datetime, list[int]] = defaultdict(list)  # mostly first attempts: one UPDATE
        for claim in claims:
            alike[claim.life_ends].append(claim.message.id)
        known = {"owner": self.owner, "until": at + LEASE}
        for life_ends, these in alike.items():
            leased = known | {"life_ends": life_ends, "these": these}
            session.connection().execute(_LEASE, leased)
        opened = {"these": [message.id for message in messages], "until": at + LINK_LIFE}
        session.connection().execute(_LINKS_OPEN, opened)
        return claims

    @staticmethod
    def _dropped(session: Session, passed_over: Collection[int]) -> list[MessageState]:
        became = select(col(Message.state)).where(
            col(Message.id).in_(passed_over), col(Message.state) != MessageState.QUEUED
        )
        return list(session.scalars(became))

    @staticmethod
    def _count(session: Session, known: dict[str, Any], *which: Any) -> int:
        counted = select(func.count()).select_from(Message).where(*which)
        return session.scalar(counted, known) or 0
