"""One sheet, written row by row, so that it takes the same memory however long it is."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import xlsxwriter

from flows.ledger.layout import (
    CELL,
    FILLS,
    HEAD,
    SCALE,
    SET,
    TITLE,
    Column,
    Style,
)
from flows.put_in_place import CannotWrite
from models.warning import Colour
from notifications.sheet_words import AS_FORMULA, LONGEST, cell_words, lines_of, units
from notifications.wording import ENGLISH, colour_word

Shown = str | int | date | Colour | None
Cells = Mapping[str, Shown]

A3 = 8
LINE = 14.0  # points of one line of CELL's font
TITLE_HEIGHT = 30.0
MOST = 29  # lines in a row; Excel has none that is taller
AS_TYPED = "as typed"  # what Excel would compute otherwise


class SheetWriter:
    """Headings first, then `add` by `add`, then `finish`. `frozen`: how many columns stay when the
    sheet is scrolled. `second`: the field whose column begins a second sheet in print, on which
    the frozen ones stand again. `warning`: stands beside the title, on either."""

    def __init__(
        self,
        book: xlsxwriter.Workbook,
        name: str,
        columns: Sequence[Column],
        language: str,
        *,
        title: str,
        frozen: int,
        second: str = "",
        warning: str = "",
    ) -> None:
        self.book, self.columns, self.language = book, columns, language
        self.frozen = frozen
        fields = [column.heading.field for column in columns]
        self.second = fields.index(second) if second else 0
        self.sheet = book.add_worksheet(name)
        self._formats = dict[tuple[Style, Colour | str | None], Any]()
        self._merged = list[tuple[int, int, int, int]]()
        for n, column in enumerate(columns):
            self.sheet.set_column(n, n, column.width)
        said = max(lines_of(column.heading.said(language), column.width) for column in columns)
        self.sheet.set_row(0, TITLE_HEIGHT)
        self.sheet.set_row(1, _points(said))
        large = book.add_format(dict(TITLE))
        self.sheet.write_string(0, 0, title, large)
        if warning:
            for n in {frozen, self.second or frozen}:
                self.sheet.write_string(0, n, warning, large)
        head = book.add_format(dict(HEAD))
        for n, column in enumerate(columns):
            self.sheet.write_string(1, n, column.heading.said(language), head)
        self.row = 2

    def add(
        self,
        cells: Cells,
        lines: Sequence[Cells] = ({},),
        *,
        merged: frozenset[str] = frozenset(),
    ) -> None:
        """One matter: `lines` are its rows, and `cells` what they share. That stands in every
        row, under merged cells too, because only so a filter shows all rows of a matter."""
        first, last = self.row, self.row + len(lines) - 1
        heights = _heights(self.columns, cells, lines)
        for line, height in zip(lines, heights, strict=True):
            self.sheet.set_row(self.row, height)
            for column, layout in enumerate(self.columns):
                field = layout.heading.field
                value = line[field] if field in line else cells.get(field)
                self._write(column, layout, None if self.row > first and field in _ONCE else value)
            self.row += 1
        if first < last:
            self._merged += [
                (first, column, last, column)
                for column, layout in enumerate(self.columns)
                if layout.heading.field in merged
            ]

    def finish(self) -> None:
        # Not merge_range(), which would write into rows that have left the memory.
        self.sheet.merge.extend(self._merged)
        english, last = self.language == ENGLISH, len(self.columns) - 1
        self.sheet.freeze_panes(2, self.frozen)
        self.sheet.autofilter(1, 0, max(self.row - 1, 1), last)
        self.sheet.set_landscape()
        self.sheet.set_paper(A3)
        self.sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        self.sheet.repeat_rows(0, 1)
        if self.second:
            self._print_on_two()
        else:
            self.sheet.fit_to_pages(1, 0)
        self.sheet.set_footer("&CPage &P of &N" if english else "&C第 &P 页，共 &N 页")

    def _print_on_two(self) -> None:
        """At a scale of its own: where Excel fits a sheet, it chooses where the second begins."""
        self.sheet.set_print_scale(SCALE)
        self.sheet.set_v_pagebreaks([self.second])
        self.sheet.repeat_columns(0, self.frozen - 1)
        self.sheet.print_across()

    def _write(self, column: int, layout: Column, value: Shown) -> None:
        row, style = self.row, layout.style
        if value is None or value == "":
            self.sheet.write_blank(row, column, None, self._format(style))
        elif isinstance(value, Colour):
            word = colour_word(value, self.language)
            self.sheet.write_string(row, column, word, self._format(style, value))
        elif isinstance(value, date):
            self.sheet.write_datetime(row, column, value, self._format(style))
        elif isinstance(value, int):
            self.sheet.write_number(row, column, value, self._format(style))
        else:
            special = AS_TYPED if value.startswith(AS_FORMULA) else None
            self.sheet.write_string(row, column, _text(value), self._format(style, special))

    def _format(self, style: Style, special: Colour | str | None = None) -> Any:
        if (style, special) not in self._formats:
            how = {**CELL, **SET[style]}
            if isinstance(special, Colour):
                how |= FILLS[special]
            elif special == AS_TYPED:
                how["quote_prefix"] = True
            self._formats[style, special] = self.book.add_format(how)
        return self._formats[style, special]


def _text(text: str) -> str:
    """Raises CannotWrite."""
    if len(text) > LONGEST // 2 and units(cell_words(text)) > LONGEST:
        raise CannotWrite(
            f"“{text[:20]}……”超过 {LONGEST} 个字，一个单元格放不下；请先在台账中缩短",
            f"'{text[:20]}…' is longer than the {LONGEST} characters that a cell holds; "
            "shorten it in the ledger first",
        )
    return cell_words(text)


_ONCE = frozenset({"serial", "number"})


def _heights(columns: Sequence[Column], shared: Cells, lines: Sequence[Cells]) -> list[float]:
    """Not every office program fits a row to its text, and none to what is merged over several."""
    own = [_tallest(columns, line) for line in lines]
    more = _tallest(columns, shared) - sum(own)
    for n in reversed(range(len(own))):
        given = max(0, min(more, MOST - own[n]))
        own[n], more = own[n] + given, more - given
    return [_points(min(n, MOST)) for n in own]


def _points(n_lines: int) -> float:
    return n_lines * LINE + 2


def _tallest(columns: Sequence[Column], cells: Cells) -> int:
    shown = ((cells.get(column.heading.field), column.width) for column in columns)
    return max((lines_of(text, width) for text, width in shown if isinstance(text, str)), default=1)
