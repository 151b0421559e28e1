"""Whether somebody keeps away from one task, as each page and each act asks first."""

from datetime import date

from sqlalchemy import Integer, bindparam, select
from sqlmodel import Session

from flows.recipients import TODAY, aside


def keeps_away(
    session: Session, task_id: int, official_id: int, on: date, *, stands_for: int | None = None
) -> bool:
    """This person, or whom this person stands for."""
    people = {"who": official_id, "stands_for": stands_for}
    return session.scalar(_KEPT_AWAY, {"on": on, "task": task_id, **people}) is not None


WHO = bindparam("who", type_=Integer())
_AWAY = aside(TODAY)
_KEPT_AWAY = (
    select(_AWAY.c.task_id)
    .where(
        _AWAY.c.task_id == bindparam("task"),
        _AWAY.c.official_id.in_((WHO, bindparam("stands_for"))),
    )
    .limit(1)
)
OF_WHOM = select(_AWAY.c.task_id).where(_AWAY.c.official_id == WHO)
"""The tasks from which this person keeps away, on a day that is said when it is asked."""
