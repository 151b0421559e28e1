"""A paper as an Excel file: what it says first, then each of its tables on a sheet of its own."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, time
from io import BytesIO
from itertools import chain, count, zip_longest
from typing import Any

import xlsxwriter

from notifications.papers.paper import (
    Block,
    Grid,
    Heading,
    Linked,
    Mark,
    Number,
    Paper,
    Paragraph,
    Signature,
    Title,
)
from notifications.sheet_words import AS_FORMULA, cell_words, lines_of, pieces
from notifications.wording import ENGLISH

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CELL = {"font_name": "宋体", "font_size": 10, "valign": "vcenter", "text_wrap": True, "border": 1}
HEAD = {**CELL, "font_name": "黑体", "bold": True, "align": "center", "bg_color": "#E8EBEF"}
TITLE = {"font_name": "黑体", "font_size": 16}
WORDS = {"font_name": "宋体", "font_size": 11, "text_wrap": True, "valign": "top"}
_NOT_IN_A_NAME = re.compile(r"[\[\]:*?/\\]")
LONGEST_NAME, A4, WIDE = 31, 9, 66
LINE, TALLEST = 15, 409  # points; Excel has no taller row


def write_workbook(paper: Paper) -> bytes:
    """The same paper is the same file. A table is named by the heading above it; what has no table
    stands on the first sheet."""
    written = BytesIO()
    with xlsxwriter.Workbook(written, {"in_memory": True, "strings_to_formulas": False}) as book:
        book.set_properties({"created": datetime.combine(paper.on, time()), "author": paper.author})
        front = book.add_worksheet("Summary" if paper.language == ENGLISH else "说明")
        front.set_column(0, 0, WIDE)
        front.set_paper(A4)
        front.fit_to_pages(1, 0)
        row, heading, above = 0, "", ""
        for block in paper.blocks:
            if isinstance(block, Heading):
                heading = above = block.words
            elif isinstance(block, Grid):
                _sheet(book, _free_name(book, heading, paper.language), block)
                above = ""  # what follows may be about all of it
            for line in _lines(block, above):
                style = book.add_format(TITLE if isinstance(block, Title) else WORDS)
                for piece in pieces(line):
                    front.write_string(row, 0, cell_words(piece), style)
                    if isinstance(block, Paragraph):
                        front.set_row(row, min(lines_of(piece, WIDE) * LINE, TALLEST))
                    row += 1
    return written.getvalue()


def _lines(block: Block, heading: str) -> Sequence[str]:
    """What it says beside the tables; a chart says what its table says."""
    match block:
        case Mark(words) | Title(words) | Number(words):
            return [words]
        case Paragraph(words):
            return [f"{heading}：{words}" if heading else words]
        case Linked(runs):
            return _lines(Paragraph("".join(run.words for run in runs)), heading)
        case Signature(by, on):
            return [by, on]
    return []


def _free_name(book: xlsxwriter.Workbook, heading: str, language: str) -> str:
    """Excel knows no two sheets of one name, however they are written."""
    plain = _NOT_IN_A_NAME.sub(" ", heading)[:LONGEST_NAME]
    plain = plain or ("Table" if language == ENGLISH else "表")
    taken = {name.lower() for name in book.sheetnames}
    counted = (f"{plain[: LONGEST_NAME - 4]} {n}" for n in count(2))
    return next(name for name in chain([plain], counted) if name.lower() not in taken)


def _sheet(book: xlsxwriter.Workbook, name: str, grid: Grid) -> None:
    sheet = book.add_worksheet(name)
    plain, typed = book.add_format(CELL), book.add_format({**CELL, "quote_prefix": True})
    head = book.add_format(HEAD)
    for n, (said, width) in enumerate(zip(grid.headings, grid.widths, strict=True)):
        sheet.set_column(n, n, width / 2)
        sheet.write_string(0, n, said, head)
    rows = [row for cells in grid.rows for row in _rows(cells)]
    for m, cells in enumerate(rows, 1):
        for n, said in enumerate(cells):
            if n in grid.numeric and said.isdecimal():
                sheet.write_number(m, n, int(said), plain)
            else:
                style = typed if said.startswith(AS_FORMULA) else plain
                sheet.write_string(m, n, cell_words(said), style)
    _page(sheet, len(rows), len(grid.headings))


def _rows(cells: Sequence[str]) -> Iterator[Sequence[str]]:
    """What one cell cannot hold goes on in the row below, and nothing is left out."""
    yield from zip_longest(*map(pieces, cells), fillvalue="")


def _page(sheet: Any, rows: int, columns: int) -> None:
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(rows, 1), columns - 1)
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
