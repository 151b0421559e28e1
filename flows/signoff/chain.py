"""Who was asked to decide on a matter, and what each one said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import bindparam, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from flows.proposals.verdicts import rejected_by
from flows.signoff.levels import rules_of
from flows.signoff.referred import MATTERS
from models import Application, Decision, Official, Referral, Task

Recorder, Absent = aliased(Official), aliased(Official)


@dataclass(frozen=True)
class Decided:
    """`void`: what was decided on has changed since. `recorded_by`: of a decision on paper.
    `rejected`: the lines (positions) that it turned down, and why; None: it was of no lines."""

    decision: Decision
    name: str
    recorded_by: str
    void: bool
    rejected: Mapping[int, str] | None = None


@dataclass(frozen=True)
class Asked:
    referral: Referral
    name: str
    stands_for: str
    decided: list[Decided] = field(default_factory=list)


@dataclass(frozen=True)
class Step:
    """One level of an application, with everybody who was ever asked there."""

    level: int
    title: str
    asked: Sequence[Asked]


def steps(session: Session, task: Task, application: Application) -> list[Step]:
    """All levels of this application, those that nobody was asked yet too."""
    everybody = asked_of(session, "application_id", application.id, application.version)
    return [
        Step(n, level.title, [one for one in everybody if one.referral.level == n])
        for n, level in enumerate(rules_of(session, task).level, 1)
    ]


def asked_of(session: Session, matter: str, key: int, version: int = 1) -> list[Asked]:
    """Everybody who was ever asked, in that order. `matter`: which key of a referral this is;
    `version`: the application's present one."""
    rows = session.execute(_ASKED[matter], {"key": key}).all()
    lines = rejected_by(session, [decision.id for *_, decision, _ in rows if decision])
    found: dict[int, Asked] = {}
    for referral, name, absent, decision, recorder in rows:
        one = found.setdefault(referral.id, Asked(referral, name, absent or ""))
        if decision is not None:
            void, turned_down = referral.version < version, lines.get(decision.id)
            one.decided.append(Decided(decision, name, recorder or "", void, turned_down))
    return list(found.values())


# Built once: each page of a task asks them.
_ASKED = {
    matter: select(Referral, col(Official.name), col(Absent.name), Decision, col(Recorder.name))
    .join(Official, col(Official.id) == col(Referral.official_id))
    .outerjoin(Absent, col(Absent.id) == col(Referral.stands_for_id))
    .outerjoin(Decision, col(Decision.referral_id) == col(Referral.id))
    .outerjoin(Recorder, col(Recorder.id) == col(Decision.recorded_by_id))
    .where(col(getattr(Referral, matter)) == bindparam("key"))
    .order_by(col(Referral.id), col(Decision.id))
    for matter in MATTERS
}
