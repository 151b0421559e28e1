"""The act behind a task: the directive, or the decision of a meeting, by which it was opened."""

from sqlmodel import Session, col, select

from flows.records.entries import families, standing
from flows.records.opening import DIRECTIVE
from models import DeadlineChange, Procedure, Record, RecordKind, RecordLine, Task
from models.record import Family


def act_behind(session: Session, task: Task) -> Record | None:
    """As it stands now, corrected or not. Whatever came with the ledger under the procedure of
    directives has the first directive that names it."""
    acts = _acts_about(session, task)
    opened = session.exec(
        select(DeadlineChange)
        .where(DeadlineChange.task_id == task.id, DeadlineChange.kind == "opened")
        .order_by(col(DeadlineChange.id))
    ).first()
    for act in acts:
        first = _first(session, act)
        if opened and (first.link_id, first.on) == (opened.link_id, task.opened_on):
            return act
    if session.get_one(Procedure, task.procedure_id).name != DIRECTIVE:
        return None
    directives = families(session)[DIRECTIVE]
    return next((act for act in acts if act.kind in directives), None)


def _acts_about(session: Session, task: Task) -> list[Record]:
    naming = select(col(RecordLine.record_id)).where(col(RecordLine.task_id) == task.id)
    acts = (
        select(Record)
        .join(RecordKind)
        .where(standing(), col(Record.id).in_(naming), col(RecordKind.family) == Family.ACT)
        .order_by(col(Record.on), col(Record.id))
    )
    return list(session.exec(acts))


def _first(session: Session, record: Record) -> Record:
    """What was recorded to begin with: a task was opened with that, not with a correction."""
    while record.corrects_id is not None:
        record = session.get_one(Record, record.corrects_id)
    return record
