"""The facts of the monthly summary of petitions, as they stood at the end of a day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from flows.moves import STAGE
from flows.papers.units import office_unit
from flows.rulebook import procedure_of
from models import Procedure, Task, Transfer, Transition, Unit
from models.procedure_file import ProcedureFile
from models.signoff import SIGNOFF
from models.span import add_months
from notifications.papers.petitions import PetitionFacts, PetitionRow, PetitionSet

PETITION = "petition"
TRACKED = 3  # months after which an open one is looked after
_OF_STAGES = col(Transition.machine) == STAGE
_CLOSING = ("sign_off", "withdraw", "reopen")


def petition_facts(session: Session, first: date, last: date, *, today: date) -> PetitionFacts:
    """The petitions of the month between these days, in their four sets."""
    as_of = min(last, today)
    kept = [_Petition.of(row) for row in _petitions(session, as_of)]
    closed, staged = _closed(session, as_of), _staged(session, as_of)
    became = _became(session, as_of)
    sets: dict[PetitionSet, list[PetitionRow]] = {one: [] for one in PetitionSet}
    for one in kept:
        stage = staged.get(one.task.id, one.task.stage)
        row = one.row(stage, as_of, hidden=one.task.id in became)
        for which in _sets(one, stage, as_of, one.task.id in closed, one.task.id in became):
            sets[which].append(row)
    return PetitionFacts(
        office=office_unit(session, as_of),
        month=first,
        as_of=as_of,
        received=sum(first <= one.task.opened_on for one in kept),
        closed=sum(first <= on for on in (closed.get(one.task.id) for one in kept) if on),
        sets=dict(sets),
    )


@dataclass(frozen=True)
class _Petition:
    task: Task
    unit: str
    rules: ProcedureFile

    @classmethod
    def of(cls, row: Any) -> "_Petition":
        task, unit, procedure = row
        return cls(task, unit, procedure_of(procedure))

    def is_registered_only(self, stage: str) -> bool:
        return bool(self.rules.stage) and stage == self.rules.stage[0].name

    def row(self, stage: str, as_of: date, *, hidden: bool) -> PetitionRow:
        hidden = hidden or self.task.restricted
        found = self.rules.stage_named(stage)
        return PetitionRow(
            number=self.task.number,
            title="" if hidden else self.task.title,
            unit="" if hidden else self.unit,
            stage="" if hidden or found is None else found.title,
            received_on=self.task.opened_on,
            days=(as_of - self.task.opened_on).days,
        )


def _sets(one: _Petition, stage: str, as_of: date, closed: bool, became: bool) -> list[PetitionSet]:
    """Whoever has it by its own date has it by forwarding; a staged one is registered first."""
    found = []
    open_ = not closed
    if open_ and not one.is_registered_only(stage):
        found.append(PetitionSet.FORWARDED)
    if open_ and not became:
        found.append(PetitionSet.NOT_A_LEAD)
    if open_ and as_of > add_months(one.task.opened_on, TRACKED):
        found.append(PetitionSet.OVER_THREE_MONTHS)
    if became:
        found.append(PetitionSet.BECAME_A_LEAD)
    return found


def _petitions(session: Session, as_of: date) -> list[Any]:
    """The procedure is looked up first: joined to it, PostgreSQL would read every task."""
    procedure = session.scalar(select(Procedure).where(col(Procedure.name) == PETITION))
    if procedure is None:
        return []
    rows = session.execute(
        select(Task, col(Unit.name))
        .join(Unit, col(Unit.id) == col(Task.unit_id))
        .where(col(Task.procedure_id) == procedure.id, col(Task.opened_on) <= as_of)
        .order_by(col(Task.opened_on), col(Task.number))
    )
    return [(task, unit, procedure) for task, unit in rows]


def _closed(session: Session, as_of: date) -> Mapping[int, date]:
    """Task → the day on which it was closed, of those that were so at the end of the day."""
    found: dict[int, date] = {}
    for key, event, on in _signed(session, as_of):
        if event == "reopen":
            found.pop(key, None)
        else:
            found[key] = on
    return found


def _staged(session: Session, as_of: date) -> Mapping[int, str]:
    """Task → its stage at the end of the day, of those that ever moved."""
    found: dict[int, str] = {}
    for move in session.scalars(select(Transition).where(_OF_STAGES).order_by(col(Transition.id))):
        if move.on <= as_of:
            found[move.task_id] = move.target
        else:
            found.setdefault(move.task_id, move.source)
    return found


def _signed(session: Session, as_of: date) -> Any:
    """What closed a petition, or opened it anew; oldest first."""
    return session.execute(
        select(col(Transition.task_id), col(Transition.event), col(Transition.on))
        .join(Task, col(Task.id) == col(Transition.task_id))
        .join(Procedure, col(Procedure.id) == col(Task.procedure_id))
        .where(
            col(Procedure.name) == PETITION,
            col(Transition.machine) == SIGNOFF.name,
            col(Transition.event).in_(_CLOSING),
            col(Transition.on) <= as_of,
        )
        .order_by(col(Transition.id))
    )


def _became(session: Session, as_of: date) -> frozenset[int]:
    return frozenset(session.scalars(select(col(Transfer.task_id)).where(Transfer.on <= as_of)))
