"""What became of an attempt: its row, its delivery's next state, its webhook's circuit."""

import logging
import random
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col

from flows.database import changed
from flows.hooks.alarm import write_hook_alarm
from flows.hooks.claims import Claim
from flows.office import Office
from models import Webhook, WebhookAttempt, WebhookDelivery
from models.webhook import AttemptOutcome, DeliveryState
from notifications.receivers import Answer

BACK_OFF = tuple(timedelta(minutes=m) for m in (1, 2, 5, 15, 30, 60, 120, 240))
PAUSES = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60))  # then every hour
JITTER = (0.8, 1.2)  # so that what failed together does not come back together
IN_A_ROW = 3  # failures that open the circuit

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Ended:
    claim: Claim
    answer: Answer


def settle(session: Session, office: Office, ended: Ended, at: datetime) -> bool:
    """False: the lease was lost meanwhile, and nothing of this changes anything."""
    claim, answer = ended.claim, ended.answer
    held = update(WebhookDelivery).where(
        col(WebhookDelivery.id) == claim.delivery.id,
        col(WebhookDelivery.lease_owner) == claim.owner,
        col(WebhookDelivery.attempts) == claim.n,
    )
    facts = _facts(claim, answer, at)
    if not changed(session, held.values(lease_owner=None, lease_until=None, **facts)):
        return False
    session.add(
        WebhookAttempt(
            delivery_id=claim.delivery.id,
            n=claim.n,
            began_at=claim.began_at,
            ended_at=at,
            outcome=answer.outcome,
            status=answer.status,
            said=answer.said,
            worker=claim.owner,
        )
    )
    _tell_circuit(session, office, claim.delivery.webhook_id, answer, at)
    return True


def _facts(claim: Claim, answer: Answer, at: datetime) -> dict[str, Any]:
    if answer.outcome == AttemptOutcome.TAKEN:
        return {"state": DeliveryState.TAKEN, "taken_at": at}
    if at >= claim.delivery.expires_at:
        return {"state": DeliveryState.EXPIRED}
    wait = BACK_OFF[min(claim.n, len(BACK_OFF)) - 1] * random.uniform(*JITTER)
    return {"next_at": min(at + wait, claim.delivery.expires_at)}


def _tell_circuit(
    session: Session, office: Office, hook_id: int, answer: Answer, at: datetime
) -> None:
    """It closes with whatever is taken, and opens after a few failures in a row: then the office
    is told, once."""
    hook = session.get_one(Webhook, hook_id, populate_existing=True, with_for_update=True)
    if answer.outcome == AttemptOutcome.TAKEN:
        hook.failures, hook.since, hook.paused_until, hook.said = 0, None, None, ""
    else:
        hook.failures, hook.said, hook.since = hook.failures + 1, answer.said, hook.since or at
        if hook.failures >= IN_A_ROW:
            first = hook.failures == IN_A_ROW
            n = min(hook.failures - IN_A_ROW, len(PAUSES) - 1)
            hook.paused_until = at + PAUSES[n] * random.uniform(*JITTER)
            if first:
                log.error("the webhook %s takes nothing: %s", hook.name, answer.said)
                write_hook_alarm(session, office, hook, at)
    session.add(hook)
