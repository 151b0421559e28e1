"""Which tasks have a supervision slip that this one may be handed."""

from collections.abc import Sequence

from sqlmodel import Session, col, select

from flows.papers.slip import NoSlip, slip_act
from models import Record, Task
from web.record_rows import acts_about
from web.rights import Viewer


def has_slip(session: Session, viewer: Viewer, task: Task) -> bool:
    """Not where the act behind it is kept from this one on the task's page, too."""
    act = _act(session, task)
    return act is not None and any(act.id == one.id for one, _ in acts_about(session, viewer, task))


def slips_of(
    session: Session, viewer: Viewer, record: Record, numbers: Sequence[str]
) -> Sequence[str]:
    """Of the tasks (numbers) that an act names, those that have a slip by it."""
    named = session.exec(select(Task).where(col(Task.number).in_(numbers)))
    return [
        task.number
        for task in named
        if (act := _act(session, task)) and act.id == record.id and has_slip(session, viewer, task)
    ]


def _act(session: Session, task: Task) -> Record | None:
    try:
        return slip_act(session, task)
    except NoSlip:
        return None
