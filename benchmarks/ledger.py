"""A ledger in and out against openpyxl, which only reads and writes the same file: what is checked
and stored in the one case is thrown away in the other."""

import argparse
import json
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

import openpyxl
from rich.console import Console
from rich.table import Table
from sqlalchemy import Engine, insert

from benchmarks.databases import postgresql, sqlite
from benchmarks.district import rules
from benchmarks.machine import machine
from benchmarks.outbox import office_of
from benchmarks.population import OPENED, TONIGHT, UNITS, instant
from flows.database import reading, transaction
from flows.ledger.apply import apply_ledger
from flows.ledger.export import export_ledger
from flows.ledger.reading import read_ledger
from flows.working_days import load_calendar
from models import Unit

HEADINGS = (
    *("问题编号", "反馈问题", "责任单位", "责任人", "责任人邮箱", "交办日期", "整改时限"),
    *("整改目标", "整改措施"),
)
HANDLERS = 3000
BUDGET = 5000  # rows a second, checked and stored


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--json", type=Path, help="write the figures there too")
    given = parser.parse_args()
    told: dict[str, Any] = {"machine": machine(), "rows": given.rows}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "台账.xlsx"
        told["openpyxl writes"] = _timed(lambda: write(file, given.rows))
        told["openpyxl reads"] = _timed(lambda: read(file))
        for kind in (sqlite, postgresql):
            home = Path(folder) / kind.__name__
            home.mkdir()
            with kind(home, _units_and_rules) as copies:
                told |= _in_and_out(next(copies), kind.__name__, file, home / "出.xlsx")
    if given.json:
        given.json.write_text(json.dumps(told, indent=2), encoding="utf-8")
    show(told)


def _units_and_rules(engine: Engine) -> None:
    with transaction(engine, instant(OPENED)) as session:
        rules(session)
        session.execute(insert(Unit), [{"name": f"单位{n}"} for n in range(1, UNITS + 1)])


def write(file: Path, rows: int) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("台账")
    sheet.append(HEADINGS)
    for n in range(1, rows + 1):
        sheet.append(list(_row(n)))
    book.save(file)


def _row(n: int) -> Iterator[str | date]:
    who = n % HANDLERS
    yield from (f"测{n:08}", f"第 {n} 个问题，须按时限整改到位", f"单位{1 + who % UNITS}")
    yield from (f"张伟{who}", f"zhang{who}@dinghai.example", OPENED)
    yield TONIGHT + timedelta(days=n % 300)
    yield from ("问题整改到位，形成长效机制", "制定方案，逐项落实")


def read(file: Path) -> None:
    book = openpyxl.load_workbook(file, read_only=True)
    for _row_of_it in book["台账"].iter_rows(values_only=True):
        pass
    book.close()


def _in_and_out(engine: Engine, kind: str, file: Path, out: Path) -> dict[str, float]:
    def take_in() -> None:
        ledger = read_ledger(file, today=TONIGHT)
        with transaction(engine, instant(TONIGHT)) as session:
            calendar = load_calendar(session)
            apply_ledger(session, ledger, today=TONIGHT, now=instant(TONIGHT), calendar=calendar)

    def give_out() -> None:
        office = office_of(engine, None)
        with reading(engine) as session:
            export_ledger(
                session, out, now=instant(TONIGHT), timezone=office.timezone, language="zh-CN"
            )

    return {f"{kind} imports": _timed(take_in), f"{kind} exports": _timed(give_out)}


def _timed(work: Any) -> float:
    began = perf_counter()
    work()
    return perf_counter() - began


def show(told: dict[str, Any]) -> None:
    table = Table(title=f"A ledger of {told['rows']:,} rows; {told['machine']}")
    for heading in ("", "s", "rows a second", "to openpyxl"):
        table.add_column(heading, justify="right" if heading else "left")
    for what, took in told.items():
        if isinstance(took, float):
            way = "writes" if what.endswith(("exports", "writes")) else "reads"
            ratio = took / told[f"openpyxl {way}"]
            table.add_row(what, f"{took:.2f}", f"{told['rows'] / took:,.0f}", f"{ratio:.2f}")
    Console().print(table)
    slowest = max(told["sqlite imports"], told["postgresql imports"])
    rate = told["rows"] / slowest
    Console().print(f"budget {BUDGET:,} rows a second: {'kept' if rate >= BUDGET else 'missed'}")


if __name__ == "__main__":
    main()
