"""How what was handed in line by line stands: for the page, the list and the paper."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from flows.proposals.verdicts import Rejected, last_said, lines_of_all
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
    procedure: str
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
    return standings(session, [task]).get(task.id)


def standings(session: Session, tasks: Sequence[Task]) -> dict[int, Standing]:
    """By the tasks' ids; only those under whose procedure something is handed in line by line."""
    keys = [task.id for task in tasks]
    kinds = {one.id: one for one in session.exec(select(Procedure))}
    units = dict(session.exec(select(Unit.id, Unit.name)).all())
    handed_in = select(Proposal).where(col(Proposal.task_id).in_(keys))
    proposals = {one.task_id: one for one in session.exec(handed_in)}
    lines, said = lines_of_all(session, keys), last_said(session, keys)
    signed_off = _signed_off_on(session, keys)
    found = {}
    for task in tasks:
        procedure, proposal = kinds[task.procedure_id], proposals.get(task.id)
        if (rules := procedure_of(procedure).lines) is not None:
            found[task.id] = Standing(
                task,
                procedure.name,
                procedure.title,
                rules,
                units[proposal.unit_id if proposal else task.unit_id],
                proposal,
                lines.get(task.id, []),
                said.get(task.id),
                signed_off.get(task.id) if task.state in DECIDED else None,
            )
    return found


def _signed_off_on(session: Session, tasks: Sequence[int]) -> dict[int, date]:
    """The last time."""
    moves = (
        select(Transition.task_id, col(Transition.on))
        .where(col(Transition.task_id).in_(tasks), Transition.event == "sign_off")
        .order_by(col(Transition.id))
    )
    return dict(session.exec(moves).all())


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
