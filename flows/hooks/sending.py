"""Webhooks are sent: each address by one connection of its own, so that none waits for another."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event
from time import monotonic

from sqlmodel import Session, col, select

from flows.database import reading, transaction
from flows.hooks.attempts import Ended, settle
from flows.hooks.claims import AT, OWED, Claim, claim_next, give_up, lease, may_probe
from flows.hooks.telling import delivery_row, tell_webhooks
from flows.office import Office
from flows.outbox import a_worker
from models import Webhook, WebhookDelivery
from models.webhook import AttemptOutcome
from notifications.hook_signature import hook_secret, signed_headers
from notifications.receivers import Answer, Receiver, receiver

NO_KEY = Answer(
    AttemptOutcome.FAILED,
    "the key that its secret was derived from is gone; remove this webhook and add it again under "
    "another name",
)

_ANY_OWED = select(WebhookDelivery.id).where(*OWED).limit(1)
_DUE = select(Webhook).where(
    col(Webhook.id).in_(select(WebhookDelivery.webhook_id).where(*OWED)),
    col(Webhook.removed_at).is_(None),
    col(Webhook.paused_until).is_(None) | (col(Webhook.paused_until) <= AT),
)


@dataclass
class HooksSent:
    taken: int = 0
    failed: int = 0


@dataclass
class Sending:
    """One round of sending, from the instant at which it began."""

    office: Office
    now: datetime
    within: timedelta | None
    stopping: Event
    owner: str = field(default_factory=a_worker)
    began: float = field(default_factory=monotonic)
    sent: HooksSent = field(default_factory=HooksSent)

    def at(self) -> datetime:
        return self.now + timedelta(seconds=monotonic() - self.began)

    def open(self) -> bool:
        in_time = self.within is None or self.at() < self.now + self.within
        return in_time and not self.stopping.is_set()


def send_webhooks(
    office: Office,
    *,
    now: datetime,
    within: timedelta | None = None,
    stopping: Event | None = None,
) -> HooksSent:
    """Tell what is still to be told, and send what may go now. `within`: begin nothing later than
    that; what is left goes the next time. At any hour: nobody is woken by it."""
    this = Sending(office, now, within, stopping or Event())
    if tell_webhooks(office, now=now) and (due := _due(this)):
        asyncio.run(_send(this, due))
    return this.sent


def try_webhook(office: Office, hook: Webhook, *, now: datetime) -> Answer:
    """One event of the kind "trial", at once, whatever its circuit says, and only this once. What
    comes of it counts: a receiver that takes it is told of the rest."""
    this = Sending(office, now, None, Event())
    event = {"type": "trial", "timestamp": now, "data": {"name": hook.name}}
    row = WebhookDelivery(**delivery_row(hook, event, now) | {"expires_at": now})
    with transaction(office.engine, now) as session:
        session.add(row)
        session.flush()
        claim = lease(session, row, this.owner, now)

    async def once() -> Answer:
        async with receiver(hook.address) as there:
            return await _attempt(this, there, hook, claim)

    answer = asyncio.run(once())
    with transaction(office.engine, this.at()) as session:
        settle(session, office, Ended(claim, answer), this.at())
    return answer


def _due(this: Sending) -> Sequence[Webhook]:
    with reading(this.office.engine) as session:
        if session.scalar(_ANY_OWED, {"at": this.now}) is None:
            return ()
    with transaction(this.office.engine, this.now) as session:
        give_up(session, this.now)
    with reading(this.office.engine) as session:
        return session.scalars(_DUE, {"at": this.now}).all()


async def _send(this: Sending, due: Sequence[Webhook]) -> None:
    # One that fails must not cancel another that waits for an answer.
    crew = [_serve(this, hook) for hook in due]
    for failure in await asyncio.gather(*crew, return_exceptions=True):
        if failure is not None:
            raise failure


async def _serve(this: Sending, hook: Webhook) -> None:
    """One delivery after the other, as long as they are taken. Nothing is begun before the outcome
    of the last one is committed."""
    async with receiver(hook.address) as there:
        claim = await asyncio.to_thread(_turn, this, hook, None)
        while claim is not None:
            answer = await _attempt(this, there, hook, claim)
            claim = await asyncio.to_thread(_turn, this, hook, Ended(claim, answer))


def _turn(this: Sending, hook: Webhook, ended: Ended | None) -> Claim | None:
    """One transaction: what ended is settled, and what comes next is claimed."""
    at = this.at()
    with transaction(this.office.engine, at) as session:
        if ended and settle(session, this.office, ended, at):
            taken = ended.answer.outcome == AttemptOutcome.TAKEN
            this.sent.taken += taken
            this.sent.failed += not taken
        if this.open() and _may_go(session, hook.id, at):
            return claim_next(session, hook.id, this.owner, at)
    return None


def _may_go(session: Session, hook_id: int, at: datetime) -> bool:
    present = session.get_one(Webhook, hook_id, populate_existing=True)
    if present.removed_at is not None:
        return False
    return present.paused_until is None or may_probe(session, hook_id, at)


async def _attempt(this: Sending, there: Receiver, hook: Webhook, claim: Claim) -> Answer:
    key = this.office.ring.named(hook.key_id)
    if key is None:
        return NO_KEY
    body, event_id = claim.delivery.body.encode(), claim.delivery.event_id
    secret = hook_secret(key, hook.salt)
    return await there.post(body, signed_headers(secret, event_id, body, this.at()))
