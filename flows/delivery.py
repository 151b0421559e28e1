"""Delivery: a few connections, each with one message in hand."""

import asyncio
import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from threading import Event
from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.exc import DatabaseError

from flows.carriers import Lent, carriers, ready_one
from flows.clerk import Clerk
from flows.climb import ANY_MISSED, climb
from flows.database import look, reading
from flows.delivery_round import Delivered, Round
from flows.handing_on import ANY_UNTOLD, tell_new_ones
from flows.mail_waits import hindrance, why_waiting
from flows.office import MailHours, Office
from flows.outbox import ALL_QUEUED, Outbox
from flows.pauses import is_open, may_probe, pause_relay
from flows.sending import use
from flows.working_days import load_calendar
from models.message import MessageKind, MessageState
from notifications.mailer import Relay, RelayUnavailable, connected
from notifications.mime import wire_address

HEARTBEAT = 30.0  # seconds; a lease lasts four of them
TO_A_CONNECTION = 50  # messages: relays tire of a connection that sends for ever
BREATH = 5.0  # seconds between two looks at a limit, so that no connection serves one mail alone

URGENT = (MessageKind.CODE, MessageKind.RECEIPT)

log = logging.getLogger(__name__)
_LOOK = select(
    ANY_UNTOLD.exists().label("untold"),
    ANY_MISSED.exists().label("missed"),
    ALL_QUEUED.scalar_subquery().label("waiting"),
)


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
    seen = _look(office)
    told = seen.untold and tell_new_ones(office, now=now)
    if why := hindrance(office, now=now):
        told = (seen.missed and climb(office, now=now)) or told
        return Delivered(waiting=queued(office) if told else seen.waiting, why=why)
    if not (told or seen.missed or seen.waiting):
        return Delivered()
    with reading(office.engine) as session:
        calendar = load_calendar(session)
    relay = Relay.parse(office.smtp_url or "")
    this = Round(office, relay, calendar, now, done, stopping or Event(), patient, frozenset(only))
    asyncio.run(_deliver(this, workers))
    while climb(office, now=this.at()):  # whoever is told instead gets the mail at once
        asyncio.run(_deliver(this, workers))
    this.delivered.waiting, this.delivered.why = queued(office), why_waiting(office, now=this.at())
    return this.delivered


def _look(office: Office) -> Row[Any]:
    """Whether somebody has to be told before any mail is sent, and how many wait: one question,
    for most often there is nobody."""
    found = look(office.engine, _LOOK)
    assert found is not None  # for the types: it asks of no table, so there is always a row
    return found


def deliver_urgent(office: Office, *, now: datetime, stopping: Event | None = None) -> Delivered:
    """At any hour: what somebody waits for at that moment, or has to hear of at once."""
    always = replace(office, mail_hours=MailHours())
    return deliver(always, now=now, workers=1, stopping=stopping, only=URGENT)


def queued(office: Office) -> int:
    """How many messages the outbox still owes, now or later."""
    return Outbox(office.engine).queued()


async def _deliver(this: Round, workers: int) -> None:
    this.clerk = Clerk(this.office, this.outbox, this.at, this.count)
    heart = asyncio.create_task(_beat(this))
    try:
        if await this.clerk.ask(is_open, this.office) and not await _probe(this):
            return
        owing = await this.owing()
        async with carriers(this, workers, owing) as others:
            crew = [_work(this, others) for _ in range(min(workers, max(1, owing)))]
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


async def _work(this: Round, others: Sequence[Lent]) -> None:
    """One connection after the other, until nothing is owed."""
    while True:
        if await this.owing():
            paused = await this.clerk.ask(is_open, this.office)
            if paused or not await _connect(this, TO_A_CONNECTION, ready_one(others)):
                return
        elif not await _relieved(this):
            return


async def _connect(
    this: Round, most: int, carrier: Lent | None = None, *, probing: bool = False
) -> bool:
    """Use one connection, by a carrier if one is there. False: the relay would not have it.

    That alone says little: it may allow us fewer at once. If no other is left, it has gone.
    """
    domain = wire_address(this.office.mail_from).rpartition("@")[2]
    this.connections += 1
    try:
        if carrier:
            await carrier.use(this, most)
            return True
        async with connected(this.relay, domain) as connection:
            await use(this, connection, most)
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
