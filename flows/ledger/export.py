"""The ledger goes out as the office keeps it: a workbook that an import takes back without a
change."""

import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import xlsxwriter
from sqlalchemy import func, select
from sqlmodel import Session, col

from flows.ledger.book_on_disk import book_on_disk
from flows.ledger.directory import plan_directory
from flows.ledger.kept_people import KeptPeople, directory_rows
from flows.ledger.kept_tasks import KeptTask, kept_tasks
from flows.ledger.layout import DIRECTORY_COLUMNS, LEDGER_COLUMNS, SECOND_SHEET
from flows.ledger.people import NotIdentified
from flows.ledger.problems import Problem
from flows.ledger.rows import DIRECTORY_SHEET, LEDGER_SHEET, DirectoryRow
from flows.ledger.sheet_writing import Cells, SheetWriter
from flows.put_in_place import put_in_place
from models import Measure, Task
from models.refusal import Refusal
from models.task import Track
from notifications.wording import (
    CHINESE,
    ENGLISH,
    day_words,
    post_word,
    state_word,
    track_word,
    word,
)

MERGES = 100_000  # merged ranges; with many more, office programs take minutes to open the file
SHORTENED = 1_000  # characters of a report of progress
SHEETS = {LEDGER_SHEET: "Ledger", DIRECTORY_SHEET: "Directory"}
_TONGUES = {"": "", CHINESE: "中文", ENGLISH: "English"}
OURS = "sise-export"  # among the properties of the file


@dataclass(frozen=True, slots=True)
class Exported:
    """What the file holds. `unclear`: what an import of it into another office would object to,
    mostly because a name alone does not say who is meant."""

    tasks: int
    rows: int
    units: int
    officials: int
    posts: int
    absences: int
    unclear: tuple[Problem, ...]


def count_tasks(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Task)) or 0


def _require_ours(target: Path) -> None:
    """Only an earlier export is replaced: any other file is somebody's work."""
    if not target.is_file():
        return
    try:
        with zipfile.ZipFile(target) as book:
            ours = OURS.encode() in book.read("docProps/core.xml")
    except (zipfile.BadZipFile, KeyError):
        ours = False
    if not ours:
        raise Refusal(
            f"{target} 已存在，且不是 sise export 导出的文件；为免覆盖，请另写文件名",
            f"{target} exists and was not exported by Sise; give another name, so that it stays",
        )


def export_ledger(
    session: Session,
    target: Path,
    *,
    now: datetime,
    timezone: ZoneInfo,
    language: str,
    advance: Callable[[int], object] = lambda tasks: None,
) -> Exported:
    """Raises a Refusal, and then there is no file, or the one that was there. `advance` is told
    how many tasks more were written."""
    _require_ours(target)
    people = KeptPeople.load(session)
    with put_in_place(target, (".xlsx",)) as path:
        settings = {"constant_memory": True, "tmpdir": str(path.parent)}
        with book_on_disk(path, settings) as book:
            made_at = now.astimezone(timezone).replace(tzinfo=None)
            book.set_properties({"created": made_at, "keywords": OURS})
            export = _Export(session, people, book, now.astimezone(timezone), language)
            return export.write(timezone, advance)


