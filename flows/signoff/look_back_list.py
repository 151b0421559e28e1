"""What was drawn, what waits to be looked at, and what was found: for whoever watches over it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, func, select
from sqlmodel import Session, col

from flows.signoff.look_backs import VERDICTS
from models import Decision, LookBack, LookBackRound, Official, Procedure, Referral, Task, Unit
from models.decision import ReferralState, Verdict


@dataclass(frozen=True)
class Counts:
    """How many were put down, how many of them were checked, and with which verdicts."""

    drawn: int
    verdicts: Mapping[Verdict, int]

    @property
    def checked(self) -> int:
        return sum(self.verdicts.values())


NOTHING = Counts(0, {})


@dataclass(frozen=True)
class RoundRow:
    id: int
    procedure: str
    month: str
    seed: str
    drawn_on: date
    eligible: int
    counts: Counts


@dataclass(frozen=True)
class LookBackRow:
    """`round_id` None: put down by hand. `checkers`: who is asked now; empty where nobody may."""

    number: str
    title: str
    unit: str
    restricted: bool
    cycle: int
    nth: int
    last: bool
    round_id: int | None
    planned_on: date
    check_by: date
    decided_on: date | None
    verdict: Verdict | None
    reason: str
    checkers: Sequence[str]


def rounds(session: Session) -> list[RoundRow]:
    """The newest first."""
    counts = _counts(session)
    rows = session.execute(
        select(LookBackRound, col(Procedure.title))
        .join(Procedure, col(Procedure.id) == col(LookBackRound.procedure_id))
        .order_by(col(LookBackRound.month).desc(), col(LookBackRound.id))
    )
    return [
        RoundRow(
            drawn.id,
            procedure,
            drawn.month,
            drawn.seed,
            drawn.drawn_on,
            drawn.eligible,
            counts.get(drawn.id, NOTHING),
        )
        for drawn, procedure in rows
    ]


def by_hand(session: Session) -> Counts:
    """What the office put down itself."""
    return _counts(session).get(None, NOTHING)


def waiting(session: Session) -> list[LookBackRow]:
    """What waits to be looked at, the soonest first."""
    return _rows(session, col(LookBack.decided_on).is_(None))


def of_task(session: Session, task: Task) -> list[LookBackRow]:
    """All of a task, in every cycle."""
    return _rows(session, col(LookBack.task_id) == task.id)


def _rows(session: Session, wanted: ColumnElement[bool]) -> list[LookBackRow]:
    found = session.execute(
        select(LookBack, Task, col(Unit.name), col(Decision.verdict), col(Decision.reason))
        .join_from(LookBack, Task, col(Task.id) == col(LookBack.task_id))
        .join(Unit, col(Unit.id) == col(Task.unit_id))
        .outerjoin(
            Referral,
            (col(Referral.look_back_id) == col(LookBack.id))
            & (col(Referral.state) == ReferralState.DECIDED),
        )
        .outerjoin(Decision, col(Decision.referral_id) == col(Referral.id))
        .where(wanted)
        .order_by(col(LookBack.check_by), col(Task.number))
    ).all()
    checkers = _checkers(session, wanted)
    return [
        LookBackRow(
            number=task.number,
            title=task.title,
            unit=unit,
            restricted=task.restricted,
            cycle=look_back.cycle,
            nth=look_back.nth,
            last=look_back.last,
            round_id=look_back.round_id,
            planned_on=look_back.planned_on,
            check_by=look_back.check_by,
            decided_on=look_back.decided_on,
            verdict=verdict,
            reason=reason or "",
            checkers=checkers[look_back.id],
        )
        for look_back, task, unit, verdict, reason in found
    ]


def _checkers(session: Session, wanted: ColumnElement[bool]) -> dict[int | None, list[str]]:
    asked = session.execute(
        select(col(Referral.look_back_id), col(Official.name))
        .join(Official, col(Official.id) == col(Referral.official_id))
        .join(LookBack, col(LookBack.id) == col(Referral.look_back_id))
        .where(wanted, col(Referral.state) == ReferralState.OPEN)
        .order_by(col(Referral.id))
    )
    found: dict[int | None, list[str]] = defaultdict(list)
    for look_back_id, name in asked:
        found[look_back_id].append(name)
    return found


def _counts(session: Session) -> dict[int | None, Counts]:
    """By round; None for what was put down by hand."""
    drawn = session.execute(
        select(col(LookBack.round_id), func.count()).group_by(col(LookBack.round_id))
    )
    decided = session.execute(
        select(col(LookBack.round_id), col(Decision.verdict), func.count())
        .join_from(LookBack, Referral, col(Referral.look_back_id) == col(LookBack.id))
        .join(Decision, col(Decision.referral_id) == col(Referral.id))
        .where(col(Decision.verdict).in_(VERDICTS))
        .group_by(col(LookBack.round_id), col(Decision.verdict))
    )
    verdicts: dict[int | None, dict[Verdict, int]] = defaultdict(dict)
    for round_id, verdict, n in decided:
        verdicts[round_id][verdict] = n
    return {round_id: Counts(n, verdicts[round_id]) for round_id, n in drawn}
