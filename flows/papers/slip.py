"""The facts of a supervision slip: a task, and the act that opened it, as both stand now."""

from datetime import date

from sqlmodel import Session, col, select

from flows.find_task import find_task
from flows.handler_name import handler_of
from flows.papers.units import office_unit
from flows.recipients import in_force
from flows.records.behind import act_behind
from flows.records.entries import families
from flows.records.kept_lines import lines_of
from models import Measure, Milestone, Official, Post, Record, RecordKind, RecordLine, Task, Unit
from models.organisation import PostKind
from models.refusal import Refusal
from models.span import Span
from notifications.papers.slip import Act, Contact, SlipFacts

KINDS = ("directive", "meeting")  # whose slips have a name of their own


class NoSlip(Refusal):
    """It has none, or none that may be handed on."""

    def __init__(self, number: str, chinese: str, english: str) -> None:
        super().__init__(
            f"事项“{number}”{chinese}，没有督办单；没有写入",
            f"task '{number}' {english}, so it has no supervision slip; nothing was written",
        )


def slip_facts(session: Session, number: str) -> SlipFacts:
    """Raises NoSuchTask and NoSlip. What a directive says can be said of no restricted matter."""
    task = find_task(session, number)
    act = slip_act(session, task)
    return SlipFacts(
        number=task.number,
        act=_act(session, act, task),
        office=office_unit(session, task.opened_on, act.at),
        title=task.title,
        unit=session.get_one(Unit, task.unit_id).name,
        handler=handler_of(session, task, task.opened_on),
        leader=_name(session, task.supervising_leader_id),
        lead_unit=session.get_one(Unit, task.lead_unit_id).name if task.lead_unit_id else "",
        supporting_units=task.supporting_units,
        goal=task.goal,
        measures=_measures(session, task),
        opened_on=task.opened_on,
        due_on=task.due_on,
        first_due_on=task.original_due_on,
        milestones=_milestones(session, task),
        review_every=Span.parse(task.review_every) if task.review_every else None,
        contact=_contact(session, act, task),
        remarks=task.remarks,
    )


def slip_act(session: Session, task: Task) -> Record:
    """Raises NoSlip."""
    if task.restricted:
        raise NoSlip(task.number, "为限知事项", "is restricted")
    act = act_behind(session, task)
    if act is None:
        raise NoSlip(
            task.number,
            "不是由批示或会议决定交办的",
            "was opened by no directive or decision that is on record",
        )
    named = select(col(RecordLine.task_id)).where(col(RecordLine.record_id) == act.id)
    secret = select(Task.id).where(col(Task.id).in_(named), col(Task.restricted))
    if session.exec(secret.limit(1)).first():
        raise NoSlip(
            task.number,
            f"所依据的第 {act.id} 号记录同时涉及限知事项",
            f"rests on record {act.id}, which is about a restricted matter too",
        )
    return act


def _act(session: Session, act: Record, task: Task) -> Act:
    """Of its lines those about this task, or about its unit or none; never a person."""
    kind = session.get_one(RecordKind, act.kind)
    above, unit = families(session), session.get_one(Unit, task.unit_id).name
    lines = [
        "：".join(filter(None, (line.subject, line.result)))
        for line in lines_of(session, [act.id])[act.id]
        if line.task in ("", task.number) and line.unit in ("", unit)
    ]
    return Act(
        form=next((name for name in KINDS if act.kind in above[name]), ""),
        kind=kind.title,
        english=kind.english,
        reference=act.reference,
        by=act.led_by,
        on=act.on,
        said=[one for one in (act.topic, *lines) if one],
    )


def _name(session: Session, official_id: int | None) -> str:
    return session.get_one(Official, official_id).name if official_id else ""


def _measures(session: Session, task: Task) -> list[str]:
    mine = select(Measure).where(Measure.task_id == task.id).order_by(col(Measure.position))
    return [measure.text for measure in session.exec(mine)]


def _milestones(session: Session, task: Task) -> list[tuple[str, date]]:
    mine = select(Milestone).where(Milestone.task_id == task.id)
    found = session.exec(mine.order_by(col(Milestone.due_on), col(Milestone.id)))
    return [(one.title, one.due_on) for one in found]


def _contact(session: Session, act: Record, task: Task) -> Contact:
    """Whoever recorded the act; else who was the office first of all when it was opened."""
    who = session.get(Official, act.recorded_by_id) if act.recorded_by_id else None
    if who is None:
        who = session.exec(
            select(Official)
            .join(Post, col(Post.official_id) == col(Official.id))
            .where(Post.kind == PostKind.OFFICE, in_force(Post, task.opened_on))
            .order_by(col(Post.id))
        ).first()
    return Contact(who.name, who.email or "") if who else Contact("", "")
