"""What became of one attempt: its row, its message's next state, its relay's pauses. One commit."""

import random
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, update
from sqlmodel import col

from flows.database import changed, transaction
from flows.office import Office
from flows.outbox import Claim, Outbox
from flows.pauses import pause_domain, resume
from flows.suppression import suppress_refused
from models import Message, MessageAttempt
from models.message import MessageState
from notifications.mailer import Outcome, Report

_KEPT = insert(MessageAttempt)
BACK_OFF = tuple(timedelta(minutes=m) for m in (1, 2, 5, 15, 30, 60, 120, 240))
JITTER = (0.8, 1.2)  # so that what failed together does not come back together
UNKNOWN_WAIT = timedelta(minutes=10)  # the relay may still be about to deliver it


def settle(
    office: Office, outbox: Outbox, claim: Claim, report: Report, at: datetime
) -> MessageState | None:
    """The state that the message has now; None: the lease was lost meanwhile, nothing changes."""
    message, relay = claim.message, outbox.relay
    facts = _facts(message, report, at)
    with transaction(office.engine, at) as session:
        if claim.relay_was_down and report.outcome != Outcome.CONFIG:
            resume(session, office, relay, at)
        held = update(Message).where(
            col(Message.id) == message.id, col(Message.lease_owner) == outbox.owner
        )
        if not changed(session, held.values(lease_owner=None, lease_until=None, **facts)):
            return None
        session.execute(_KEPT, _row(outbox, claim, report, at))
        suppress_refused(session, message, at, **facts)
        if report.too_much:
            pause_domain(session, relay, message.domain, report.said, at)
    state: MessageState = facts.get("state", MessageState.QUEUED)
    return state


def _facts(message: Message, report: Report, at: datetime) -> dict[str, Any]:
    """What the message is told. A relay that will not have us is no message's fault."""
    match report.outcome:
        case Outcome.CONFIG:
            return {"attempts": message.attempts - 1}
        case Outcome.SENT:
            return {"state": MessageState.SENT, "sent_at": at, "outcome": ""}
        case Outcome.REJECT:
            return {"state": MessageState.DEAD, "outcome": report.said}
    doubt = message.possible_duplicate or report.outcome == Outcome.UNKNOWN
    if at >= message.expires_at:
        said = f"given up after {message.attempts} attempts; {report.said}"
        return {"state": MessageState.DEAD, "outcome": said, "possible_duplicate": doubt}
    return {
        "outcome": report.said,
        "possible_duplicate": doubt,
        "next_at": min(at + _wait(message.attempts, report.outcome), message.expires_at),
    }


def _wait(attempts: int, outcome: Outcome) -> timedelta:
    wait = BACK_OFF[min(attempts, len(BACK_OFF)) - 1] * random.uniform(*JITTER)
    return max(wait, UNKNOWN_WAIT) if outcome == Outcome.UNKNOWN else wait


def _row(outbox: Outbox, claim: Claim, report: Report, at: datetime) -> dict[str, Any]:
    return {
        "message_id": claim.message.id,
        "n": claim.message.attempts,
        "began_at": claim.began_at,
        "ended_at": at,
        "outcome": report.outcome,
        "said": report.said,
        "worker": outbox.owner,
        "relay": outbox.relay,
        "domain": claim.message.domain,
    }
