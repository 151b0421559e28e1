"""A ledger goes into the database as a whole, or not at all."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlmodel import Session

from flows.establishment.holding import require_keeper
from flows.ledger.decided import decided_date, held_back, with_decided
from flows.ledger.differences import Change, Names
from flows.ledger.directory import plan_directory, undated_deputies
from flows.ledger.ledger_rows import repeated_numbers
from flows.ledger.lists import unkept_lists
from flows.ledger.matters import Check, Matter, load_known
from flows.ledger.needs import Need
from flows.ledger.out_of_service import out_of_service
from flows.ledger.people import People
from flows.ledger.problems import LedgerRefused, Problem, in_order
from flows.ledger.roster import Roster
from flows.ledger.roster_writing import write_roster
from flows.ledger.rows import Ledger, LedgerRow
from flows.ledger.standing_aside import standing_aside
from flows.ledger.tasks import TaskWriter
from flows.moves import lock_all_tasks
from flows.office_changes import Entry
from flows.signoff.actor import IMPORT, OfficeActor, Unattended
from flows.signoff.office_acts import keepers
from models import Task
from models.workdays import Calendar


@dataclass(frozen=True, slots=True)
class Applied:
    """What the import did. Units to absences count what was added or changed."""

    opened: int
    updated: int
    unchanged: int
    units: int
    officials: int
    posts: int
    absences: int
    changes: tuple[Change, ...]
    new: tuple[LedgerRow, ...] = ()
    restricted: tuple[str, ...] = ()  # of the new and changed, those that are
    directory: tuple[Entry, ...] = ()  # what was added or changed in it
    unkept: tuple[Problem, ...] = ()  # words of 所属清单 that name no list: told, and kept as words
    undated: tuple[Problem, ...] = ()  # deputies without dates: told, and kept


def apply_ledger(
    session: Session,
    ledger: Ledger,
    *,
    today: date,
    now: datetime,
    calendar: Calendar,
    author: OfficeActor | None = None,
    reason: str = IMPORT,
) -> Applied:
    """Check the whole ledger, then write it. Raises LedgerRefused with every problem, those of
    the reading included, before anything is written; NoKeeper if afterwards nobody looked after
    the desk. A dry run rolls the session back. Of two at once the second waits, and finds what the
    first has brought. `author`: who is signed in; `reason`: why a new task is opened, as its
    deadline's history says it."""
    author = author or Unattended(IMPORT, today, now)
    lock_all_tasks(session)
    looked_after = bool(keepers(session, today))
    people = People(Roster.load(session))
    unplanned = plan_directory(people, ledger.directory)
    answered = people.roster.answered_for(today)
    check = Check(people, load_known(session, ledger.rows), today, answered, calendar)
    check.enter_handlers(ledger.rows)
    matters = [matter for row in ledger.rows if (matter := check.matter(row))]
    problems = _told_once(
        [
            *ledger.problems,
            *repeated_numbers(ledger.rows),
            *unplanned,
            *_due_columns(check.problems, ledger),
            *held_back(matters, people.roster),
            *standing_aside(session, matters, author),
            *out_of_service(matters, people.roster),
        ]
    )
    if problems:
        raise LedgerRefused(problems)
    applied = _write(session, check, matters, author, calendar, reason)
    applied = replace(applied, undated=tuple(undated_deputies(ledger.directory)))
    if looked_after and ledger.directory:
        require_keeper(session, author)
    return applied


def _write(
    session: Session,
    check: Check,
    matters: Sequence[Matter],
    author: OfficeActor,
    calendar: Calendar,
    reason: str,
) -> Applied:
    people = check.people
    written = write_roster(session, people.roster, author)
    unkept = tuple(unkept_lists(session, matters))
    titles = {p.id: p.title for p in check.known.procedures.values() if p.id is not None}
    names = Names.of(people, titles)
    writer = TaskWriter(session, people.roster, author.on, author.now, calendar, reason)
    writer.open_all([matter for matter in matters if matter.task is None])
    changes, known = _update_known(writer, matters, names)
    updated = len({change.number for change in changes})
    return Applied(
        len(matters) - known,
        updated,
        known - updated,
        written.units,
        written.officials,
        written.posts,
        written.absences,
        changes,
        tuple(matter.row for matter in matters if matter.task is None),
        _restricted(matters, {change.number for change in changes}),
        tuple(written.entries),
        unkept,
    )


def _restricted(matters: Sequence[Matter], changed: set[str]) -> tuple[str, ...]:
    return tuple(
        matter.row.number
        for matter in matters
        if (matter.task is None or matter.row.number in changed)
        and (
            matter.row.restricted
            or matter.procedure.restricted
            or (matter.task is not None and matter.task.restricted)
        )
    )


def _update_known(
    writer: TaskWriter, matters: Sequence[Matter], names: Names
) -> tuple[tuple[Change, ...], int]:
    known = [(matter, matter.task) for matter in matters if matter.task is not None]
    changes, measures, touched = list[Change](), dict[int, tuple[str, ...]](), list[Task]()
    for matter, task in known:
        decided = decided_date(writer.session, matter, task)
        changed = writer.update(matter, task, decided)
        for name, both in changed.items():
            change = names.change(task.number, name, *both)
            changes.append(with_decided(change, decided) if name == "due_on" else change)
        if "measures" in changed and task.id is not None:
            measures[task.id] = matter.row.measures or ()
        touched += [task] if changed else []
    writer.replace_measures(measures)
    writer.show_requests_anew(touched)
    return tuple(changes), len(known)


def _due_columns(problems: Sequence[Problem], ledger: Ledger) -> Iterator[Problem]:
    """Where the sheet has no column of deadlines, that is said instead of each empty one."""
    lacking = {problem.sheet: problem for problem in ledger.without_due}
    for problem in problems:
        empty = problem.need is Need.DUE_EMPTY
        yield lacking.get(problem.sheet, problem) if empty else problem


def _told_once(problems: Sequence[Problem]) -> list[Problem]:
    """The first problem of each cell; the reading and the database may object to the same one."""
    first: dict[object, Problem] = {}
    for problem in problems:
        place = (problem.sheet, problem.row, problem.column)
        first.setdefault(place if problem.row and problem.column else problem, problem)
    return in_order(first.values())
