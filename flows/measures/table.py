"""Subject × period: what was reported, its code and its change, and what is missing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, select, true
from sqlmodel import Session, col

from flows.measures.series import series_of
from models import Measurement, MeasurementFollowUp, MeasurementSeries, Procedure, Task
from models.series_file import SeriesFile, Subject
from models.signoff import OPEN
from models.warning import Colour

PERIODS = 6
CODES = (Colour.RED, Colour.YELLOW, Colour.GREEN)


@dataclass(frozen=True)
class Cell:
    """`change`: ranks up (worse) or down since the period before; None: nothing to compare.
    `corrected`: what it was before. `task`: what follows it up."""

    now: Measurement
    change: int | None
    corrected: Sequence[Measurement]
    task: Task | None

    @property
    def still_open(self) -> bool:
        return self.task is not None and self.task.state in OPEN


@dataclass(frozen=True)
class Line:
    subject: Subject
    cells: Sequence[Cell | None]


@dataclass(frozen=True)
class Series:
    """`periods`: those that are over, the newest last."""

    row: MeasurementSeries
    file: SeriesFile
    restricted: bool
    periods: Sequence[date]
    lines: Sequence[Line]

    @property
    def counts(self) -> Mapping[Colour, int]:
        """Each subject's newest code."""
        newest = [cells[-1].now.code for line in self.lines if (cells := _there(line))]
        return {code: newest.count(code) for code in CODES}

    @property
    def missing(self) -> Sequence[str]:
        """Who has no value in the last period that is over."""
        return [line.subject.name for line in self.lines if line.cells[-1] is None]

    @property
    def following(self) -> int:
        """Follow-ups of the shown periods that are open."""
        return sum(cell.still_open for line in self.lines for cell in _there(line))


def all_series(
    session: Session,
    on: date,
    periods: int = PERIODS,
    among: ColumnElement[bool] | None = None,
) -> list[Series]:
    """Four questions, however many series there are. Of what follows a value up all is told, or
    the tasks `among` them."""
    known = session.scalars(select(MeasurementSeries).order_by(col(MeasurementSeries.id))).all()
    hidden = set(session.scalars(select(col(Procedure.name)).where(col(Procedure.restricted))))
    spans = {row.id: _periods(series_of(row), on, periods) for row in known}
    since = min((span[0] for span in spans.values()), default=on)
    values, tasks = _values(session, since, on), _tasks(session, since, among)
    return [
        _series(row, spans[row.id], values, tasks, series_of(row).follow_up.procedure in hidden)
        for row in known
    ]


Key = tuple[int, str, date]


def _values(session: Session, since: date, on: date) -> Mapping[Key, list[Measurement]]:
    """As they were known at the end of that day."""
    found: dict[Key, list[Measurement]] = {}
    rows = select(Measurement).where(col(Measurement.period) >= since, col(Measurement.on) <= on)
    for row in session.scalars(rows.order_by(col(Measurement.n))):
        found.setdefault((row.series_id, row.subject, row.period), []).append(row)
    return found


def _tasks(session: Session, since: date, among: ColumnElement[bool] | None) -> Mapping[Key, Task]:
    rows = session.execute(
        select(MeasurementFollowUp, Task)
        .join(Task, col(Task.id) == col(MeasurementFollowUp.task_id))
        .where(col(MeasurementFollowUp.period) >= since, true() if among is None else among)
    )
    return {(row.series_id, row.subject, row.period): task for row, task in rows}


def _periods(file: SeriesFile, on: date, n: int) -> list[date]:
    """Those that are over, with one before them to compare with."""
    last = file.earlier(file.latest(on), 1)
    return [file.earlier(last, back) for back in range(n, -1, -1)]


def _series(
    row: MeasurementSeries,
    span: Sequence[date],
    values: Mapping[Key, list[Measurement]],
    tasks: Mapping[Key, Task],
    restricted: bool,
) -> Series:
    file = series_of(row)
    lines = []
    for subject in file.subject:
        found = [values.get((row.id, subject.name, period)) for period in span]
        cells = [
            _cell(before, now, tasks.get((row.id, subject.name, period)))
            for before, now, period in zip(found, found[1:], span[1:], strict=False)
        ]
        lines.append(Line(subject, cells))
    return Series(row, file, restricted, span[1:], lines)


def _cell(
    before: list[Measurement] | None, now: list[Measurement] | None, task: Task | None
) -> Cell | None:
    if now is None:
        return None
    change = now[-1].code.rank - before[-1].code.rank if before else None
    return Cell(now[-1], change, now[:-1], task)


def _there(line: Line) -> list[Cell]:
    return [cell for cell in line.cells if cell is not None]
