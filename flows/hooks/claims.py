"""What a sender claims of a webhook: one delivery, leased for its next attempt."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Boolean, Integer, bindparam, literal_column, or_, select, update
from sqlmodel import Session, col

from flows.database import changed
from models import Webhook, WebhookAttempt, WebhookDelivery
from models.columns import Instant
from models.webhook import AttemptOutcome, DeliveryState
from notifications.receivers import SECONDS

# As the index of what is owed says it, so that nothing else is read.
QUEUED = literal_column("webhook_delivery.state = 'queued'", Boolean)
LEASE = timedelta(minutes=2)  # an attempt is over long before: see SECONDS
assert timedelta(seconds=4 * SECONDS) <= LEASE
HOOK, AT = bindparam("hook", type_=Integer()), bindparam("at", type_=Instant())
OWED = (
    QUEUED,
    col(WebhookDelivery.next_at) <= AT,
    or_(col(WebhookDelivery.lease_until).is_(None), col(WebhookDelivery.lease_until) < AT),
)


@dataclass(frozen=True)
class Claim:
    """A delivery that is leased for its n-th attempt."""

    delivery: WebhookDelivery
    n: int
    owner: str
    began_at: datetime


def claim_next(session: Session, hook_id: int, owner: str, at: datetime) -> Claim | None:
    """The oldest that may go. One whose sender died without a word is sent again."""
    found = session.scalar(_OLDEST, {"hook": hook_id, "at": at})
    if found is None:
        return None
    if found.lease_owner is not None:
        session.add(_unknown(found))
    return lease(session, found, owner, at)


def lease(session: Session, found: WebhookDelivery, owner: str, at: datetime) -> Claim:
    found.lease_owner, found.lease_until = owner, at + LEASE
    found.attempts += 1
    session.add(found)
    session.flush()
    return Claim(found, found.attempts, owner, at)


def may_probe(session: Session, hook_id: int, at: datetime) -> bool:
    """Of a webhook whose pause is over one sender finds out whether it takes anything again."""
    return bool(changed(session, _PROBES, {"hook": hook_id, "at": at, "until": at + LEASE}))


def give_up(session: Session, at: datetime) -> None:
    """What has waited too long for a receiver that takes nothing."""
    changed(session, _GIVEN_UP, {"at": at})


def _unknown(found: WebhookDelivery) -> WebhookAttempt:
    ended_at = found.lease_until or found.next_at
    return WebhookAttempt(
        delivery_id=found.id,
        n=found.attempts,
        began_at=ended_at - LEASE,
        ended_at=ended_at,
        outcome=AttemptOutcome.UNKNOWN,
        said="the process that sent it ended without a word",
        worker=found.lease_owner or "",
    )


_OLDEST = (
    select(WebhookDelivery)
    .where(col(WebhookDelivery.webhook_id) == HOOK, *OWED)
    .order_by(col(WebhookDelivery.id))
    .limit(1)
    .with_for_update(skip_locked=True)
)
_PROBES = (
    update(Webhook)
    .where(col(Webhook.id) == HOOK, col(Webhook.paused_until) <= AT)
    .values(paused_until=bindparam("until", type_=Instant()))
)
_PAUSED = select(col(Webhook.id)).where(col(Webhook.paused_until).is_not(None))
_GIVEN_UP = (
    update(WebhookDelivery)
    .where(
        *OWED,
        col(WebhookDelivery.expires_at) <= AT,
        col(WebhookDelivery.webhook_id).in_(_PAUSED),
    )
    .values(state=DeliveryState.EXPIRED, lease_owner=None, lease_until=None)
)
