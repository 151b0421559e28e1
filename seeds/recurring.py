"""What recurs in the demo district: its duties, its series with their values, and who does what."""

import re
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlmodel import Session, col, select

from flows.database import reading, transaction
from flows.duties.registering import load_duty
from flows.measures.reporting import Reading, report
from flows.measures.series import find_series, load_series, series_of
from flows.office import Office
from flows.signoff.actor import Unattended
from flows.working_days import load_calendar
from models import DutyOccurrence, MeasurementFollowUp, Procedure, Task
from models.signoff import TaskState
from models.span import add_months
from models.workdays import Calendar
from seeds.notice import read
from seeds.sign_offs import Act, perform

HERE = Path(__file__).parent
PROCEDURE = "recurring"
MISSED = {  # how a number begins, and of which duty's unit: what nobody does
    ("田巡", "白泉镇"),
    ("结对", "区教育局分管领导 → 相对薄弱村07"),
    ("安码", None),  # what follows the resettlement projects up
}
REPORTED_ON = 4  # day of the month after
DONE_BEFORE = timedelta(days=3)
BY = "演示数据"
_MONTH = re.compile(r'"(20\d\d)-(\d\d)"')


def load_recurring(
    session: Session, *, today: date, now: datetime, last: date, shift: timedelta
) -> None:
    """`last`: the story's last night as it is written. Values and target paths move with it; what
    was to be reported by today is."""
    by, calendar = Unattended(BY, today, now), load_calendar(session)
    for file, text in _texts("duties"):
        load_duty(session, text, by, file=file)
    newest = last + shift
    months = _months(newest) - _months(last)
    for file, text in _texts("measures"):
        load_series(session, _moved(text, months), by, file=file)
    for back in range(6, 0, -1):
        month = add_months(newest.replace(day=1), -back)
        if add_months(month, 1).replace(day=REPORTED_ON) <= today:
            _report(session, month, back, by, calendar)


def report_month(office: Office, on: date, newest: date, now: datetime) -> None:
    """On the day on which it is usual, the values of the month before."""
    month = add_months(on.replace(day=1), -1)
    back = _months(newest) - _months(month)
    if on.day == REPORTED_ON and 1 <= back <= 6:
        with transaction(office.engine, now) as session:
            _report(session, month, back, Unattended(BY, on, now), load_calendar(session))


def do_what_recurs(office: Office, on: date, now: datetime) -> None:
    """What is due soon is handed in; what was handed in yesterday is taken."""
    with reading(office.engine) as session:
        if not load_calendar(session).is_working(on):
            return
        soon, handed_in = _soon(session, on), _handed_in(session, on)
    for number in handed_in:
        perform(office, Act(on, number, "approve", "已核收。"), now)
    for number in soon:
        act = Act(on, number, "apply", "已按要求完成并报送。", evidence="报送材料.txt")
        perform(office, act, now)


def _soon(session: Session, on: date) -> list[str]:
    open_ones = _recurring().where(
        col(Task.state).in_((TaskState.ASSIGNED, TaskState.IN_PROGRESS)),
        col(Task.due_on).between(on, on + DONE_BEFORE),
    )
    occurrences = dict(session.execute(select(DutyOccurrence.task_id, DutyOccurrence.unit)).all())
    return [
        task.number
        for task in session.scalars(open_ones)
        if (task.number.partition("〔")[0], occurrences.get(task.id)) not in MISSED
    ]


def _handed_in(session: Session, on: date) -> list[str]:
    waiting = _recurring().where(col(Task.state) == TaskState.UNDER_REVIEW, col(Task.stage_on) < on)
    return [task.number for task in session.scalars(waiting)]


def _recurring() -> Any:
    return (
        select(Task)
        .join(Procedure, col(Procedure.id) == col(Task.procedure_id))
        .where(Procedure.name == PROCEDURE)
        .order_by(col(Task.id))
    )


def opened_by_itself(session: Session) -> set[str]:
    """The numbers of tasks that duties and measurements have opened."""
    found = set[str]()
    for table in (DutyOccurrence, MeasurementFollowUp):
        numbers = select(Task.number).join(table, col(table.task_id) == col(Task.id))
        found |= set(session.exec(numbers))
    return found


def _report(session: Session, month: date, back: int, by: Unattended, calendar: Calendar) -> None:
    for said in read("measured")["series"]:
        series = find_series(session, said["name"])
        period = series_of(series).written(month)
        found = [
            Reading(line["subject"], period, line["values"][-back])
            for line in said["values"]
            if line["values"][-back]
        ]
        report(session, series, found, by, calendar=calendar)


def _texts(folder: str) -> list[tuple[str, str]]:
    return [(path.name, path.read_text("utf-8")) for path in sorted((HERE / folder).glob("*.toml"))]


def _moved(text: str, months: int) -> str:
    def later(found: re.Match[str]) -> str:
        return f'"{add_months(date(int(found[1]), int(found[2]), 1), months):%Y-%m}"'

    return _MONTH.sub(later, text)


def _months(day: date) -> int:
    return day.year * 12 + day.month
