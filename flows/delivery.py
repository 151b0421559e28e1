"""Delivery: claim, check once more, send, commit the outcome of each message by itself."""

import asyncio
import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from threading import Event
from time import monotonic

from sqlalchemy.exc import DatabaseError

from flows.attempts import settle
from flows.climb import climb
from flows.database import reading
from flows.handing_on import tell_new_ones
from flows.link_keys import older_keys
from flows.mail_waits import Why, hindrance, why_waiting
from flows.office import MailHours, Office
from flows.outbox import Claim, Outbox
from flows.pauses import is_open, may_probe, pause_relay
from flows.still_owed import still_owed
from flows.working_days import load_calendar
from models.message import MessageKind, MessageState
from models.workdays import Calendar
from notifications.links import fill
from notifications.mailer import Connection, Outcome, Relay, RelayUnavailable, Report, connected
from notifications.mime import build, wire_address
from notifications.verp import envelope_sender

HEARTBEAT = 30.0  # seconds; a lease lasts four of them
TO_A_CONNECTION = 50  # messages: relays tire of a connection that sends for ever
BREATH = 5.0  # seconds between two looks at a limit, so that no connection serves one mail alone

URGENT = (MessageKind.CODE, MessageKind.RECEIPT)

log = logging.getLogger(__name__)


@dataclass
class Delivered:
    """What one delivery did. `waiting` is what stays in the outbox, and `why`."""

    sent: int = 0
    failed: int = 0
    unknown: int = 0
    skipped: int = 0
    waiting: int = 0
    why: Why | None = None


@dataclass
class Round:
    """One delivery: its office, and the instant at which it began."""

    office: Office
    relay: Relay
    calendar: Calendar
    now: datetime
    done: Callable[[str], None]
    stopping: Event
    patient: bool
    only: frozenset[MessageKind]
    began: float = field(default_factory=monotonic)
    delivered: Delivered = field(default_factory=Delivered)
    connections: int = 0  # that are tried or used at this moment
    outbox: Outbox = field(init=False)

    def __post_init__(self) -> None:
        self.outbox = Outbox(
            self.office.engine,
            str(self.relay),
            self.office.mail_limits,
            partial(still_owed, self.office),
            self.only,
        )

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
    patient: bool = False,
    only: Collection[MessageKind] = (),
) -> Delivered:
    """Send what may go now. `done` is told of each message that left, for a progress bar.
    `stopping` ends it once what is in flight has its answer. `patient`: stay until what a limit
    holds back may go. `only` these kinds, if any are named."""
    tell_new_ones(office, now=now)
    if (why := hindrance(office, now=now)) is None:
        with reading(office.engine) as session:
            calendar = load_calendar(session)
        relay = Relay.parse(office.smtp_url or "")
        this = Round(
            office, relay, calendar, now, done, stopping or Event(), patient, frozenset(only)
        )
        asyncio.run(_deliver(this, workers))
        while climb(office, now=this.at()):  # whoever is told instead gets the mail at once
            asyncio.run(_deliver(this, workers))
        delivered, why = this.delivered, why_waiting(office, now=this.at())
    else:
        climb(office, now=now)
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


async def _deliver(this: Round, workers: int) -> None:
    heart = asyncio.create_task(_beat(this))
    try:
        if is_open(this.office) and not await _probe(this):
            return
        crew = (_work(this) for _ in range(min(workers, max(1, this.owing()))))
        # One that fails must not cancel another that waits for the answer to a final dot.
        for failure in await asyncio.gather(*crew, return_exceptions=True):
            if failure is not None:
                raise failure
    finally:
        heart.cancel()


async def _beat(this: Round) -> None:
    """A mail may be on its way for longer than a lease lasts."""
    while True:
        await asyncio.sleep(HEARTBEAT)
        try:
            this.outbox.renew(this.at())
        except DatabaseError as error:  # the next beat may come in time
            log.warning("the leases could not be renewed: %s", error)


async def _probe(this: Round) -> bool:
    """One connection and one mail, by one worker of all: will the relay have us again?"""
    if not this.owing() or not may_probe(this.office.engine, str(this.relay), this.at()):
        return False
    return await _connect(this, 1, probing=True)


async def _work(this: Round) -> None:
    """One connection after the other, until nothing is owed."""
    while True:
        if this.owing():
            if is_open(this.office) or not await _connect(this, TO_A_CONNECTION):
                return
        elif not await _relieved(this):
            return


async def _connect(this: Round, most: int, *, probing: bool = False) -> bool:
    """Use one connection. False: the relay would not have it.

    That alone says little: it may allow us fewer at once. If no other is left, it has gone.
    """
    domain = wire_address(this.office.mail_from).rpartition("@")[2]
    this.connections += 1
    try:
        async with connected(this.relay, domain) as connection:
            await _use(this, connection, most)
    except RelayUnavailable as refusal:
        if this.connections == 1:
            engine, relay = this.office.engine, str(this.relay)
            pause_relay(engine, relay, str(refusal), this.at(), probed=probing)
        return False
    finally:
        this.connections -= 1
    return True


async def _relieved(this: Round) -> bool:
    """Wait for what a limit holds back. False: there is nothing to wait for."""
    if not this.patient or not this.open() or not (moment := this.outbox.relief(this.at())):
        return False
    seconds = (moment - this.at()).total_seconds()
    await asyncio.to_thread(this.stopping.wait, max(seconds, BREATH))
    return True


async def _use(this: Round, connection: Connection, most: int) -> None:
    """Send as long as the connection holds. Raises RelayUnavailable if it was of no use at all."""
    if not connection.usable:
        raise RelayUnavailable(f"{this.relay}: the relay closed the connection at once")
    used = 0
    while used < most and connection.usable and this.open():
        if (claim := this.outbox.claim(this.at())) is None:
            return
        if (content := _content(this, claim)) is None:
            continue
        report = await _attempt(this, connection, claim, content)
        _record(this, claim, report)
        if report.outcome == Outcome.CONFIG:
            if used:  # so many to a connection and no more: a fresh one may go on
                return
            raise RelayUnavailable(f"{this.relay}: {report.said}")
        used += 1


def _content(this: Round, claim: Claim) -> bytes | None:
    """What goes over the wire; None: it does not go, and that is settled."""
    message, office = claim.message, this.office
    if message.state != MessageState.QUEUED:
        this.delivered.skipped += message.state == MessageState.SKIPPED
        this.delivered.failed += message.state == MessageState.DEAD
        return None
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
        _record(this, claim, Report(Outcome.REJECT, str(error)))
        return None


async def _attempt(this: Round, connection: Connection, claim: Claim, content: bytes) -> Report:
    office = this.office
    sender = envelope_sender(
        office.secret, office.bounce_address, office.mail_from, claim.message.id
    )
    sender, recipient = wire_address(sender), wire_address(claim.message.to_address)
    try:
        return await connection.send(sender, recipient, content)
    except asyncio.CancelledError:  # a second Ctrl-C; other workers may not feel it (gh-86296)
        this.stopping.set()
        _record(this, claim, Report(Outcome.UNKNOWN, "stopped while it was being sent"))
        raise


def _record(this: Round, claim: Claim, report: Report) -> None:
    state, delivered = settle(this.office, this.outbox, claim, report, this.at()), this.delivered
    if state is None:
        return
    delivered.sent += state == MessageState.SENT
    delivered.failed += state == MessageState.DEAD
    delivered.unknown += report.outcome == Outcome.UNKNOWN
    if state == MessageState.SENT:
        this.done(claim.message.to_address)
