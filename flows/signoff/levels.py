"""The levels of an application: each refers it to the next, until the last one signs it off."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Integer, bindparam, select
from sqlmodel import Session, col

from flows.deadline import change_deadline
from flows.moves import move_task
from flows.proposals.verdicts import give, proposal_of, require_said
from flows.recipients import Directory
from flows.rulebook import procedure_of
from flows.signoff.actor import Actor
from flows.signoff.closing import end_warning
from flows.signoff.deciding import Ruling, hold_referral, record, require_shown
from flows.signoff.referrals import close_referrals, decide_by, refer
from models import Application, Decision, Procedure, Referral, Task, Transition
from models.application import ApplicationState
from models.columns import Instant
from models.decision import ReferralState, Verdict
from models.organisation import PostKind
from models.procedure_file import Level, ProcedureFile
from models.refusal import Refusal
from models.signoff import TaskState
from models.workdays import Calendar

NO_LEVEL = 0  # that of a look-back: whoever approved at any is barred


class NotIndependent(Refusal):
    """This person has a part in what he would decide on."""

    def __init__(self, number: str) -> None:
        super().__init__(
            f"{number}：申请人不能审核自己的申请，责任人不能决定自己负责的事项，"
            "同一人也不能审核同一事项的两级；没有记录任何操作",
            f"{number}: nobody approves his own application, what he handles himself, or two "
            "levels of one task; nothing was recorded",
        )


@dataclass(frozen=True)
class FromLeadUnit:
    """A task as its lead unit sees it: that unit's posts are meant."""

    id: int
    unit_id: int
    handler_id: int | None = None
    supervising_leader_id: int | None = None


def rules_of(session: Session, task: Task) -> ProcedureFile:
    procedure = session.get_one(Procedure, task.procedure_id)
    session.info["rules"] = procedure  # else it is let go of, and read anew when next asked for
    return procedure_of(procedure)


def refer_level(
    session: Session,
    task: Task,
    application: Application,
    level: int,
    *,
    on: date,
    calendar: Calendar,
) -> list[Referral]:
    """Ask for the decision of this level, counted from 1. Empty: nobody may decide it."""
    rules = rules_of(session, task)
    asked = rules.level[level - 1]
    kind, seen_from = _post(asked, task)
    aside, directory = barred(session, task, application, level), Directory.load(session, on)
    return refer(
        session,
        task,
        kind,
        of={"application_id": application.id, "level": level, "version": application.version},
        within=asked.within,
        barred=aside | _kept_for_later(directory, task, rules, level),
        on=on,
        calendar=calendar,
        seen_from=seen_from,
        directory=directory,
    )


def _post(level: Level, task: Task) -> tuple[PostKind, FromLeadUnit | None]:
    """Where the ledger names no lead unit, the supervising leader stands for it."""
    if level.of == "unit":
        return level.post, None
    if task.lead_unit_id is None:
        return PostKind.SUPERVISING_LEADER, None
    return level.post, FromLeadUnit(task.id, task.lead_unit_id)


def barred(session: Session, task: Task, application: Application, level: int) -> set[int]:
    """Who may not decide at this level: whoever applied or handed its lines in, the handler, and
    whoever approved another one (at NO_LEVEL: any); a deputy and whom he stood for count both."""
    rows = session.execute(_APPROVED, {"of": application.id, "here": level})
    wrote = session.scalars(_WROTE, {"task": task.id, "since": application.applied_at})
    had_a_part = {application.applied_by_id, task.handler_id, *wrote}
    had_a_part |= {who for row in rows for who in row}
    if handed_in := proposal_of(session, task):
        had_a_part.add(handed_in.handed_in_by_id)
    return {who for who in had_a_part if who is not None}


def _kept_for_later(directory: Directory, task: Task, rules: ProcedureFile, level: int) -> set[int]:
    """Holders of a later level's post do not stand in at this one: they could not decide there."""
    kept = set()
    for later in rules.level[level:]:
        kind, seen_from = _post(later, task)
        found = directory.resolve(seen_from or task, kind)
        kept |= {told.official_id for told in found if not told.climbed_from}
    return kept


def decide_level(
    session: Session, referral_id: int, actor: Actor, ruling: Ruling, *, calendar: Calendar
) -> Decision:
    """Approve, return or ask for more. Raises a Refusal, and then nothing is recorded."""
    referral, task = hold_referral(session, referral_id, actor, ruling)
    application = session.get_one(Application, referral.application_id, populate_existing=True)
    require_shown(task, application.packet, ruling)
    assert referral.level is not None  # for the types: an application's referral has one
    if referral.official_id in barred(session, task, application, referral.level):
        raise NotIndependent(task.number)
    lines = require_said(session, task, ruling.verdict, ruling.rejected)
    decision = record(session, referral, actor, ruling)
    give(session, lines, decision, ruling.rejected)
    if ruling.verdict != Verdict.ASK:
        of = {"application_id": application.id, "level": referral.level}
        close_referrals(session, of, ReferralState.OVERTAKEN, actor.now, but=referral.id)
    _ACTS[ruling.verdict](session, task, application, actor, ruling, calendar)
    return decision


def _approve(
    session: Session,
    task: Task,
    application: Application,
    actor: Actor,
    ruling: Ruling,
    calendar: Calendar,
) -> None:
    assert task.level is not None  # for the types: the task is under review
    said = actor.facts(reason=ruling.reason)
    if task.level == len(rules_of(session, task).level):
        application.state = ApplicationState.GRANTED
        session.add(application)
        end_warning(session, task, actor, reason="同意销号")
        move_task(session, task, "sign_off", **said)
        return
    move_task(session, task, "approve", becomes={"level": task.level + 1}, **said)
    refer_level(session, task, application, task.level, on=actor.on, calendar=calendar)


def _return(
    session: Session,
    task: Task,
    application: Application,
    actor: Actor,
    ruling: Ruling,
    calendar: Calendar,
) -> None:
    application.state = ApplicationState.RETURNED
    session.add(application)
    reason = f"{ruling.reason}\n{ruling.requirement}".strip()
    move_task(session, task, "return", target=where_from(task), **actor.facts(reason=reason))
    until = decide_by(rules_of(session, task).return_within, actor.on, calendar)
    if task.due_on is not None and task.due_on < until:
        change_deadline(
            session,
            task,
            until,
            kind="return",
            reason=reason,
            on=actor.on,
            now=actor.now,
            calendar=calendar,
            actor_id=actor.official_id,
        )


def _ask(
    session: Session,
    task: Task,
    application: Application,
    actor: Actor,
    ruling: Ruling,
    calendar: Calendar,
) -> None:
    move_task(session, task, "ask", **actor.facts(reason=ruling.reason))


def where_from(task: Task) -> TaskState:
    """Where an application comes back to: a long-term matter stays one."""
    return TaskState.LONG_TERM if task.review_every else TaskState.IN_PROGRESS


_ACTS = {Verdict.APPROVE: _approve, Verdict.RETURN: _return, Verdict.ASK: _ask}
_APPROVED = (
    select(col(Referral.official_id), col(Referral.stands_for_id))
    .join(Decision, col(Decision.referral_id) == col(Referral.id))
    .where(
        col(Referral.application_id) == bindparam("of", type_=Integer()),
        col(Referral.level) != bindparam("here", type_=Integer()),
        col(Decision.verdict) == Verdict.APPROVE,
    )
)
_WROTE = select(col(Transition.actor_id)).where(
    col(Transition.task_id) == bindparam("task", type_=Integer()),
    col(Transition.event).in_(("apply", "amend")),
    col(Transition.at) >= bindparam("since", type_=Instant()),
)
