"""A paper as an Excel file: its words first, each table on a sheet with a name of its own."""

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
