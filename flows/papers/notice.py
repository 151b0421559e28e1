"""The facts of one notice on paper: as they stood when it was issued, whatever happened since."""

from datetime import date

from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from flows.find_task import find_task
from flows.office_changes import names_then
from flows.papers.units import office_unit, unit_before
from flows.rulebook import current_policy, ladder_of
from flows.signoff.lists import policy_on
from flows.standing import History
from models import Notice, Official, Policy, Receipt, Task, Transition
from models.ladder import Entry
from models.office_change import Subject
from models.refusal import Refusal
from models.strike import counted
from models.warning import Colour
from models.workdays import Calendar
from notifications.explanation import ClimbStep
from notifications.papers.notice import Addressed, Earlier, NoticeFacts

Absent = aliased(Official)


class NoNotice(Refusal):
    """The task has never been warned of."""

    def __init__(self, number: str) -> None:
        super().__init__(
            f"事项“{number}”从未发出预警单，没有可打印的；其颜色可用 sise explain {number} 查看",
            f"task '{number}' never had a notice, so there is none to print; "
            f"'sise explain {number}' tells its colour",
        )


class NoSuchNotice(Refusal):
    """There is no notice of this number, or not of this task."""

    def __init__(self, number: str, task: str) -> None:
        super().__init__(
            f"事项“{task}”没有编号为“{number}”的预警单；可用 sise task {task} 查看",
            f"task '{task}' has no notice '{number}'; 'sise task {task}' shows them",
        )


def notice_facts(
    session: Session, number: str, *, notice: str | None, calendar: Calendar
) -> NoticeFacts:
    """Of this task's newest notice, or of the one with this number. Raises NoSuchTask, NoNotice
    and NoSuchNotice."""
    task = find_task(session, number)
    found = _notice_of(session, task, notice)
    move = session.get_one(Transition, found.transition_id)
    history = History.load(session, task)
    then = history.before(move).task
    due_on = _due_on(history, move, then)
    ladder = ladder_of(_policy(session, then, found, calendar))
    shown = not task.restricted
    return NoticeFacts(
        number=found.number,
        colour=found.colour,
        label=ladder.at(found.colour).label,
        issued_on=found.issued_on,
        office=office_unit(session, found.issued_on, move.at),
        basis=ladder.basis if shown else "",
        task=task.number,
        title=task.title if shown else "",
        unit=unit_before(session, task, move.at) if shown else "",
        opened_on=then.opened_on,
        due_on=due_on,
        rolled_on=counted(due_on, ladder, calendar) if due_on else None,
        restricted=task.restricted,
        step=_step(move),
        earlier=_earlier(session, found),
        acknowledge_by=found.acknowledge_by,
        answer_by=found.answer_by,
        told=_told(session, found, move) if shown else [],
    )


def _notice_of(session: Session, task: Task, number: str | None) -> Notice:
    mine = select(Notice).where(Notice.task_id == task.id).order_by(col(Notice.id).desc())
    if number is None:
        newest = session.exec(mine).first()
        if newest is None:
            raise NoNotice(task.number)
        return newest
    found = session.exec(mine.where(Notice.number == number)).first()
    if found is None:
        raise NoSuchNotice(number, task.number)
    return found


def _due_on(history: History, move: Transition, then: Task) -> date | None:
    """With what the same night changed first: a suspension that ended moves the deadline."""
    changes = [change for change in history.changes if change.at <= move.at]
    return changes[-1].due_on if changes else then.due_on


def _policy(session: Session, then: Task, notice: Notice, calendar: Calendar) -> Policy:
    """The one that the notice was issued by, though the task came onto a list later that day."""
    policy = policy_on(session, then, notice.issued_on, calendar)
    if policy.name == notice.policy_name:
        return policy
    return current_policy(session, notice.policy_name) or policy


def _step(move: Transition) -> ClimbStep:
    return ClimbStep(
        on=move.on,
        event=move.event,
        colour=Colour(move.target),
        entry=Entry.of_cause(move.cause),
        passed=[Colour(colour) for colour in move.passed.split()],
    )


def _earlier(session: Session, notice: Notice) -> Earlier | None:
    found = session.exec(
        select(Notice)
        .where(Notice.task_id == notice.task_id, Notice.id < notice.id)
        .order_by(col(Notice.id).desc())
    ).first()
    return Earlier(found.number, found.colour, found.issued_on) if found else None


def _told(session: Session, notice: Notice, move: Transition) -> list[Addressed]:
    """Who was told on the day itself, under the name and with the duty of that day."""
    names = names_then(session, Subject.OFFICIAL, move.at)
    rows = session.exec(
        select(Receipt, Official.name, Absent.name)
        .join(Official, col(Official.id) == col(Receipt.official_id))
        .outerjoin(Absent, col(Absent.id) == col(Receipt.stands_for_id))
        .where(Receipt.notice_id == notice.id, Receipt.given_on == notice.issued_on)
        .order_by(col(Receipt.id))
    )
    return [
        Addressed(
            names.get(receipt.official_id, name),
            receipt.capacity,
            receipt.raised_from or receipt.duty,
            names.get(receipt.stands_for_id or 0, absent or ""),
        )
        for receipt, name, absent in rows
    ]
