"""The task that follows a change for the worse up: one per subject and period, and none beside
one that is open and was opened for as bad a code."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlmodel import Session, col

from flows.ledger.apply import apply_ledger
from flows.ledger.problems import LedgerRefused
from flows.ledger.rows import Ledger, LedgerRow
from flows.recipients import Directory
from flows.signoff.actor import OfficeActor
from models import MeasurementFollowUp, MeasurementSeries, Task, Unit
from models.refusal import Refusal
from models.series_file import SeriesFile, Subject
from models.signoff import OPEN
from models.warning import Colour
from models.workdays import Calendar
from notifications.wording import word

BY_MEASUREMENT = "监测变码自动交办"
FollowUp = tuple[MeasurementFollowUp, Task]


@dataclass(frozen=True, slots=True)
class Worse:
    file: SeriesFile
    subject: Subject
    period: date
    value: str
    before: Colour | None
    code: Colour


@dataclass(frozen=True, slots=True)
class Followed:
    """`of_period`: this period has had its task, whatever became of it. `open_ones`: those of the
    subject that are open, as (number, the code it was opened for)."""

    of_period: bool
    open_ones: Sequence[tuple[str, Colour]]

    @classmethod
    def of(cls, found: Sequence[FollowUp], period: date) -> "Followed":
        return cls(
            any(row.period == period for row, _ in found),
            [(task.number, row.code) for row, task in found if task.state in OPEN],
        )

    def covers(self, code: Colour) -> bool:
        return self.of_period or any(had.rank >= code.rank for _, had in self.open_ones)

    def worse_than(self, code: Colour) -> bool:
        return any(had.rank > code.rank for _, had in self.open_ones)

    @property
    def open_number(self) -> str:
        return "、".join(number for number, _ in self.open_ones)


def follow_ups(
    session: Session, series_id: int, subjects: Collection[str]
) -> defaultdict[str, list[FollowUp]]:
    """Of each of these subjects, in the order in which they were opened."""
    found = session.execute(
        select(MeasurementFollowUp, Task)
        .join(Task, col(Task.id) == col(MeasurementFollowUp.task_id))
        .where(
            col(MeasurementFollowUp.series_id) == series_id,
            col(MeasurementFollowUp.subject).in_(subjects),
        )
        .order_by(col(MeasurementFollowUp.id))
    )
    opened = defaultdict[str, list[FollowUp]](list)
    for row, task in found:
        opened[row.subject].append((row, task))
    return opened


def open_follow_up(
    session: Session,
    series: MeasurementSeries,
    worse: Worse,
    actor: OfficeActor,
    calendar: Calendar,
) -> FollowUp:
    """By the one way in which tasks are opened. Raises Refusal if nobody could be given it."""
    asked, year = worse.file.follow_up, actor.on.year
    n = _next(session, series.id, worse, year)
    row = LedgerRow(
        number=asked.number_format.format(year=year, n=n),
        title=_title(worse),
        unit=worse.subject.unit,
        opened_on=actor.on,
        due_on=asked.within.after(actor.on, calendar),
        procedure=asked.procedure,
        handler=_holder(session, worse, actor.on),
        measures=asked.measures or None,
        remarks=worse.file.basis or None,
    )
    _enter(session, row, actor, calendar)
    task = session.scalars(select(Task).where(col(Task.number) == row.number)).one()
    follow_up = MeasurementFollowUp(
        series_id=series.id,
        subject=worse.subject.name,
        period=worse.period,
        code=worse.code,
        year=year,
        n=n,
        task_id=task.id,
    )
    session.add(follow_up)
    session.flush()
    return follow_up, task


def _enter(session: Session, row: LedgerRow, actor: OfficeActor, calendar: Calendar) -> None:
    try:
        apply_ledger(
            session,
            Ledger(rows=(row,)),
            today=actor.on,
            now=actor.now,
            calendar=calendar,
            reason=BY_MEASUREMENT,
        )
    except LedgerRefused as refused:
        first = refused.problems[0]
        raise Refusal(
            f"“{row.title}”无法交办：{first.message('zh-CN')}；没有记录任何数值",
            f"'{row.title}' cannot be assigned: {first.message('en')}; nothing was recorded",
        ) from refused


def _title(worse: Worse) -> str:
    is_now = word(f"code.{worse.code}")
    turned = f"由{word(f'code.{worse.before}')}转{is_now}" if worse.before else f"为{is_now}"
    period = worse.file.written(worse.period)
    value = f"{worse.value}{worse.file.unit}"
    return f"{worse.subject.name}：{worse.file.title} {period} {turned}（{value}）"


def _holder(session: Session, worse: Worse, on: date) -> str | None:
    unit = session.scalar(select(col(Unit.id)).where(col(Unit.name) == worse.subject.unit))
    people = Directory.load(session, on)
    found = people.posts.get((unit or 0, worse.file.follow_up.post), ())
    person = people.officials[min(found)] if found else None
    return (person.email or person.name) if person else None


def _next(session: Session, series_id: int, worse: Worse, year: int) -> int:
    """A number that a ledger has taken is passed over."""
    highest = select(func.max(col(MeasurementFollowUp.n))).where(
        col(MeasurementFollowUp.series_id) == series_id, col(MeasurementFollowUp.year) == year
    )
    n = (session.scalar(highest) or 0) + 1
    form = worse.file.follow_up.number_format
    while session.scalar(
        select(col(Task.id)).where(col(Task.number) == form.format(year=year, n=n))
    ):
        n += 1
    return n
