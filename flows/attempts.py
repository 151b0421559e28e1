"""What became of attempts: their rows, their messages' next states, their relay's pauses."""

import random
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlmodel import Session, col

from flows.letters import Claim, Ended
from flows.office import Office
from flows.outbox import Outbox
from flows.pauses import pause_domain, resume
from flows.suppression import suppress_refused
from flows.these import THESE, among
from models import Message, MessageAttempt
from models.message import MessageState
from notifications.mailer import Outcome, Report

BACK_OFF = tuple(timedelta(minutes=m) for m in (1, 2, 5, 15, 30, 60, 120, 240))
JITTER = (0.8, 1.2)  # so that what failed together does not come back together
UNKNOWN_WAIT = timedelta(minutes=10)  # the relay may still be about to deliver it

_KEPT = insert(MessageAttempt)
_OURS = (
    select(col(Message.id))
    .where(among(col(Message.id), THESE), col(Message.lease_owner) == bindparam("owner"))
    .order_by(col(Message.id))  # so that two that lock rows do not wait for each other
    .with_for_update()
)


def settle(
    session: Session, office: Office, outbox: Outbox, ended: Sequence[Ended], at: datetime
) -> dict[int, MessageState]:
    """The state that each message has now. One whose lease was lost meanwhile is not in it, and
    nothing of it changes."""
    if any(one.shows_that_the_relay_is_well for one in ended):
        resume(session, office, outbox.relay, at)
    facts = {one.claim.message.id: _facts(one.claim, one.report, at) for one in ended}
    held = _tell(session, outbox.owner, facts)
    ours = [one for one in ended if one.claim.message.id in held]
    if rows := [_row(outbox, one.claim, one.report, at) for one in ours if one.report]:
        session.connection().execute(_KEPT, rows)
    _leave_alone(session, outbox.relay, ours, facts, at)
    return {n: facts[n].get("state", MessageState.QUEUED) for n in held}


def _tell(session: Session, owner: str, facts: Mapping[int, dict[str, Any]]) -> set[int]:
    """The messages are told, and let go; returns those that were still this owner's. Mostly all
    were sent: that is one UPDATE."""
    alike: dict[tuple[Any, ...], list[int]] = defaultdict(list)
    for n, told in facts.items():
        alike[tuple(told.items())].append(n)
    held: set[int] = set()
    for same, these in alike.items():
        told = dict(same)
        known = told | {"these": these, "owner": owner}
        held.update(session.connection().scalars(_telling(*told), known).all())
    return held


@cache
def _telling(*names: str) -> Any:
    columns = Message.__table__.c  # type: ignore[attr-defined]  # SQLModel does not type its table
    told = {name: bindparam(name, type_=columns[name].type) for name in names}
    ours = update(Message).where(col(Message.id).in_(_OURS))
    return ours.values(lease_owner=None, lease_until=None, **told).returning(col(Message.id))


def _leave_alone(
    session: Session,
    relay: str,
    ended: Iterable[Ended],
    facts: Mapping[int, dict[str, Any]],
    at: datetime,
) -> None:
    """Addresses that were refused, and domains that have too much of us: always in one order, so
    that two who write of several do not wait for each other."""
    failed = [
        (one.claim.message, one.report)
        for one in ended
        if one.report and one.report.outcome != Outcome.SENT
    ]
    for message, _ in sorted(failed, key=lambda one: one[0].to_address):
        suppress_refused(session, message, at, **facts[message.id])
    for message, report in sorted(failed, key=lambda one: one[0].domain):
        if report.too_much:
            pause_domain(session, relay, message.domain, report.said, at)


def _facts(claim: Claim, report: Report | None, at: datetime) -> dict[str, Any]:
    """What the message is told. A relay that will not have us is no message's fault."""
    if report is None:
        return {"attempts": claim.n - 1}
    match report.outcome:
        case Outcome.CONFIG:
            return {"attempts": claim.n - 1}
        case Outcome.SENT:
            return {"state": MessageState.SENT, "sent_at": at, "outcome": ""}
        case Outcome.REJECT:
            return {"state": MessageState.DEAD, "outcome": report.said}
    doubt = claim.message.possible_duplicate or report.outcome == Outcome.UNKNOWN
    if at >= claim.life_ends:
        said = f"given up after {claim.n} attempts; {report.said}"
        return {"state": MessageState.DEAD, "outcome": said, "possible_duplicate": doubt}
    return {
        "outcome": report.said,
        "possible_duplicate": doubt,
        "next_at": min(at + _wait(claim.n, report.outcome), claim.life_ends),
    }


def _wait(attempts: int, outcome: Outcome) -> timedelta:
    wait = BACK_OFF[min(attempts, len(BACK_OFF)) - 1] * random.uniform(*JITTER)
    return max(wait, UNKNOWN_WAIT) if outcome == Outcome.UNKNOWN else wait


def _row(outbox: Outbox, claim: Claim, report: Report, at: datetime) -> dict[str, Any]:
    return {
        "message_id": claim.message.id,
        "n": claim.n,
        "began_at": claim.began_at,
        "ended_at": at,
        "outcome": report.outcome,
        "said": report.said,
        "worker": outbox.owner,
        "relay": outbox.relay,
        "domain": claim.message.domain,
    }
