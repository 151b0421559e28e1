"""Rows of the ledger handed in by a program: all or nothing, as an import."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from flows.database import transaction, trial
from flows.ledger.apply import apply_ledger
from flows.ledger.handed_in import Cell, handed_in
from flows.working_days import load_calendar
from web.api.clients import Here, Writer, author
from web.api.wrong import TOO_MUCH

router = APIRouter(tags=["ledger"])


ROW = {"number": "新-1", "title": "河道清淤", "unit": "区住建局", "due_on": "2022-09-30"}


class Rows(BaseModel):
    """Fields are the columns of the ledger, by their English names (`number`, `title`, `unit`,
    `handler_email`, `due_on`, …) or the Chinese ones; dates as 2022-07-14. A field that is left out
    everywhere is kept as it is, one that is null is cleared."""

    rows: list[dict[str, Cell]] = Field(min_length=1, max_length=5000, examples=[[ROW]])


class Outcome(BaseModel):
    """How many tasks were opened, changed and left as they were, and each change."""

    dry_run: bool
    opened: int
    updated: int
    unchanged: int
    ignored_columns: list[str]
    changes: list[dict[str, Any]]


@router.post("/ledger", responses=TOO_MUCH)
def hand_in(
    here: Here,
    client: Writer,
    body: Rows,
    dry_run: Annotated[bool, Query(description="Say what would change; write nothing.")] = False,
) -> Outcome:
    """All or nothing: a known number is updated, a new one opened. 422 names every problem by the
    row (from 1) and the column; nothing was written then."""
    now = here.now()
    today, engine = here.today(now), here.office.engine
    ledger = handed_in(body.rows, today=today)
    with trial(engine) if dry_run else transaction(engine, now) as session:
        applied = apply_ledger(
            session,
            ledger,
            today=today,
            now=now,
            calendar=load_calendar(session),
            author=author(client, here, now),
        )
    return Outcome(
        dry_run=dry_run,
        opened=applied.opened,
        updated=applied.updated,
        unchanged=applied.unchanged,
        ignored_columns=list(ledger.ignored_columns),
        changes=[asdict(change) for change in applied.changes],
    )
