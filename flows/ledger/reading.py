"""A file becomes a ledger: everything that it says, and everything that is wrong with it."""

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from flows.ledger.directory_rows import directory_rows
from flows.ledger.grid import Grid, is_blank
from flows.ledger.headings import LOOKED_AT
from flows.ledger.ledger_rows import ledger_rows
from flows.ledger.mapping import OURS, SHEETS, HeadingMap
from flows.ledger.needs import Need
from flows.ledger.package import NOT_A_WORKBOOK
from flows.ledger.problems import Problem, UnreadableLedger, in_order
from flows.ledger.rows import LEDGER_SHEET, DirectoryRow, Ledger, LedgerRow
from flows.ledger.table import FEWEST, Table, count_known, find_table
from flows.ledger.textfile import read_csv
from flows.ledger.workbook import read_workbook

BOOKS = (
    ".xlsx",
    ".xlsm",
    ".xls",
)  # how a workbook is called; a CSV under such a name is read all the same
MAX_FILE = 64_000_000  # bytes
SIGNS = {
    ";": ("分号", "semicolons"),
    "\t": ("制表符", "tabs"),
    "|": ("竖线", "bars"),
    "，": ("中文逗号", "Chinese commas"),
}


def read_ledger(path: Path, *, today: date, mapping: HeadingMap = OURS) -> Ledger:
    """Read an .xlsx or a CSV. Raises UnreadableLedger if there is nothing to read; whatever else
    is wrong is collected, and rows with problems are among the rows, so that the database's
    objections to them can be told at once. `today` gives 7月底 its year where 交办日期 is empty.
    """
    data = _content(path)
    if data.startswith(b"PK"):
        return _from_workbook(data, today, mapping)
    grid = read_csv(data)
    tables = mapping.tables
    table = max(tables, key=lambda sheet: count_known(grid, tables[sheet]))
    if count_known(grid, tables[table]) < FEWEST:
        _refuse_other_signs(grid, mapping)
        if path.suffix.lower() in BOOKS:
            raise UnreadableLedger(*NOT_A_WORKBOOK)
    reader = Reader(today, mapping)
    reader.read(table, grid)
    return reader.ledger()


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as content:
            data = content.read(MAX_FILE + 1)
    except OSError as error:
        raise UnreadableLedger(
            "无法打开；请检查路径和权限",
            f"the file cannot be opened ({error.strerror}); check path and rights",
        ) from error
    if len(data) > MAX_FILE:
        raise UnreadableLedger(
            "文件超过 64 MB，已拒绝读取；请拆分后再导入",
            "the file is larger than 64 MB and was not read; split it",
        )
    if not data.strip():
        raise UnreadableLedger("文件是空的；请填写后再导入", "the file is empty; fill it in")
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnreadableLedger(
            "文件是旧版 .xls 或设有密码；请去掉密码并另存为 .xlsx 再导入",
            "the file is an old .xls or has a password; save it as .xlsx without one",
        )
    if data.startswith((b"%PDF", b"{\\rtf")):
        raise UnreadableLedger(*NOT_A_WORKBOOK)
    return data


def _refuse_other_signs(grid: Grid, mapping: HeadingMap) -> None:
    """Headings that are there, but not divided by commas."""
    lines = [",".join(map(str, cells)) for cells in grid.rows[:LOOKED_AT]]
    for sign, (chinese, english) in SIGNS.items():
        divided = Grid("", [[*line.split(sign)] for line in lines])
        if any(count_known(divided, table) >= FEWEST for table in mapping.tables.values()):
            raise UnreadableLedger(
                f"CSV 的各列须用逗号分隔，这个文件用的是{chinese}；"
                "请另存为 .xlsx 或“CSV UTF-8”再导入",
                f"the columns of a CSV are divided by commas, and here by {english}; save it as "
                ".xlsx or as CSV UTF-8",
            )


def _from_workbook(data: bytes, today: date, mapping: HeadingMap) -> Ledger:
    book = read_workbook(data, SHEETS)
    if not book.grids:
        names = "、".join(book.sheet_names[:10])
        raise UnreadableLedger(
            f"工作簿里没有“台账”或“通讯录”工作表，只有：{names}；请改工作表名称",
            f"the workbook has no sheet 台账 or 通讯录, only {names}; rename the sheet",
        )
    reader = Reader(today, mapping)
    for sheet, grid in book.grids.items():
        reader.read(sheet, grid)
    others = tuple(n for n in book.sheet_names if n.strip().lower() not in SHEETS)
    return reader.ledger(others)


@dataclass(slots=True)
class Reader:
    """Collects what the sheets of one file say."""

    today: date
    mapping: HeadingMap = OURS
    rows: list[LedgerRow] = field(default_factory=list)
    directory: list[DirectoryRow] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)
    sections: list[str] = field(default_factory=list)
    sheets: list[str] = field(default_factory=list)
    without_due: list[Problem] = field(default_factory=list)

    def read(self, kind: str, grid: Grid) -> None:
        self.sheets.append(grid.sheet)
        headings = self.mapping.tables[kind]
        found = find_table(grid, headings)
        if found is None:
            needed = "、".join(heading.read_as for heading in headings if heading.required)
            self.problems.append(Problem(grid.sheet, None, "", "", Need.NO_HEADINGS, needed))
            return
        if kind == LEDGER_SHEET:
            rows, sections = ledger_rows(found, self.today)
            self.rows += rows
            self.sections += sections
            if rows and "due_on" not in found.columns:
                self.without_due.append(found.lacking("整改时限"))
        else:
            self.directory += directory_rows(found)
        self.columns += [f"{grid.sheet} {name}".lstrip() for name in found.ignored]
        self.problems += [*found.problems, *_overhanging(found)]

    def ledger(self, other_sheets: tuple[str, ...] = ()) -> Ledger:
        if not (self.rows or self.directory or self.problems):
            self.problems += [Problem(s, None, "", "", Need.NO_ROWS) for s in self.sheets]
        return Ledger(
            tuple(self.rows),
            tuple(self.directory),
            tuple(in_order(self.problems)),
            tuple(self.columns),
            tuple(self.sections),
            other_sheets,
            tuple(self.without_due),
        )


def _overhanging(table: Table) -> list[Problem]:
    """In a CSV, a cell beyond the headings means that a comma has shifted the row."""
    grid = table.grid
    if grid.sheet:
        return []
    width = len(grid.rows[table.first - 1])
    return [
        Problem("", row + 1, "", str(cells[width]), Need.OUTSIDE_COLUMNS)
        for row, cells in enumerate(grid.rows[table.first :], table.first)
        if any(not is_blank(cell) for cell in cells[width:])
    ]
