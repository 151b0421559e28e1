"""The tables of a Word file: the bar, forms, lists, and the ruled lines of 版记."""

from collections.abc import Sequence
from typing import Any

from docx.document import Document as Word
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT as CELL
from docx.enum.table import WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.enum.text import WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Length, Mm, Pt, RGBColor
from docx.table import Table, _Cell, _Row

from models.warning import Colour
from notifications.papers.paper import WIDTH, Bar, Block, CopyTo, Form, Grid, Mark, NewPage
from notifications.papers.word_fonts import HEITI, letter, readable

SMALL, FOUR = Pt(12), Pt(14)  # 小四, 四号
PALE = "F2F2F2"
LONG = 400  # characters
SHORT = 8  # rows
TABLES = (Bar, Mark, Form, Grid, CopyTo)
AFTER_BORDERS = ("w:shd", "w:tblLayout", "w:tblCellMar", "w:tblLook")  # Word wants its order
AFTER_FILL = ("w:noWrap", "w:tcMar", "w:textDirection", "w:tcFitText", "w:vAlign", "w:hideMark")
FILLS = {  # and the colour of the words upon them, so that both can be read
    Colour.GREEN: ("2E7D32", "FFFFFF"),
    Colour.BLUE: ("1F5FA8", "FFFFFF"),
    Colour.YELLOW: ("F5C400", "000000"),
    Colour.ORANGE: ("E87B00", "000000"),
    Colour.RED: ("B71C1C", "FFFFFF"),
}


def add_gap(word: Word, block: Block, follows: Block | None) -> None:
    """Two tables without a line between them would be one. Before a new page there is none, and
    Word wants a line at the end: either would stand on an empty page if the table fills its own."""
    if follows is None:
        keep_last(word)
        _space(word, Pt(1))
    elif not isinstance(follows, NewPage):
        _space(word, Pt(10) if isinstance(block, Bar | Mark) else Pt(8))


def add_bar(word: Word, block: Bar) -> None:
    table = _table(word, [WIDTH])
    [row] = table.rows
    row.height_rule, row.height = WD_ROW_HEIGHT_RULE.AT_LEAST, Mm(11)
    _write(row.cells[0], block.words, font=HEITI, align=ALIGN.CENTER, size=Pt(18))
    _colour(row.cells[0], block.colour)


