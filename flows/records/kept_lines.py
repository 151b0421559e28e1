"""The lines of records as they were kept."""

from collections import defaultdict
from collections.abc import Sequence

from sqlalchemy import select
from sqlmodel import Session, col

from flows.records.lines import Line
from flows.these import THESE, among
from models import RecordLine, Task


def lines_of(session: Session, keys: Sequence[int]) -> dict[int, list[Line]]:
    """Of each record (id), in the order in which they were written."""
    found: dict[int, list[Line]] = defaultdict(list)
    for row, number in session.execute(_LINES, {"these": keys}) if keys else ():
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


_LINES = (
    select(RecordLine, col(Task.number))
    .outerjoin(Task, col(Task.id) == col(RecordLine.task_id))
    .where(among(col(RecordLine.record_id), THESE))
    .order_by(col(RecordLine.id))
)
