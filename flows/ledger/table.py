"""A grid whose headings were found: which column is which field, and where the rows begin."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from flows.ledger import headings
from flows.ledger.cells import BadCell
from flows.ledger.grid import CellFault, Grid, Value, column_letters, is_blank
from flows.ledger.headings import Heading
from flows.ledger.needs import Need
from flows.ledger.problems import Problem
from flows.ledger.sentences import shown

T = TypeVar("T")
FEWEST = 2  # headings that make a row one of headings


@dataclass(slots=True)
class Table:
    grid: Grid
    headings: tuple[Heading, ...]
    columns: dict[str, int]
    first: int  # index of the first row below the headings
    problems: list[Problem]
    ignored: tuple[str, ...] = ()

    def rows(self) -> Iterator[int]:
        """Indices of the rows that hold something."""
        known = set(self.columns.values())
        for row in range(self.first, len(self.grid.rows)):
            if _says_something(self.grid.rows[row], known):
                yield row

    def value(self, row: int, field: str) -> Value:
        cells, column = self.grid.rows[row], self.columns[field]
        return cells[column] if column < len(cells) else ""

    def take(self, row: int, field: str, parse: Callable[[Value], T], default: T) -> T:
        """The parsed cell; a fault becomes a problem, and the default stands in for it."""
        column = self.columns.get(field)
        if column is None:
            return default
        cells = self.grid.rows[row]
        try:
            return parse(cells[column] if column < len(cells) else "")
        except BadCell as bad:
            self.note(row, field, bad.need, bad.found, bad.other)
            return default

    def lacking(self, called: str) -> Problem:
        """This heading is not there; it may be among those that are not read."""
        if self.ignored:
            others = "、".join(self.ignored)
            return Problem(self.grid.sheet, self.first, "", called, Need.UNREAD_COLUMNS, others)
        return Problem(self.grid.sheet, None, "", called, Need.MISSING_COLUMN, str(self.first))

    def note(
        self, row: int | None, field: str, need: Need, found: str = "", other: str = ""
    ) -> None:
        column = headings.named(self.headings, field).chinese if field else ""
        line = None if row is None else row + 1
        self.problems.append(Problem(self.grid.sheet, line, column, found, need, other))


def find_table(grid: Grid, table: tuple[Heading, ...]) -> Table | None:
    """The headings are the row, or the two rows, that hold most of the names we know."""
    found = _found(grid, table)
    spans = [(row, row) for row in range(len(found))]
    spans += [(row, row + 1) for row in range(len(found) - 1) if _are_one(grid, found, row)]
    top, bottom = max(spans, key=lambda span: _count(found, span), default=(0, 0))
    if not found or _count(found, (top, bottom)) < FEWEST:
        return None
    columns = found[top] | found[bottom]
    bottom = max([bottom, *(_merge_bottom(grid, bottom, column) for column in columns)])
    return _table(grid, table, columns, (top, bottom))


def count_known(grid: Grid, table: tuple[Heading, ...]) -> int:
    """How many headings of this table the best row of the grid holds."""
    found = _found(grid, table)
    return max((_count(found, (row, row)) for row in range(len(found))), default=0)


def _found(grid: Grid, table: tuple[Heading, ...]) -> list[dict[int, str]]:
    """For each of the first rows: column → field."""
    fields = headings.fields_of(table)
    return [_known(cells, fields) for cells in grid.rows[: headings.LOOKED_AT]]


def _known(cells: list[Value], fields: dict[str, str]) -> dict[int, str]:
    named = ((column, cell) for column, cell in enumerate(cells) if isinstance(cell, str))
    pairs = ((column, fields.get(headings.normal(cell))) for column, cell in named)
    return {column: field for column, field in pairs if field}


def _count(found: list[dict[int, str]], span: tuple[int, int]) -> int:
    top, bottom = span
    return len(set((found[top] | found[bottom]).values()))


def _are_one(grid: Grid, found: list[dict[int, str]], row: int) -> bool:
    """The next row continues these headings: below them it has further headings or nothing."""
    below = grid.rows[row + 1]
    upper_only = set(found[row]) - set(found[row + 1])
    return bool(found[row + 1]) and not any(_filled(below, column) for column in upper_only)


def _merge_bottom(grid: Grid, row: int, column: int) -> int:
    merge = grid.merge_at(row, column)
    return merge[1][0] if merge else row


def _table(
    grid: Grid, table: tuple[Heading, ...], named: dict[int, str], rows: tuple[int, int]
) -> Table:
    columns: dict[str, int] = {}
    found = Table(grid, table, columns, rows[1] + 1, [])
    for column, field in sorted(named.items()):
        if field in columns:
            both = f"{column_letters(columns[field])}、{column_letters(column)}"
            found.problems.append(
                Problem(
                    grid.sheet,
                    rows[1] + 1,
                    "",
                    headings.named(table, field).read_as,
                    Need.TWICE_A_COLUMN,
                    both,
                )
            )
        columns.setdefault(field, column)
    found.ignored = tuple(headings.shown_as_one([*_ignored(found, rows)]))
    for heading in table:
        if heading.field in columns:
            continue
        if heading.theirs:
            found.problems.append(
                Problem(grid.sheet, None, "", heading.theirs, Need.MAPPED_COLUMN, str(rows[1] + 1))
            )
        elif heading.required:
            found.problems.append(found.lacking(heading.chinese))
    return found


def _ignored(table: Table, rows: tuple[int, int]) -> Iterator[str]:
    """The columns that are passed over: by their heading, or by letter if they have none."""
    known = set(table.columns.values())
    width = max((len(row) for row in table.grid.rows), default=0)
    for column in range(width):
        if column in known:
            continue
        names = (table.grid.rows[row][column : column + 1] for row in rows[::-1])
        heading = next((str(n[0]) for n in names if n and not is_blank(n[0])), "")
        if heading or any(_filled(row, column) for row in table.grid.rows[table.first :]):
            yield shown(" ".join(heading.split())) or column_letters(column)


def _filled(row: list[Value], column: int) -> bool:
    return column < len(row) and not is_blank(row[column])


def _says_something(cells: list[Value], known: set[int]) -> bool:
    """A row that is only numbered (序号) is an unused line of the office's form."""
    return any(
        not is_blank(cell) and (column in known or not _counts(cell))
        for column, cell in enumerate(cells)
    )


def _counts(cell: Value) -> bool:
    """A bare running number."""
    if isinstance(cell, CellFault):
        return True  # an uncomputed =ROW()
    return isinstance(cell, (int, float)) or (isinstance(cell, str) and cell.strip().isdigit())
