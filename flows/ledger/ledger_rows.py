"""The sheet 台账 becomes rows: one matter per number, however many rows its number spans."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from flows.ledger import cells
from flows.ledger.grid import Value, is_blank
from flows.ledger.headings import named
from flows.ledger.needs import Need
from flows.ledger.problems import Problem
from flows.ledger.rows import LedgerRow
from flows.ledger.sentences import shown
from flows.ledger.table import Table
from models.task import Track
from notifications.wording import track_word

_LINES: dict[str, Callable[[Value], Any]] = {
    "procedure": cells.line,
    "handler": cells.name,
    "handler_email": cells.address,
    "supervising_leader": cells.name,
    "lead_unit": cells.called,
    "opened_on": cells.day,
    "track": cells.track,
    "restricted": cells.yes_no,
}
_TOTAL = re.compile(r"\s*([合总小共]\s*计|[注说备][明注]?\s*[:：])")
_JOINED = {"supporting_units": "、", "lists": "、", "goal": "\n", "remarks": "\n"}


@dataclass(slots=True)
class _Matter:
    """The rows of one number, and what was read of them so far."""

    table: Table
    lines: range

    def single(self, field: str, parse: Callable[[Value], Any]) -> Any:
        """The one value that the rows give; a second, other value is a problem."""
        first = self.lines[0]
        kept = self.table.take(first, field, parse, None)
        if len(self.lines) == 1 or field not in self.table.columns:
            return kept
        for line in self.lines[1:]:
            if self._repeats(line, field):
                continue
            value = self.table.take(line, field, parse, None)
            if value in ("", None) or value == kept:
                continue
            if kept in ("", None):
                first, kept = line, value
            else:
                said = cells.written(self.table.value(line, field))
                self.table.note(line, field, Need.DIFFERS_IN_TASK, said, str(first + 1))
        return kept

    def all(self, field: str) -> list[str] | None:
        """Every text that the rows give, in order; None: there is no such column."""
        if field not in self.table.columns:
            return None
        if len(self.lines) == 1:
            text = self.table.take(self.lines[0], field, cells.prose, "")
            return [text] if text else []
        own = (line for line in self.lines if not self._repeats(line, field))
        texts = [self.table.take(line, field, cells.prose, "") for line in own]
        return [text for text in texts if text]

    def required(self, field: str, parse: Callable[[Value], str], need: Need) -> str:
        before = len(self.table.problems)
        value = self.single(field, parse)
        if not value and len(self.table.problems) == before:
            self.table.note(self.lines[0], field, need)
        return value or ""

    def _repeats(self, line: int, field: str) -> bool:
        """The cell only continues a merged cell from the row above."""
        if line == self.lines[0]:
            return False  # merged over several matters: this one has the value too
        merge = self.table.grid.merge_at(line, self.table.columns[field])
        return merge is not None and merge[0][0] < line


def ledger_rows(table: Table, today: date) -> tuple[list[LedgerRow], list[str]]:
    """The rows, and the section titles between them that were passed over."""
    if not {"due_on", "track"} & set(table.columns) and not named(table.headings, "due_on").theirs:
        table.problems.append(table.lacking("整改时限"))
    if table.problems:
        return [], []  # without its columns a row says nothing
    rows, sections = [], []
    for lines in _matters(table):
        if _is_section(table, lines[0]):
            said = shown(cells.written(table.value(lines[0], "number")))
            sections.append(f"{table.grid.sheet} 第{lines[0] + 1}行：{said}")
        elif alone := _alone(table, lines):
            table.note(lines[0], "number", Need.NO_MATTER, alone)
        else:
            rows.append(_ledger_row(_Matter(table, lines), today))
    table.problems += repeated_numbers(rows)
    return rows, sections


def repeated_numbers(rows: Iterable[LedgerRow]) -> Iterator[Problem]:
    seen: dict[str, int | None] = {}
    for row in rows:
        if row.number and row.number in seen:
            yield Problem(
                row.sheet, row.row, "问题编号", row.number, Need.NUMBER_TWICE, str(seen[row.number])
            )
        seen.setdefault(row.number, row.row)


def _matters(table: Table) -> Iterator[range]:
    """Row indices that belong together: a merged number spans them."""
    done = 0
    for row in table.rows():
        if row < done:
            continue
        merge = table.grid.merge_at(row, table.columns["number"])
        done = min(merge[1][0] + 1, len(table.grid.rows)) if merge else row + 1
        yield range(row, done)


def _is_section(table: Table, row: int) -> bool:
    """A title across the columns (“一、党的领导方面”) is one cell for number and title alike."""
    merge = table.grid.merge_at(row, table.columns["number"])
    return merge is not None and merge == table.grid.merge_at(row, table.columns["title"])


def _alone(table: Table, lines: range) -> str:
    """What a row says that has nothing beside it, or is headed 合计 and names no unit."""
    filled = (cell for cell in table.grid.rows[lines[0]] if not is_blank(cell))
    first = next(filled, "")
    if len(lines) > 1 or not isinstance(first, str):
        return ""
    said = {field for field in table.columns if not is_blank(table.value(lines[0], field))}
    is_total = _TOTAL.match(first) and not said & {"unit", "due_on"}
    is_line = len(said) < 2 and said <= {"number", "title"}
    return cells.unpadded(first.strip()) if is_total or is_line else ""


def _ledger_row(matter: _Matter, today: date) -> LedgerRow:
    said: dict[str, Any] = {field: matter.single(field, parse) for field, parse in _LINES.items()}
    for field, joint in _JOINED.items():
        texts = matter.all(field)
        said[field] = None if texts is None else joint.join(dict.fromkeys(texts))
    measures = matter.all("measures")
    if "restricted" in matter.table.columns:
        said["restricted"] = bool(said["restricted"])
    merges = matter.table.grid.sheet  # a CSV has no cells to merge
    unnumbered = Need.NUMBER_EMPTY if merges else Need.NUMBER_EMPTY_IN_A_LINE
    return LedgerRow(
        number=matter.required("number", cells.number, unnumbered),
        title=matter.required("title", cells.title, Need.EMPTY),
        unit=matter.required("unit", cells.called, Need.EMPTY),
        measures=None if measures is None else tuple(measures),
        sheet=matter.table.grid.sheet,
        row=matter.lines[0] + 1,
        **(said | _deadline(matter, said["opened_on"], said["track"], today)),
    )


def _deadline(
    matter: _Matter, opened_on: date | None, track: Track | None, today: date
) -> dict[str, Any]:
    """Due date and track together: 长期坚持 may stand in either column."""
    year = opened_on.year if opened_on else None
    before = len(matter.table.problems)
    due = matter.single("due_on", lambda value: cells.due(value, year, today))
    if len(matter.table.problems) == before:
        _judge_due(matter, opened_on, due, track)
    if due and due.on is None:
        track = Track.LONG_TERM
    elif track is None and "track" in matter.table.columns:
        track = Track.DEADLINE
    return {
        "due_on": due.on if due else None,
        "track": track,
        "yearless": due is not None and due.yearless,
    }


def _judge_due(
    matter: _Matter, opened_on: date | None, due: cells.Due | None, track: Track | None
) -> None:
    line, table = matter.lines[0], matter.table
    if due is None:
        return  # the procedure may give it one: flows.ledger.matters asks
    if due.on is None:
        if track not in (None, Track.LONG_TERM):
            table.note(
                line,
                "due_on",
                Need.LONG_TERM_AND_TRACK,
                cells.LONG_TERM[0],
                track_word(track),
            )
    elif opened_on is not None and due.on < opened_on:
        table.note(
            line, "due_on", Need.DUE_BEFORE_OPENED, due.on.isoformat(), opened_on.isoformat()
        )