def add_mark(word: Word, block: Mark) -> None:
    """On the right, over half of the line."""
    table = _table(word, [WIDTH // 2])
    table.alignment = WD_TABLE_ALIGNMENT.RIGHT
    _write(table.rows[0].cells[0], block.words, font=HEITI, align=ALIGN.CENTER)


def add_form(word: Word, block: Form) -> None:
    most = max(map(len, block.rows))
    label = 32
    value = WIDTH - label if most == 2 else WIDTH // 2 - label
    table = _table(word, [label, value] * (most // 2), rows=len(block.rows))
    for row, said in zip(table.rows, block.rows, strict=True):
        _keep_whole(row, said)
        for n, words in enumerate(said):
            last = n == len(said) - 1
            cell = row.cells[n].merge(row.cells[-1]) if last and len(said) < most else row.cells[n]
            _write(cell, words, font=HEITI if n % 2 == 0 else "")
            if n % 2 == 0:
                _fill(cell, PALE)
    _keep(table.rows[:-1])  # all on one page, if they have room on it


def add_grid(word: Word, block: Grid) -> None:
    _space(word, Pt(4), keep=True)
    table = _table(word, block.widths, rows=1 + len(block.rows))
    _margins(table, Mm(1))
    head, *rest = table.rows
    _repeat(head)
    for cell, words in zip(head.cells, block.headings, strict=True):
        _write(cell, words, font=HEITI, align=ALIGN.CENTER)
        _fill(cell, PALE)
    for n, (row, said) in enumerate(zip(rest, block.rows, strict=True)):
        _keep_whole(row, said)
        for m, (cell, words) in enumerate(zip(row.cells, said, strict=True)):
            _write(cell, words, align=ALIGN.CENTER if m in block.numeric else ALIGN.LEFT)
        if block.colours and (colour := block.colours[n]):
            _colour(row.cells[block.coloured], colour)
        if block.anchors:
            _name(row.cells[0], n, block.anchors[n])
    _keep([head])


def add_copy_to(word: Word, block: CopyTo) -> None:
    """Thick lines above and below, a thin one between."""
    _space(word, Pt(16))
    table = _table(word, [WIDTH], rows=len(block.lines))
    _borders(table, top=12, bottom=12, insideH=6, left=0, right=0)
    for row, said in zip(table.rows, block.lines, strict=True):
        _keep_whole(row, [said])
        _write(row.cells[0], said, size=FOUR)


def _table(word: Word, widths: Sequence[int], rows: int = 1) -> Table:
    table: Table = word.add_table(rows, len(widths))
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    _borders(table, top=6, bottom=6, left=6, right=6, insideH=4, insideV=4)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
    for row in table.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Mm(width)
    return table


def _borders(table: Table, **eighths: int) -> None:
    """Lines in eighths of a point; 0 is none."""
    properties = table._tbl.tblPr
    if (had := properties.find(qn("w:tblBorders"))) is not None:
        properties.remove(had)
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        line: Any = OxmlElement(f"w:{side}")
        line.set(qn("w:val"), "single" if eighths.get(side) else "nil")
        line.set(qn("w:sz"), str(eighths.get(side, 0)))
        borders.append(line)
    properties.insert_element_before(borders, *AFTER_BORDERS)


def _margins(table: Table, side: Length) -> None:
    """Left and right in each cell."""
    margins = OxmlElement("w:tblCellMar")
    for name in ("left", "right"):
        width: Any = OxmlElement(f"w:{name}")
        width.set(qn("w:w"), str(round(side.pt * 20)))
        width.set(qn("w:type"), "dxa")
        margins.append(width)
    table._tbl.tblPr.insert_element_before(margins, "w:tblLook")


def _write(
    cell: _Cell, words: str, *, font: str = "", align: ALIGN = ALIGN.LEFT, size: Length = SMALL
) -> None:
    cell.vertical_alignment = CELL.CENTER
    line = cell.paragraphs[0]
    line.alignment = align
    form = line.paragraph_format
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.MULTIPLE, 1.15
    form.space_before = form.space_after = Pt(2)
    run = line.add_run(readable(words))
    run.font.size = size
    if font:
        letter(run._element, font)


def _colour(cell: _Cell, colour: Colour) -> None:
    fill, words = FILLS[colour]
    _fill(cell, fill)
    for run in cell.paragraphs[0].runs:
        run.font.color.rgb = RGBColor.from_string(words)
        run.bold = True


def _fill(cell: _Cell, colour: str) -> None:
    shade: Any = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", colour)):
        shade.set(qn(f"w:{name}"), value)
    cell._tc.get_or_add_tcPr().insert_element_before(shade, *AFTER_FILL)


def _name(cell: _Cell, n: int, anchor: str) -> None:
    """A bookmark around the words of a cell."""
    [run] = cell.paragraphs[0].runs
    for kind, beside in (("Start", run._element.addprevious), ("End", run._element.addnext)):
        mark: Any = OxmlElement(f"w:bookmark{kind}")
        mark.set(qn("w:id"), str(n))
        if kind == "Start":
            mark.set(qn("w:name"), anchor)
        beside(mark)


def _keep_whole(row: _Row, said: Sequence[str]) -> None:
    """A row is not divided by the end of a page, unless it might be longer than one."""
    if max(map(len, said)) < LONG:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def _keep(rows: Sequence[_Row]) -> None:
    """Each on the page of what follows it."""
    for row in rows:
        for cell in row.cells:
            cell.paragraphs[0].paragraph_format.keep_with_next = True


def keep_last(word: Word) -> None:
    """What was written last stands on the page of what follows: a paragraph, or the end of a
    table."""
    for part in reversed(list(word.iter_inner_content())):
        if isinstance(part, Table):
            _keep(part.rows[0 if len(part.rows) <= SHORT else -2 :])
            return
        part.paragraph_format.keep_with_next = True
        if part.text:
            return


def _repeat(row: _Row) -> None:
    """The headings stand on every page again."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _space(word: Word, height: Length, *, keep: bool = False) -> None:
    """Two tables without a line between them would be one. `keep`: on the page of the table."""
    line = word.add_paragraph()
    line.paragraph_format.line_spacing = height
    line.paragraph_format.keep_with_next = keep
