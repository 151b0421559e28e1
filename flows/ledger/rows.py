"""The rows of a ledger and of its directory, as plain values: from a file, or made by hand."""

from dataclasses import dataclass
from datetime import date

from flows.ledger.problems import Problem
from models.organisation import PostKind
from models.task import Track

LEDGER_SHEET = "台账"
DIRECTORY_SHEET = "通讯录"


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRow:
    """One matter. None: the file has no such column, and a known task keeps what it has;
    "" or (): the cell is empty, which clears it.

    Two dates differ: an empty `opened_on` never changes a known task, and `due_on` may only be
    None on the long-term track. `yearless`: due_on came as 7月底 without 交办日期, so its year
    was taken from the day of reading; a known task puts the year in which it was opened.
    """

    number: str
    title: str
    unit: str
    due_on: date | None = None
    opened_on: date | None = None
    yearless: bool = False
    procedure: str | None = None
    handler: str | None = None
    handler_email: str | None = None
    supervising_leader: str | None = None
    lead_unit: str | None = None
    supporting_units: str | None = None
    goal: str | None = None
    measures: tuple[str, ...] | None = None
    track: Track | None = None
    lists: str | None = None
    restricted: bool | None = None
    remarks: str | None = None
    sheet: str = LEDGER_SHEET
    row: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryRow:
    """A unit; with a name also a person, perhaps with a post, or away and represented.

    With a deputy, the dates bound the absence, else the post. Both ends are included. Without a
    language a person keeps the one that is known, at first the office's.
    """

    unit: str
    parent: str = ""
    name: str = ""
    post: PostKind | None = None
    email: str = ""
    deputy: str = ""
    from_on: date | None = None
    until_on: date | None = None
    language: str = ""
    sheet: str = DIRECTORY_SHEET
    row: int | None = None


@dataclass(frozen=True, slots=True)
class Ledger:
    """What a file says. `ignored_*` name what was seen and passed over."""

    rows: tuple[LedgerRow, ...] = ()
    directory: tuple[DirectoryRow, ...] = ()
    problems: tuple[Problem, ...] = ()
    ignored_columns: tuple[str, ...] = ()
    ignored_rows: tuple[str, ...] = ()
    ignored_sheets: tuple[str, ...] = ()
    without_due: tuple[Problem, ...] = ()  # the sheets that lack 整改时限: one for all their rows
