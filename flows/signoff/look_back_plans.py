"""A task is put down to be looked at again, by the month's sample or by the office's hand."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from flows.around import around
from flows.recipients import Directory
from flows.signoff.actor import OfficeActor
from flows.signoff.levels import NO_LEVEL, barred, rules_of
from flows.signoff.office_acts import hold_for_office
from flows.signoff.packets import keep, of_task, shown_in
from flows.signoff.referrals import decide_by, refer
from flows.signoff.roles import NotNow, require_reason
from models import Application, LookBack, Task
from models.application import ApplicationState
from models.refusal import Refusal
from models.signoff import TaskState
from models.span import Span
from models.workdays import Calendar
from notifications.wording import ENGLISH, day_words


class WaitsAlready(Refusal):
    """It is put down already, and was not checked yet."""

    def __init__(self, number: str, check_by: date) -> None:
        super().__init__(
            f"{number}：已列入回头看，应于{day_words(check_by)}前查完；没有重复列入",
            f"{number}: it is put down for a look-back already, to be checked by "
            f"{day_words(check_by, ENGLISH)}; nothing was recorded",
        )


def plan(
    session: Session, task: Task, actor: OfficeActor, *, reason: str, calendar: Calendar
) -> LookBack:
    """The office puts a task down by hand. Where all its dates have come, this one confirms.
    Raises a Refusal, and then nothing is recorded."""
    hold_for_office(session, task, actor)
    if task.state != TaskState.SIGNED_OFF:
        raise NotNow(task, "look_back")
    require_reason(task, reason)
    if waiting := waiting_look_back(session, task):
        raise WaitsAlready(task.number, waiting.check_by)
    rules = rules_of(session, task)
    nth = sum(span.after(task.stage_on, calendar) <= actor.on for span in rules.look_back)
    return put_down(
        session,
        task,
        nth=nth,
        planned_on=actor.on,
        on=actor.on,
        calendar=calendar,
        directory=around(session, task, actor.on, [rules.sample.post]),
        why=(reason, actor.said_by),
    )


def put_down(
    session: Session,
    task: Task,
    *,
    nth: int,
    planned_on: date,
    on: date,
    calendar: Calendar,
    directory: Directory,
    round_id: int | None = None,
    why: Sequence[str] = (),
) -> LookBack:
    """Keep what whoever checks is shown, and ask for it: of nobody who had a part in it. `why`:
    the office's reason, and who gave it."""
    rules, application = rules_of(session, task), granted(session, task)
    check_by = decide_by(rules.sample.within, planned_on, calendar)
    shown = {"nth": nth, "planned_on": planned_on, "why": why}
    look_back = LookBack(
        task_id=task.id,
        cycle=task.cycle,
        nth=nth,
        last=nth == len(rules.look_back),
        round_id=round_id,
        planned_on=planned_on,
        check_by=check_by,
        packet=keep(session, shown | _signed_off(session, task, application)),
    )
    session.add(look_back)
    session.flush()
    refer(
        session,
        task,
        rules.sample.post,
        of={"look_back_id": look_back.id},
        # It is asked for now, and counts from its date.
        within=Span((check_by - on).days, "d"),
        barred=barred(session, task, application, NO_LEVEL),
        on=on,
        calendar=calendar,
        directory=directory,
    )
    return look_back


def _signed_off(session: Session, task: Task, application: Application) -> dict[str, Any]:
    assert application.packet is not None  # for the types: it was submitted
    return {
        "task": of_task(session, task),
        "signed_off_on": task.stage_on,
        "application": shown_in(session, application.packet),
        "checklist": rules_of(session, task).sample.checklist,
    }


def granted(session: Session, task: Task) -> Application:
    """What the task was signed off on, in its present cycle."""
    return session.scalars(_GRANTED, {"task": task.id, "cycle": task.cycle}).one()


def waiting_look_back(session: Session, task: Task) -> LookBack | None:
    """The one that was not checked yet."""
    return session.scalars(_WAITING, {"task": task.id}).first()


_GRANTED = select(Application).where(
    Application.task_id == bindparam("task"),
    Application.cycle == bindparam("cycle"),
    Application.state == ApplicationState.GRANTED,
)
_WAITING = select(LookBack).where(
    LookBack.task_id == bindparam("task"), col(LookBack.decided_on).is_(None)
)
