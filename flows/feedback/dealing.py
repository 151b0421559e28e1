"""What the office does with feedback: links it, passes it on, or answers it."""

from sqlmodel import Session

from flows.find_task import find_task
from flows.signoff.actor import Actor
from flows.signoff.applications import Content, apply
from flows.signoff.office_acts import hold_for_office
from flows.signoff.request_bounds import NotAllowed
from flows.signoff.withdrawing import withdraw
from models import Feedback, Task
from models.feedback import Fate
from models.refusal import Refusal
from models.workdays import Calendar

DISCIPLINE = "属检举控告，已移送纪检机关，只留编号和日期"


def link(session: Session, feedback: Feedback, actor: Actor, number: str) -> None:
    """It is about this finding. Raises a Refusal."""
    task = _hold(session, feedback, actor)
    finding = find_task(session, number)
    if finding.restricted:
        raise NotAllowed(
            task.number,
            "不能关联限知事项，请核对编号",
            "it cannot be linked to a restricted matter; check the number",
        )
    feedback.finding_id = finding.id
    _keep(session, feedback)


def pass_on(session: Session, feedback: Feedback, actor: Actor, to: str, *, reason: str) -> None:
    """It belongs to another office, which answers it: here it ends. Raises a Refusal."""
    task = _hold(session, feedback, actor)
    if not to.strip():
        raise NotAllowed(task.number, "请写明转给谁", "please say to whom it is passed on")
    withdraw(session, task, actor, reason=reason)
    feedback.fate, feedback.passed_to = Fate.PASSED_ON, to.strip()
    _keep(session, feedback)


def to_discipline(session: Session, feedback: Feedback, actor: Actor) -> None:
    """A report of wrongdoing is never dealt with here: once it was handed to the discipline organ
    its words are erased, and its number and date stay. Raises a Refusal."""
    task = _hold(session, feedback, actor)
    withdraw(session, task, actor, reason=DISCIPLINE)
    feedback.fate, feedback.finding_id = Fate.DISCIPLINE, None
    feedback.words = feedback.contact = feedback.reply = ""
    _keep(session, feedback)


def answer(
    session: Session, feedback: Feedback, actor: Actor, reply: str, *, calendar: Calendar
) -> None:
    """Put this answer before whoever signs it off; from then on its sender sees it. Raises a
    Refusal."""
    task = _hold(session, feedback, actor)
    if not reply.strip():
        raise NotAllowed(task.number, "请写明答复", "please write the answer")
    feedback.reply = reply.strip()
    _keep(session, feedback)
    apply(session, task, actor, Content(summary=feedback.reply), calendar=calendar)


def _hold(session: Session, feedback: Feedback, actor: Actor) -> Task:
    task = session.get_one(Task, feedback.task_id)
    hold_for_office(session, task, actor)
    session.refresh(feedback)
    if feedback.fate != Fate.KEPT:
        raise Refusal(
            f"{task.number}：已经转出，这里不再办理；没有记录任何操作",
            f"{task.number}: it was passed on, so it is not dealt with here; nothing was recorded",
        )
    return task


def _keep(session: Session, feedback: Feedback) -> None:
    session.add(feedback)
    session.flush()
