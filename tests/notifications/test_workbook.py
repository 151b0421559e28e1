"""A paper as an Excel file: its words first, each table on a sheet with a name of its own."""

import re
import zipfile
from datetime import date
from io import BytesIO

from python_calamine import CalamineWorkbook

from notifications.papers.paper import (
    Grid,
    Heading,
    Linked,
    Mark,
    Number,
    Paper,
    Paragraph,
    Run,
    Signature,
    Title,
)
from notifications.papers.workbook import write_workbook

TABLE = Grid(["单位", "件数"], [["区教育局", "3"]], [20, 20], numeric=[1])


def test_what_stands_beside_the_tables_is_all_there_and_a_draft_says_first_that_it_is_one() -> None:
    blocks = [
        *(Mark("待审批稿"), Title("晾晒"), Number("第1期"), TABLE, Paragraph("统计期为七月。")),
        *(Heading("附"), Linked([Run("全区"), Run("3", to="f1"), Run("件。")]), TABLE),
        *(Paragraph("同意上墙。"), Signature("督查室", "2022年7月31日")),
    ]
    book = CalamineWorkbook.from_filelike(
        BytesIO(write_workbook(Paper("晾晒", "督查室", "zh-CN", date(2022, 7, 31), blocks)))
    )

    assert [row[0] for row in book.get_sheet_by_index(0).to_python()] == [
        *("待审批稿", "晾晒", "第1期", "统计期为七月。", "附：全区3件。", "同意上墙。"),
        *("督查室", "2022年7月31日"),
    ]
    assert book.sheet_names == ["说明", "表", "附"]
    assert book.get_sheet_by_index(2).to_python() == [["单位", "件数"], ["区教育局", 3]]


def test_no_two_sheets_have_one_name() -> None:
    long = "长" * 40
    blocks = [*(Heading("summary"), TABLE, TABLE), *(Heading(long), TABLE), *(Heading(long), TABLE)]
    paper = Paper("Posting", "office", "en", date(2022, 7, 31), blocks)

    book = CalamineWorkbook.from_filelike(BytesIO(write_workbook(paper)))

    assert book.sheet_names == [
        *("Summary", "summary 2", "summary 3", "长" * 31, f"{'长' * 27} 2"),
    ]


def test_a_long_sentence_is_wrapped_in_a_column_that_a_page_has_room_for() -> None:
    said = "本月收到 2 件，办结 0 件；" * 12
    paper = Paper("信访", "督查室", "zh-CN", date(2026, 11, 28), [Title("信访"), Paragraph(said)])

    with zipfile.ZipFile(BytesIO(write_workbook(paper))) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    [width] = re.findall(r'<col min="1" max="1" width="([\d.]+)"', sheet)
    [height] = re.findall(r'<row r="2" [^>]* ht="(\d+)"', sheet)

    assert float(width) * 7 / 96 * 25.4 < 210 - 2 * 17.8  # mm: A4 between its margins
    assert int(height) >= 5 * 15
    assert '<pageSetup paperSize="9" fitToHeight="0"' in sheet
