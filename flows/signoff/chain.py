"""Who was asked to decide on a matter, and what each one said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from flows.proposals.verdicts import rejected_by
from flows.signoff.levels import rules_of
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
    everybody = asked_of(
        session, col(Referral.application_id) == application.id, application.version
    )
    return [
        Step(n, level.title, [one for one in everybody if one.referral.level == n])
        for n, level in enumerate(rules_of(session, task).level, 1)
    ]


def asked_of(session: Session, of: ColumnElement[bool], version: int = 1) -> list[Asked]:
    """Everybody who was ever asked, in that order. `version`: the application's present one."""
    rows = session.execute(
        select(Referral, col(Official.name), col(Absent.name))
        .join(Official, col(Official.id) == col(Referral.official_id))
        .outerjoin(Absent, col(Absent.id) == col(Referral.stands_for_id))
        .where(of)
        .order_by(col(Referral.id))
    ).all()
    found = {referral.id: Asked(referral, name, absent or "") for referral, name, absent in rows}
    _add_decisions(session, found, version)
    return list(found.values())


def _add_decisions(session: Session, asked: Mapping[int, Asked], version: int) -> None:
    rows = session.execute(
        select(Decision, col(Recorder.name))
        .outerjoin(Recorder, col(Recorder.id) == col(Decision.recorded_by_id))
        .where(col(Decision.referral_id).in_(asked))
        .order_by(col(Decision.id))
    ).all()
    lines = rejected_by(session, [decision.id for decision, _ in rows])
    for decision, recorder in rows:
        one = asked[decision.referral_id]
        void = one.referral.version < version
        one.decided.append(
            Decided(decision, one.name, recorder or "", void, lines.get(decision.id))
        )
