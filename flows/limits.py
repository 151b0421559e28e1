"""How many mails a minute may go to the relay and to a recipient's domain.

Counted from what was attempted, so that several workers and machines share them.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlmodel import Session, col

from flows.locks import Lock, hold
from models import Message, MessageAttempt
from models.message import MessageState

MINUTE = timedelta(minutes=1)
WHOLE_RELAY = "*"


@dataclass(frozen=True)
class MailLimits:
    """Messages a minute by recipient domain; `*` is all together. Empty: no limit."""

    a_minute: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def parse(cls, written: str) -> "MailLimits":
        pairs = (part.partition("=") for part in written.split(",") if part.strip())
        return cls({scope.strip().lower(): int(most) for scope, _, most in pairs})


@dataclass
class Room:
    """How many more may go now, by scope; what has no limit is not in it."""

    left: dict[str, int] = field(default_factory=dict)
    again: dict[str, datetime] = field(default_factory=dict)  # when one more may, if none is left

    @property
    def full(self) -> dict[str, datetime]:
        """The limits that nothing more may pass now, each with the instant when something may."""
        return {scope: self.again[scope] for scope, left in self.left.items() if left <= 0}

    def takes(self, domain: str) -> bool:
        """Whether one more may go there; it counts as gone then."""
        scopes = [scope for scope in (WHOLE_RELAY, domain) if scope in self.left]
        if any(self.left[scope] <= 0 for scope in scopes):
            return False
        for scope in scopes:
            self.left[scope] -= 1
        return True


def room_left(session: Session, limits: MailLimits, relay: str, at: datetime) -> Room:
    if not limits.a_minute:
        return Room()
    hold(session, Lock.COUNT)
    begun = _in_the_air(session, at)  # first: what ends in between is counted twice, not never
    ended, oldest = _last_minute(session, relay, at)
    begun.update(ended)
    begun[WHOLE_RELAY] = begun.total()
    oldest[WHOLE_RELAY] = min(oldest.values(), default=at)
    return Room(
        {scope: most - begun[scope] for scope, most in limits.a_minute.items()},
        {scope: oldest.get(scope, at) + MINUTE for scope in limits.a_minute},
    )


def _last_minute(
    session: Session, relay: str, at: datetime
) -> tuple[Counter[str], dict[str, datetime]]:
    began_at, domain = col(MessageAttempt.began_at), col(MessageAttempt.domain)
    rows = session.execute(
        select(domain, func.count(), func.min(began_at))
        .where(col(MessageAttempt.relay) == relay, began_at > at - MINUTE)
        .group_by(domain)
    ).all()
    return Counter({d: n for d, n, _ in rows}), {d: first for d, _, first in rows}


def _in_the_air(session: Session, at: datetime) -> Counter[str]:
    """Attempts that have not ended yet."""
    rows = session.execute(
        select(col(Message.domain), func.count())
        .where(col(Message.state) == MessageState.QUEUED, col(Message.lease_until) >= at)
        .group_by(col(Message.domain))
    ).all()
    return Counter(dict(rows))
