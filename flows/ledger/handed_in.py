"""Rows that a program hands in become a ledger, by the same reading as a file's."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from flows.ledger.grid import Grid, Merge, Value, fill_merged
from flows.ledger.headings import DIRECTORY, LEDGER, fields_of, normal
from flows.ledger.reading import Reader
from flows.ledger.rows import LEDGER_SHEET, Ledger
from flows.ledger.sentences import shown
from models.refusal import Refusal

Cell = str | int | float | bool | list[str] | None
Row = Mapping[str, Cell]
MEASURES = "measures"
MOST_NAMED = 10  # of the fields that differ


def handed_in(rows: Sequence[Row], *, today: date, sheet: str = LEDGER_SHEET) -> Ledger:
    """Fields are named as the columns of this sheet, in Chinese or English; several measures are a
    list. A problem's row counts from 1, as the rows came. Raises Refusal if their fields differ,
    because a field that is missing is kept and one that is empty is cleared."""
    names = list(rows[0]) if rows else []
    for n, row in enumerate(rows, 1):
        if set(row) != set(names):
            differ = "、".join(shown(name) for name in sorted(set(row) ^ set(names))[:MOST_NAMED])
            raise Refusal(
                f"第 {n} 行与第 1 行的字段不同（{differ}）；请让每一行的字段相同",
                f"row {n} has other fields than row 1 ({differ}); give every row the same",
            )
    _require_fields(names, sheet)
    grid, came_from = _grid(names, rows)
    reader = Reader(today)
    reader.read(sheet, grid)
    ledger = reader.ledger()
    problems = (replace(p, row=p.row and came_from[p.row - 1]) for p in ledger.problems)
    lines = (replace(line, row=line.row and came_from[line.row - 1]) for line in ledger.rows)
    people = (replace(one, row=one.row and came_from[one.row - 1]) for one in ledger.directory)
    told = replace(ledger, rows=tuple(lines), directory=tuple(people), problems=tuple(problems))
    return replace(told, without_due=())  # a program has no headings to correct


def _require_fields(names: Sequence[str], sheet: str) -> None:
    """A program knows fields, and no row of headings that a file would have."""
    headings = LEDGER if sheet == LEDGER_SHEET else DIRECTORY
    there = {fields_of(headings).get(normal(name)) for name in names}
    lacking = [h.field for h in headings if h.required and h.field not in there]
    if lacking:
        shown = "、".join(lacking)
        raise Refusal(
            f"每一行都要有字段 {shown}；没有写入",
            f"each row needs the fields {', '.join(lacking)}; nothing was written",
        )


def _grid(names: Sequence[str], rows: Sequence[Row]) -> tuple[Grid, list[int]]:
    """With a line for each measure, the rest merged over them; and which row each line is of."""
    lines: list[list[Value]] = [list(names)]
    came_from, merges = [0], list[Merge]()
    measures = next((n for n, name in enumerate(names) if _is_measures(name)), None)
    for n, row in enumerate(rows, 1):
        texts = _texts(row[names[measures]]) if measures is not None else [""]
        top = len(lines)
        for text in texts:
            line = [_cell(row[name]) for name in names]
            if measures is not None:
                line[measures] = text
            lines.append(line)
            came_from.append(n)
        bottom = len(lines) - 1
        if bottom > top:
            merges += [((top, c), (bottom, c)) for c in range(len(names)) if c != measures]
    grid = Grid("", lines)
    fill_merged(grid, merges)
    return grid, came_from


def _is_measures(name: str) -> bool:
    return fields_of(LEDGER).get(normal(name)) == MEASURES


def _texts(said: Cell) -> list[Value]:
    return [*said] or [""] if isinstance(said, list) else [_cell(said)]


def _cell(said: Cell) -> Value:
    if said is None:
        return ""
    return "\n".join(said) if isinstance(said, list) else said
