"""The facts of an application for sign-off on paper, with what each level decided."""

from sqlmodel import Session, col, select

from flows.find_task import find_task
from flows.papers.units import office_unit
from flows.signoff.chain import Asked, Decided, Step, steps
from flows.signoff.packets import is_intact, shown_in
from models import Application, Task
from models.application import ApplicationState
from models.refusal import Refusal
from notifications.papers.sign_off import LevelFacts, Opinion, SignOffFacts


class NoApplication(Refusal):
    """Nothing was ever submitted for this task."""

    def __init__(self, number: str) -> None:
        super().__init__(
            f"事项“{number}”还没有提交过销号申请，没有可打印的；没有写入",
            f"no application for sign-off was submitted for task '{number}' yet, so there is none "
            "to print; nothing was written",
        )


def sign_off_facts(session: Session, number: str) -> SignOffFacts:
    """Of the newest application that was submitted. Raises NoSuchTask and NoApplication."""
    task = find_task(session, number)
    application = _submitted(session, task)
    packet, on = application.packet, application.applied_on
    if packet is None or on is None:
        raise NoApplication(number)
    shown = not task.restricted
    return SignOffFacts(
        number=task.number,
        office=office_unit(session, on),
        state=application.state,
        applied_on=on,
        packet=packet,
        intact=is_intact(session, packet),
        shown=shown_in(session, packet) if shown else {},
        levels=[_level(step, shown=shown) for step in steps(session, task, application)],
    )


def _submitted(session: Session, task: Task) -> Application:
    found = session.exec(
        select(Application)
        .where(Application.task_id == task.id, Application.state != ApplicationState.DRAFT)
        .order_by(col(Application.id).desc())
    ).first()
    if found is None:
        raise NoApplication(task.number)
    return found


def _level(step: Step, *, shown: bool) -> LevelFacts:
    opinions = [_opinion(a, one, shown=shown) for a in step.asked for one in a.decided]
    return LevelFacts(step.title, sorted(opinions, key=lambda one: one.on))


def _opinion(asked: Asked, decided: Decided, *, shown: bool) -> Opinion:
    made = decided.decision
    return Opinion(
        name=decided.name if shown else "",
        capacity=asked.referral.capacity,
        stands_for=asked.stands_for if shown else "",
        verdict=made.verdict,
        on=made.on,
        reason=made.reason if shown else "",
        requirement=made.requirement if shown else "",
        assurance=made.assurance,
        paper_signed_on=made.paper_signed_on,
        recorded_by=decided.recorded_by if shown else "",
        packet=made.packet,
        void=decided.void,
        rejected=decided.rejected or {} if shown else {},
    )
