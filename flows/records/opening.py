"""Tasks that follow from a record, as a person writes them: 编号|事项|责任单位|时限|类别."""

from collections.abc import Iterable
from datetime import date

from flows.ledger.cells import BadCell, called, day, line, number, title
from flows.ledger.rows import LedgerRow
from flows.records.lines import BadLine
from notifications.wording import CHINESE, ENGLISH

PARTS = ("编号", "事项", "责任单位", "时限", "类别")
DIRECTIVE = "directive"  # the procedure of what a leader asks for


def read_opens(written: Iterable[str], on: date) -> list[LedgerRow]:
    """Opened on this day; each part is what a cell of the ledger may be. Raises BadLine; what else
    the ledger refuses, the import tells."""
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
    try:
        return LedgerRow(
            number=number(parts[0]),
            title=title(parts[1]),
            unit=called(parts[2]),
            due_on=day(parts[3]),
            opened_on=on,
            procedure=line(parts[4]) if parts[4:] and parts[4] else DIRECTIVE,
        )
    except BadCell as bad:
        chinese, english = (
            bad.need.say(bad.found, bad.other, language) for language in (CHINESE, ENGLISH)
        )
        raise BadLine(n, chinese, english) from bad
