"""The verdict on each line: given with the approval of a level; the last level's is what counts."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from flows.history import link_id
from models import Application, Decision, LineVerdict, Proposal, ProposalLine, Referral, Task
from models.application import ApplicationState
from models.decision import Verdict
from models.proposal import LineResult
from models.refusal import Refusal

Rejected = Mapping[int, str]
"""Why, by the positions of the lines that are turned down."""


class NotLineByLine(Refusal):
    """The lines were not decided as they have to be."""

    def __init__(self, number: str, chinese: str, english: str) -> None:
        super().__init__(
            f"{number}：{chinese}；没有记录任何操作", f"{number}: {english}; nothing was recorded"
        )


def proposal_of(session: Session, task: Task) -> Proposal | None:
    """None: nothing was handed in line by line."""
    return session.scalars(_PROPOSAL, {"task": task.id}).first()


def lines_of(session: Session, task: Task) -> Sequence[ProposalLine]:
    """In their order."""
    return lines_of_all(session, [task.id]).get(task.id, [])


def lines_of_all(session: Session, tasks: Sequence[int]) -> dict[int, list[ProposalLine]]:
    """Of each task (id), in their order."""
    rows = session.execute(_LINES, {"tasks": list(tasks)})
    found: dict[int, list[ProposalLine]] = defaultdict(list)
    for task, line in rows:
        found[task].append(line)
    return found


def require_said(
    session: Session, task: Task, verdict: Verdict, rejected: Rejected | None
) -> Sequence[ProposalLine]:
    """The lines on which this decision gives a verdict. Raises NotLineByLine: where there are
    lines, nobody approves without having said which are turned down, and why."""
    lines = lines_of(session, task) if verdict == Verdict.APPROVE else []
    if lines and rejected is None:
        raise NotLineByLine(
            task.number,
            "须逐条作出审查结论，请打开该件的页面办理",
            "each line needs its verdict; please decide on its own page",
        )
    if unknown := set(rejected or ()) - {line.position for line in lines}:
        raise NotLineByLine(
            task.number, f"没有第 {min(unknown)} 条", f"there is no line {min(unknown)}"
        )
    if unsaid := [n for n, why in sorted((rejected or {}).items()) if not why.strip()]:
        raise NotLineByLine(
            task.number,
            f"第 {unsaid[0]} 条不同意，须写明理由",
            f"line {unsaid[0]} is turned down without a reason",
        )
    return lines


def give(
    session: Session, lines: Sequence[ProposalLine], decision: Decision, rejected: Rejected | None
) -> None:
    """Written down with the decision, once for each line."""
    for line in lines:
        why = (rejected or {}).get(line.position, "").strip()
        session.add(
            LineVerdict(
                line_id=line.id,
                decision_id=decision.id,
                result=LineResult.REJECTED if why else LineResult.APPROVED,
                reason=why,
                link_id=link_id(session),
            )
        )
    session.flush()


def rejected_by(session: Session, decisions: Sequence[int]) -> dict[int, dict[int, str]]:
    """Of each decision (id) that gave verdicts on lines: which were turned down, and why."""
    if not decisions:
        return {}
    rows = session.execute(_LINE_BY_LINE, {"decisions": list(decisions)})
    found: dict[int, dict[int, str]] = {}
    for verdict, position in rows:
        said = found.setdefault(verdict.decision_id, {})
        if verdict.result == LineResult.REJECTED:
            said[position] = verdict.reason
    return found


def last_said(session: Session, tasks: Sequence[int]) -> dict[int, dict[int, str]]:
    """Of each task (id) what the newest decision on its present application turned down, and why;
    not there: no level has decided. It is what the next level begins with, and, once signed off,
    what counts."""
    rows = session.execute(_APPROVED, {"tasks": list(tasks)})
    newest = {row.task_id: row.id for row in rows}
    said = rejected_by(session, list(newest.values()))
    return {task: said[decision] for task, decision in newest.items() if decision in said}


# Built once: the page of each referral asks them.
_PROPOSAL = select(Proposal).where(Proposal.task_id == bindparam("task"))
_LINES = (
    select(Proposal.task_id, ProposalLine)
    .join(ProposalLine, col(ProposalLine.proposal_id) == col(Proposal.id))
    .where(col(Proposal.task_id).in_(bindparam("tasks", expanding=True)))
    .order_by(col(ProposalLine.proposal_id), col(ProposalLine.position))
)
_LINE_BY_LINE = (
    select(LineVerdict, ProposalLine.position)
    .join(ProposalLine, col(ProposalLine.id) == col(LineVerdict.line_id))
    .where(col(LineVerdict.decision_id).in_(bindparam("decisions", expanding=True)))
    .order_by(col(ProposalLine.position))
)
_APPROVED = (
    select(Decision.task_id, Decision.id)
    .join(Referral, col(Referral.id) == col(Decision.referral_id))
    .join(Application, col(Application.id) == col(Referral.application_id))
    .join(Task, col(Task.id) == col(Decision.task_id))
    .where(
        col(Decision.task_id).in_(bindparam("tasks", expanding=True)),
        Decision.verdict == Verdict.APPROVE,
        Application.cycle == Task.cycle,
        col(Application.state).in_((ApplicationState.OPEN, ApplicationState.GRANTED)),
        Referral.version == Application.version,
    )
    .order_by(col(Decision.id))
)
