"""What comes after a decision that was recorded, in (Chinese, English)."""

from sqlalchemy import Integer, bindparam, select
from sqlmodel import Session, col

from flows.signoff.levels import rules_of
from flows.signoff.referred import Referred
from models import Official, Referral, Task
from models.decision import ReferralState
from models.signoff import TaskState
from notifications.wording import ENGLISH, day_words, state_word

Said = tuple[str, str]


def what_comes_next(session: Session, found: Referred) -> Said:
    task = found.task
    if found.referral.application_id is not None and task.state == TaskState.UNDER_REVIEW:
        return _next_level(session, task)
    if task.state == TaskState.SIGNED_OFF:
        return (
            "各级均已同意，事项已销号，预警已解除；此后按规定回头看。",
            (
                "every level has agreed: the matter is signed off and its warning lifted; "
                "a look-back follows."
            ),
        )
    if task.due_on is None:
        state = task.state
        return f"事项现为“{state_word(state)}”。", f"the matter is '{state_word(state, ENGLISH)}'."
    return (
        f"事项现为“{state_word(task.state)}”，时限{day_words(task.due_on)}；责任人另行收到通知。",
        (
            f"the matter is '{state_word(task.state, ENGLISH)}', due on "
            f"{day_words(task.due_on, ENGLISH)}; the handler is told."
        ),
    )


def _next_level(session: Session, task: Task) -> Said:
    rows = session.execute(_ASKED, {"task": task.id, "level": task.level}).all()
    title = rules_of(session, task).level[(task.level or 1) - 1].title
    if not rows:
        return (
            f"下一环节“{title}”暂无可送审的人，由督查办公室指定。",
            f"nobody can be asked for '{title}'; the supervision office names somebody.",
        )
    names, by = [name for name, _ in rows], rows[0].decide_by
    return (
        f"由{'、'.join(names)}办理“{title}”，请于{day_words(by)}（含）前决定。",
        f"{', '.join(names)} decide on '{title}' by {day_words(by, ENGLISH)}.",
    )


_ASKED = (
    select(col(Official.name), col(Referral.decide_by))
    .join(Referral, col(Referral.official_id) == col(Official.id))
    .where(
        col(Referral.task_id) == bindparam("task"),
        col(Referral.level).is_not_distinct_from(bindparam("level", type_=Integer())),
        col(Referral.state) == ReferralState.OPEN,
    )
    .order_by(col(Referral.id))
)
