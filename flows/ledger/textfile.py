"""A CSV as a grid: UTF-8 with or without a mark, else GB18030."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet

from flows.ledger.grid import CellFault, Grid, Value, place_of
from flows.ledger.problems import UnreadableLedger
from flows.ledger.second_look import MAX_CELLS

MAX_ROWS, MAX_COLUMNS = 1 << 20, 1 << 14  # no sheet has more
TOO_MANY = (
    "CSV 的行或单元格太多，已拒绝读取；请只保留台账和通讯录的内容，另存后再导入",
    (
        "the CSV has too many rows or cells and was not read; keep only the ledger and the "
        "directory in it"
    ),
)


def read_csv(data: bytes) -> Grid:
    """The one sheet of a CSV. A cell that begins with = is a formula, and a CSV has no values.
    Rows without a word are empty, and behind the last that has one there are none: a sheet that was
    formatted to its end is saved with a million of them."""
    lines = csv.reader(io.StringIO(_decoded(data), newline=""), strict=True)
    rows: list[list[Value]] = []
    number, cells_read = -1, 0
    try:
        for number, cells in enumerate(lines):
            said = any(map(str.strip, cells))
            width = len(cells) if said else 0
            cells_read += width
            if number >= MAX_ROWS or width > MAX_COLUMNS or cells_read > MAX_CELLS:
                raise UnreadableLedger(*TOO_MANY)
            if said:
                rows += [[] for _ in range(number - len(rows))]
                rows.append(_values(number, cells))
    except csv.Error as error:
        raise UnreadableLedger(
            f"CSV 第{number + 2}行读不下去，可能是引号没有成对；请检查这一行以后的引号",
            f"the CSV cannot be read from row {number + 2} on ({error}); "
            "check the quotation marks there",
        ) from error
    return Grid("", rows)


def read_named(
    data: bytes, headings: Mapping[str, Sequence[str]]
) -> tuple[AbstractSet[str], Iterator[tuple[int, dict[str, str]]]]:
    """Which of these fields its first line heads, by any of their words, and line by line what they
    say. Lines count as the file has them; empty ones are passed over."""
    lines = [[str(cell).strip() for cell in line] for line in read_csv(data).rows]
    places = {
        field: n
        for n, heading in enumerate(lines[0] if lines else [])
        for field, names in headings.items()
        if heading.lower() in names
    }
    said = (
        (n, {field: line[at] for field, at in places.items() if at < len(line)})
        for n, line in enumerate(lines[1:], 2)
        if any(line)
    )
    return places.keys(), said


def _values(number: int, cells: list[str]) -> list[Value]:
    return [
        CellFault(place_of(number, column)) if cell.startswith("=") else cell
        for column, cell in enumerate(cells)
    ]


def _decoded(data: bytes) -> str:
    if b"\0" in data:
        raise UnreadableLedger(
            "文件既不是 .xlsx，也不是 UTF-8 或 GB18030 编码的 CSV；请另存为 .xlsx 再导入",
            "the file is neither .xlsx nor a CSV in UTF-8 or GB18030; save it as .xlsx",
        )
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableLedger(
        "CSV 的编码既不是 UTF-8，也不是 GB18030；请另存为 .xlsx 或“CSV UTF-8”再导入",
        "the CSV is neither UTF-8 nor GB18030; save it as .xlsx or as CSV UTF-8",
    )
