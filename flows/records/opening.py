"""Tasks that follow from a record, as a person writes them: 编号|事项|责任单位|时限|类别."""

from collections.abc import Iterable
from datetime import date

from flows.ledger.rows import LedgerRow
from flows.records.lines import BadLine

PARTS = ("编号", "事项", "责任单位", "时限", "类别")
DIRECTIVE = "directive"  # the procedure of what a leader asks for


def read_opens(written: Iterable[str], on: date) -> list[LedgerRow]:
    """Opened on this day. Raises BadLine; what the ledger refuses, the import tells."""
    found = [(n, said.strip()) for n, said in enumerate(written, 1) if said.strip()]
    return [_row(n, said, on) for n, said in found]


def _row(n: int, said: str, on: date) -> LedgerRow:
    parts = [part.strip() for part in said.replace("｜", "|").split("|")]
    if not len(PARTS) - 1 <= len(parts) <= len(PARTS) or not all(parts[:4]):
        raise BadLine(
            n,
            f"交办事项请写成 {'|'.join(PARTS)}（类别可不写）",
            "write a task as number|what|unit|deadline|procedure (the procedure may be left out)",
        )
    number, title, unit, due = parts[:4]
    try:
        due_on = date.fromisoformat(due)
    except ValueError as error:
        raise BadLine(
            n, f"“{due[:20]}”不是日期，请写成 2022-07-14", f"'{due[:20]}' is no date"
        ) from error
    return LedgerRow(
        number=number,
        title=title,
        unit=unit,
        due_on=due_on,
        opened_on=on,
        procedure=parts[4] if parts[4:] and parts[4] else DIRECTIVE,
    )
