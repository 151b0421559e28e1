"""What a person may do with a task: the roles that the machines' tables speak of."""

from collections.abc import Collection
from datetime import date

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from flows.around import around, aside_from
from flows.recipients import TODAY, Directory, in_force
from models import Notice, Post, Receipt, Referral, Task
from models.decision import ReferralState
from models.notice import Duty
from models.notice_machine import LIVE
from models.organisation import PostKind
from models.refusal import Refusal
from models.signoff import SIGNOFF
from notifications.wording import ENGLISH, event_word, state_word

HANDLER, OFFICE, REVIEWER, APPROVER, LOOK_BACK = (
    "handler",
    "office",
    "reviewer",
    "approver",
    "look-back",
)
KEEPS_LEDGER = (PostKind.OFFICE, PostKind.ADMINISTRATOR)
_WORDS = {
    HANDLER: ("责任人（或其代理人）", "its handler, or the handler's deputy"),
    OFFICE: ("督查办公室", "the supervision office"),
    REVIEWER: ("本级审核人", "whoever reviews it at this level"),
    APPROVER: ("该申请的审批人", "whoever this request was referred to"),
    LOOK_BACK: ("本次回头看的检查人", "whoever this look-back was given to"),
    "last reviewer": ("末级审核人", "whoever reviews it at the last level"),
    "clock": ("系统", "the clock"),
}


class NotYours(Refusal):
    """This person may not do that with this task."""

    def __init__(self, number: str, *roles: str) -> None:
        chinese, english = zip(*(_WORDS[role] for role in roles), strict=True)
        super().__init__(
            f"{number}：此项操作只能由{'或'.join(chinese)}办理，您无权办理；没有记录任何操作",
            f"{number}: only {' or '.join(english)} can do this; nothing was recorded",
        )


class NotNow(Refusal):
    """The sign-off machine has no such move from the task's state."""

    def __init__(self, task: Task, event: str) -> None:
        super().__init__(
            f"{task.number}：目前状态为“{state_word(task.state)}”，不能办理“{event_word(event)}”；"
            "没有记录任何操作",
            f"{task.number}: it is '{state_word(task.state, ENGLISH)}' now, so it cannot be "
            f"'{event_word(event, ENGLISH)}'; nothing was recorded",
        )


class StandsAside(Refusal):
    """This person is excluded from this task by a conflict of interest."""

    def __init__(self, number: str) -> None:
        super().__init__(
            f"{number}：您已登记回避本事项，不能办理；没有记录任何操作",
            f"{number}: you stand aside from this task, so you cannot act on it; "
            "nothing was recorded",
        )


class SayWhy(Refusal):
    """An act that the history wants a reason for."""

    def __init__(self, number: str) -> None:
        super().__init__(
            f"{number}：请写明理由；没有记录任何操作",
            f"{number}: please give the reason; nothing was recorded",
        )


def require_reason(task: Task, reason: str) -> None:
    if not reason.strip():
        raise SayWhy(task.number)


def roles_of(session: Session, task: Task, official_id: int, on: date) -> frozenset[str]:
    """Every role that this person has; none for somebody who stands aside."""
    if official_id in aside_from(session, task, on):
        return frozenset()
    found = _asked(session, task, official_id)
    if _handles(session, task, official_id, on):
        found.add(HANDLER)
    if _keeps_ledger(session, official_id, on):
        found.add(OFFICE)
    return frozenset(found)


def require_role(session: Session, task: Task, official_id: int, on: date, *roles: str) -> None:
    """Raises StandsAside or NotYours unless this person has one of the roles."""
    if official_id in aside_from(session, task, on):
        raise StandsAside(task.number)
    if not _has_one(session, task, official_id, on, {*roles}):
        raise NotYours(task.number, *roles)


def _has_one(session: Session, task: Task, official_id: int, on: date, roles: set[str]) -> bool:
    if HANDLER in roles and _handles(session, task, official_id, on):
        return True
    if OFFICE in roles and _keeps_ledger(session, official_id, on):
        return True
    asked_as = roles & {*_ASKED_AS}
    return bool(asked_as and asked_as & _asked(session, task, official_id))


def require_move(session: Session, task: Task, event: str, official_id: int, on: date) -> None:
    """Raises a Refusal unless the machine has this move now, and this person may make it."""
    moves = [move for move in SIGNOFF.moves if (move.source, move.event) == (task.state, event)]
    if not moves:
        raise NotNow(task, event)
    require_role(session, task, official_id, on, *moves[0].who)


def handlers(session: Session, directory: Directory, task: Task) -> Collection[int]:
    """The handler or his deputy, whoever the ladder climbed to, and whoever was told to act."""
    own = {task.handler_id} if task.handler_id is not None else set()
    return _handling(directory, task) | own | _acting(session, task)


def _handles(session: Session, task: Task, official_id: int, on: date) -> bool:
    """As `handlers`, and the people around the task are read only for whoever is none of those
    that it names itself."""
    return (
        official_id == task.handler_id
        or official_id in _acting(session, task)
        or official_id in _handling(around(session, task, on), task)
    )


def _handling(directory: Directory, task: Task) -> set[int]:
    return {told.official_id for told in directory.resolve(task, PostKind.HANDLER)}


def _acting(session: Session, task: Task) -> set[int]:
    return set(session.scalars(_ACTING, {"task": task.id}))


def _keeps_ledger(session: Session, official_id: int, on: date) -> bool:
    return session.scalar(_KEEPING, {"who": official_id, "on": on}) is not None


def _asked(session: Session, task: Task, official_id: int) -> set[str]:
    rows = session.execute(_ASKED, {"task": task.id, "who": official_id})
    return {
        role for row in rows for role, key in zip(_ASKED_AS, row, strict=True) if key is not None
    }


# Built once: each act asks them several times over.
_KEEPING = select(Post.id).where(
    Post.official_id == bindparam("who"),
    col(Post.kind).in_(KEEPS_LEDGER),
    in_force(Post, TODAY),
)
_ACTING = (
    select(Receipt.official_id)
    .join(Notice, col(Notice.id) == col(Receipt.notice_id))
    .where(
        Notice.task_id == bindparam("task"),
        col(Notice.state).in_(LIVE),
        Receipt.duty == Duty.ACT,
        col(Receipt.ended_on).is_(None),
    )
)
_ASKED = select(Referral.application_id, Referral.request_id, Referral.look_back_id).where(
    Referral.task_id == bindparam("task"),
    Referral.official_id == bindparam("who"),
    Referral.state == ReferralState.OPEN,
)
_ASKED_AS = (REVIEWER, APPROVER, LOOK_BACK)  # by what was asked, as these columns have it
