"""月末对账: the register of leads against another one's numbers."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from flows.leads.reviewing import LEADS
from models import Procedure, Task
from models.signoff import TaskState

HEADINGS = {"编号", "线索编号", "问题编号", "number"}


@dataclass(frozen=True)
class Reconciled:
    ours: int
    theirs: int
    only_ours: Sequence[str]
    only_theirs: Sequence[str]
    twice: Sequence[str]  # in theirs

    @property
    def agrees(self) -> bool:
        return not (self.only_ours or self.only_theirs or self.twice)


def reconcile(session: Session, text: str) -> Reconciled:
    """`text`: a number at the beginning of each line, as a CSV has it. Withdrawn leads are none."""
    kept = (
        select(Task.number)
        .join(Procedure, col(Procedure.id) == col(Task.procedure_id))
        .where(Procedure.name == LEADS, Task.state != TaskState.WITHDRAWN)
    )
    ours = set(session.exec(kept))
    said = [line.split(",")[0].strip().strip('"') for line in text.splitlines()]
    theirs = Counter(number for number in said if number and number not in HEADINGS)
    return Reconciled(
        ours=len(ours),
        theirs=len(theirs),
        only_ours=sorted(ours - theirs.keys()),
        only_theirs=sorted(theirs.keys() - ours),
        twice=sorted(number for number, n in theirs.items() if n > 1),
    )
