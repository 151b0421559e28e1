"""Which key each link was made with; and what becomes of the links of a key that is dropped."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select, update
from sqlmodel import Session, col

from flows.database import transaction
from flows.letters import LinkKeys
from flows.office import Office
from models import Message, ReplyLink
from models.message import MessageState
from notifications.links import key_id, token, token_hash


@dataclass(frozen=True)
class Dropped:
    """How many keys went, how many links in sent mails are void, and how many links of mails
    that still wait were made anew."""

    keys: int
    void: int
    renewed: int


def link_keys(office: Office, session: Session, messages: Sequence[Message]) -> LinkKeys:
    """What the links of these messages are made with."""
    newest, *older = office.ring.keys
    if not older:
        return LinkKeys(newest)
    links = session.execute(
        select(col(ReplyLink.salt), col(ReplyLink.key_id)).where(
            col(ReplyLink.message_id).in_([message.id for message in messages]),
            col(ReplyLink.key_id) != key_id(newest),
        )
    )
    named = {key_id(key): key for key in older}
    return LinkKeys(newest, {salt: named[name] for salt, name in links if name in named})


def drop_keys(office: Office, now: datetime) -> Dropped:
    """Leave the newest key alone on the ring. Whoever has a mail that still waits gets a link
    that opens; what was sent, or is being sent, is void from this moment on."""
    older = [key_id(key) for key in office.ring.keys[1:]]
    with transaction(office.engine, now) as session:
        renewed = _renew(session, office.secret, now)
        void = session.scalar(
            select(func.count())
            .select_from(ReplyLink)
            .where(col(ReplyLink.key_id).in_(older), col(ReplyLink.expires_at) > now)
        )
    office.ring.drop()
    return Dropped(len(older), void or 0, renewed)


def _renew(session: Session, newest: bytes, now: datetime) -> int:
    """Links of mails that wait, in nobody's hands: those in hand are passed over."""
    links = session.execute(
        select(col(ReplyLink.id), col(ReplyLink.salt))
        .join(Message, col(Message.id) == col(ReplyLink.message_id))
        .where(
            col(Message.state) == MessageState.QUEUED,
            or_(col(Message.lease_until).is_(None), col(Message.lease_until) < now),
            col(ReplyLink.key_id) != key_id(newest),
        )
        .with_for_update(skip_locked=True, of=Message)
    ).all()
    made = [
        {"id": n, "key_id": key_id(newest), "token_hash": token_hash(token(newest, salt))}
        for n, salt in links
    ]
    if made:
        session.execute(update(ReplyLink), made)
    return len(made)
