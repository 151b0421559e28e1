"""An outbox full of mail for people who exist, without the nights that would compose it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time

from sqlalchemy import insert
from sqlmodel import select

from flows.attempts import settle
from flows.claims import begin, claim_oldest
from flows.database import reading, transaction
from flows.letters import Claim, Ended
from flows.office import Office
from flows.outbox import Outbox, outbox_row, put
from models import Message, Night, Official, ReplyLink, Unit
from models.message import MessageKind, MessageState
from models.night import NightStep
from notifications.links import key_id, new_salt, placeholder, token, token_hash
from notifications.mailbox import Mailbox
from notifications.mailer import Report
from tests.conftest import instant
from tests.smtp_peers import Peer

THURSDAY = date(2022, 7, 14)
NOON = instant(THURSDAY, time(12))


def fill(office: Office, *addresses: str) -> None:
    """One queued mail to each, with a reply link in it."""
    with transaction(office.engine, NOON) as session:
        unit = session.scalar(select(Unit)) or Unit(name="区住建局")
        night = Night(
            on=THURSDAY,
            run_id="night",
            epoch=1,
            step=NightStep.COMPOSED,
            orchestrator="inline",
            claimed_at=NOON,
        )
        session.add_all([unit, night])
        session.flush()
        people = [
            Official(name=f"第{n}人", unit_id=unit.id, email=address)
            for n, address in enumerate(addresses, 1)
        ]
        session.add_all(people)
        session.flush()
        for person in people:
            salt = new_salt()
            body = f"<p>{person.name}：{placeholder(salt)}</p>\n"
            row = outbox_row(office, person, MessageKind.DIGEST, night.id, NOON)
            [message_id] = put(session, [row | {"subject": "督办提醒", "text": body, "html": body}])
            session.execute(
                insert(ReplyLink).values(
                    official_id=person.id,
                    message_id=message_id,
                    salt=salt,
                    key_id=key_id(office.secret),
                    token_hash=token_hash(token(office.secret, salt)),
                )
            )


def crowd(size: int) -> list[str]:
    return [f"person{n}@dinghai.example" for n in range(size)]


def messages(office: Office) -> Sequence[Message]:
    with reading(office.engine) as session:
        return session.exec(select(Message).order_by(Message.id)).all()


def to(relay: Peer | Mailbox, office: Office) -> Office:
    return replace(office, smtp_url=relay.url)


def states(office: Office) -> Counter[str]:
    return Counter(message.state for message in messages(office))


def only(office: Office) -> Message:
    [message] = messages(office)
    return message


def claim(outbox: Outbox, at: datetime) -> Claim | None:
    """As a delivery with one connection would."""
    with transaction(outbox.engine, at) as session:
        leased = claim_oldest(session, outbox, 1, at).leased
        return next(iter(begin(session, outbox, leased, at)), None)


def settled(
    office: Office, outbox: Outbox, claim: Claim, report: Report, at: datetime
) -> MessageState | None:
    """The state that the message has then; None: the lease was lost."""
    with transaction(outbox.engine, at) as session:
        states = settle(session, office, outbox, [Ended(claim, report)], at)
        return states.get(claim.message.id)
