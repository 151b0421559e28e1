"""What may be asked for, of which task, and how far: the procedure's bounds, as sentences."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Integer, bindparam
from sqlmodel import Session, col, func, select

from flows.moves import STAGE
from flows.signoff.levels import rules_of
from flows.signoff.referrals import decide_by
from flows.signoff.review_dates import cycle_of
from models import ChangeRequest, Reassignment, Task, Transition
from models.procedure_file import Approval, LongTerm, ProcedureFile
from models.refusal import Refusal
from models.request_machine import RequestKind, RequestState
from models.rule_words import Fault
from models.signoff import SIGNOFF, TaskState
from models.span import Span
from models.workdays import Calendar
from notifications.explanation import span_words
from notifications.wording import CHINESE, ENGLISH, day_words, state_word, word

LAST_YEAR = 2100  # as the ledger: a date beyond it is a slip of the pen
K = RequestKind


def _from(event: str) -> tuple[TaskState, ...]:
    return tuple(TaskState(move.source) for move in SIGNOFF.moves if move.event == event)


FITS: dict[RequestKind, tuple[TaskState, ...]] = {
    K.EXTENSION: (TaskState.ASSIGNED, TaskState.IN_PROGRESS),
    K.SUSPENSION: _from("suspend"),
    K.LONG_TERM: _from("make_long_term"),
    K.END_LONG_TERM: _from("end_long_term"),
    K.REVIEW: (TaskState.LONG_TERM,),
    K.OBJECTION: _from("object"),
}
"""In which states a kind may be asked for."""


class NotAllowed(Refusal):
    """The procedure, or where the task stands, does not allow it. `chinese` and `english` say
    what was found and what to do."""

    def __init__(self, number: str, chinese: str, english: str) -> None:
        super().__init__(
            f"{number}：{chinese}；没有记录任何操作", f"{number}: {english}; nothing was recorded"
        )


@dataclass(frozen=True)
class Asked:
    """What is asked of which task on which day, with the rules that bound it."""

    session: Session
    task: Task
    request: ChangeRequest
    rules: ProcedureFile
    on: date
    calendar: Calendar

    def refused(self, chinese: str, english: str) -> NotAllowed:
        return NotAllowed(self.task.number, chinese, english)


def approval_of(rules: ProcedureFile, kind: RequestKind) -> Approval | None:
    """Who decides on this kind, and within what time; None: the procedure knows no such thing."""
    if kind == K.OBJECTION:
        return rules.objection
    if kind == K.EXTENSION:
        return rules.extension
    return rules.suspension if kind == K.SUSPENSION else rules.long_term


def require_allowed(
    session: Session, task: Task, request: ChangeRequest, *, on: date, calendar: Calendar
) -> Approval:
    """Raises NotAllowed unless this may be asked for on this day, and so be granted. Returns who
    decides."""
    asked = Asked(session, task, request, rules_of(session, task), on, calendar)
    approval = approval_of(asked.rules, request.kind)
    chinese, english = _kind_words(request.kind)
    if approval is None:
        raise asked.refused(
            f"按“{asked.rules.title}”的规定，不能提出“{chinese}”，请按期办理",
            f"'{asked.rules.title}' knows no {english}; please keep to the deadline",
        )
    if task.state not in FITS[request.kind]:
        raise asked.refused(
            f"目前状态为“{state_word(task.state)}”，不能提出“{chinese}”",
            f"it is '{state_word(task.state, ENGLISH)}' now, so there can be no {english}",
        )
    _require_stage(asked)
    _BOUNDS[request.kind](asked)
    return approval


def _require_stage(asked: Asked) -> None:
    """A procedure may name the stages in which this may be asked for."""
    stage, kind = asked.rules.stage_named(asked.task.stage), asked.request.kind
    if stage is None:
        return
    allowed = {K.EXTENSION: stage.extension, K.SUSPENSION: stage.suspension}
    if any(one.objection for one in asked.rules.stage):
        allowed[K.OBJECTION] = stage.objection
    if not allowed.get(kind, True):
        chinese, english = _kind_words(kind)
        raise asked.refused(
            f"按“{asked.rules.title}”的规定，“{stage.title}”环节不能提出“{chinese}”",
            f"'{asked.rules.title}' knows no {english} in the stage '{stage.title}'",
        )


def _extension(asked: Asked) -> None:
    rules, due_on = asked.rules.extension, asked.task.due_on
    assert rules is not None  # for the types: whoever decides was found
    if due_on is None:
        raise asked.refused(
            "没有整改时限，不需延期", "it has no deadline, so there is nothing to extend"
        )
    if _granted(asked) >= rules.times:
        raise asked.refused(
            f"按“{asked.rules.title}”的规定，最多延期 {rules.times} 次，已经用完",
            f"'{asked.rules.title}' allows {rules.times} extension(s), and all are used",
        )
    until_on, limit = _ahead(asked), rules.up_to.after(due_on, asked.calendar)
    if until_on <= due_on:
        raise asked.refused(
            f"新时限须晚于现时限{day_words(due_on)}",
            f"the new date must be later than the present one, {day_words(due_on, ENGLISH)}",
        )
    if until_on > limit:
        raise asked.refused(
            f"一次最多延期 {span_words(rules.up_to, CHINESE)}，新时限不得晚于{day_words(limit)}",
            f"an extension is at most {span_words(rules.up_to, ENGLISH)}: until "
            f"{day_words(limit, ENGLISH)}",
        )


def _granted(asked: Asked) -> int:
    """In this cycle; where there are stages, in this stage."""
    of = {"task": asked.task.id, "cycle": asked.task.cycle}
    return asked.session.scalar(_EXTENDED, of) or 0


def _suspension(asked: Asked) -> None:
    _ahead(asked)
    if not asked.request.legal_basis.strip():
        raise asked.refused(
            "中止须写明法律或政策依据", "a suspension needs its legal basis; please give it"
        )


def _long_term(asked: Asked) -> None:
    rules = asked.rules.long_term
    assert isinstance(rules, LongTerm)  # for the types: whoever decides was found
    cycle = _cycle(asked)
    longest = rules.review_every.after(asked.on, asked.calendar)
    if not asked.on < cycle.after(asked.on, asked.calendar) <= longest:
        raise asked.refused(
            f"复核周期须在 {span_words(rules.review_every, CHINESE)}以内",
            f"the cycle of review must be within {span_words(rules.review_every, ENGLISH)}",
        )
    first = cycle.after(asked.on, asked.calendar)
    if _ahead(asked) > first:
        raise asked.refused(
            f"首次复核须在一个周期之内，不得晚于{day_words(first)}",
            f"the first review comes within one cycle, by {day_words(first, ENGLISH)}",
        )


def _cycle(asked: Asked) -> Span:
    try:
        return Span.parse(asked.request.review_every)
    except Fault as fault:
        raise asked.refused(fault.chinese, fault.english) from fault


def _review(asked: Asked) -> None:
    """One for each cycle: its date would move on and on otherwise."""
    due_on = asked.task.due_on
    cycle = cycle_of(asked.session, asked.task)
    if due_on is not None and due_on >= cycle.after(asked.on, asked.calendar):
        raise asked.refused(
            f"本周期已经复核，下次复核日期为{day_words(due_on)}",
            f"this cycle was reviewed; the next review is on {day_words(due_on, ENGLISH)}",
        )


def _objection(asked: Asked) -> None:
    last = asked.session.scalar(_REASSIGNED_ON, {"task": asked.task.id})
    stage = asked.rules.stage_named(asked.task.stage)
    staged_on = asked.task.stage_from_on if stage and stage.objection else None
    assigned_on = max(asked.task.opened_on, last or date.min, staged_on or date.min)
    by = decide_by(asked.rules.objection_within, assigned_on, asked.calendar)
    if asked.on > by:
        raise asked.refused(
            f"异议须在{day_words(by)}（含）前提出，已经逾期",
            f"an objection had to be made by {day_words(by, ENGLISH)}",
        )


def _ahead(asked: Asked) -> date:
    until_on = asked.request.until_on
    if until_on is None:
        raise asked.refused("请写明日期", "please give the date")
    if until_on <= max(asked.on, asked.task.opened_on):
        raise asked.refused(
            f"所填日期{day_words(until_on)}须晚于今天和交办日期",
            f"{day_words(until_on, ENGLISH)} must be later than today, and than the assignment",
        )
    if until_on.year > LAST_YEAR:
        raise asked.refused(
            f"所填日期{day_words(until_on)}过远，请核对年份",
            f"{day_words(until_on, ENGLISH)} is too far away; check the year",
        )
    return until_on


def _kind_words(kind: RequestKind) -> tuple[str, str]:
    return word(f"request.{kind}"), word(f"request.{kind}", ENGLISH)


# Built once: putting a statement together costs more than running it.
_TASK = bindparam("task", type_=Integer())
_STAGED_AT = select(func.max(col(Transition.at))).where(
    Transition.task_id == _TASK, Transition.machine == STAGE
)
_EXTENDED = select(func.count()).where(
    ChangeRequest.task_id == _TASK,
    ChangeRequest.cycle == bindparam("cycle"),
    ChangeRequest.kind == K.EXTENSION,
    ChangeRequest.state == RequestState.GRANTED,
    col(ChangeRequest.asked_at)
    >= func.coalesce(_STAGED_AT.scalar_subquery(), col(ChangeRequest.asked_at)),
)
_REASSIGNED_ON = select(func.max(col(Reassignment.on))).where(Reassignment.task_id == _TASK)
_BOUNDS: dict[RequestKind, Callable[[Asked], object]] = {
    K.EXTENSION: _extension,
    K.SUSPENSION: _suspension,
    K.LONG_TERM: _long_term,
    K.END_LONG_TERM: _ahead,
    K.REVIEW: _review,
    K.OBJECTION: _objection,
}
