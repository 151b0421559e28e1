"""What may be asked for of a task now, with its bounds, before anybody writes a word."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import bindparam
from sqlmodel import Session, func, select

from flows.signoff.levels import rules_of
from flows.signoff.request_bounds import FITS, NotAllowed, approval_of, require_allowed
from flows.signoff.review_dates import next_review
from models import ChangeRequest, Task
from models.procedure_file import ProcedureFile
from models.request_machine import RequestKind, RequestState
from models.workdays import Calendar
from notifications.explanation import span_words
from notifications.wording import ENGLISH, day_words, post_word


@dataclass(frozen=True)
class Offer:
    """One kind that may be asked for. `chinese` and `english`: how far, and who decides."""

    kind: RequestKind
    chinese: str
    english: str


def offers(session: Session, task: Task, *, on: date, calendar: Calendar) -> list[Offer]:
    """Of those that the procedure knows and that fit the state. That none may be asked for while
    another waits, whoever calls knows."""
    found, rules = [], rules_of(session, task)
    for kind in RequestKind:
        if task.state in FITS[kind] and approval_of(rules, kind) is not None:
            with suppress(NotAllowed):
                found.append(offer_of(session, task, kind, on=on, calendar=calendar))
    return found


def offer_of(
    session: Session, task: Task, kind: RequestKind, *, on: date, calendar: Calendar
) -> Offer:
    """Raises NotAllowed if the procedure, or where the task stands, allows none of this kind."""
    rules = rules_of(session, task)
    request = _most(session, task, kind, rules, on, calendar)
    approval = require_allowed(session, task, request, on=on, calendar=calendar)
    chinese, english = _bounds(session, task, request, rules)
    return Offer(
        kind,
        f"{chinese}由{post_word(approval.approver)}审批。",
        f"{english}The {post_word(approval.approver, ENGLISH)} decides.",
    )


def _most(
    session: Session,
    task: Task,
    kind: RequestKind,
    rules: ProcedureFile,
    on: date,
    calendar: Calendar,
) -> ChangeRequest:
    """What is allowed if anything of this kind is. It is never added to the session."""
    until_on: date | None = max(on, task.opened_on) + timedelta(days=1)
    if kind == RequestKind.EXTENSION:
        up_to = rules.extension.up_to if rules.extension else None
        until_on = up_to.after(task.due_on, calendar) if up_to and task.due_on else None
    elif kind == RequestKind.REVIEW:
        until_on = next_review(session, task, on, calendar)
    cycle = rules.long_term.review_every.written() if rules.long_term else ""
    return ChangeRequest(
        task_id=task.id,
        cycle=task.cycle,
        kind=kind,
        state=RequestState.ASKED,
        reason="-",
        legal_basis="-",
        until_on=until_on,
        review_every=cycle,
        asked_by_id=0,
        asked_on=on,
        asked_at=datetime.combine(on, time.min, UTC),
        packet="",
    )


def _bounds(
    session: Session, task: Task, most: ChangeRequest, rules: ProcedureFile
) -> tuple[str, str]:
    if most.kind == RequestKind.EXTENSION and most.until_on and rules.extension:
        left = rules.extension.times - _granted(session, task)
        return (
            f"最多延至{day_words(most.until_on)}，还可延期 {left} 次；",
            f"Until {day_words(most.until_on, ENGLISH)} at most; {left} extension(s) left. ",
        )
    if most.kind == RequestKind.LONG_TERM and rules.long_term:
        span = rules.long_term.review_every
        return (
            f"每 {span_words(span, '')}至少复核一次；",
            f"Reviewed at least every {span_words(span, ENGLISH)}. ",
        )
    if most.kind == RequestKind.REVIEW and most.until_on:
        return (
            f"复核通过后，下次复核日期为{day_words(most.until_on)}；",
            f"Once it is granted, the next review is on {day_words(most.until_on, ENGLISH)}. ",
        )
    if most.kind == RequestKind.SUSPENSION:
        return (
            "因听证、诉讼、等待上级决定等中止，须写明依据；中止期间停止计时，恢复后时限顺延；",
            (
                "For a hearing, a court, or a higher office that is waited for. The clock stands "
                "still meanwhile. "
            ),
        )
    return "", ""


def _granted(session: Session, task: Task) -> int:
    return session.scalar(_GRANTED, {"task": task.id, "cycle": task.cycle}) or 0


_GRANTED = select(func.count()).where(
    ChangeRequest.task_id == bindparam("task"),
    ChangeRequest.cycle == bindparam("cycle"),
    ChangeRequest.kind == RequestKind.EXTENSION,
    ChangeRequest.state == RequestState.GRANTED,
)
