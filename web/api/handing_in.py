"""Rows of a sheet that a program hands in: all or nothing, by the import's own way."""

from collections.abc import Sequence

from flows.database import transaction, trial
from flows.ledger.apply import Applied, apply_ledger
from flows.ledger.handed_in import Row, handed_in
from flows.ledger.sentences import shown
from flows.working_days import load_calendar
from models.api_client import ApiClient
from web.api.clients import author, require_still
from web.desk import Desk

LONGEST_NAME = 200  # of a field that nobody reads, as it is said back


def hand_in_rows(
    at: Desk, client: ApiClient, rows: Sequence[Row], sheet: str, *, dry_run: bool
) -> tuple[Applied, list[str]]:
    """What it changed, or would, and the fields that nobody reads. Raises LedgerRefused."""
    now = at.now()
    today, engine = at.today(now), at.office.engine
    ledger = handed_in(rows, today=today, sheet=sheet)
    with trial(engine) if dry_run else transaction(engine, now) as session:
        applied = apply_ledger(
            session,
            ledger,
            today=today,
            now=now,
            calendar=load_calendar(session),
            author=author(client, at, now),
        )
        require_still(session, client)
    return applied, [shown(name, LONGEST_NAME) for name in ledger.ignored_columns]
