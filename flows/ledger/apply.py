"""A ledger goes into the database as a whole, or not at all."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlmodel import Session

from flows.ledger.differences import COLUMNS, Change, Names, differences
from flows.ledger.directory import plan_directory
from flows.ledger.ledger_rows import repeated_numbers
from flows.ledger.matters import Check, Matter, load_known
from flows.ledger.needs import Need
from flows.ledger.people import People
from flows.ledger.problems import LedgerRefused, Problem, in_order
from flows.ledger.roster import Roster
from flows.ledger.roster_writing import write_roster
from flows.ledger.rows import Ledger
from flows.ledger.tasks import TaskWriter
from flows.moves import lock_all_tasks
from flows.recipients import aside
from models.signoff import CLOSED
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


def apply_ledger(
    session: Session, ledger: Ledger, *, today: date, now: datetime, calendar: Calendar
) -> Applied:
    """Check the whole ledger, then write it. Raises LedgerRefused with every problem, those of
    the reading included, before anything is written. A dry run rolls the session back. Of two at
    once the second waits, and finds what the first has brought."""
    lock_all_tasks(session)
    people = People(Roster.load(session))
    unplanned = plan_directory(people, ledger.directory)
    check = Check(people, load_known(session, ledger.rows), today, people.roster.heads(today))
    check.enter_handlers(ledger.rows)
    matters = [matter for row in ledger.rows if (matter := check.matter(row))]
    problems = _told_once(
        [
            *ledger.problems,
            *repeated_numbers(ledger.rows),
            *unplanned,
            *check.problems,
            *_closed(matters, people.roster),
            *_standing_aside(session, matters, today),
        ]
    )
    if problems:
        raise LedgerRefused(problems)
    written = write_roster(session, people.roster)
    titles = {p.id: p.title for p in check.known.procedures.values() if p.id is not None}
    names = Names.of(people, titles)
    writer = TaskWriter(session, people.roster, today, now, calendar)
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
    )


def _update_known(
    writer: TaskWriter, matters: Sequence[Matter], names: Names
) -> tuple[tuple[Change, ...], int]:
    known = [(matter, matter.task) for matter in matters if matter.task is not None]
    changes, measures = list[Change](), dict[int, tuple[str, ...]]()
    for matter, task in known:
        changed = writer.update(matter, task)
        changes += [names.change(task.number, name, *both) for name, both in changed.items()]
        if "measures" in changed and task.id is not None:
            measures[task.id] = matter.row.measures or ()
    writer.replace_measures(measures)
    return tuple(changes), len(known)


def _closed(matters: Sequence[Matter], roster: Roster) -> list[Problem]:
    """A closed task may stand in the file, but the file must not say anything else of it."""
    problems = []
    for matter in matters:
        if matter.task is None or matter.task.state not in CLOSED:
            continue
        if changed := differences(matter, matter.task, roster):
            columns = "、".join(COLUMNS[field] for field in changed)
            problems.append(
                Problem(
                    matter.row.sheet,
                    matter.row.row,
                    "问题编号",
                    matter.row.number,
                    Need.TASK_CLOSED,
                    columns,
                )
            )
    return problems


def _standing_aside(session: Session, matters: Sequence[Matter], today: date) -> Iterator[Problem]:
    """Whoever keeps away from a task cannot become its handler."""
    away = {(task_id, who) for task_id, who in session.execute(select(aside(today)))}
    for matter in matters:
        task, handler = matter.task, matter.handler
        if task and handler and (task.id, handler.id) in away and handler.id != task.handler_id:
            row = matter.row
            yield Problem(
                row.sheet, row.row, "责任人", handler.name, Need.HANDLER_STANDS_ASIDE, row.number
            )


def _told_once(problems: Sequence[Problem]) -> list[Problem]:
    """The first problem of each cell; the reading and the database may object to the same one."""
    first: dict[object, Problem] = {}
    for problem in problems:
        place = (problem.sheet, problem.row, problem.column)
        first.setdefault(place if problem.row and problem.column else problem, problem)
    return in_order(first.values())
