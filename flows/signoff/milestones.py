"""阶段目标: what a long-term task is to have reached by when."""

from collections.abc import Iterator, Sequence
from datetime import date

from sqlmodel import Session, col, select

from flows.deadline import change_deadline
from flows.signoff.actor import OfficeActor
from flows.signoff.office_acts import hold_for_office
from flows.signoff.request_bounds import LAST_YEAR, NotAllowed
from flows.signoff.requests import show_anew
from flows.signoff.review_dates import open_milestone
from models import Milestone, Task
from models.signoff import CLOSED, TaskState
from models.workdays import Calendar
from notifications.wording import ENGLISH, day_words, state_word

Wanted = Sequence[tuple[str, date]]
"""Each one's title, and by when."""


def set_milestones(
    session: Session, task: Task, actor: OfficeActor, milestones: Wanted, *, calendar: Calendar
) -> None:
    """The office sets the milestones that are still open; those accepted stay. A nearer one
    brings the next review of a long-term task forward. Raises a Refusal."""
    hold_for_office(session, task, actor)
    if task.state in CLOSED:
        raise NotAllowed(
            task.number,
            f"目前状态为“{state_word(task.state)}”，不能再设阶段目标",
            f"it is '{state_word(task.state, ENGLISH)}' now, so its milestones are settled",
        )
    present = list(_open_ones(session, task))
    _require_possible(task, actor, milestones, {(one.title, one.due_on) for one in present})
    for one in present:
        session.delete(one)
    session.add_all(
        Milestone(task_id=task.id, title=title.strip(), due_on=due_on)
        for title, due_on in milestones
    )
    session.flush()
    _bring_forward(session, task, actor, calendar)
    show_anew(session, task, on=actor.on, calendar=calendar)


def accept(session: Session, task: Task, until: date, on: date) -> None:
    """A review was granted: what was due by then is reached."""
    for one in _open_ones(session, task):
        if one.due_on <= until:
            one.done_on = on
            session.add(one)
    session.flush()


def _open_ones(session: Session, task: Task) -> Iterator[Milestone]:
    mine = select(Milestone).where(Milestone.task_id == task.id, col(Milestone.done_on).is_(None))
    yield from session.exec(mine.order_by(col(Milestone.due_on), col(Milestone.id)))


def _require_possible(
    task: Task, actor: OfficeActor, milestones: Wanted, present: set[tuple[str, date]]
) -> None:
    """One that is overdue already may stay as it is."""
    for title, due_on in milestones:
        if not title.strip():
            raise NotAllowed(
                task.number, "阶段目标须写明内容", "a milestone says what is to be reached"
            )
        ahead = max(actor.on, task.opened_on) < due_on and due_on.year <= LAST_YEAR
        if not ahead and (title, due_on) not in present:
            raise NotAllowed(
                task.number,
                f"阶段目标“{title}”的日期{day_words(due_on)}须晚于今天，且不晚于{LAST_YEAR}年",
                f"the milestone '{title}' must lie after today and not after {LAST_YEAR}: "
                f"{day_words(due_on, ENGLISH)}",
            )


def _bring_forward(session: Session, task: Task, actor: OfficeActor, calendar: Calendar) -> None:
    nearest = open_milestone(session, task)
    if task.state != TaskState.LONG_TERM or nearest is None or task.due_on is None:
        return
    if nearest.due_on < task.due_on:
        change_deadline(
            session,
            task,
            nearest.due_on,
            kind="review",
            reason=f"阶段目标：{nearest.title}",
            on=actor.on,
            now=actor.now,
            calendar=calendar,
            actor_id=actor.official_id,
        )
