"""The night opens what recurs: one task per duty, occurrence and unit, whatever happens to the
night. What a skipped night missed is opened by the next one, with its own dates."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import func, select, update
from sqlmodel import Session, col

from flows.database import changed
from flows.duties.registering import duty_of
from flows.ledger.apply import apply_ledger
from flows.ledger.needs import Need
from flows.ledger.problems import LedgerRefused
from flows.ledger.rows import Ledger, LedgerRow
from flows.ledger.sentences import Sentence
from flows.pairings.standing import Paired, pairings
from flows.recipients import Directory
from models import DutyOccurrence, DutyTemplate, Task, Unit
from models.duty import DutyState
from models.duty_file import DutyFile
from models.organisation import PostKind
from models.recurrence import Occurrence
from models.workdays import Calendar

BY_DUTY = "周期任务自动交办"
_RUNNING = (
    select(DutyTemplate)
    .where(col(DutyTemplate.state) == DutyState.RUNNING)
    .order_by(col(DutyTemplate.id))
    .with_for_update()
)
SAME_HOLIDAY = timedelta(days=3)  # by which an edit may move it; two begin farther apart


def open_due(session: Session, *, on: date, now: datetime, calendar: Calendar) -> int:
    """Returns how many tasks were opened. With nothing due it asks three times, and that is all."""
    running = session.scalars(_RUNNING).all()
    if not running:
        return 0
    wanted = list(_waiting(session, running))
    wanted += _new_ones(session, running, on, calendar)
    behind = col(DutyTemplate.id).in_([duty.id for duty in running])
    changed(
        session,
        update(DutyTemplate)
        .where(behind, col(DutyTemplate.opened_through) < on)
        .values(opened_through=on),
    )
    return _open(session, wanted, on, now, calendar) if wanted else 0


@dataclass(frozen=True, slots=True)
class Wanted:
    duty: DutyFile
    row: DutyOccurrence


def _waiting(session: Session, running: Sequence[DutyTemplate]) -> Iterator[Wanted]:
    """What could not be opened in an earlier night."""
    files = {duty.id: duty_of(duty) for duty in running}
    unopened = select(DutyOccurrence).where(col(DutyOccurrence.task_id).is_(None))
    for row in session.scalars(unopened.order_by(col(DutyOccurrence.id))):
        if row.duty_id in files:
            yield Wanted(files[row.duty_id], row)


def _new_ones(
    session: Session, running: Sequence[DutyTemplate], on: date, calendar: Calendar
) -> list[Wanted]:
    due = [
        (duty, occurrence)
        for duty in running
        for occurrence in duty_of(duty).occurrences(duty.opened_through, on, calendar)
    ]
    if not due:
        return []
    units, numbers = _Units.load(session, on), _Numbers(session)
    found = []
    for duty, occurrence in sorted(due, key=lambda both: (both[1].on, both[0].id)):
        file = duty_of(duty)
        there = _units_of(session, duty, occurrence)
        for unit, pairing_id in units.meant(file, occurrence.on):
            if unit not in there:
                row = _row(duty, occurrence, unit, numbers.next(duty, file, occurrence.on.year))
                row.pairing_id = pairing_id
                session.add(row)
                found.append(Wanted(file, row))
    return found


def _row(duty: DutyTemplate, occurrence: Occurrence, unit: str, n: int) -> DutyOccurrence:
    return DutyOccurrence(
        duty_id=duty.id,
        of=occurrence.of,
        on=occurrence.on,
        holiday=occurrence.holiday,
        unit=unit,
        year=occurrence.on.year,
        n=n,
        need=Need.UNKNOWN_UNIT.name,
    )


def _units_of(session: Session, duty: DutyTemplate, occurrence: Occurrence) -> set[str]:
    """Those for which this occurrence is there already. A holiday keeps its check when an edited
    calendar moves its first day."""
    reach = SAME_HOLIDAY if duty_of(duty).before_holiday is not None else timedelta()
    near = col(DutyOccurrence.of).between(occurrence.of - reach, occurrence.of + reach)
    wanted = select(col(DutyOccurrence.unit)).where(col(DutyOccurrence.duty_id) == duty.id, near)
    return set(session.scalars(wanted))


def _open(
    session: Session, wanted: Sequence[Wanted], on: date, now: datetime, calendar: Calendar
) -> int:
    """Rows that the ledger refuses keep why; the others are opened."""
    units = _Units.load(session, on)
    rows = {n: _ledger_row(one, n, units, calendar) for n, one in enumerate(wanted)}
    while rows and (refused := _refused(session, list(rows.values()), on, now, calendar)):
        for n, need in refused.items():
            wanted[n].row.need = need.name
            del rows[n]
    numbers = [row.number for row in rows.values()]
    named = select(col(Task.number), col(Task.id)).where(col(Task.number).in_(numbers))
    ids = dict(session.execute(named).all())
    for n, row in rows.items():
        wanted[n].row.task_id, wanted[n].row.need = ids[row.number], ""
    session.flush()
    return len(rows)


def _refused(
    session: Session, rows: Sequence[LedgerRow], on: date, now: datetime, calendar: Calendar
) -> dict[int, Sentence]:
    """By row, why; nothing was opened then. No file of an office keeps a night from its end."""
    ledger = Ledger(rows=tuple(rows))
    try:
        apply_ledger(session, ledger, today=on, now=now, calendar=calendar, reason=BY_DUTY)
    except LedgerRefused as refused:
        found = {one.row: one.need for one in refused.problems if one.row is not None}
        return found or {row.row or 0: refused.problems[0].need for row in rows}
    return {}


def _ledger_row(one: Wanted, n: int, units: "_Units", calendar: Calendar) -> LedgerRow:
    duty, row = one.duty, one.row
    occurrence, pair = Occurrence(row.of, row.on, row.holiday), units.pair(row.pairing_id)
    title, unit = duty.title_of(occurrence), pair.unit if pair else row.unit
    return LedgerRow(
        number=duty.number_format.format(year=row.year, n=row.n),
        title=f"{title}：{pair.row.subject}" if pair else title,
        unit=unit,
        opened_on=row.on,
        due_on=duty.due_on(occurrence, calendar),
        procedure=duty.procedure,
        handler=pair.handler if pair else units.holder(unit, duty.post),
        goal=duty.goal,
        measures=duty.measures,
        remarks=duty.basis,
        row=n,
    )


@dataclass(frozen=True)
class _Units:
    """Who is where, on the day of the night."""

    ids: dict[str, int]
    people: Directory
    paired: Sequence[Paired]

    @classmethod
    def load(cls, session: Session, on: date) -> "_Units":
        named = select(col(Unit.name), col(Unit.id)).order_by(col(Unit.id))
        units = dict(session.execute(named).all())
        return cls(units, Directory.load(session, on), pairings(session))

    def meant(self, duty: DutyFile, on: date) -> Sequence[tuple[str, int | None]]:
        """Those that the file names, or all that have somebody in the post; or, with its id,
        everybody who was paired with somebody on this day."""
        if duty.pairings:
            found = [p for p in self.paired if p.row.topic == duty.pairings and p.on(on)]
            return list({p.label: (p.label, p.row.id) for p in found}.values())
        holding = self.people.posts
        named = duty.units or [n for n, key in self.ids.items() if holding.get((key, duty.post))]
        return [(name, None) for name in dict.fromkeys(named)]

    def pair(self, pairing_id: int | None) -> Paired | None:
        return next((one for one in self.paired if one.row.id == pairing_id), None)

    def holder(self, unit: str, post: PostKind) -> str | None:
        """None: whoever holds the unit's posts is told, as of any matter without a handler."""
        found = self.people.posts.get((self.ids.get(unit, 0), post), ())
        if not found:
            return None
        person = self.people.officials[min(found)]
        return person.email or person.name


@dataclass
class _Numbers:
    """The next number of each duty in a year; one that a ledger has taken is passed over."""

    session: Session
    last: dict[tuple[int, int], int] = field(default_factory=dict)

    def next(self, duty: DutyTemplate, file: DutyFile, year: int) -> int:
        key = duty.id, year
        n = (self.last[key] if key in self.last else self._highest(*key)) + 1
        while self._taken(file.number_format.format(year=year, n=n)):
            n += 1
        self.last[key] = n
        return n

    def _highest(self, duty_id: int, year: int) -> int:
        wanted = col(DutyOccurrence.duty_id) == duty_id, col(DutyOccurrence.year) == year
        return self.session.scalar(select(func.max(col(DutyOccurrence.n))).where(*wanted)) or 0

    def _taken(self, number: str) -> bool:
        found = select(col(Task.id)).where(col(Task.number) == number)
        return self.session.scalar(found) is not None
