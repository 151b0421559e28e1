"""A second look at a sheet's XML, for what the fast reader does not tell.

The fast reader shows error cells and formulas without a value as empty, and lays every sheet out
as a full rectangle. Most sheets need only a few regular expressions; the others are parsed.
"""

import re
from xml.parsers import expat

from flows.ledger.grid import CellFault, place_of
from flows.ledger.package import BROKEN, TOO_LARGE
from flows.ledger.problems import UnreadableLedger

MAX_CELLS = 4_000_000  # of the rectangle around all values
MAX_TEXT = 500_000_000  # bytes of all texts, each counted as often as a cell shows it

_MARKS = (b"<f", b":f", b'"e"', b"'e'")  # looked for first: a search for these takes no time
_FAULTY = re.compile(rb"""<(?:\w+:)?f[\s/>]|\bt\s*=\s*["']e["']""")
_CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
_PLAIN = re.compile(rb'<c r="([A-Z]{1,3})([0-9]{1,7})"')  # as the usual programs write it
_REFERENCE = re.compile(rb"""\br\s*=\s*["']([A-Z]{1,3})([0-9]{1,7})["']""")
_SHARED = re.compile(rb"<(?:\w+:)?si[\s/>]")


def faults_of(sheet: bytes, shared_strings: bytes) -> dict[tuple[int, int], CellFault]:
    """(row, column) → what is wrong there; raises UnreadableLedger if the sheet is too large."""
    lengths = [len(text) for text in _SHARED.split(shared_strings)[1:]]
    if not _needs_parsing(sheet, max(lengths, default=0)):
        return {}
    look = _Look(lengths)
    look.parse(sheet)
    return look.faults


def _needs_parsing(sheet: bytes, longest: int) -> bool:
    if any(mark in sheet for mark in _MARKS) and _FAULTY.search(sheet):
        return True
    cells = sum(1 for _ in _CELL.finditer(sheet))
    references = _PLAIN.findall(sheet)
    if len(references) < cells:
        references = _REFERENCE.findall(sheet)
    if len(references) < cells:
        return True  # cells may leave out where they stand
    columns = {letters for letters, _ in references}
    width = max(map(_column, columns), default=-1) + 1
    height = max((int(row) for row in {row for _, row in references}), default=0)
    return width * height > MAX_CELLS or cells * longest > MAX_TEXT


def _column(letters: bytes) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + letter - 64
    return index - 1


class _Look:
    """Walks over the cells of one sheet."""

    def __init__(self, lengths: list[int]) -> None:
        self.faults: dict[tuple[int, int], CellFault] = {}
        self.lengths, self.text = lengths, 0
        self.row, self.column = -1, -1
        self.height, self.width = 0, 0
        self.kind, self.formula, self.value = "", False, ""
        self.in_cell = self.in_value = False

    def parse(self, sheet: bytes) -> None:
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self.start
        parser.EndElementHandler = self.end
        parser.CharacterDataHandler = self.characters
        try:
            parser.Parse(sheet, True)
        except (expat.ExpatError, ValueError, LookupError) as error:
            raise UnreadableLedger(*BROKEN) from error

    def start(self, name: str, given: dict[str, str]) -> None:
        tag = name.rpartition(":")[2]
        if tag == "row":
            self.row = int(given["r"]) - 1 if "r" in given else self.row + 1
            self.column = -1
        elif tag == "c":
            self.begin_cell(given)
        elif self.in_cell and tag == "f":
            self.formula = True
        elif self.in_cell and tag in ("v", "t"):
            self.in_value = True

    def begin_cell(self, given: dict[str, str]) -> None:
        self.column += 1
        if reference := given.get("r"):
            digits = reference.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
            self.row = int(digits) - 1
            self.column = _column(reference[: -len(digits)].encode())
        self.kind, self.formula, self.value = given.get("t", ""), False, ""
        self.in_cell = True

    def characters(self, text: str) -> None:
        if self.in_value:
            self.value += text

    def end(self, name: str) -> None:
        tag = name.rpartition(":")[2]
        if tag in ("v", "t"):
            self.in_value = False
        elif tag == "c" and self.in_cell:
            self.in_cell = False
            self.judge()

    def judge(self) -> None:
        if self.kind == "e":
            self.note(self.value or "#")
        elif self.formula and not self.value and self.kind != "str":
            self.note("")  # t="str" is a formula whose text is empty: that is a value
        elif not self.value:
            return
        elif self.kind == "s":
            self.text += self.lengths[int(self.value)]
        self.height, self.width = max(self.height, self.row + 1), max(self.width, self.column + 1)
        if self.height * self.width > MAX_CELLS or self.text > MAX_TEXT:
            raise UnreadableLedger(*TOO_LARGE)

    def note(self, error: str) -> None:
        place = place_of(self.row, self.column)
        self.faults[self.row, self.column] = CellFault(place, error)
