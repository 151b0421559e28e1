"""Delivery: a few connections, each with one message in hand; between two, the clerk is asked."""

import asyncio
import logging
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from threading import Event
from time import monotonic

from sqlalchemy.exc import DatabaseError

from flows.attempts import Ended
from flows.claims import Claim
from flows.clerk import Clerk, Place
from flows.climb import climb
from flows.database import reading
from flows.handing_on import tell_new_ones
from flows.link_keys import link_keys
from flows.mail_waits import Why, hindrance, why_waiting
from flows.office import MailHours, Office
from flows.outbox import Outbox
from flows.pauses import is_open, may_probe, pause_relay
from flows.still_owed import still_owed
from flows.wire_content import wire_content
from flows.working_days import load_calendar
from models.message import MessageKind, MessageState
from models.workdays import Calendar
from notifications.mailer import Connection, Outcome, Relay, RelayUnavailable, Report, connected
from notifications.mime import wire_address
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
    clerk: Clerk = field(init=False)

    def __post_init__(self) -> None:
        self.outbox = Outbox(
            self.office.engine,
            str(self.relay),
            self.office.mail_limits,
            partial(still_owed, self.office),
            partial(link_keys, self.office),
            self.only,
        )

    def at(self) -> datetime:
        return self.now + timedelta(seconds=monotonic() - self.began)

    def open(self) -> bool:
        """Mail hours may end, or a person stop us, while there is still mail."""
        if self.stopping.is_set():
            return False
        return self.office.mail_hours.open_at(self.office.local(self.at()), self.calendar)

    async def owing(self) -> int:
        if not self.open():
            return 0
        return len(self.clerk.stock.claims) or await self.clerk.ask(self.outbox.free, self.at())


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
    this.clerk = Clerk(this.office, this.outbox, this.at)
    heart = asyncio.create_task(_beat(this))
    try:
        if await this.clerk.ask(is_open, this.office) and not await _probe(this):
            return
        crew = [_work(this) for _ in range(min(workers, max(1, await this.owing())))]
        # One that fails must not cancel another that waits for the answer to a final dot.
        for failure in await asyncio.gather(*crew, return_exceptions=True):
            if failure is not None:
                raise failure
    finally:
        heart.cancel()
        await this.clerk.close()
        this.delivered.skipped += this.clerk.dropped[MessageState.SKIPPED]
        this.delivered.failed += this.clerk.dropped[MessageState.DEAD]


async def _beat(this: Round) -> None:
    """A mail may be on its way for longer than a lease lasts."""
    while True:
        await asyncio.sleep(HEARTBEAT)
        this.clerk.give_back_what_is_stale()
        try:
            await this.clerk.ask(this.outbox.renew, this.at())
        except DatabaseError as error:  # the next beat may come in time
            log.warning("the leases could not be renewed: %s", error)


async def _probe(this: Round) -> bool:
    """One connection and one mail, by one worker of all: will the relay have us again?"""
    relay, engine = str(this.relay), this.office.engine
    if not await this.owing() or not await this.clerk.ask(may_probe, engine, relay, this.at()):
        return False
    return await _connect(this, 1, probing=True)


async def _work(this: Round) -> None:
    """One connection after the other, until nothing is owed."""
    while True:
        if await this.owing():
            paused = await this.clerk.ask(is_open, this.office)
            if paused or not await _connect(this, TO_A_CONNECTION):
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
            pause = partial(pause_relay, this.office.engine, str(this.relay), probed=probing)
            await this.clerk.ask(pause, str(refusal), this.at())
        return False
    finally:
        this.connections -= 1
    return True


async def _relieved(this: Round) -> bool:
    """Wait for what a limit holds back. False: there is nothing to wait for."""
    if not this.patient or not this.open():
        return False
    if not (moment := await this.clerk.ask(this.outbox.relief, this.at())):
        return False
    seconds = (moment - this.at()).total_seconds()
    await asyncio.to_thread(this.stopping.wait, max(seconds, BREATH))
    return True


async def _use(this: Round, connection: Connection, most: int) -> None:
    """Send as long as the connection holds. Raises RelayUnavailable if it was of no use at all."""
    if not connection.usable:
        raise RelayUnavailable(f"{this.relay}: the relay closed the connection at once")
    used, ended = 0, None
    while place := _line_up(this, ended, wants=used < most and connection.usable):
        claim, opened = await _served(this, connection, place)
        _count(this, ended, place.state)
        if claim is None:
            return
        report = await _attempt(this, connection, claim, opened)
        ended = Ended(claim, report)
        if report.outcome == Outcome.CONFIG:
            place = this.clerk.line_up(ended, wants=False)
            await place.served
            _count(this, ended, place.state)
            if used:  # so many to a connection and no more: a fresh one may go on
                return
            raise RelayUnavailable(f"{this.relay}: {report.said}")
        used += 1


def _line_up(this: Round, ended: Ended | None, *, wants: bool) -> Place | None:
    wants = wants and this.open()
    return this.clerk.line_up(ended, wants=wants) if ended or wants else None


async def _served(
    this: Round, connection: Connection, place: Place
) -> tuple[Claim | None, bytes | Report | None]:
    """What is to be sent, and what was made of it already: while the last outcome is committed the
    next mail is announced to the relay, but nothing of it is sent before it has begun."""
    try:
        opened = await _open(this, connection, place.taken) if place.taken else None
        claim = await place.served
    except BaseException as error:
        if isinstance(error, asyncio.CancelledError):
            this.stopping.set()
        connection.abandon()
        this.clerk.withdraw(place)
        raise
    if place.taken and claim is None:  # it was replaced meanwhile, or its lease was lost
        connection.abandon()
    return claim, opened


async def _attempt(
    this: Round, connection: Connection, claim: Claim, opened: bytes | Report | None
) -> Report:
    try:
        opened = opened or await _open(this, connection, claim)
        return opened if isinstance(opened, Report) else await connection.finish(opened)
    except asyncio.CancelledError:  # a second Ctrl-C; other workers may not feel it (gh-86296)
        this.stopping.set()
        this.clerk.leave(claim, Report(Outcome.UNKNOWN, "stopped while it was being sent"))
        raise


async def _open(this: Round, connection: Connection, claim: Claim) -> bytes | Report:
    """Put a mail together and announce it; the relay now waits for this, unless it refused."""
    office, content = this.office, _content(this, claim)
    if isinstance(content, Report):
        return content
    sender = envelope_sender(
        claim.keys.newest, office.bounce_address, office.mail_from, claim.message.id
    )
    refused = await connection.begin(wire_address(sender), wire_address(claim.message.to_address))
    return refused or content


def _content(this: Round, claim: Claim) -> bytes | Report:
    try:
        return wire_content(this.office, claim.message, claim.body, claim.keys)
    except ValueError as error:
        return Report(Outcome.REJECT, str(error))
    except Exception as error:  # whatever it is: the people behind it in the queue come next
        log.exception("message %s could not be put together", claim.message.id)
        return Report(Outcome.RETRY, f"it could not be put together: {type(error).__name__}")


def _count(this: Round, ended: Ended | None, state: MessageState | None) -> None:
    """Once it is committed; what lost its lease is another's to count."""
    if not ended or not state:
        return
    delivered = this.delivered
    delivered.sent += state == MessageState.SENT
    delivered.failed += state == MessageState.DEAD
    delivered.unknown += ended.report is not None and ended.report.outcome == Outcome.UNKNOWN
    if state == MessageState.SENT:
        this.done(ended.claim.message.to_address)
