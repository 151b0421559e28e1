"""Does what the tables say now follow from the history? The chain proves that the history was
not changed; this proves that colours, states, cycles and deadlines, and what the office keeps, were
not changed beside it."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Select, String, cast, func, literal, select
from sqlmodel import Session, col

from flows.held_contradictions import held_contradictions
from flows.office_contradictions import office_contradictions
from flows.open_counts import count_contradictions
from flows.papers.prepared_contradictions import prepared_contradictions
from flows.scores.contradictions import score_contradictions
from models import DeadlineChange, Notice, Task, Transition
from models.notice_machine import NOTICE
from models.signoff import SIGNOFF
from models.warning import WARNING


def contradictions(session: Session) -> Iterator[tuple[str, str]]:
    """One pair of sentences, Chinese and English, for each value that the history denies."""
    for what, english, query in _DENIED:
        for number, found, expected in session.execute(query):
            yield (
                f"{number}：{what}为 {found or '空'}，而历史记录为 {expected or '空'}",
                f"{number}: {english} is {found or 'empty'}, history says {expected or 'empty'}",
            )
    yield from office_contradictions(session)
    yield from held_contradictions(session)
    yield from prepared_contradictions(session)
    yield from score_contradictions(session)
    yield from count_contradictions(session)


def _tasks(machine: str, column: Any, initial: str) -> Select[Any, Any, Any]:
    last = _last(Transition.task_id, col(Transition.machine) == machine)
    expected = func.coalesce(col(Transition.target), literal(str(initial)))
    return (
        select(col(Task.number), cast(column, String), expected)
        .outerjoin(last, last.c.owner == col(Task.id))
        .outerjoin(Transition, col(Transition.id) == last.c.id)
        .where(cast(column, String) != expected)
        .order_by(col(Task.number))
    )


def _cycles() -> Select[Any, Any, Any]:
    """One more for each time that it was reopened."""
    reopened = (
        select(col(Transition.task_id).label("owner"), func.count().label("n"))
        .where(col(Transition.event) == "reopen")
        .group_by(col(Transition.task_id))
        .subquery()
    )
    expected = func.coalesce(reopened.c.n, 0) + 1
    return (
        select(col(Task.number), col(Task.cycle), expected)
        .outerjoin(reopened, reopened.c.owner == col(Task.id))
        .where(col(Task.cycle) != expected)
        .order_by(col(Task.number))
    )


def _beginnings() -> Select[Any, Any, Any]:
    """When it was last reopened, else opened."""
    reopened = (
        select(col(Transition.task_id).label("owner"), func.max(col(Transition.on)).label("on"))
        .where(col(Transition.event) == "reopen")
        .group_by(col(Transition.task_id))
        .subquery()
    )
    expected = func.coalesce(reopened.c.on, col(Task.opened_on))
    return (
        select(col(Task.number), col(Task.begun_on), expected)
        .outerjoin(reopened, reopened.c.owner == col(Task.id))
        .where(col(Task.begun_on) != expected)
        .order_by(col(Task.number))
    )


def _notices() -> Select[Any, Any, Any]:
    last = _last(Transition.notice_id, col(Transition.machine) == NOTICE.name)
    expected = func.coalesce(col(Transition.target), literal(str(NOTICE.initial)))
    state = cast(col(Notice.state), String)
    return (
        select(col(Notice.number), state, expected)
        .outerjoin(last, last.c.owner == col(Notice.id))
        .outerjoin(Transition, col(Transition.id) == last.c.id)
        .where(state != expected)
        .order_by(col(Notice.id))
    )


def _deadlines() -> Select[Any, Any, Any]:
    last = (
        select(col(DeadlineChange.task_id), func.max(col(DeadlineChange.id)).label("id"))
        .group_by(col(DeadlineChange.task_id))
        .subquery()
    )
    return (
        select(col(Task.number), col(Task.due_on), col(DeadlineChange.due_on))
        .join_from(Task, last, last.c.task_id == col(Task.id))
        .join(DeadlineChange, col(DeadlineChange.id) == last.c.id)
        .where(col(Task.due_on).is_distinct_from(col(DeadlineChange.due_on)))
        .order_by(col(Task.number))
    )


def _last(owner: Any, of_machine: ColumnElement[bool]) -> Any:
    """The newest move of one machine, by its owner."""
    return (
        select(owner.label("owner"), func.max(col(Transition.id)).label("id"))
        .where(of_machine)
        .group_by(owner)
        .subquery()
    )


# Built once: putting a statement together costs more than running it.
_DENIED = (
    ("颜色", "colour", _tasks(WARNING.name, col(Task.colour), WARNING.initial)),
    ("办理状态", "state", _tasks(SIGNOFF.name, col(Task.state), SIGNOFF.initial)),
    ("整改轮次", "cycle", _cycles()),
    ("本轮开始日期", "cycle's beginning", _beginnings()),
    ("整改时限", "deadline", _deadlines()),
    ("预警单状态", "notice's state", _notices()),
)
