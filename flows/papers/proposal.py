"""The facts of what was handed in line by line, on paper."""

from sqlmodel import Session

from flows.proposals.standing import Standing
from models import Unit
from notifications.papers.proposal import LineTold, ProposalFacts


def proposal_facts(session: Session, standing: Standing) -> ProposalFacts | None:
    """For whoever may see it whole: a restricted one is in no document for others. None: nothing
    was handed in yet."""
    task, proposal = standing.task, standing.proposal
    if proposal is None:
        return None
    return ProposalFacts(
        number=task.number,
        kind=standing.kind,
        title=task.title,
        unit=standing.unit,
        handed_in_on=proposal.on,
        due_on=task.due_on,
        by=session.get_one(Unit, task.unit_id).name,
        parts=standing.rules.parts,
        lines=[
            LineTold(
                line.parts,
                standing.result(line.position),
                (standing.rejected or {}).get(line.position, "") if standing.decided_on else "",
            )
            for line in standing.lines
        ],
        decided_on=standing.decided_on,
    )