@dataclass(slots=True)
class _Export:
    session: Session
    people: KeptPeople
    book: xlsxwriter.Workbook
    at: datetime  # in the office's own zone
    language: str

    def write(self, timezone: ZoneInfo, advance: Callable[[int], object]) -> Exported:
        roster = self.people.people.roster
        directory = directory_rows(self.people)
        self.people.place_handlers(self.session)
        unclear, rows, tasks = list[Problem](), 0, 0
        sheet = self._sheet(LEDGER_SHEET)
        merged = self._merged()
        for some in kept_tasks(self.session, self.people, timezone):
            for kept in some:
                tasks += 1
                unclear += _unclear(kept, self.people, sheet.row + 1)
                lines = [{"measures": text} for text in kept.row.measures or ("",)]
                sheet.add({"serial": tasks, **self._cells(kept)}, lines, merged=merged)
                rows += len(lines)
            advance(len(some))
        sheet.finish()
        unclear += self._write_directory(directory)
        return Exported(
            tasks,
            rows,
            len(roster.units),
            len(roster.people),
            len(roster.posts),
            len(roster.absences),
            tuple(unclear),
        )

    def _sheet(self, name: str) -> SheetWriter:
        english = self.language == ENGLISH
        ledger = name == LEDGER_SHEET
        columns = LEDGER_COLUMNS if ledger else DIRECTORY_COLUMNS
        said = SHEETS[name] if english else name
        on = day_words(self.at.date(), self.language)
        title = f"{said} as of {on}" if english else f"{said}（截至{on}）"
        return SheetWriter(
            self.book,
            said,
            columns,
            self.language,
            title=title,
            frozen=3 if ledger else 1,
            second=SECOND_SHEET if ledger else "",
            warning=self._warning() if ledger else "",
        )

    def _warning(self) -> str:
        restricted = select(func.count()).select_from(Task).where(col(Task.restricted))
        if not (n := self.session.scalar(restricted)):
            return ""
        if self.language == ENGLISH:
            return f"{n} restricted matters: for the office only"
        return f"含限知事项 {n} 件，仅限督查室内部使用"

    def _merged(self) -> frozenset[str]:
        """All that the measures of a task share; in a very large ledger its number alone."""
        several = select(func.count()).select_from(Measure).where(col(Measure.position) == 2)
        shared = {column.heading.field for column in LEDGER_COLUMNS} - {"measures"}
        few = (self.session.scalar(several) or 0) * len(shared) <= MERGES
        return frozenset(shared if few else {"serial", "number"})

    def _cells(self, kept: KeptTask) -> Cells:
        row, language = kept.row, self.language
        english = language == ENGLISH
        return {
            "number": row.number,
            "title": row.title,
            "procedure": row.procedure if english else kept.procedure,
            "goal": row.goal,
            "track": track_word(row.track, language) if row.track else "",
            "unit": row.unit,
            "handler": row.handler,
            "handler_email": row.handler_email,
            "supervising_leader": row.supervising_leader,
            "lead_unit": row.lead_unit,
            "supporting_units": row.supporting_units,
            "opened_on": row.opened_on,
            "due_on": row.due_on or track_word(Track.LONG_TERM, language),
            "original_due_on": kept.original_due_on,
            "colour": kept.colour,
            "state": state_word(kept.state, language),
            "notice": kept.notice,
            "progress": _progress(kept),
            "applied_on": kept.applied_on,
            "signed_off_on": kept.signed_off_on,
            "look_back": _looked_back(kept, language),
            "lists": row.lists,
            "restricted": ("yes" if english else "是")
            if row.restricted
            else ("no" if english else "否"),
            "remarks": row.remarks,
        }

    def _write_directory(self, directory: Sequence[DirectoryRow]) -> Sequence[Problem]:
        sheet = self._sheet(DIRECTORY_SHEET)
        rows = [replace(row, row=n) for n, row in enumerate(directory, sheet.row + 1)]
        for row in rows:
            sheet.add(
                {
                    "unit": row.unit,
                    "parent": row.parent,
                    "name": row.name,
                    "post": post_word(row.post, self.language) if row.post else "",
                    "email": row.email,
                    "deputy": row.deputy,
                    "from": row.from_on,
                    "to": row.until_on,
                    "language": _TONGUES[row.language],
                }
            )
        sheet.finish()
        # By the import's own rules, in a roster of its own: they enter what they read.
        return plan_directory(KeptPeople.load(self.session).people, rows)


def _unclear(kept: KeptTask, people: KeptPeople, line: int) -> Iterator[Problem]:
    """A handler without an address whose name is not enough."""
    row = kept.row
    if row.handler and not row.handler_email:
        try:
            people.people.within(row.unit, row.handler)
        except NotIdentified as who:
            yield Problem(LEDGER_SHEET, line, "责任人", who.found, who.need, who.other)


def _progress(kept: KeptTask) -> str:
    if kept.progress is None:
        return ""
    words = kept.progress.words
    said = words if len(words) <= SHORTENED else f"{words[:SHORTENED]}……"
    return f"{kept.progress.on} {said}".rstrip()


def _looked_back(kept: KeptTask, language: str) -> str:
    if kept.look_back is None:
        return ""
    on, verdict = kept.look_back
    return f"{on} {word(f'verdict.{verdict}', language)}"
