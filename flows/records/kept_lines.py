"""The lines of records as they were kept."""

from collections import defaultdict
from typing import Any

from sqlmodel import Session, col, select

from flows.records.lines import Line
from models import RecordLine, Task


def lines_of(session: Session, keys: Any) -> dict[int, list[Line]]:
    """Of each record (id), in the order in which they were written. `keys`: ids, or a query."""
    found: dict[int, list[Line]] = defaultdict(list)
    rows = session.exec(
        select(RecordLine, Task.number)
        .outerjoin(Task, col(Task.id) == col(RecordLine.task_id))
        .where(col(RecordLine.record_id).in_(keys))
        .order_by(col(RecordLine.id))
    )
    for row, number in rows:
        line = Line(
            unit=row.unit,
            person=row.person,
            subject=row.subject,
            result=row.result,
            amount=row.amount,
            task=number or "",
        )
        found[row.record_id].append(line)
    return found
