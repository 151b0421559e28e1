"""Ledgers for the tests: written as an office writes them, read and applied for real."""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from sqlalchemy import Engine

from flows.database import transaction
from flows.ledger.apply import Applied, apply_ledger
from flows.ledger.problems import LedgerRefused
from flows.ledger.reading import read_ledger
from flows.ledger.rows import Ledger
from models.workdays import Calendar
from tests.conftest import instant

TODAY = date(2022, 8, 1)
REQUIRED = ("问题编号", "反馈问题", "责任单位", "整改时限")
Sheets = dict[str, Sequence[Sequence[Any]]]
Decorate = Callable[[Any], None]


@pytest.fixture
def read_sheets(tmp_path: Path) -> Callable[..., Ledger]:
    """Write sheets into an .xlsx and read it; `decorate` gets the first worksheet."""

    def read(sheets: Sheets, decorate: Decorate = lambda sheet: None) -> Ledger:
        path = tmp_path / "台账.xlsx"
        write_sheets(path, sheets, decorate)
        return read_ledger(path, today=TODAY)

    return read


@pytest.fixture
def read_bytes(tmp_path: Path) -> Callable[..., Ledger]:
    def read(data: bytes, name: str = "台账.csv") -> Ledger:
        path = tmp_path / name
        path.write_bytes(data)
        return read_ledger(path, today=TODAY)

    return read


def write_sheets(path: Path, sheets: Sheets, decorate: Decorate = lambda sheet: None) -> None:
    with xlsxwriter.Workbook(path, {"default_date_format": "yyyy-mm-dd"}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for index, row in enumerate(rows):
                sheet.write_row(index, 0, row)
        decorate(book.worksheets()[0])


def apply_to(engine: Engine, ledger: Ledger, today: date = TODAY) -> Applied:
    now = instant(today)
    with transaction(engine, now) as session:
        return apply_ledger(session, ledger, today=today, now=now, calendar=Calendar())


def refusals(engine: Engine, ledger: Ledger, today: date = TODAY) -> list[str]:
    """The sentences with which the ledger is refused."""
    with pytest.raises(LedgerRefused) as refused:
        apply_to(engine, ledger, today)
    return [problem.message() for problem in refused.value.problems]


def sentences(ledger: Ledger) -> list[str]:
    return [problem.message() for problem in ledger.problems]
