"""起底复盘: a batch of leads is chosen once and saved, and each gets a verdict.

The batch is a task, so it is owed, warned and signed off like any other; when every lead has its
verdict, it is put before its sign-off.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, func, select

from flows.find_task import find_task
from flows.signoff.actor import Actor, OfficeActor
from flows.signoff.applications import Content, apply
from flows.signoff.office_acts import hold_for_office, require_office
from flows.signoff.office_tasks import next_number, office_post, open_office_task
from flows.signoff.request_bounds import LAST_YEAR, NotAllowed
from flows.signoff.stages import WORKED_ON
from models import Procedure, ReviewedLead, Task
from models.lead_review import LeadVerdict
from models.refusal import Refusal
from models.signoff import CLOSED, TaskState
from models.workdays import Calendar
from notifications.wording import word

LEADS, PROCEDURE = "case_lead", "lead_review"
NUMBERED = "复盘"  # how the numbers of batches begin


@dataclass(frozen=True)
class Chosen:
    """Which leads: received between these days; `closed`: only those that are."""

    from_on: date | None = None
    to_on: date | None = None
    closed: bool = False


def open_review(
    session: Session, title: str, actor: OfficeActor, chosen: Chosen, *, by: date
) -> Task:
    """Save the selection, and open the task. Raises a Refusal, and then nothing is recorded."""
    require_office(session, actor)
    procedure = session.exec(select(Procedure).where(Procedure.name == PROCEDURE)).first()
    post = office_post(session, actor.on)
    leads = _leads(session, chosen)
    if procedure is None or post is None:
        raise Refusal(
            "没有装入“问题线索起底复盘”，或通讯录中没有督查办公室；没有记录",
            "'lead_review' is not loaded, or nobody is the office; nothing was recorded",
        )
    if not leads:
        raise Refusal("没有符合条件的问题线索；没有记录", "no case lead fits; nothing was recorded")
    if not title.strip() or by <= actor.on or by.year > LAST_YEAR:
        raise Refusal(
            "请写明标题，完成时限须晚于今天；没有记录",
            "give a title, and a date after today; nothing was recorded",
        )
    task = open_office_task(
        session,
        procedure,
        post,
        number=next_number(session, NUMBERED, actor.on.year, 2),
        title=title.strip(),
        opened_on=actor.on,
        due_on=by,
        reason=f"起底复盘 {len(leads)} 条",
        on=actor.on,
        now=actor.now,
    )
    session.add_all(ReviewedLead(task_id=task.id, lead_id=lead) for lead in leads)
    session.flush()
    return task


def give_verdict(
    session: Session,
    task: Task,
    actor: OfficeActor,
    verdicts: dict[str, LeadVerdict],
    *,
    calendar: Calendar,
) -> int:
    """Lead number → verdict; one given before is replaced. Returns how many still wait. When none
    does and its handler acts, it is put before its sign-off. Raises a Refusal."""
    hold_for_office(session, task, actor)
    if task.state not in WORKED_ON:
        raise NotAllowed(
            task.number, "已经送审签或办结，不能再改结论", "it is before its sign-off, or closed"
        )
    for number, verdict in verdicts.items():
        _give(session, task, actor, number, verdict)
    session.flush()
    waiting = _waiting(session, task)
    if waiting == 0 and isinstance(actor, Actor) and actor.official_id == task.handler_id:
        content = Content(summary=_summary(session, task))
        apply(session, task, actor, content, calendar=calendar)
    return waiting


def reviewed(session: Session, task: Task) -> Sequence[tuple[str, ReviewedLead]]:
    """By the leads' numbers."""
    found = session.execute(
        select(col(Task.number), ReviewedLead)
        .join(ReviewedLead, col(ReviewedLead.lead_id) == col(Task.id))
        .where(col(ReviewedLead.task_id) == task.id)
        .order_by(col(Task.number))
    )
    return [(number, row) for number, row in found]


def _leads(session: Session, chosen: Chosen) -> Sequence[int]:
    wanted = [col(Procedure.name) == LEADS, col(Task.state) != TaskState.WITHDRAWN]
    if chosen.from_on:
        wanted.append(col(Task.opened_on) >= chosen.from_on)
    if chosen.to_on:
        wanted.append(col(Task.opened_on) <= chosen.to_on)
    if chosen.closed:
        wanted.append(col(Task.state).in_(CLOSED))
    leads = select(Task.id).join(Procedure, col(Procedure.id) == col(Task.procedure_id))
    return session.exec(leads.where(*wanted).order_by(col(Task.number))).all()


def _give(
    session: Session, task: Task, actor: OfficeActor, number: str, verdict: LeadVerdict
) -> None:
    lead = find_task(session, number)
    mine = select(ReviewedLead).where(
        ReviewedLead.task_id == task.id, ReviewedLead.lead_id == lead.id
    )
    row = session.exec(mine).first()
    if row is None:
        raise NotAllowed(
            task.number, f"“{number}”不在本次复盘之列", f"'{number}' is not in this batch"
        )
    row.verdict, row.given_on, row.said_by = verdict, actor.on, actor.said_by
    session.add(row)


def _waiting(session: Session, task: Task) -> int:
    open_ = select(func.count()).where(
        ReviewedLead.task_id == task.id, col(ReviewedLead.verdict).is_(None)
    )
    return session.exec(open_).one()


def _summary(session: Session, task: Task) -> str:
    """Counts alone."""
    rows = [row.verdict for _, row in reviewed(session, task)]
    said = "，".join(f"{word(f'lead_verdict.{v}')} {rows.count(v)} 条" for v in LeadVerdict)
    return f"共复盘 {len(rows)} 条：{said}。"
