"""Delivery: claim, check once more, send, commit the outcome of each message by itself."""

import asyncio
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from threading import Event
from time import monotonic

from flows.database import reading
from flows.link_keys import older_keys
from flows.mail_waits import Why, hindrance, why_waiting
from flows.office import MailHours, Office
from flows.outbox import Outbox
from flows.working_days import load_calendar
from models import Message
from models.message import MessageKind, MessageState
from models.workdays import Calendar
from notifications.links import fill
from notifications.mailer import Connection, Outcome, Relay, RelayUnavailable, Report, connected
from notifications.mime import build, wire_address

BACK_OFF = tuple(timedelta(minutes=m) for m in (1, 2, 5, 15, 30, 60, 120, 240))
URGENT = (MessageKind.CODE, MessageKind.RECEIPT)
UNKNOWN_WAIT = timedelta(minutes=10)
TRIES = 18  # with that back-off some two days; what waits for a relay or for the hours uses none
STATES = {Outcome.SENT: MessageState.SENT, Outcome.REJECT: MessageState.DEAD}


@dataclass
class Delivered:
    """What one delivery did. `waiting` is what stays in the outbox, and `why`."""

    sent: int = 0
    failed: int = 0
    unknown: int = 0
    skipped: int = 0
    waiting: int = 0
    why: Why | None = None


@dataclass(frozen=True)
class Round:
    """One delivery: its office, and the instant at which it began."""

    office: Office
    outbox: Outbox
    calendar: Calendar
    now: datetime
    done: Callable[[str], None]
    stopping: Event
    began: float = field(default_factory=monotonic)
    delivered: Delivered = field(default_factory=Delivered)

    def at(self) -> datetime:
        return self.now + timedelta(seconds=monotonic() - self.began)

    def open(self) -> bool:
        """Mail hours may end, or a person stop us, while there is still mail."""
        if self.stopping.is_set():
            return False
        return self.office.mail_hours.open_at(self.office.local(self.at()), self.calendar)

    def owing(self) -> int:
        return self.outbox.free(self.at()) if self.open() else 0


def deliver(
    office: Office,
    *,
    now: datetime,
    workers: int = 2,
    done: Callable[[str], None] = lambda address: None,
    stopping: Event | None = None,
    only: Collection[MessageKind] = (),
) -> Delivered:
    """Send what may go now. `done` is told of each message that left, for a progress bar. Once
    `stopping` is set, what is in hand is brought to its end, and the rest stays queued. `only`
    these kinds, if any are named."""
    if (why := hindrance(office, now=now)) is None:
        with reading(office.engine) as session:
            calendar = load_calendar(session)
        outbox = Outbox(office.engine, frozenset(only))
        this = Round(office, outbox, calendar, now, done, stopping or Event())
        asyncio.run(_send_all(this, workers))
        delivered, why = this.delivered, why_waiting(office, now=this.at())
    else:
        delivered = Delivered()
    delivered.waiting, delivered.why = queued(office), why
    return delivered


def deliver_urgent(office: Office, *, now: datetime, stopping: Event | None = None) -> Delivered:
    """At any hour: what somebody waits for at that moment, or has to hear of at once."""
    always = replace(office, mail_hours=MailHours())
    return deliver(always, now=now, workers=1, stopping=stopping, only=URGENT)


def queued(office: Office) -> int:
    """How many messages the outbox still owes, now or later."""
    return Outbox(office.engine).queued()


async def _send_all(this: Round, workers: int) -> None:
    relay = Relay.parse(this.office.smtp_url or "")
    crew = (_work(this, relay) for _ in range(min(workers, this.owing())))
    # One that fails must not cancel another that waits for the answer to a final dot.
    for failure in await asyncio.gather(*crew, return_exceptions=True):
        if isinstance(failure, RelayUnavailable):
            this.outbox.blame(str(failure), this.at())
        elif failure is not None:
            raise failure


async def _work(this: Round, relay: Relay) -> None:
    """One connection after the other, until nothing is owed."""
    domain = wire_address(this.office.mail_from).rpartition("@")[2]
    while this.owing():
        async with connected(relay, domain) as connection:
            await _use(this, connection)


async def _use(this: Round, connection: Connection) -> None:
    """Send as long as the connection holds. Raises RelayUnavailable if it was of no use at all."""
    if not connection.usable:
        raise RelayUnavailable("the relay closed the connection at once")
    used = False
    while connection.usable and this.open() and (message := this.outbox.claim(this.at())):
        if (content := _content(this, message)) is None:
            continue
        report = await _attempt(this, connection, message, content)
        if report.outcome == Outcome.CONFIG:
            this.outbox.settle(message, this.at(), attempts=message.attempts - 1)
            if used:  # so many to a connection and no more: a fresh one may go on
                return
            raise RelayUnavailable(report.said)
        _record(this, message, report)
        used = True


def _content(this: Round, message: Message) -> bytes | None:
    """What goes over the wire; None: it does not go, and that is settled."""
    if message.state == MessageState.SKIPPED:
        this.delivered.skipped += 1
        return None
    office = this.office
    older = older_keys(office, message)
    text, html = (
        fill(body, secret=office.secret, base_url=office.base_url, older=older)
        for body in (message.text, message.html)
    )
    try:
        return build(
            message,
            mail_from=office.mail_from,
            text=text,
            html=html,
            at=office.local(message.composed_at),
        )
    except ValueError as error:  # whatever it is: the people behind it in the queue come next
        _settle(this, message, MessageState.DEAD, str(error))
        return None


async def _attempt(this: Round, connection: Connection, message: Message, content: bytes) -> Report:
    sender, recipient = wire_address(this.office.mail_from), wire_address(message.to_address)
    try:
        return await connection.send(sender, recipient, content)
    except asyncio.CancelledError:  # Ctrl-C; the other workers may not feel it (gh-86296)
        this.stopping.set()
        _record(this, message, Report(Outcome.UNKNOWN, "stopped while it was being sent"))
        raise


def _record(this: Round, message: Message, report: Report) -> None:
    unknown = report.outcome == Outcome.UNKNOWN
    state, said = STATES.get(report.outcome, MessageState.QUEUED), report.said
    if state == MessageState.QUEUED and message.attempts >= TRIES:
        state, said = MessageState.DEAD, f"given up after {TRIES} attempts; {said}"
    _settle(this, message, state, said, unknown=unknown)


def _settle(
    this: Round, message: Message, state: MessageState, said: str, *, unknown: bool = False
) -> None:
    at, delivered = this.at(), this.delivered
    wait = BACK_OFF[min(message.attempts, len(BACK_OFF)) - 1]
    if not this.outbox.settle(
        message,
        at,
        state=state,
        outcome=said,
        sent_at=at if state == MessageState.SENT else None,
        possible_duplicate=message.possible_duplicate or unknown,
        next_at=at + (max(wait, UNKNOWN_WAIT) if unknown else wait),
    ):
        return
    delivered.sent += state == MessageState.SENT
    delivered.failed += state == MessageState.DEAD
    delivered.unknown += unknown
    if state == MessageState.SENT:
        this.done(message.to_address)
