"""The rows of 台账 against the database: who and what they name, and whether it is known."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from string import ascii_letters, digits

from sqlalchemy import ARRAY, ColumnElement, String, any_, func, literal
from sqlmodel import Session, col, select

from flows.ledger.cells import month_end
from flows.ledger.needs import Need
from flows.ledger.people import NotIdentified, People
from flows.ledger.problems import Problem
from flows.ledger.roster import Person
from flows.ledger.rows import LedgerRow
from flows.rulebook import procedure_of
from flows.these import THESE, among
from models import Measure, Procedure, Task
from models.signoff import CLOSED, TaskState
from models.stage import Stage
from models.task import Track
from models.workdays import Calendar

DEFAULT_PROCEDURE = "rectification"
_BETWEEN = re.compile(r"[、，,；;/\s]+")
_WIDE = "".join(chr(ord(c) + 0xFEE0) for c in f"{ascii_letters}{digits}-")
_NARROW = str.maketrans(_WIDE, f"{ascii_letters}{digits}-")
LOOKED_UP = 5000  # numbers of a query, which are one parameter


@dataclass(slots=True)
class Matter:
    """A row with everything it names resolved. `task` None: it is new."""

    row: LedgerRow
    procedure: Procedure
    opened_on: date
    due_on: date | None
    handler: Person | None
    leader: Person | None
    task: Task | None
    measures: tuple[str, ...]  # of the known task
    stage: str  # in which a new one begins


@dataclass(slots=True)
class Known:
    """What the database knows of the numbers in the file."""

    tasks: Mapping[str, Task]
    measures: Mapping[int, list[str]]
    procedures: Mapping[str, Procedure]  # by name, title and alias
    titles: str

    def by_id(self, procedure_id: int) -> Procedure:
        return next(p for p in self.procedures.values() if p.id == procedure_id)


def load_known(session: Session, rows: Sequence[LedgerRow]) -> Known:
    tasks: dict[str, Task] = {}
    measures: dict[int, list[str]] = {}
    for first in range(0, len(rows), LOOKED_UP):
        numbers = [row.number for row in rows[first : first + LOOKED_UP]]
        found = session.scalars(select(Task).where(_numbered(session, numbers))).all()
        tasks.update({task.number: task for task in found})
    for task_id, said in session.execute(
        _MEASURES, {"these": [task.id for task in tasks.values()]}
    ):
        measures.setdefault(task_id, []).append(said)
    stored = session.exec(_PROCEDURES).all()
    names = {alias: p for p in stored for alias in procedure_of(p).aliases}
    names |= {p.title: p for p in stored} | {p.name: p for p in stored}
    return Known(tasks, measures, names, "、".join(p.title for p in stored))


_MEASURES = (
    select(Measure.task_id, Measure.text)
    .where(among(col(Measure.task_id), THESE))
    .order_by(col(Measure.task_id), col(Measure.position))
)
_PROCEDURES = select(Procedure).order_by(col(Procedure.id))


def _numbered(session: Session, numbers: Sequence[str]) -> ColumnElement[bool]:
    """All of them as one parameter: each by itself would cost more than the answer."""
    if session.get_bind().dialect.name == "postgresql":
        return col(Task.number) == any_(literal(list(numbers), ARRAY(String)))
    said = func.json_each(json.dumps(numbers)).table_valued("value")
    return col(Task.number).in_(select(said.c.value))


@dataclass(slots=True)
class Check:
    """Resolves rows one by one and collects what cannot be resolved."""

    people: People
    known: Known
    today: date
    answered_for: set[str]  # the units where a matter may name nobody
    calendar: Calendar
    problems: list[Problem] = field(default_factory=list)
    by_id: Mapping[int, Person] = field(init=False)

    def __post_init__(self) -> None:
        self.by_id = {person.id: person for person in self.people.roster.people if person.stored}

    def enter_handlers(self, rows: Sequence[LedgerRow]) -> None:
        """Addresses first: a row that only names a person may mean one of a later row."""
        for row in [row for row in rows if not self._may_be_either(row)]:
            if row.handler_email and row.unit in self.people.roster.units:
                try:
                    self.people.by_address(row.unit, row.handler or "", row.handler_email)
                except NotIdentified as who:
                    column = "责任人邮箱" if who.need is Need.TWO_NAMES else "责任人"
                    self.note(row, column, who.need, who.found, who.other)

    def _may_be_either(self, row: LedgerRow) -> bool:
        """台账 corrects no address, and makes no second person of a name that 通讯录 has once;
        an address that was this person's means nobody else, unless it is somebody else's now."""
        roster, email = self.people.roster, row.handler_email
        holder = roster.holder(email) if email else None
        if not email or not row.handler or (holder and holder.name == row.handler):
            return False
        there = roster.addressed(row.unit, row.handler)
        if (task := self.known.tasks.get(row.number)) and self._stays(row, task):
            present = self.by_id.get(task.handler_id or 0)
            there += [present] if present and present.name == row.handler else []
        owner = next((one for one in there if email in roster.former[one.id]), None)
        if owner and not holder:
            roster.by_email[email] = owner
        elif owner or (there and not holder):
            need = Need.FORMER_ADDRESS if owner else Need.NAMESAKE
            self.note(row, "责任人邮箱", need, email, (owner or there[0]).shown())
            return True
        return False

    def matter(self, row: LedgerRow) -> Matter | None:
        """The resolved row; None if it has a problem."""
        before = len(self.problems)
        task = self.known.tasks.get(row.number)
        self._number(row, task)
        self._units(row)
        procedure = self._procedure(row, task)
        handler, leader = self._handler(row, task), self._leader(row, task)
        self._responsible(row, task, handler)
        stage = self._first_stage(row, task, procedure)
        opened_on, due_on = self._dates(row, task, stage)
        if len(self.problems) > before or procedure is None or not row.unit:
            return None  # of a unit that is not said, or not readable, the reading has told
        measures = tuple(self.known.measures.get(task.id or 0, ())) if task else ()
        begins = stage.name if stage else ""
        return Matter(row, procedure, opened_on, due_on, handler, leader, task, measures, begins)

    def note(self, row: LedgerRow, column: str, need: Need, found: str, other: str = "") -> None:
        self.problems.append(Problem(row.sheet, row.row, column, found, need, other))

    def _number(self, row: LedgerRow, task: Task | None) -> None:
        """A number that looks like another would open a matter a second time."""
        narrow = row.number.translate(_NARROW)
        if task is None and narrow != row.number:
            self.note(row, "问题编号", Need.FULL_WIDTH, row.number, narrow)

    def _units(self, row: LedgerRow) -> None:
        for column, name in (("责任单位", row.unit), ("牵头单位", row.lead_unit)):
            if name and name not in self.people.roster.units:
                several = any(one in self.people.roster.units for one in _BETWEEN.split(name))
                need = Need.SEVERAL_UNITS if several else Need.UNKNOWN_UNIT
                self.note(row, column, need, name)

    def _procedure(self, row: LedgerRow, task: Task | None) -> Procedure | None:
        if task is not None and row.procedure is None:
            return self.known.by_id(task.procedure_id)
        name = row.procedure or DEFAULT_PROCEDURE
        procedure = self.known.procedures.get(name)
        if procedure is None:
            self.note(row, "类别", Need.UNKNOWN_PROCEDURE, name, self.known.titles)
        elif task is not None and procedure.id != task.procedure_id and _is_under_way(task):
            present = self.known.by_id(task.procedure_id).title
            self.note(row, "类别", Need.PROCEDURE_FIXED, name, present)
        return procedure

    def _handler(self, row: LedgerRow, task: Task | None) -> Person | None:
        if row.handler_email:
            return self.people.roster.by_email.get(row.handler_email)
        kept = task and self._kept(row, task, task.handler_id, row.handler)
        return kept or self._official(row, "责任人", row.handler)

    def _leader(self, row: LedgerRow, task: Task | None) -> Person | None:
        kept = task and self._kept(row, task, task.supervising_leader_id, row.supervising_leader)
        return kept or self._official(row, "分管领导", row.supervising_leader)

    def _kept(
        self, row: LedgerRow, task: Task, official_id: int | None, name: str | None
    ) -> Person | None:
        """A row that names the unit and the person that a task has means no other."""
        person = self.by_id.get(official_id or 0)
        if not name or person is None or name not in (person.name, person.email):
            return None
        return person if self._stays(row, task) else None

    def _stays(self, row: LedgerRow, task: Task) -> bool:
        unit = self.people.roster.units.get(row.unit)
        return unit is not None and unit.id == task.unit_id

    def _official(self, row: LedgerRow, column: str, name: str | None) -> Person | None:
        if not name or row.unit not in self.people.roster.units:
            return None
        look = self.people.within if column == "责任人" else self.people.anywhere
        try:
            return look(row.unit, name)
        except NotIdentified as who:
            self.note(row, column, who.need, who.found, who.other)
            return None

    def _responsible(self, row: LedgerRow, task: Task | None, handler: Person | None) -> None:
        if handler or row.handler or row.handler_email or row.unit in self.answered_for:
            return
        nobody_before = task is not None and task.handler_id is None and self._stays(row, task)
        kept = task is not None and row.handler is None and task.handler_id is not None
        if not (kept or nobody_before) and row.unit in self.people.roster.units:
            self.note(row, "责任人", Need.NOBODY_RESPONSIBLE, "", row.unit)

    def _first_stage(
        self, row: LedgerRow, task: Task | None, procedure: Procedure | None
    ) -> Stage | None:
        """A new matter without a date of its own begins in the first stage of its procedure."""
        dated = row.due_on is not None or row.track is Track.LONG_TERM
        if task or dated or procedure is None:
            return None
        return next(iter(procedure_of(procedure).stage), None)

    def _dates(
        self, row: LedgerRow, task: Task | None, stage: Stage | None
    ) -> tuple[date, date | None]:
        due_on = row.due_on
        if task and due_on and row.yearless:
            due_on = month_end(task.opened_on.year, due_on.month)
        opened_on = row.opened_on or (
            task.opened_on if task else min(self.today, due_on or self.today)
        )
        if due_on is None and task and (task.state is TaskState.LONG_TERM or task.stage):
            due_on = task.due_on  # its next review, or its stage's: the ledger does not know it
        if due_on is None and stage:
            due_on = stage.due_on(opened_on, opened_on, self.calendar)
        if due_on is None and row.track is not Track.LONG_TERM:
            self.note(row, "整改时限", Need.DUE_EMPTY, "")
        if due_on and due_on < opened_on:
            self.note(
                row, "整改时限", Need.DUE_BEFORE_OPENED, due_on.isoformat(), opened_on.isoformat()
            )
        return opened_on, due_on


def _is_under_way(task: Task) -> bool:
    """From here on its levels of sign-off may have been used; a closed task is told elsewhere."""
    return task.state is not TaskState.ASSIGNED and task.state not in CLOSED
