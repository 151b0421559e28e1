"""How a paper falls on its pages, as the Word file itself says: whoever prints it has Word or WPS,
and each page must bear something that belongs there."""

import io
from datetime import date

import pytest
from docx import Document
from docx.document import Document as Word
from docx.oxml.ns import qn
from docx.shared import Pt
from docx.table import Table, _Row
from docx.text.paragraph import Paragraph as Line

from models.warning import Colour
from notifications.papers.paper import (
    Bar,
    Block,
    CopyTo,
    Form,
    Grid,
    Mark,
    NewPage,
    Paper,
    Paragraph,
    Signature,
    Title,
)
from notifications.papers.word import write_word

SIGNATURE = Signature("区委督查室", "2026年11月28日")
SHORT = Grid(("序号", "事项"), [(str(n), "整改") for n in range(1, 6)], (11, 145))
LONG = Grid(("序号", "事项"), [(str(n), "整改") for n in range(1, 40)], (11, 145))
FORM = Form([("编号", "甲-1"), ("事项", "整改")])


def written(*blocks: Block) -> Word:
    paper = Paper("报告", "督查室", "zh-CN", date(2026, 11, 28), blocks)
    return Document(io.BytesIO(write_word(paper)))


def parts(word: Word) -> list[Line | Table]:
    return list(word.iter_inner_content())


def kept(row: _Row) -> bool:
    """Whether it stands on the page of what follows it."""
    return all(cell.paragraphs[0].paragraph_format.keep_with_next for cell in row.cells)


def test_the_last_paragraph_stands_on_the_page_of_its_signature() -> None:
    word = written(Title("报告"), Paragraph("甲"), Paragraph("乙"), SIGNATURE)

    said = {line.text: bool(line.paragraph_format.keep_with_next) for line in word.paragraphs}
    assert said == {
        "报告": True,
        "甲": False,
        "乙": True,
        "区委督查室": True,
        "2026年11月28日": False,
    }


@pytest.mark.parametrize(("block", "rows"), [(FORM, 2), (SHORT, 6), (LONG, 2)])
def test_a_table_before_a_signature_stands_on_its_page(block: Block, rows: int) -> None:
    """A short one with all of its rows, of a long one the last two; and the line between."""
    _, *_, table, gap, by, _ = parts(written(Title("报告"), Paragraph("甲"), block, SIGNATURE))

    assert isinstance(table, Table)
    assert isinstance(gap, Line)
    assert isinstance(by, Line)
    assert by.text == "区委督查室"
    assert gap.paragraph_format.keep_with_next
    assert all(map(kept, table.rows[-rows:]))
    assert rows == len(table.rows) or not kept(table.rows[-rows - 1])


def test_headings_do_not_stand_without_a_row_below_them() -> None:
    [table] = written(LONG).tables

    assert kept(table.rows[0])
    assert not kept(table.rows[1])


@pytest.mark.parametrize("block", [FORM, LONG, CopyTo(("抄送：甲。", "乙印发"))])
def test_a_table_that_fills_its_page_is_not_followed_by_an_empty_one(block: Block) -> None:
    """Word wants a line at the end. It is low, and takes the last row with it."""
    *_, table, end = parts(written(Title("报告"), block))

    assert isinstance(table, Table)
    assert isinstance(end, Line)
    assert end.paragraph_format.line_spacing == Pt(1)
    assert kept(table.rows[-1])


@pytest.mark.parametrize("block", [FORM, LONG])
def test_a_full_page_before_a_new_one_is_not_followed_by_an_empty_one(block: Block) -> None:
    *_, table, turned, title = parts(written(Title("报告"), block, NewPage(), Title("回执")))

    assert isinstance(table, Table)
    assert isinstance(turned, Line)
    assert isinstance(title, Line)
    assert title.text == "回执"
    assert turned.paragraph_format.page_break_before
    assert list(turned._element.iter(qn("w:br"))) == []


@pytest.mark.parametrize("block", [Bar(Colour.RED, "红色预警"), Mark("待审批"), FORM])
def test_two_tables_do_not_become_one(block: Block) -> None:
    before, between, *_ = parts(written(block, FORM))

    assert isinstance(before, Table)
    assert isinstance(between, Line)


def test_a_table_that_is_wider_than_the_text_is_no_table() -> None:
    with pytest.raises(ValueError, match="a table of 157 mm does not fit 156 mm"):
        Grid(("序号", "事项"), [], (12, 145))
