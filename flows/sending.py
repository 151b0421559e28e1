"""One connection: mail after mail; between two, the clerk is asked."""

import asyncio
import logging

from flows.attempts import Ended
from flows.claims import Claim
from flows.clerk import Place
from flows.delivery_round import Round
from flows.wire_content import wire_content
from models.message import MessageState
from notifications.mailer import Connection, Outcome, RelayUnavailable, Report
from notifications.mime import wire_address
from notifications.verp import envelope_sender

log = logging.getLogger(__name__)


async def use(this: Round, connection: Connection, most: int) -> None:
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
