"""A sheet as rows of values, in which a merged range shows its value in every cell."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

MAX_MERGED_CELLS = 5_000_000  # far beyond any ledger; overlapping ranges can ask for more


@dataclass(frozen=True, slots=True)
class CellFault:
    """A cell whose value the file does not hold: an error value, or a formula not computed."""

    place: str
    error: str = ""  # "#N/A"; empty for a formula without a value


Value = str | int | float | bool | date | datetime | time | timedelta | CellFault
Merge = tuple[tuple[int, int], tuple[int, int]]  # (row, column) of both corners, from 0


@dataclass(slots=True)
class Grid:
    """`rows[0]` is row 1 of the file. `sheet` is "" for a CSV."""

    sheet: str
    rows: list[list[Value]]
    merged: dict[tuple[int, int], Merge] = field(default_factory=dict)

    def merge_at(self, row: int, column: int) -> Merge | None:
        return self.merged.get((row, column))


def fill_merged(grid: Grid, ranges: Sequence[Merge]) -> bool:
    """Repeat each range's value in its cells. False: the ranges ask for too much."""
    budget = MAX_MERGED_CELLS
    for merge in ranges:
        (top, left), (bottom, right) = merge
        for row in range(top, min(bottom + 1, len(grid.rows))):
            cells = grid.rows[row]
            for column in range(left, min(right + 1, len(cells))):
                cells[column] = grid.rows[top][left]
                grid.merged[row, column] = merge
                budget -= 1
        if budget < 0:
            return False
    return True


def is_blank(value: Value) -> bool:
    return isinstance(value, str) and not value.strip()


def column_letters(index: int) -> str:
    """0 → A, 26 → AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def place_of(row: int, column: int) -> str:
    """Row and column from 0 as Excel names the cell: (6, 4) → E7."""
    return f"{column_letters(column)}{row + 1}"
