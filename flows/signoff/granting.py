"""A request is decided, and what was granted is done to its task."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from flows.deadline import change_deadline
from flows.moves import move_request, move_task
from flows.signoff.actor import Actor
from flows.signoff.deciding import Ruling, hold_referral, record
from flows.signoff.levels import NotIndependent
from flows.signoff.milestones import accept
from flows.signoff.objections import Whose, reject, uphold
from flows.signoff.referrals import close_referrals
from flows.signoff.request_bounds import NotAllowed, require_allowed
from flows.signoff.requests import has_a_part
from flows.signoff.review_dates import first_review, next_review, reviewed_until
from flows.signoff.suspensions import suspend
from models import ChangeRequest, Decision, Task
from models.decision import ReferralState, Verdict
from models.request_machine import RequestKind
from models.task import Track
from models.workdays import Calendar

EVENTS = {Verdict.GRANT: "grant", Verdict.REFUSE: "refuse"}


@dataclass(frozen=True)
class Granted:
    """What was granted, by whom, and (of an objection) whose matter it is instead."""

    session: Session
    task: Task
    request: ChangeRequest
    actor: Actor
    decision: Decision
    whose: Whose
    calendar: Calendar

    def due(self, due_on: date, kind: str) -> None:
        change_deadline(
            self.session,
            self.task,
            due_on,
            kind=kind,
            reason=self.request.reason,
            legal_basis=self.request.legal_basis,
            on=self.actor.on,
            now=self.actor.now,
            calendar=self.calendar,
            actor_id=self.decision.official_id,
        )

    def asked_until(self) -> date:
        assert self.request.until_on is not None  # for the types: all but an objection have one
        return self.request.until_on


def decide_request(
    session: Session,
    referral_id: int,
    actor: Actor,
    ruling: Ruling,
    *,
    calendar: Calendar,
    unit_id: int | None = None,
    handler_id: int | None = None,
) -> Decision:
    """Grant or refuse; whoever else was asked is asked no more. `unit_id`, `handler_id`: whose
    matter it is, where an objection is upheld; neither withdraws the task. Raises a Refusal, and
    then nothing is recorded."""
    referral, task, request = hold_referral(session, referral_id, ChangeRequest, actor, ruling)
    if referral.official_id in has_a_part(task, request):
        raise NotIndependent(task.number)
    _require_possible(session, task, request, actor, ruling, calendar)
    decision = record(session, referral, actor, ruling)
    of = {"request_id": request.id}
    close_referrals(session, of, ReferralState.OVERTAKEN, actor.now, but=referral.id)
    move_request(session, request, EVENTS[ruling.verdict], **actor.facts(reason=ruling.reason))
    if ruling.verdict == Verdict.GRANT:
        whose = Whose(unit_id, handler_id)
        _EFFECTS[request.kind](Granted(session, task, request, actor, decision, whose, calendar))
    elif request.kind == RequestKind.OBJECTION:
        reject(session, task, request, actor, ruling.reason)
    return decision


def _require_possible(
    session: Session,
    task: Task,
    request: ChangeRequest,
    actor: Actor,
    ruling: Ruling,
    calendar: Calendar,
) -> None:
    """What was possible when it was asked for may be so no more: a date has passed meanwhile."""
    if ruling.verdict not in EVENTS:
        raise NotAllowed(
            task.number,
            "对申请只能批准或不批准，请重新选择",
            "a request is granted or refused; please choose one of them",
        )
    if ruling.verdict == Verdict.GRANT and request.kind != RequestKind.OBJECTION:
        require_allowed(session, task, request, on=actor.on, calendar=calendar)


def _extension(it: Granted) -> None:
    it.due(it.asked_until(), "extension")


def _suspension(it: Granted) -> None:
    suspend(it.session, it.task, it.request, it.actor)


def _long_term(it: Granted) -> None:
    becomes = {"track": Track.LONG_TERM, "review_every": it.request.review_every}
    _move(it, "make_long_term", becomes)
    it.due(first_review(it.session, it.task, it.asked_until()), "review")


def _end_long_term(it: Granted) -> None:
    _move(it, "end_long_term", {"track": Track.DEADLINE, "review_every": ""})
    it.due(it.asked_until(), "end_long_term")


def _review(it: Granted) -> None:
    until = reviewed_until(it.task, it.actor.on)
    following = next_review(it.session, it.task, it.actor.on, it.calendar)
    accept(it.session, it.task, until, it.actor.on)
    it.due(following, "review")


def _objection(it: Granted) -> None:
    reason = it.decision.reason or it.request.reason
    uphold(it.session, it.task, it.request, it.actor, it.whose, reason)


def _move(it: Granted, event: str, becomes: dict[str, str]) -> None:
    said = it.actor.facts(reason=it.request.reason, request_id=it.request.id)
    move_task(it.session, it.task, event, becomes=becomes, **said)


_EFFECTS: dict[RequestKind, Callable[[Granted], None]] = {
    RequestKind.EXTENSION: _extension,
    RequestKind.SUSPENSION: _suspension,
    RequestKind.LONG_TERM: _long_term,
    RequestKind.END_LONG_TERM: _end_long_term,
    RequestKind.REVIEW: _review,
    RequestKind.OBJECTION: _objection,
}
