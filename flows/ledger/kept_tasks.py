"""Tasks as the database keeps them, in the shape in which an import reads them; and beside it what
only the office's own ledger shows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, bindparam, func, select
from sqlmodel import Session, col

from flows.ledger.kept_people import KeptPeople
from flows.ledger.rows import LedgerRow
from flows.signoff.look_backs import VERDICTS
from models import (
    Decision,
    LookBack,
    Measure,
    Notice,
    Procedure,
    Receipt,
    Referral,
    Task,
    Transition,
)
from models.decision import Verdict
from models.notice_machine import LIVE
from models.signoff import SIGNOFF, TaskState
from models.warning import Colour

AT_ONCE = 500  # tasks; so the memory is the same however many there are
SIGNED = (TaskState.SIGNED_OFF, TaskState.CONFIRMED)


@dataclass(frozen=True, slots=True)
class Progress:
    """The last answer to a notice. Of a restricted matter nobody's words are handed on."""

    on: date
    words: str


@dataclass(frozen=True, slots=True)
class KeptTask:
    """`procedure` is its title; `row` has its name, which an import takes too."""

    row: LedgerRow
    procedure: str
    original_due_on: date | None
    colour: Colour
    state: TaskState
    notice: str
    progress: Progress | None
    applied_on: date | None
    signed_off_on: date | None
    look_back: tuple[date, Verdict] | None


def kept_tasks(
    session: Session, people: KeptPeople, timezone: ZoneInfo
) -> Iterator[Sequence[KeptTask]]:
    """In the order in which they came into the ledger, closed ones too; some at a time."""
    procedures = {p.id: p for p in session.scalars(_PROCEDURES)}
    last = 0
    while tasks := session.scalars(_NEXT, {"last": last}).all():
        beside = _Beside.load(session, tasks[0].id, last := tasks[-1].id, timezone)
        yield [_kept(task, people, procedures[task.procedure_id], beside) for task in tasks]


@dataclass(frozen=True, slots=True)
class _Beside:
    """What hangs on some tasks, by their ids."""

    measures: Mapping[int, Sequence[str]]
    notices: Mapping[int, str]
    progress: Mapping[int, tuple[datetime, str]]
    moves: Mapping[tuple[int, str], date]
    look_backs: Mapping[int, tuple[date, Verdict]]
    timezone: ZoneInfo

    @classmethod
    def load(cls, session: Session, first: int, last: int, timezone: ZoneInfo) -> "_Beside":
        these, measures = {"first": first, "last": last}, dict[int, list[str]]()
        for task_id, text in session.execute(_MEASURES, these):
            measures.setdefault(task_id, []).append(text)
        return cls(
            measures,
            dict(session.execute(_LIVE, these).all()),
            {row[0]: row[1:] for row in session.execute(_ANSWERS, these)},
            {row[:2]: row[2] for row in session.execute(_MOVES, these)},
            {row[0]: row[1:] for row in session.execute(_VERDICTS, these)},
            timezone,
        )


def _of_these(task: Any) -> ColumnElement[bool]:
    return col(task).between(bindparam("first"), bindparam("last"))


# Built once: each export, and each some of its tasks, asks them.
_PROCEDURES = select(Procedure)
_NEXT = select(Task).where(col(Task.id) > bindparam("last")).order_by(col(Task.id)).limit(AT_ONCE)
_MEASURES = (
    select(col(Measure.task_id), col(Measure.text))
    .where(_of_these(Measure.task_id))
    .order_by(col(Measure.task_id), col(Measure.position))
)
_LIVE = select(col(Notice.task_id), col(Notice.number)).where(
    _of_these(Notice.task_id), col(Notice.state).in_(LIVE)
)
# The last one of a task comes last, and so it stays.
_ANSWERS = (
    select(col(Notice.task_id), col(Receipt.answered_at), col(Receipt.words))
    .join(Notice, col(Notice.id) == col(Receipt.notice_id))
    .where(_of_these(Notice.task_id), col(Receipt.answered_at).is_not(None))
    .order_by(col(Receipt.answered_at), col(Receipt.id))
)
_MOVES = (
    select(col(Transition.task_id), col(Transition.event), func.max(col(Transition.on)))
    .where(
        _of_these(Transition.task_id),
        col(Transition.machine) == SIGNOFF.name,
        col(Transition.event).in_(("apply", "sign_off")),
    )
    .group_by(col(Transition.task_id), col(Transition.event))
)
_VERDICTS = (
    select(col(LookBack.task_id), col(LookBack.decided_on), col(Decision.verdict))
    .join_from(LookBack, Referral, col(Referral.look_back_id) == col(LookBack.id))
    .join(Decision, col(Decision.referral_id) == col(Referral.id))
    .where(_of_these(LookBack.task_id), col(Decision.verdict).in_(VERDICTS))
    .order_by(col(LookBack.decided_on), col(LookBack.id))
)


def _kept(task: Task, kept: KeptPeople, procedure: Procedure, beside: _Beside) -> KeptTask:
    answered = beside.progress.get(task.id)
    signed = beside.moves.get((task.id, "sign_off")) if task.state in SIGNED else None
    return KeptTask(
        row=_row(task, kept, procedure, beside.measures.get(task.id, ())),
        procedure=procedure.title,
        original_due_on=task.original_due_on,
        colour=task.colour,
        state=task.state,
        notice=beside.notices.get(task.id, ""),
        progress=answered
        and Progress(
            answered[0].astimezone(beside.timezone).date(),
            "" if task.restricted else answered[1],
        ),
        applied_on=beside.moves.get((task.id, "apply")),
        signed_off_on=signed,
        look_back=beside.look_backs.get(task.id),
    )


def _row(task: Task, kept: KeptPeople, procedure: Procedure, measures: Sequence[str]) -> LedgerRow:
    unit = kept.units[task.unit_id]
    handler = kept.persons[task.handler_id] if task.handler_id else None
    leader = kept.persons[task.supervising_leader_id] if task.supervising_leader_id else None
    return LedgerRow(
        number=task.number,
        title=task.title,
        unit=unit,
        due_on=task.due_on,
        opened_on=task.opened_on,
        procedure=procedure.name,
        handler=handler.name if handler else "",
        handler_email=handler.email if handler else "",
        supervising_leader=kept.name_of(unit, leader, kept.people.anywhere) if leader else "",
        lead_unit=kept.units[task.lead_unit_id] if task.lead_unit_id else "",
        supporting_units=task.supporting_units,
        goal=task.goal,
        measures=tuple(measures),
        track=task.track,
        lists=task.lists,
        restricted=task.restricted,
        remarks=task.remarks,
    )
