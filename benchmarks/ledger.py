"""A ledger in and out against openpyxl, which only reads and writes the same file: what is checked
and stored in the one case is thrown away in the other."""

import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

import openpyxl
from sqlalchemy import Engine, insert

from benchmarks.databases import postgresql, sqlite
from benchmarks.district import rules
from benchmarks.outbox import office_of
from benchmarks.population import OPENED, TONIGHT, UNITS, instant
from benchmarks.row import Budget, Row, options, told
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
BUDGET = Budget(5000, of="figure", at_least=True)  # a second, checked and stored


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


def _in_and_out(engine: Engine, file: Path, out: Path) -> tuple[float, float]:
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

    return _timed(take_in), _timed(give_out)


def _timed(work: Any) -> float:
    began = perf_counter()
    work()
    return perf_counter() - began


def rows(n: int) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "台账.xlsx"
        floors = {"writes": _timed(lambda: write(file, n)), "reads": _timed(lambda: read(file))}
        for way, took in floors.items():
            yield Row("ledger", f"openpyxl {way}", f"{n:,} rows", n / took, "rows/s")
        for kind in (sqlite, postgresql):
            home = Path(folder) / kind.__name__
            home.mkdir()
            size = f"{kind.__name__}, {n:,} rows"
            with kind(home, _units_and_rules) as copies:
                took_in, gave_out = _in_and_out(next(copies), file, home / "出.xlsx")
            read_in = took_in / floors["reads"], "openpyxl's time"
            yield Row("ledger", "import", size, n / took_in, "rows/s", *read_in, BUDGET)
            written = gave_out / floors["writes"], "openpyxl's time"
            yield Row("ledger", "export", size, n / gave_out, "rows/s", *written)


def main() -> None:
    given = options(__doc__, rows=(100_000, 3_000))
    told(given, rows(given.rows))


if __name__ == "__main__":
    main()
