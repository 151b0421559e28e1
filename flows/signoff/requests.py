"""Requests: what a handler asks for, bounded by the procedure, and decided by somebody else."""

from datetime import date

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from flows.moves import hold_task, move_request, move_task
from flows.signoff.actor import Actor, OfficeActor
from flows.signoff.levels import rules_of
from flows.signoff.packets import keep, of_request
from flows.signoff.referrals import close_referrals, refer
from flows.signoff.request_bounds import NotAllowed, require_allowed
from flows.signoff.review_dates import next_review
from flows.signoff.roles import HANDLER, require_reason, require_role
from models import ChangeRequest, Task
from models.decision import ReferralState
from models.refusal import Refusal
from models.request_machine import RequestKind, RequestState
from models.rule_words import Fault
from models.signoff import TaskState
from models.span import Span
from models.workdays import Calendar
from notifications.wording import ENGLISH, word


class AlreadyAsked(NotAllowed):
    """One request at a time."""

    def __init__(self, number: str, request: ChangeRequest) -> None:
        key = f"request.{request.kind}"
        super().__init__(
            number,
            f"“{word(key)}”正在等待审批，请待其决定，或先将其撤回",
            f"a {word(key, ENGLISH)} waits for a decision; wait for it, or take it back first",
        )


class NothingAsked(Refusal):
    """No request waits for a decision. `last`: how the newest one ended."""

    def __init__(self, number: str, last: ChangeRequest | None) -> None:
        chinese, english = "没有等待审批的申请", "no request waits for a decision"
        if last is not None:
            kind, state = f"request.{last.kind}", f"request_state.{last.state}"
            chinese = f"“{word(kind)}”{word(state)}，不再等待审批"
            english = f"the {word(kind, ENGLISH)} was {word(state, ENGLISH)} already"
        super().__init__(
            f"{number}：{chinese}；本次没有记录", f"{number}: {english}; nothing was recorded"
        )


def pending(session: Session, task: Task) -> ChangeRequest | None:
    """The one request that waits for a decision."""
    return session.scalars(_PENDING, {"task": task.id}).first()


def ask(
    session: Session,
    task: Task,
    kind: RequestKind,
    actor: Actor,
    *,
    reason: str,
    until_on: date | None = None,
    review_every: str = "",
    legal_basis: str = "",
    calendar: Calendar,
) -> ChangeRequest:
    """Ask for it, and refer it to whoever the procedure names. Raises a Refusal where the person,
    the task or the procedure does not allow it."""
    hold_task(session, task)
    require_role(session, task, actor.official_id, actor.on, HANDLER)
    if waiting := pending(session, task):
        raise AlreadyAsked(task.number, waiting)
    require_reason(task, reason)
    request = ChangeRequest(
        task_id=task.id,
        cycle=task.cycle,
        kind=kind,
        state=RequestState.ASKED,
        reason=reason,
        legal_basis=legal_basis,
        until_on=until_on,
        review_every=review_every,
        asked_by_id=actor.official_id,
        said_by=actor.said_by,
        assurance=actor.assurance,
        asked_on=actor.on,
        asked_at=actor.now,
        packet="",
    )
    _fill_in(session, task, request, calendar)
    approval = require_allowed(session, task, request, on=actor.on, calendar=calendar)
    request.packet = keep(session, of_request(session, task, request))
    session.add(request)
    session.flush()
    if kind == RequestKind.OBJECTION:
        move_task(session, task, "object", request_id=request.id, **actor.facts(reason=reason))
    of, aside = {"request_id": request.id}, has_a_part(task, request)
    who, within, on = approval.approver, approval.within, actor.on
    refer(session, task, who, of=of, within=within, barred=aside, on=on, calendar=calendar)
    return request


def has_a_part(task: Task, request: ChangeRequest) -> set[int]:
    """Who may not decide on it: whoever asks, and the handler."""
    return {who for who in (request.asked_by_id, task.handler_id) if who is not None}


def take_back(session: Session, task: Task, actor: Actor, *, reason: str) -> ChangeRequest:
    """Nobody is asked any more. Raises a Refusal, with what became of it, if none waits."""
    hold_task(session, task)
    require_role(session, task, actor.official_id, actor.on, HANDLER)
    request = pending(session, task)
    if request is None:
        raise NothingAsked(task.number, _newest(session, task))
    require_reason(task, reason)
    said = actor.facts(reason=reason, request_id=request.id)
    if request.kind == RequestKind.OBJECTION:
        move_task(session, task, "take_back", **said)
    move_request(session, request, "take_back", **said)
    close_referrals(session, {"request_id": request.id}, ReferralState.VOID, actor.now)
    return request


def lapse(session: Session, task: Task, actor: OfficeActor, *, reason: str) -> None:
    """The task moves on without what was asked for. An objection stays while the task is
    objected to: only its decision leads out of that state."""
    request = pending(session, task)
    if request is None or task.state == TaskState.OBJECTED:
        return
    move_request(session, request, "lapse", **actor.facts(reason=reason))
    close_referrals(session, {"request_id": request.id}, ReferralState.VOID, actor.now)


def show_anew(session: Session, task: Task, *, on: date, calendar: Calendar) -> None:
    """What a pending request was shown with has changed: it is shown with what there is now, and
    whoever has the old page open is told to read it again."""
    if request := pending(session, task):
        if request.kind == RequestKind.REVIEW:
            request.until_on = next_review(session, task, on, calendar)
        request.packet = keep(session, of_request(session, task, request))
        session.add(request)
        session.flush()


def _fill_in(session: Session, task: Task, request: ChangeRequest, calendar: Calendar) -> None:
    """What the procedure says where the handler says nothing: cycle, first and next review."""
    if request.kind == RequestKind.REVIEW:
        request.until_on = next_review(session, task, request.asked_on, calendar)
    rules = rules_of(session, task).long_term
    if request.kind != RequestKind.LONG_TERM or rules is None:
        return
    request.review_every = request.review_every or rules.review_every.written()
    if request.until_on is None:
        try:
            cycle = Span.parse(request.review_every)
        except Fault:
            return  # which its bounds tell
        request.until_on = cycle.after(request.asked_on, calendar)


def _newest(session: Session, task: Task) -> ChangeRequest | None:
    return session.scalars(_NEWEST, {"task": task.id}).first()


# Built once: putting a statement together costs more than running it.
_MINE = select(ChangeRequest).where(ChangeRequest.task_id == bindparam("task"))
_PENDING = _MINE.where(ChangeRequest.state == RequestState.ASKED)
_NEWEST = _MINE.order_by(col(ChangeRequest.id).desc()).limit(1)
