"""An .xlsx as grids: python-calamine reads the values, a second look finds what it hides."""

from collections.abc import Mapping
from dataclasses import dataclass

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from flows.ledger.grid import CellFault, Grid, fill_merged
from flows.ledger.package import BROKEN, TOO_LARGE, repack, sheet_parts, unpack
from flows.ledger.problems import UnreadableLedger
from flows.ledger.second_look import faults_of


@dataclass(frozen=True, slots=True)
class Workbook:
    """The wanted sheets under the names they are wanted by, and the names of all sheets."""

    grids: dict[str, Grid]
    sheet_names: tuple[str, ...]


def read_workbook(data: bytes, wanted: dict[str, str]) -> Workbook:
    """`wanted`: name of a sheet in lower case → the name it is wanted by."""
    parts = unpack(data)
    sheets = sheet_parts(parts)
    chosen = {name: key for name in sheets if (key := wanted.get(name.strip().lower()))}
    _refuse_two_of_one_kind(chosen)
    shared = parts.get("xl/sharedstrings.xml", b"")
    faults = {name: faults_of(sheets[name], shared) for name in chosen}
    try:
        with CalamineWorkbook.from_filelike(repack(parts)) as book:
            grids = {
                key: _grid(key, book.get_sheet_by_name(name), faults[name])
                for name, key in chosen.items()
            }
    except CalamineError as error:
        raise UnreadableLedger(*BROKEN) from error
    return Workbook(grids, tuple(sheets))


def _refuse_two_of_one_kind(chosen: Mapping[str, str]) -> None:
    for key in dict.fromkeys(chosen.values()):
        names = [f"“{name}”" for name, kind in chosen.items() if kind == key]
        if len(names) > 1:
            raise UnreadableLedger(
                f"工作簿里有 {len(names)} 张“{key}”工作表：{'、'.join(names)}；"
                "请合并成一张，或把其余的改名",
                f"the workbook has {len(names)} sheets that are {key}: {', '.join(names)}; "
                "make them one, or rename the others",
            )


def _grid(key: str, sheet: CalamineSheet, faults: dict[tuple[int, int], CellFault]) -> Grid:
    grid = Grid(key, sheet.to_python(skip_empty_area=False))  # type: ignore[arg-type]  # its cells are typed wider
    for (row, column), fault in faults.items():
        _reach(grid, row, column)
        grid.rows[row][column] = fault
    if not fill_merged(grid, sheet.merged_cell_ranges or []):
        raise UnreadableLedger(*TOO_LARGE)
    return grid


def _reach(grid: Grid, row: int, column: int) -> None:
    """A fault may lie beyond the last value."""
    while len(grid.rows) <= row:
        grid.rows.append([])
    grid.rows[row] += [""] * (column + 1 - len(grid.rows[row]))
