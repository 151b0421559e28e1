"""Rows of the ledger handed in by a program: all or nothing, as an import."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from flows.ledger.handed_in import Cell
from flows.ledger.rows import LEDGER_SHEET
from web.api.clients import Here, Writer
from web.api.handing_in import hand_in_rows
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
    applied, ignored = hand_in_rows(here, client, body.rows, LEDGER_SHEET, dry_run=dry_run)
    return Outcome(
        dry_run=dry_run,
        opened=applied.opened,
        updated=applied.updated,
        unchanged=applied.unchanged,
        ignored_columns=ignored,
        changes=[asdict(change) for change in applied.changes],
    )
