"""The application for sign-off: drafted, submitted, amended under review, recalled."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Integer, bindparam, delete
from sqlmodel import Session, col, select

from flows.deadline import live_notice
from flows.moves import hold_task, move_notice, move_task
from flows.replies import answer
from flows.signoff.actor import Actor
from flows.signoff.completeness import require_complete
from flows.signoff.levels import refer_level, where_from
from flows.signoff.packets import files, keep, of_application
from flows.signoff.referrals import close_referrals
from flows.signoff.requests import lapse
from flows.signoff.roles import require_move, require_reason
from models import Application, Evidence, MeasureDone, Receipt, Task, VisibleShown
from models.application import ApplicationState, SixVisible
from models.decision import ReferralState
from models.notice import Duty
from models.notice_machine import NOTICE
from models.workdays import Calendar


@dataclass(frozen=True)
class Content:
    """What the handler writes. `done` by the measure's position; a visible is shown somewhere, or
    (False, why) not applicable. Money in 分."""

    summary: str = ""
    done: Mapping[int, str] = field(default_factory=dict)
    visibles: Mapping[SixVisible, tuple[bool, str]] = field(default_factory=dict)
    rules: str = ""
    accountability: str = ""
    money_returned: int = 0
    paper_signed_by: str = ""
    paper_signed_on: date | None = None


def present_application(session: Session, task: Task) -> Application | None:
    """The draft, or the application under review."""
    return session.scalars(_PRESENT, {"task": task.id}).first()


def last_application(session: Session, task: Task) -> Application | None:
    """The newest of this cycle, whatever became of it."""
    return session.scalars(_LAST, {"task": task.id, "cycle": task.cycle}).first()


def draft(session: Session, task: Task, actor: Actor) -> Application:
    """The draft to go on with, or a new one, with the files of an application that came back.
    Raises a Refusal unless this person may apply now."""
    hold_task(session, task)
    require_move(session, task, "apply", actor.official_id, actor.on)
    if found := present_application(session, task):
        return found
    begun = Application(
        task_id=task.id,
        cycle=task.cycle,
        state=ApplicationState.DRAFT,
        applied_by_id=actor.official_id,
        said_by=actor.said_by,
        assurance=actor.assurance,
    )
    last = last_application(session, task)
    session.add(begun)
    session.flush()
    if last is not None:
        _carry_over(session, last, begun)
    return begun


def _carry_over(session: Session, last: Application, begun: Application) -> None:
    for file in files(session, last):
        facts = file.model_dump(exclude={"id", "application_id"})
        session.add(Evidence(application_id=begun.id, **facts))
    session.flush()


def save(session: Session, application: Application, content: Content) -> None:
    """Keep what was written so far; it need not be complete."""
    application.summary, application.rules = content.summary, content.rules
    application.accountability = content.accountability
    application.money_returned = content.money_returned
    signed = bool(content.paper_signed_by and content.paper_signed_on)
    application.paper_signed_by = content.paper_signed_by if signed else ""
    application.paper_signed_on = content.paper_signed_on if signed else None
    session.add(application)
    for gone in (_NO_MEASURES, _NO_VISIBLES):
        session.execute(gone, {"application": application.id})
    session.add_all(
        MeasureDone(application_id=application.id, position=position, done=done)
        for position, done in content.done.items()
        if done
    )
    session.add_all(
        VisibleShown(
            application_id=application.id,
            visible=visible,
            shown=words if seen else "",
            not_applicable_because="" if seen else words,
        )
        for visible, (seen, words) in content.visibles.items()
        if words
    )
    session.flush()


def submit(
    session: Session, task: Task, actor: Actor, application: Application, *, calendar: Calendar
) -> None:
    """Put this draft, which `draft` gave in this act, before its first level. Raises a Refusal,
    with all that is missing."""
    require_complete(session, task, application)
    application.applied_by_id, application.said_by = actor.official_id, actor.said_by
    application.assurance = actor.assurance
    packet = keep(session, of_application(session, task, application))
    application.state, application.packet = ApplicationState.OPEN, packet
    application.applied_on, application.applied_at = actor.on, actor.now
    session.add(application)
    session.flush()
    _answer_notice(session, task, actor, application.summary)
    lapse(session, task, actor, reason="已申请销号")
    move_task(
        session, task, "apply", becomes={"level": 1}, **actor.facts(reason=application.summary)
    )
    refer_level(session, task, application, 1, on=actor.on, calendar=calendar)


def apply(
    session: Session, task: Task, actor: Actor, content: Content, *, calendar: Calendar
) -> None:
    """Draft, write and submit it in one act. Raises a Refusal."""
    application = draft(session, task, actor)
    save(session, application, content)
    submit(session, task, actor, application, calendar=calendar)


def amend(
    session: Session, task: Task, actor: Actor, content: Content, *, reason: str, calendar: Calendar
) -> Application:
    """Change what is under review. What was approved was something else, so the chain begins
    anew; whoever approved before is asked again."""
    application = _under_review(session, task, "amend", actor, reason)
    save(session, application, content)
    require_complete(session, task, application)
    application.version += 1
    application.packet = keep(session, of_application(session, task, application))
    session.add(application)
    close_referrals(session, {"application_id": application.id}, ReferralState.VOID, actor.now)
    move_task(session, task, "amend", becomes={"level": 1}, **actor.facts(reason=reason))
    refer_level(session, task, application, 1, on=actor.on, calendar=calendar)
    return application


def recall(session: Session, task: Task, actor: Actor, *, reason: str) -> Application:
    """Take the application back; nobody is asked any more."""
    application = _under_review(session, task, "recall", actor, reason)
    application.state = ApplicationState.RECALLED
    session.add(application)
    close_referrals(session, {"application_id": application.id}, ReferralState.VOID, actor.now)
    move_task(session, task, "recall", target=where_from(task), **actor.facts(reason=reason))
    return application


def _under_review(
    session: Session, task: Task, event: str, actor: Actor, reason: str
) -> Application:
    hold_task(session, task)
    require_move(session, task, event, actor.official_id, actor.on)
    require_reason(task, reason)
    application = present_application(session, task)
    assert application is not None  # for the types: a task under review has one
    return application


def _answer_notice(session: Session, task: Task, actor: Actor, words: str) -> None:
    """Whoever applies has answered the live notice too, if that is still owed."""
    notice = live_notice(session, task)
    if notice is None or not NOTICE.allows(notice.state, "answer"):
        return
    owed = {"notice": notice.id, "who": actor.official_id}
    receipt_id = session.scalar(_RECEIPT, owed)
    if receipt_id is None:
        move_notice(session, notice, "answer", **actor.facts(reason=words))
        return
    answer(
        session,
        receipt_id,
        actor.official_id,
        said_by=actor.said_by,
        words=words,
        on=actor.on,
        now=actor.now,
        assurance=actor.assurance,
    )


# Built once: putting a statement together costs more than running it.
_MINE = select(Application).where(Application.task_id == bindparam("task"))
_PRESENT = _MINE.where(col(Application.state).in_((ApplicationState.DRAFT, ApplicationState.OPEN)))
_LAST = (
    _MINE.where(Application.cycle == bindparam("cycle"))
    .order_by(col(Application.id).desc())
    .limit(1)
)
_OF_IT = bindparam("application", type_=Integer())
_FORGOTTEN = {"synchronize_session": "fetch"}  # by itself it does not look at what is bound
_NO_MEASURES = (
    delete(MeasureDone)
    .where(col(MeasureDone.application_id) == _OF_IT)
    .execution_options(**_FORGOTTEN)
)
_NO_VISIBLES = (
    delete(VisibleShown)
    .where(col(VisibleShown.application_id) == _OF_IT)
    .execution_options(**_FORGOTTEN)
)
_RECEIPT = select(Receipt.id).where(
    Receipt.notice_id == bindparam("notice"),
    Receipt.official_id == bindparam("who"),
    Receipt.duty == Duty.ACT,
)
