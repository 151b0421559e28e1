"""What a look-back finds, point by point: the matter is confirmed by it, or reopened."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlmodel import Session

from flows.deadline import change_deadline
from flows.moves import move_task
from flows.signoff.actor import Actor
from flows.signoff.deciding import Ruling, hold_referral, record
from flows.signoff.levels import NO_LEVEL, barred, rules_of
from flows.signoff.look_back_plans import granted
from flows.signoff.packets import shown_in
from flows.signoff.referrals import close_referrals, decide_by
from models import Decision, LookBack, LookBackPoint, Referral, Task
from models.decision import ReferralState, Verdict
from models.refusal import Refusal
from models.task import Track
from models.workdays import Calendar
from notifications.wording import word

VERDICTS = (Verdict.SOLID, Verdict.RECURRED, Verdict.SHAM, Verdict.FALLS_SHORT)

Points = Mapping[int, tuple[bool, str]]
"""By the point's position, from 1: whether it is met, and the remark."""


class HadAPart(Refusal):
    """This person handled the matter, applied for its sign-off, or approved it."""

    def __init__(self, number: str) -> None:
        super().__init__(
            f"{number}：责任人、申请人和审核过该事项的人不能查自己经手的事项；没有记录任何操作",
            f"{number}: whoever handled it, applied for it or approved it does not look back on "
            "it; nothing was recorded",
        )


class NotAnswered(Refusal):
    """What is still missing from a look-back, one sentence a line."""


def points_asked(session: Session, look_back: LookBack) -> list[str]:
    """The checklist as it stood when the task was put down."""
    asked: list[str] = shown_in(session, look_back.packet)["checklist"]
    return asked


def decide_look_back(
    session: Session,
    referral_id: int,
    actor: Actor,
    ruling: Ruling,
    *,
    points: Points,
    calendar: Calendar,
) -> Decision:
    """The first of those who were asked decides, with every point answered. Solid confirms on the
    last date; anything worse reopens. Raises a Refusal, and then nothing is recorded."""
    referral, task, look_back = hold_referral(session, referral_id, LookBack, actor, ruling)
    if referral.official_id in barred(session, task, granted(session, task), NO_LEVEL):
        raise HadAPart(task.number)
    asked = points_asked(session, look_back)
    require_answered(asked, points, ruling)
    decision = record(session, referral, actor, ruling)
    _close(session, look_back, referral, actor, asked, points)
    if ruling.verdict != Verdict.SOLID:
        _reopen(session, task, actor, ruling, calendar)
    elif look_back.last:
        move_task(session, task, "confirm", **actor.facts(reason=_found(ruling)))
    return decision


def require_answered(asked: Sequence[str], points: Points, ruling: Ruling) -> None:
    """Raises NotAnswered, which lists all that is missing."""
    missing = list(_missing(asked, points, ruling))
    if missing:
        chinese, english = zip(*missing, strict=True)
        raise NotAnswered("\n".join(chinese), "\n".join(english))


def _missing(asked: Sequence[str], points: Points, ruling: Ruling) -> Iterator[tuple[str, str]]:
    if ruling.verdict not in VERDICTS:
        yield "请选择回头看结论。", "Please choose what the look-back found."
    for position, point in enumerate(asked, 1):
        if position not in points:
            yield (
                f"第 {position} 条“{point}”：请选择是否做到。",
                f"Point {position}, '{point}': please say whether it is met.",
            )
        elif not points[position][0] and not points[position][1].strip():
            yield (
                f"第 {position} 条“{point}”：没有做到的，请写明情况。",
                f"Point {position}, '{point}': it is not met, please say what was found.",
            )


def _close(
    session: Session,
    look_back: LookBack,
    referral: Referral,
    actor: Actor,
    asked: Sequence[str],
    points: Points,
) -> None:
    of = {"look_back_id": look_back.id}
    close_referrals(session, of, ReferralState.OVERTAKEN, actor.now, but=referral.id)
    look_back.decided_on = actor.on
    session.add(look_back)
    session.add_all(
        LookBackPoint(
            look_back_id=look_back.id,
            position=position,
            asked=point,
            met=points[position][0],
            remark=points[position][1].strip(),
        )
        for position, point in enumerate(asked, 1)
    )
    session.flush()


def _reopen(session: Session, task: Task, actor: Actor, ruling: Ruling, calendar: Calendar) -> None:
    """A new cycle with a deadline of its own, whatever track the matter was on. No colour: that
    is for the nights to come."""
    reason = f"{_found(ruling)}\n{ruling.requirement}".strip()
    begins: dict[str, Any] = {"cycle": task.cycle + 1} | dict.fromkeys(
        ("begun_on", "reported_on"), actor.on
    )
    if task.track == Track.LONG_TERM:
        begins |= {"review_every": "", "track": Track.DEADLINE}
    move_task(session, task, "reopen", becomes=begins, **actor.facts(reason=reason))
    change_deadline(
        session,
        task,
        decide_by(rules_of(session, task).return_within, actor.on, calendar),
        kind="reopened",
        reason=reason,
        on=actor.on,
        now=actor.now,
        calendar=calendar,
        actor_id=actor.official_id,
    )


def _found(ruling: Ruling) -> str:
    found = f"回头看认定“{word(f'verdict.{ruling.verdict}')}”"
    return f"{found}：{ruling.reason}" if ruling.reason.strip() else found
