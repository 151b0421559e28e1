"""The verdict on each line: given with the approval of a level; the last level's is what counts."""

from collections.abc import Mapping, Sequence

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
    return session.exec(select(Proposal).where(Proposal.task_id == task.id)).first()


def lines_of(session: Session, task: Task) -> Sequence[ProposalLine]:
    """In their order."""
    return session.exec(
        select(ProposalLine)
        .join(Proposal, col(Proposal.id) == col(ProposalLine.proposal_id))
        .where(Proposal.task_id == task.id)
        .order_by(col(ProposalLine.position))
    ).all()


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
    rows = session.exec(
        select(LineVerdict, ProposalLine.position)
        .join(ProposalLine, col(ProposalLine.id) == col(LineVerdict.line_id))
        .where(col(LineVerdict.decision_id).in_(decisions))
        .order_by(col(ProposalLine.position))
    )
    found: dict[int, dict[int, str]] = {}
    for verdict, position in rows:
        said = found.setdefault(verdict.decision_id, {})
        if verdict.result == LineResult.REJECTED:
            said[position] = verdict.reason
    return found


def last_said(session: Session, task: Task) -> dict[int, str] | None:
    """What the newest decision on the present application turned down, and why; None: no level
    has decided. It is what the next level begins with, and, once signed off, what counts."""
    newest = session.exec(
        select(Decision.id)
        .join(Referral, col(Referral.id) == col(Decision.referral_id))
        .join(Application, col(Application.id) == col(Referral.application_id))
        .where(
            Decision.task_id == task.id,
            Decision.verdict == Verdict.APPROVE,
            Application.cycle == task.cycle,
            col(Application.state).in_((ApplicationState.OPEN, ApplicationState.GRANTED)),
            Referral.version == Application.version,
        )
        .order_by(col(Decision.id).desc())
    ).first()
    return None if newest is None else rejected_by(session, [newest]).get(newest)
