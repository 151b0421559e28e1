"""One connection: mail after mail; between two, the clerk is asked."""

import asyncio
import logging
from threading import Event
from typing import Protocol, TypeVar

from flows.letters import Claim, Ended, Letterhead
from flows.wire_content import wire_content
from notifications.mailer import Connection, Outcome, Relay, RelayUnavailable, Report
from notifications.mime import wire_address
from notifications.verp import envelope_sender

log = logging.getLogger(__name__)


class InLine(Protocol):
    """A connection's place in the clerk's line: flows.clerk.Place, or one that stands for it."""

    served: asyncio.Future[Claim | None]

    async def ahead(self) -> Claim | None: ...


Spot = TypeVar("Spot", bound=InLine)


class Sending(Protocol[Spot]):
    """What a connection has to know of its delivery: a Round, or what stands for it elsewhere."""

    relay: Relay
    letterhead: Letterhead
    stopping: Event

    def line_up(self, ended: Ended | None, *, wants: bool) -> Spot | None: ...

    def withdraw(self, place: Spot) -> None: ...

    def leave(self, claim: Claim, report: Report) -> None: ...


async def use(this: Sending[Spot], connection: Connection, most: int) -> None:
    """Send as long as the connection holds. Raises RelayUnavailable if it was of no use at all."""
    if not connection.usable:
        raise RelayUnavailable(f"{this.relay}: the relay closed the connection at once")
    used, ended = 0, None
    while place := this.line_up(ended, wants=used < most and connection.usable):
        claim, opened = await _served(this, connection, place)
        if claim is None:
            return
        report = await _attempt(this, connection, claim, opened)
        ended = Ended(claim, report)
        if report.outcome == Outcome.CONFIG:
            if place := this.line_up(ended, wants=False):
                await place.served
            if used:  # so many to a connection and no more: a fresh one may go on
                return
            raise RelayUnavailable(f"{this.relay}: {report.said}")
        used += 1


async def _served(
    this: Sending[Spot], connection: Connection, place: Spot
) -> tuple[Claim | None, Report | bool]:
    """What is to be sent, and whether it was opened already: while the last outcome is committed
    the next mail goes to the relay, but not its final dot before it has begun."""
    try:
        taken = await place.ahead()
        opened = await _open(this, connection, taken) if taken else False
        claim = await place.served
    except BaseException as error:
        if isinstance(error, asyncio.CancelledError):
            this.stopping.set()
        connection.abandon()
        this.withdraw(place)
        raise
    if taken and claim is None:  # it was replaced meanwhile, or its lease was lost
        connection.abandon()
    return claim, opened


async def _attempt(
    this: Sending[Spot], connection: Connection, claim: Claim, opened: Report | bool
) -> Report:
    try:
        opened = opened or await _open(this, connection, claim)
        return opened if isinstance(opened, Report) else await connection.finish()
    except asyncio.CancelledError:  # a second Ctrl-C; other workers may not feel it (gh-86296)
        this.stopping.set()
        this.leave(claim, Report(Outcome.UNKNOWN, "stopped while it was being sent"))
        raise


async def _open(this: Sending[Spot], connection: Connection, claim: Claim) -> Report | bool:
    """Put a mail together and send it. True: the relay waits for its final dot."""
    head, content = this.letterhead, _content(this, claim)
    if isinstance(content, Report):
        return content
    sender = envelope_sender(
        claim.keys.newest, head.bounce_address, head.mail_from, claim.message.id
    )
    recipient = wire_address(claim.message.to_address)
    return await connection.begin(wire_address(sender), recipient, content) or True


def _content(this: Sending[Spot], claim: Claim) -> bytes | Report:
    try:
        return wire_content(this.letterhead, claim.message, claim.body, claim.keys)
    except ValueError as error:
        return Report(Outcome.REJECT, str(error))
    except Exception as error:  # whatever it is: the people behind it in the queue come next
        log.exception("message %s could not be put together", claim.message.id)
        return Report(Outcome.RETRY, f"it could not be put together: {type(error).__name__}")
