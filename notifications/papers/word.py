"""A paper as a Word file, on the page of GB/T 9704—2012: A4, 22 lines of 28 points, 三号仿宋.

The fonts that the standard names may not be passed on, so none is in the file: a machine that
lacks one shows the font that the font table names in its place.
"""

import io
import zipfile
from collections.abc import Callable
from datetime import datetime, time
from itertools import zip_longest
from typing import Any

from docx import Document
from docx.document import Document as Word
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph as Line
from docx.text.run import Run

from notifications.charts.picture import png
from notifications.papers import word_tables
from notifications.papers.paper import (
    WIDTH,
    Addressee,
    Bar,
    Block,
    CopyTo,
    Form,
    Grid,
    Heading,
    Linked,
    Mark,
    NewPage,
    Number,
    Paper,
    Paragraph,
    Picture,
    Signature,
    Title,
)
from notifications.papers.word_fonts import (
    FANGSONG,
    HEITI,
    KAITI,
    XIAOBIAOSONG,
    declare_fonts,
    letter,
    readable,
)
from notifications.wording import ENGLISH

TWO, THREE, FOUR = Pt(22), Pt(16), Pt(14)  # 二号, 三号, 四号
LINE = Pt(28)
FIXED = (1980, 1, 1, 0, 0, 0)  # the time of every part of the file: it says nothing
Align = WD_ALIGN_PARAGRAPH


def write_word(paper: Paper) -> bytes:
    """The same paper is the same file, octet for octet."""
    word = Document()
    _set_page(word, paper.language)
    _name(word, paper)
    for block, follows in zip_longest(paper.blocks, paper.blocks[1:]):
        _WRITERS[type(block)](word, block)
        if isinstance(block, word_tables.TABLES):
            word_tables.add_gap(word, block, follows)
    written = io.BytesIO()
    word.save(written)
    return _without_time(written.getvalue())


