"""What became of a referral that is not open any more, and by whom."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Integer, bindparam
from sqlmodel import Session, col, select

from flows.signoff.referred import MATTERS, matter_of
from models import Decision, Official, Referral, Transition
from models.decision import ReferralState, Verdict

ENDS = ("amend", "recall", "return", "take_back", "lapse", "withdraw", "reassign", "reopen")
DECIDED, OVERTAKEN, ENDED = "decided", "overtaken", "ended"


@dataclass(frozen=True)
class Happened:
    """`what`: decided (by this person), overtaken (by `name`), the event of a machine that ended
    it (amend, recall, return, withdraw, lapse, take_back …), or that it has ended."""

    what: str
    name: str
    at: datetime | None
    decision: Decision | None = None


def what_happened(session: Session, referral: Referral) -> Happened | None:
    """None while it waits and nothing was said; a question leaves it open and is told too."""
    if referral.state == ReferralState.OVERTAKEN:
        return _overtaken(session, referral) or Happened(ENDED, "", referral.closed_at)
    if referral.state == ReferralState.VOID:
        return _ended(session, referral) or Happened(ENDED, "", referral.closed_at)
    decision = session.scalars(_DECIDED, {"referral": referral.id}).first()
    return Happened(DECIDED, "", decision.at, decision) if decision else None


def _overtaken(session: Session, referral: Referral) -> Happened | None:
    matter, key = matter_of(referral)
    of = {"key": key, "level": referral.level, "version": referral.version}
    found = session.execute(_OVERTAKEN[matter], of).first()
    return Happened(OVERTAKEN, found[1], found[0].at, found[0]) if found else None


def _ended(session: Session, referral: Referral) -> Happened | None:
    """The move that was made with the same stroke."""
    of = {"task": referral.task_id, "at": referral.closed_at}
    found = session.execute(_ENDED, of).first()
    return Happened(found[0].event, found[1] or "", found[0].at) if found else None


# Built once: each page of a referral asks one of them.
_DECIDED = (
    select(Decision)
    .where(Decision.referral_id == bindparam("referral"))
    .order_by(col(Decision.id).desc())
)
_OVERTAKEN = {
    matter: select(Decision, Official.name)
    .join(Referral, col(Referral.id) == col(Decision.referral_id))
    .join(Official, col(Official.id) == col(Decision.official_id))
    .where(
        col(getattr(Referral, matter)) == bindparam("key"),
        col(Referral.level).is_not_distinct_from(bindparam("level", type_=Integer())),
        Referral.version == bindparam("version"),
        Decision.verdict != Verdict.ASK,
    )
    .order_by(col(Decision.id).desc())
    for matter in MATTERS
}
_ENDED = (
    select(Transition, Official.name)
    .outerjoin(Official, col(Official.id) == col(Transition.actor_id))
    .where(
        Transition.task_id == bindparam("task"),
        Transition.at == bindparam("at"),
        col(Transition.event).in_(ENDS),
    )
    .order_by(col(Transition.id).desc())
)
