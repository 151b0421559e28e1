"""An office that keeps petitions by their stages: for tests to act as it would."""

from datetime import date

from flows.database import transaction
from flows.ledger.apply import apply_ledger
from flows.ledger.rows import Ledger, LedgerRow
from flows.office import Office
from flows.rulebook import load_procedure
from flows.signoff.stages import advance
from flows.signoff.transfers import transfer
from flows.working_days import load_calendar
from tests.conftest import SEEDS, Cast, instant
from tests.responsibility import act


def load_kind(office: Office, name: str) -> int:
    """A shipped procedure."""
    text = (SEEDS / f"procedures/{name}.toml").read_text(encoding="utf-8")
    now = instant(date(2022, 1, 2))
    with transaction(office.engine, now) as session:
        return load_procedure(session, text, file=name, now=now).id


def receive(office: Office, on: date, number: str = "信-1", kind: str = "信访件") -> None:
    """By the ledger, without a date of its own."""
    row = LedgerRow(
        number=number, title="道路积水", unit="区教育局", procedure=kind, handler="alice"
    )
    with transaction(office.engine, instant(on)) as session:
        calendar = load_calendar(session)
        apply_ledger(session, Ledger((row,)), today=on, now=instant(on), calendar=calendar)


def move(
    office: Office, cast: Cast, stage: str, on: date, from_on: date | None = None, number="信-1"
) -> None:
    def deed(session, task, actor, calendar):
        said = {"from_on": from_on, "reason": "据来文登记", "calendar": calendar}
        advance(session, task, actor, stage, **said)

    act(office, number, cast.olga, on, deed)


def turn_into(office: Office, cast: Cast, number: str, lead: str, on: date) -> None:
    def deed(session, task, actor, _):
        transfer(session, task, actor, lead, reason="转问题线索")

    act(office, number, cast.olga, on, deed)
