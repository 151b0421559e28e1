"""What was decided in the sign-off, and what an import may say against it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from sqlmodel import Session, col, select

from flows.ledger.differences import COLUMNS, Change, differences
from flows.ledger.matters import Matter
from flows.ledger.needs import Need
from flows.ledger.problems import Problem
from flows.ledger.roster import Roster
from models import DeadlineChange, Task
from models.signoff import CLOSED, TaskState
from notifications.wording import state_word, word

HELD: Mapping[TaskState, frozenset[str]] = {
    # What the reviewers are shown, and whose levels they are.
    TaskState.UNDER_REVIEW: frozenset(
        {"title", "goal", "measures", "opened_on", "due_on", "track", "unit_id", "lead_unit_id"}
    ),
    TaskState.OBJECTED: frozenset({"unit_id", "handler_id", "opened_on", "due_on", "track"}),
    # Their dates follow from what was granted.
    TaskState.SUSPENDED: frozenset({"due_on", "track"}),
    TaskState.LONG_TERM: frozenset({"due_on", "track"}),
}
"""What a task has, in these states, that is not the ledger's to change."""

WRITTEN = ("opened", "imported")  # dates that came from a ledger


def held_back(matters: Sequence[Matter], roster: Roster) -> list[Problem]:
    """A task in one of these states may stand in the file, but the file must not say anything
    else of what is held; of a closed one, nothing else at all."""
    problems = []
    for matter in matters:
        if matter.task is None or matter.task.state not in (*HELD, *CLOSED):
            continue
        closed = matter.task.state in CLOSED
        changed = differences(matter, matter.task, roster)
        if held := [name for name in changed if closed or name in HELD[matter.task.state]]:
            columns = "、".join(COLUMNS[name] for name in held)
            said = columns if closed else f"{state_word(matter.task.state)}：{columns}"
            need = Need.TASK_CLOSED if closed else Need.TASK_HELD
            row = matter.row
            problems.append(Problem(row.sheet, row.row, "问题编号", row.number, need, said))
    return problems


def decided_date(session: Session, matter: Matter, task: Task) -> str:
    """How the present deadline was decided, where the file has another one; "" if it came from a
    ledger itself."""
    if matter.due_on == task.due_on:
        return ""
    kind = session.exec(
        select(DeadlineChange.kind)
        .where(DeadlineChange.task_id == task.id)
        .order_by(col(DeadlineChange.id).desc())
    ).first()
    return word(f"change.{kind}") if kind and kind not in WRITTEN else ""


def with_decided(change: Change, decided: str) -> Change:
    """The preview shows that the file undoes what was decided."""
    return replace(change, before=f"{change.before}（{decided}）") if decided else change
