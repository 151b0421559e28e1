"""What the procedure allows, beside what was asked for, in (Chinese, English)."""

from sqlmodel import Session, col, func, select

from flows.signoff.levels import rules_of
from models import ChangeRequest, Task
from models.request_machine import RequestKind, RequestState
from notifications.explanation import span_words
from notifications.wording import CHINESE, ENGLISH


def limits_of(session: Session, task: Task, kind: str) -> tuple[str, str]:
    """Empty where the procedure sets none."""
    rules = rules_of(session, task)
    if kind == RequestKind.EXTENSION and rules.extension is not None:
        longest, times = rules.extension.up_to, rules.extension.times
        used = _granted(session, task)
        return (
            (
                f"“{rules.title}”规定：每次最多延期{span_words(longest, CHINESE)}，"
                f"最多 {times} 次，已批准 {used} 次。"
            ),
            (
                f"'{rules.title}' allows {times} extensions of at most "
                f"{span_words(longest, ENGLISH)} each; {used} were granted."
            ),
        )
    if kind in (RequestKind.LONG_TERM, RequestKind.REVIEW) and rules.long_term is not None:
        cycle = rules.long_term.review_every
        return (
            f"“{rules.title}”规定：至少每{span_words(cycle, CHINESE)}复核一次。",
            f"'{rules.title}' asks for a review at least every {span_words(cycle, ENGLISH)}.",
        )
    return "", ""


def _granted(session: Session, task: Task) -> int:
    same = select(func.count(col(ChangeRequest.id))).where(
        ChangeRequest.task_id == task.id,
        ChangeRequest.cycle == task.cycle,
        ChangeRequest.kind == RequestKind.EXTENSION,
        ChangeRequest.state == RequestState.GRANTED,
    )
    return session.exec(same).one()