def _without_time(written: bytes) -> bytes:
    """The instant of writing stands at every part of a zip: it is taken out."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(written)) as had, zipfile.ZipFile(out, "w") as has:
        for name in had.namelist():
            part = zipfile.ZipInfo(name, FIXED)
            has.writestr(part, had.read(name), zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _set_page(word: Word, language: str) -> None:
    section = word.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.footer_distance = Mm(24)
    normal = word.styles["Normal"]
    normal.font.size = THREE
    letter(normal.element, FANGSONG)
    form = normal.paragraph_format
    form.space_before = form.space_after = Pt(0)
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.EXACTLY, LINE
    form.widow_control = False
    speech = OxmlElement("w:lang")
    speech.set(qn("w:val"), "en-GB")
    speech.set(qn("w:eastAsia"), "zh-CN")
    normal.element.get_or_add_rPr().append(speech)
    declare_fonts(word)
    _number_pages(word)


def _number_pages(word: Word) -> None:
    """— 1 —, outside: right on odd pages, left on even ones, a character from the edge."""
    word.settings.odd_and_even_pages_header_footer = True
    section = word.sections[0]
    for footer, align in ((section.footer, Align.RIGHT), (section.even_page_footer, Align.LEFT)):
        line = footer.paragraphs[0]
        line.alignment = align
        line.paragraph_format.left_indent = line.paragraph_format.right_indent = FOUR
        for said in ("— ", None, " —"):
            run = line.add_run(said or "")
            run.font.size = FOUR
            letter(run._element, "宋体")
            if said is None:
                _add_page_number(run)


def _add_page_number(run: Run) -> None:
    for kind in ("begin", "PAGE", "end"):
        if kind == "PAGE":
            part = OxmlElement("w:instrText")
            part.text = kind
        else:
            part = OxmlElement("w:fldChar")
            part.set(qn("w:fldCharType"), kind)
        run._element.append(part)


def _name(word: Word, paper: Paper) -> None:
    at = datetime.combine(paper.on, time())
    facts = word.core_properties
    facts.title, facts.author = readable(paper.name)[:255], readable(paper.author)[:255]
    facts.last_modified_by = facts.author
    facts.comments, facts.created, facts.modified = "", at, at
    facts.language = "en-GB" if paper.language == ENGLISH else "zh-CN"


def _line(word: Word, said: str, font: str = FANGSONG, align: Align = Align.LEFT) -> Line:
    line = word.add_paragraph()
    run = line.add_run(readable(said))
    if font != FANGSONG:
        letter(run._element, font)
    line.alignment = align
    return line


def _title(word: Word, block: Title) -> None:
    line = _line(word, block.words, XIAOBIAOSONG, Align.CENTER)
    line.runs[0].font.size = TWO
    line.paragraph_format.line_spacing = Pt(34)
    line.paragraph_format.space_before, line.paragraph_format.space_after = Pt(8), Pt(16)
    line.paragraph_format.keep_with_next = True


def _heading(word: Word, block: Heading) -> None:
    line = _line(word, block.words, HEITI)
    _indent(line)
    line.paragraph_format.keep_with_next = True


def _paragraph(word: Word, block: Paragraph) -> None:
    line = _line(word, block.words, align=Align.JUSTIFY)
    _indent(line)


def _linked(word: Word, block: Linked) -> None:
    """The links look like the words beside them: who prints the page sees none."""
    line = word.add_paragraph()
    line.alignment = Align.JUSTIFY
    _indent(line)
    for said in block.runs:
        run = line.add_run(readable(said.words))
        if said.strong:
            letter(run._element, KAITI)
        if said.to:
            link: Any = OxmlElement("w:hyperlink")
            link.set(qn("w:anchor"), said.to)
            run._element.addprevious(link)
            link.append(run._element)


def _indent(line: Line) -> None:
    """Two characters of whatever size, as Word counts them."""
    line.paragraph_format.first_line_indent = Pt(32)
    indent: Any = line._element.get_or_add_pPr().find(qn("w:ind"))
    indent.set(qn("w:firstLineChars"), "200")


def _picture(word: Word, block: Picture) -> None:
    """Without a Chinese font on this machine it is left out: its table is there."""
    drawn = png(block.chart.svg)
    if drawn is None:
        return
    line = word.add_paragraph()
    line.alignment = Align.CENTER
    form = line.paragraph_format  # lines of a fixed height would cut it off
    form.line_spacing_rule, form.line_spacing = WD_LINE_SPACING.SINGLE, 1
    form.space_before = form.space_after = Pt(6)
    form.keep_with_next = True
    shape = line.add_run().add_picture(io.BytesIO(drawn), width=Mm(WIDTH))
    facts: Any = shape._inline.docPr
    facts.set("descr", readable(block.chart.words))


def _signature(word: Word, block: Signature) -> None:
    """The seal covers both lines: above them stays room for it. They share their page with what
    they sign."""
    word_tables.keep_last(word)
    for n, said in enumerate((block.by, block.on)):
        line = _line(word, said, align=Align.RIGHT)
        line.paragraph_format.right_indent = Pt(64)
        line.paragraph_format.keep_together = True
        line.paragraph_format.keep_with_next = n == 0
        line.paragraph_format.space_before = Pt(28 if n == 0 else 0)


def _new_page(word: Word, _block: NewPage) -> None:
    """A page that is full is not followed by an empty one, as a line that is broken would be."""
    line = word.add_paragraph()
    line.paragraph_format.line_spacing = Pt(1)
    line.paragraph_format.page_break_before = True


def _number(word: Word, block: Number) -> None:
    _line(word, block.words, align=Align.CENTER)


def _addressee(word: Word, block: Addressee) -> None:
    _line(word, block.words)


_WRITERS: dict[type[Block], Callable[[Word, Any], object]] = {
    Bar: word_tables.add_bar,
    Mark: word_tables.add_mark,
    Number: _number,
    Title: _title,
    Addressee: _addressee,
    Heading: _heading,
    Paragraph: _paragraph,
    Linked: _linked,
    Form: word_tables.add_form,
    Grid: word_tables.add_grid,
    Picture: _picture,
    Signature: _signature,
    CopyTo: word_tables.add_copy_to,
    NewPage: _new_page,
}
