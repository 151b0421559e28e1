"""Thousands of rows go in at once, out, and in again without a change."""

from pathlib import Path

import pytest
from sqlmodel import Session, SQLModel

from flows.database import open_engine, reading, transaction
from flows.ledger.apply import apply_ledger
from flows.ledger.export import export_ledger
from flows.ledger.reading import read_ledger
from models.workdays import Calendar
from tests.conftest import SHANGHAI, instant, sample, shipped_rules
from tests.flows.ledger.conftest import REQUIRED, TODAY, write_sheets

ROWS = sample(2_000, 50_000)


@pytest.mark.storm
def test_thousands_of_rows_are_read_checked_and_stored(tmp_path: Path) -> None:
    engine, now = open_engine(f"sqlite:///{tmp_path / 'sise.db'}"), instant(TODAY)
    SQLModel.metadata.create_all(engine)
    with transaction(engine, now) as session:
        shipped_rules(session, now)
    write_sheets(
        tmp_path / "台账.xlsx",
        {
            "通讯录": [
                ["单位", "姓名", "邮箱"],
                *([f"单位{n}", f"人{n}", f"p{n}@example.cn"] for n in range(200)),
            ],
            "台账": [
                [*REQUIRED, "责任人", "整改措施"],
                *(
                    [
                        f"定巡{n}",
                        f"问题{n}",
                        f"单位{n % 200}",
                        "2022年12月31日",
                        f"人{n % 200}",
                        "措施",
                    ]
                    for n in range(ROWS)
                ),
            ],
        },
    )

    ledger = read_ledger(tmp_path / "台账.xlsx", today=TODAY)
    with transaction(engine, now) as session:
        applied = apply_ledger(session, ledger, today=TODAY, now=now, calendar=Calendar())
    with reading(engine) as session:
        export_ledger(session, tmp_path / "导出.xlsx", now=now, timezone=SHANGHAI, language="zh-CN")
    out = read_ledger(tmp_path / "导出.xlsx", today=TODAY)
    with Session(engine) as session:
        returned = apply_ledger(session, out, today=TODAY, now=now, calendar=Calendar())
    with Session(engine) as session:
        again = apply_ledger(session, ledger, today=TODAY, now=now, calendar=Calendar())
    engine.dispose()

    assert ledger.problems == ()
    assert (applied.opened, applied.officials, again.unchanged) == (ROWS, 200, ROWS)
    assert (returned.unchanged, returned.officials, out.problems) == (ROWS, 0, ())
