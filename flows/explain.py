"""Why a task has its colour: the anchor, the roll, each rung's strike date, who was told, and
what comes next. The same arithmetic as the sweep, one task at a time."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from flows.escalation import anchors_of
from flows.rulebook import ladder_of
from models import DeadlineChange, Notice, Official, Policy, Receipt, Task, Transition
from models.notice import Duty
from models.notice_machine import LIVE
from models.refusal import Refusal
from models.signoff import ON_CLOCK
from models.strike import rolled, strikes
from models.workdays import Calendar
from notifications.explanation import DueChange, ExplainRow, Explanation, ToldRow


class NoSuchTask(Refusal):
    """There is no task of this number."""

    def __init__(self, number: str) -> None:
        super().__init__(
            f"没有编号为“{number}”的任务；可用 sise tasks 查看全部编号",
            f"no task has the number '{number}'; 'sise tasks' lists them",
        )


def explain(
    session: Session, number: str, *, on: date, calendar: Calendar, timezone: ZoneInfo
) -> Explanation:
    """Raises NoSuchTask."""
    task = session.exec(select(Task).where(Task.number == number)).first()
    if task is None:
        raise NoSuchTask(number)
    policy = session.get_one(Policy, task.policy_id)
    ladder = ladder_of(policy)
    rows = _rows(session, task, policy, on, calendar)
    raised = _raised(session, task)
    due = task.due_on
    return Explanation(
        number=task.number,
        title=task.title,
        on=on,
        colour=task.colour,
        state=task.state,
        on_clock=task.state in ON_CLOCK,
        policy=f"{ladder.title}（{ladder.name} {ladder.version}）",
        due_on=due,
        original_due_on=task.original_due_on,
        rolled_on=calendar.roll(due) if due and ladder.roll == "next" else due,
        rows=rows,
        changes=_changes(session, task),
        cause=ladder.entry(raised.cause) if raised else None,
        caused_on=raised.on if raised else None,
        told=_told(session, task, timezone),
        next_row=_next(task, rows, on),
    )


def _rows(
    session: Session, task: Task, policy: Policy, on: date, calendar: Calendar
) -> list[ExplainRow]:
    ladder = ladder_of(policy)
    anchors = anchors_of(session, task)
    struck = {id(found.entry): found for found in strikes(ladder, anchors, calendar)}
    rows = []
    for rung, entry in ladder.entries():
        found = struck.get(id(entry))
        strike_on = found.on if found else None
        rows.append(
            ExplainRow(
                rung.colour,
                rung.label,
                entry,
                rolled(entry, found.anchor, ladder, calendar) if found else None,
                strike_on,
                strike_on is not None and strike_on <= on,
                strike_on is not None and not calendar.is_known(strike_on.year),
            )
        )
    return rows


def _next(task: Task, rows: list[ExplainRow], on: date) -> ExplainRow | None:
    """What the next night that raises it will raise it to: of several rungs that will have
    struck by then, the highest."""
    if task.state not in ON_CLOCK:
        return None
    ahead = [
        (max(row.strike_on, on), -row.colour.rank, n)
        for n, row in enumerate(rows)
        if row.strike_on and row.colour.rank > task.colour.rank
    ]
    return rows[min(ahead)[2]] if ahead else None


def _raised(session: Session, task: Task) -> Transition | None:
    """The escalation that made the present colour; None when it was relieved to it."""
    newest = session.exec(
        select(Transition)
        .where(Transition.task_id == task.id, Transition.machine == "warning")
        .order_by(col(Transition.id).desc())
    ).first()
    return newest if newest and newest.event == "escalate" else None


def _changes(session: Session, task: Task) -> list[DueChange]:
    rows = session.exec(
        select(DeadlineChange)
        .where(DeadlineChange.task_id == task.id)
        .order_by(col(DeadlineChange.id))
    )
    return [DueChange(row.on, row.previous_due_on, row.due_on, row.reason) for row in rows]


def _told(session: Session, task: Task, timezone: ZoneInfo) -> list[ToldRow]:
    absent = aliased(Official)
    rows = session.exec(
        select(Notice, Receipt, Official, absent)
        .join(Receipt, col(Receipt.notice_id) == col(Notice.id))
        .join(Official, col(Official.id) == col(Receipt.official_id))
        .outerjoin(absent, col(absent.id) == col(Receipt.stands_for_id))
        .where(Notice.task_id == task.id)
        .order_by(col(Notice.id), col(Receipt.id))
    )
    return [
        ToldRow(
            notice_number=notice.number,
            colour=notice.colour,
            issued_on=notice.issued_on,
            name=official.name,
            capacity=receipt.capacity,
            duty=receipt.duty,
            stands_for=away.name if away else "",
            climbed_from=receipt.climbed_from,
            acknowledge_by=notice.acknowledge_by,
            answer_by=notice.answer_by if receipt.duty == Duty.ACT else None,
            acknowledged_at=_local(receipt.acknowledged_at, timezone),
            answered_at=_local(receipt.answered_at, timezone),
            said_by=receipt.said_by,
            assurance=receipt.assurance,
            words=receipt.words,
            live=notice.state in LIVE,
        )
        for notice, receipt, official, away in rows
    ]


def _local(at: datetime | None, timezone: ZoneInfo) -> datetime | None:
    return at.astimezone(timezone) if at else None
