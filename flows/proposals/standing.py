"""How what was handed in line by line stands: for the page, the list and the paper."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from flows.proposals.verdicts import Rejected, last_said, lines_of, proposal_of
from flows.rulebook import procedure_of
from models import Procedure, Proposal, ProposalLine, Task, Transition, Unit
from models.procedure_file import Lines
from models.signoff import TaskState

DECIDED = (TaskState.SIGNED_OFF, TaskState.CONFIRMED)


@dataclass(frozen=True)
class Standing:
    """`rejected`: what the newest level turned down, and why; None: none has decided yet.
    `unit`: whose it is: that handed it in, or has to. `decided_on`: signed off; what it says then
    is the verdict."""

    task: Task
    kind: str
    rules: Lines
    unit: str
    proposal: Proposal | None
    lines: Sequence[ProposalLine]
    rejected: Rejected | None
    decided_on: date | None

    @property
    def counts(self) -> tuple[int, int]:
        """How many lines were approved, and how many turned down; before the end, none."""
        if self.decided_on is None:
            return 0, 0
        turned_down = len(self.rejected or ())
        return len(self.lines) - turned_down, turned_down

    def result(self, position: int) -> str:
        """Of a line: approved, rejected, or still open."""
        if self.decided_on is None:
            return "open"
        return "rejected" if position in (self.rejected or ()) else "approved"


def standing_of(session: Session, task: Task) -> Standing | None:
    """None: nothing is handed in line by line under its procedure."""
    procedure = session.get_one(Procedure, task.procedure_id)
    rules, proposal = procedure_of(procedure).lines, proposal_of(session, task)
    if rules is None:
        return None
    unit_id = proposal.unit_id if proposal else task.unit_id
    return Standing(
        task,
        procedure.title,
        rules,
        session.get_one(Unit, unit_id).name,
        proposal,
        lines_of(session, task),
        last_said(session, task),
        _signed_off_on(session, task),
    )


def _signed_off_on(session: Session, task: Task) -> date | None:
    if task.state not in DECIDED:
        return None
    return session.exec(
        select(col(Transition.on))
        .where(Transition.task_id == task.id, Transition.event == "sign_off")
        .order_by(col(Transition.id).desc())
    ).first()


def with_lines(
    session: Session, seen: ColumnElement[bool], own: ColumnElement[bool]
) -> list[tuple[Task, bool]]:
    """Every task under a procedure with lines, newest first, and whether it may be shown whole."""
    kinds = [one.id for one in session.exec(select(Procedure)) if procedure_of(one).lines]
    rows = session.execute(
        select_columns(Task, own.label("own"))
        .where(col(Task.procedure_id).in_(kinds), seen)
        .order_by(col(Task.id).desc())
    )
    return [(task, bool(mine)) for task, mine in rows]
