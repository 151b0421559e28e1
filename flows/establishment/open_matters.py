"""What still hangs on a person, before he leaves or loses a post."""

from collections.abc import Sequence

from sqlmodel import Session

from flows.signoff.actor import OfficeActor
from flows.signoff.passing import what_passes
from models import Official, Task
from models.refusal import Refusal


class OpenMatters(Refusal):
    """They would be nobody's: a hand-over gives them to a successor. `giver`: whose they are."""

    def __init__(self, official: Official, numbers: Sequence[str]) -> None:
        n, some = len(numbers), "、".join(numbers[:5])
        more = f" 等 {n} 件" if n > 5 else f" 共 {n} 件"
        super().__init__(
            f"{official.name}名下还有在办事项（{some}{more}），请先办理职务交接；没有记录任何操作",
            f"{official.name} still has {n} open matters ({', '.join(numbers[:5])}"
            f"{' …' if n > 5 else ''}): hand them over first. Nothing was recorded",
        )
        self.giver = official.email or ""


def open_matters(
    session: Session, official: Official, actor: OfficeActor, unit_id: int | None = None
) -> list[str]:
    """The numbers of the tasks that a hand-over would pass. `unit_id`: of this unit and below."""
    passing = what_passes(session, official.id, on=actor.on, unit_id=unit_id)
    held = (session.get_one(Task, one.task_id).number for one in passing.listed)
    return sorted({*(task.number for task in passing.tasks), *held})
