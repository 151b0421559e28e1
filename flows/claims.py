"""What a delivery claims: messages are leased, and marked just before they are sent."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Integer, bindparam, exists, select, update
from sqlmodel import Session, col

from flows.letters import Claim
from flows.limits import WHOLE_RELAY, Room, room_left
from flows.octets import in_octets
from flows.outbox import LEASE, LIFE, OF_THE_RELAY, OWED, OWNER, Outbox
from flows.these import THESE, among
from models import Message, MessageAttempt, MessageBody, RelayState, ReplyLink
from models.columns import Instant
from models.message import MessageState
from notifications.mailer import Outcome

POISON = 8  # attempts; a mail whose sender dies so often, its life over, is given up
LINK_LIFE = timedelta(days=30)

_OLDEST = (
    select(
        Message.__table__,  # type: ignore[attr-defined]  # SQLModel does not type its table
        exists().where(OF_THE_RELAY, col(RelayState.domain) == "").label("relay_was_down"),
    )
    .where(*OWED)
    .order_by(col(Message.next_at), col(Message.id))
    .limit(bindparam("most", type_=Integer()))
    .with_for_update(skip_locked=True)
)
_LEASE = (
    update(Message)
    .where(among(col(Message.id), THESE))
    .values(
        lease_owner=OWNER,
        lease_until=bindparam("until", type_=Instant()),
        expires_at=bindparam("life_ends", type_=Instant()),
    )
)
_BEGINS = (
    update(Message)
    .where(
        among(col(Message.id), THESE),
        col(Message.state) == MessageState.QUEUED,
        col(Message.lease_owner) == OWNER,
    )
    .values(attempts=col(Message.attempts) + 1)
    .returning(col(Message.id))
)
_SAID = select(
    col(MessageBody.message_id),
    in_octets(col(MessageBody.text)).label("text"),
    in_octets(col(MessageBody.html)).label("html"),
).where(among(col(MessageBody.message_id), THESE))
_LINKS_OPEN = (
    update(ReplyLink)
    .where(among(col(ReplyLink.message_id), THESE))
    .values(expires_at=bindparam("until", type_=Instant()))
)


@dataclass
class Claimed:
    """What one look at the outbox brought."""

    leased: list[Claim] = field(default_factory=list)
    dropped: list[MessageState] = field(default_factory=list)  # what became of others instead
    more: bool = False  # something was passed over: another look may bring more


def begin(
    session: Session, outbox: Outbox, claims: Sequence[Claim], at: datetime
) -> Sequence[Claim]:
    """Count the attempts that are made now; returns those that may be made.

    Just before it is made and not with the lease: what a dying process had not begun stays
    untried, and until then a later night may replace it.
    """
    if not claims:
        return ()
    known = {"these": [claim.message.id for claim in claims], "owner": outbox.owner}
    begun = set(session.connection().scalars(_BEGINS, known).all())
    return [claim._replace(began_at=at) for claim in claims if claim.message.id in begun]


def claim_oldest(session: Session, outbox: Outbox, most: int, at: datetime) -> Claimed:
    """Lease what has been owed longest; none of it has begun."""
    room = room_left(session, outbox.limits, outbox.relay, at)
    found, relay_was_down = _oldest(session, outbox, room, most, at)
    going = [m for m in _owed(session, outbox, found, at) if room.takes(m.domain)]
    session.flush()
    passed_over = {message.id for message in found} - {message.id for message in going}
    return Claimed(
        _lease(session, outbox, going, relay_was_down, at) if going else [],
        _dropped(session, passed_over) if passed_over else [],
        more=bool(passed_over),
    )


def _oldest(
    session: Session, outbox: Outbox, room: Room, most: int, at: datetime
) -> tuple[list[Message], bool]:
    """And whether the relay's circuit is open. They are rows with a Message's columns, which
    cost half as much as objects: whoever changes one takes the object."""
    allowed = outbox.allowed(room)
    oldest = _OLDEST.where(*allowed) if allowed else _OLDEST
    known = outbox.known(at) | {"most": min(most, room.left.get(WHOLE_RELAY, most))}
    found: Any = session.connection().execute(oldest, known).all()
    return found, any(row.relay_was_down for row in found)


def _owed(
    session: Session, outbox: Outbox, found: list[Message], at: datetime
) -> Iterator[Message]:
    untried = [message for message in found if message.attempts == 0]
    checked = outbox.check(session, untried, at) if untried else ()
    owed = {message.id: message for message in checked}
    for message in found:
        if message.lease_owner is not None:
            left_over = _take_over(session, outbox, message.id, at)
            if left_over.state == MessageState.QUEUED:
                yield left_over
        elif message.attempts:
            yield message
        elif message.id in owed:
            yield owed[message.id]


def _take_over(session: Session, outbox: Outbox, message_id: int, at: datetime) -> Message:
    """Whoever held it before died without a word, perhaps after the final dot."""
    message = session.get_one(Message, message_id)
    if not _had_begun(session, message):
        message.lease_owner = message.lease_until = None
        return message
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
            relay=outbox.relay,
            domain=message.domain,
        )
    )
    message.possible_duplicate = True
    message.lease_owner = message.lease_until = None
    if message.attempts >= POISON and at >= message.expires_at:
        message.state, message.outcome = MessageState.DEAD, said
    return message


def _had_begun(session: Session, message: Message) -> bool:
    """Whether its last attempt was begun and has no end; one that a relay's CONFIG ended was
    counted off again."""
    ended = select(col(MessageAttempt.id)).where(
        col(MessageAttempt.message_id) == message.id,
        col(MessageAttempt.n) == message.attempts,
        col(MessageAttempt.outcome) != Outcome.CONFIG,
    )
    return message.attempts > 0 and session.scalars(ended).first() is None


def _lease(
    session: Session, outbox: Outbox, messages: list[Message], relay_was_down: bool, at: datetime
) -> list[Claim]:
    these = [message.id for message in messages]
    keys = outbox.keys(session, messages)
    said: Any = session.connection().execute(_SAID, {"these": these}).all()
    bodies = {body.message_id: body for body in said}
    claims = [
        Claim(m, bodies[m.id], m.attempts + 1, _life_ends(m, at), keys, at, relay_was_down)
        for m in messages
    ]
    alike: dict[datetime, list[int]] = defaultdict(list)  # mostly first attempts: one UPDATE
    for claim in claims:
        alike[claim.life_ends].append(claim.message.id)
    known = {"owner": outbox.owner, "until": at + LEASE}
    for life_ends, group in alike.items():
        leased = known | {"life_ends": life_ends, "these": group}
        session.connection().execute(_LEASE, leased)
    session.connection().execute(_LINKS_OPEN, {"these": these, "until": at + LINK_LIFE})
    return claims


def _dropped(session: Session, passed_over: Collection[int]) -> list[MessageState]:
    became = select(col(Message.state)).where(
        col(Message.id).in_(passed_over), col(Message.state) != MessageState.QUEUED
    )
    return list(session.scalars(became))


def _life_ends(message: Message, at: datetime) -> datetime:
    """A life begins with the first attempt: no mail dies of a relay that was away, or of a
    holiday. What was composed for a shorter one, as a code, is of no use after it."""
    begins = message.attempts == 0 and message.expires_at - message.composed_at >= LIFE
    return at + LIFE if begins else message.expires_at
