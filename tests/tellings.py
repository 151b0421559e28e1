"""Mails about the sign-off: for tests to have them written, and to read them."""

from datetime import date, time
from email import message_from_bytes
from typing import Any

from sqlmodel import col

from flows.database import transaction
from flows.delivery import deliver
from flows.office import Office
from flows.signoff.telling import tell
from models import Message
from models.message import MessageKind, MessageState
from tests.conftest import instant
from tests.kept import rows
from tests.outboxes import to
from tests.smtp_peers import peer

WAITING = (MessageState.QUEUED, MessageState.SENT, MessageState.DEAD)


def tell_at(office: Office, on: date, at: time = time(9)) -> int:
    """What an edge says at the end of an act."""
    now = instant(on, at)
    with transaction(office.engine, now) as session:
        return tell(session, office, on=on, now=now)


def mails(office: Office, kind: MessageKind, who: int | None = None) -> list[Message]:
    """Those that go, or went, in the order in which they were written."""
    mine = [] if who is None else [col(Message.official_id) == who]
    going = col(Message.state).in_(WAITING)
    return rows(office, Message, col(Message.kind) == kind, going, *mine)


def referrals(office: Office, who: int | None = None) -> list[Message]:
    return mails(office, MessageKind.REFERRAL, who)


def outcomes(office: Office, who: int | None = None) -> list[Message]:
    return mails(office, MessageKind.OUTCOME, who)


def alarms(office: Office, who: int | None = None) -> list[Message]:
    return mails(office, MessageKind.ALARM, who)


def send(office: Office, on: date, at: time = time(10), **relay: Any) -> dict[str, str]:
    """What the relay gets: by address, all texts."""
    with peer(**relay) as taking:
        deliver(to(taking, office), now=instant(on, at))
    said: dict[str, str] = {}
    for address, raw in taking.mails:
        [text, _] = message_from_bytes(raw).get_payload()
        body = text.get_payload(decode=True).decode()
        said[address] = said.get(address, "") + body
    return said
