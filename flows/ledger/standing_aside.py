"""回避 and an import: who keeps away from a task neither becomes its handler, nor changes it."""

from collections.abc import Iterator, Sequence

from sqlalchemy import select
from sqlmodel import Session

from flows.ledger.matters import Matter
from flows.ledger.needs import Need
from flows.ledger.problems import Problem
from flows.recipients import TODAY, aside
from flows.signoff.actor import OfficeActor


def standing_aside(
    session: Session, matters: Sequence[Matter], author: OfficeActor
) -> Iterator[Problem]:
    """Of a task that `author` keeps away from, the ledger says nothing at all."""
    away = {(task_id, who) for task_id, who in session.execute(_ASIDE, {"on": author.on})}
    for matter in matters:
        row, task, handler = matter.row, matter.task, matter.handler
        if task and (task.id, author.official_id) in away:
            yield Problem(row.sheet, row.row, "问题编号", row.number, Need.IMPORTER_STANDS_ASIDE)
        if task and handler and (task.id, handler.id) in away and handler.id != task.handler_id:
            yield Problem(
                row.sheet, row.row, "责任人", handler.name, Need.HANDLER_STANDS_ASIDE, row.number
            )


_ASIDE = select(aside(TODAY))
