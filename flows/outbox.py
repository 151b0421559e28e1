"""The outbox as delivery sees it: what is owed, and the lease on what is being sent."""

import os
import secrets
import socket
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine, String, bindparam, false, func, insert, select, text, update
from sqlmodel import Session, col

from flows.database import changed, reading, transaction
from flows.letters import LinkKeys
from flows.limits import WHOLE_RELAY, MailLimits, Room, room_left
from flows.office import Office
from models import Message, MessageBody, Official, RelayState
from models.columns import Instant
from models.message import MessageKind, MessageState
from notifications.links import new_salt

LEASE = timedelta(minutes=2)  # renewed while its owner lives: a final dot may take ten
WORDS = ("text", "html")
LIFE = timedelta(days=2)  # of a mail from its first attempt: then one that fails is the last


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


def put(session: Session, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Queue these mails: each an `outbox_row` with its words. Returns their ids, in this order."""
    messages = [{k: v for k, v in row.items() if k not in WORDS} for row in rows]
    session.flush()
    ids = dict(session.connection().execute(_INSERT, messages).all())
    bodies = [{"message_id": ids[row["message_id"]]} | {w: row[w] for w in WORDS} for row in rows]
    changed(session, _INSERT_BODY, bodies)
    return [ids[row["message_id"]] for row in rows]


def reword(message: Message, said: Mapping[str, Any]) -> None:
    """It says this instead."""
    for name, value in said.items():
        setattr(message.body if name in WORDS else message, name, value)


_NOW, _RELAY, OWNER = (
    bindparam("now", type_=Instant()),
    bindparam("relay", type_=String()),
    bindparam("owner", type_=String()),
)
_INSERT = insert(Message).returning(col(Message.message_id), col(Message.id))
_INSERT_BODY = insert(MessageBody)
OF_THE_RELAY = col(RelayState.relay) == _RELAY
_QUEUED = text("message.state = 'queued'")  # as the index says it, so that it is seen to fit
ALL_QUEUED = select(func.count()).select_from(Message).where(_QUEUED)
OWED: tuple[Any, ...] = (
    _QUEUED,
    col(Message.next_at) <= _NOW,
    # An owner does not claim his own anew: after a long pause he may still be sending it.
    col(Message.lease_until).is_(None)
    | ((col(Message.lease_until) < _NOW) & (col(Message.lease_owner) != OWNER)),
    col(Message.domain).not_in(
        select(col(RelayState.domain)).where(
            OF_THE_RELAY, col(RelayState.domain) != "", col(RelayState.paused_until) > _NOW
        )
    ),
)


def a_worker() -> str:
    """Whose lease it is, and who made an attempt: unlike any other, and a person can find it."""
    return f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"


Check = Callable[[Session, Sequence[Message], datetime], Sequence[Message]]
Keys = Callable[[Session, Sequence[Message]], LinkKeys]


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
            return self._count(session, self.known(at), *OWED, *self.allowed(room))

    def relief(self, at: datetime) -> datetime | None:
        """When a limit lets something more go; None: no limit holds anything back."""
        with reading(self.engine) as session:
            full = room_left(session, self.limits, self.relay, at).full
            waits = full and self._count(session, self.known(at), *OWED)
            return min(full.values()) if waits else None

    def queued(self) -> int:
        with reading(self.engine) as session:
            return session.scalar(ALL_QUEUED) or 0

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

    def allowed(self, room: Room) -> tuple[Any, ...]:
        if WHOLE_RELAY in room.full:
            return (false(),)
        kinds = (col(Message.kind).in_(self.only),) if self.only else ()
        return (col(Message.domain).not_in(room.full), *kinds) if room.full else kinds

    def known(self, at: datetime) -> dict[str, Any]:
        return {"now": at, "relay": self.relay, "owner": self.owner}

    @staticmethod
    def _count(session: Session, known: dict[str, Any], *which: Any) -> int:
        counted = select(func.count()).select_from(Message).where(*which)
        return session.scalar(counted, known) or 0
