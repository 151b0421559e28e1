"""One person decides on one referral. What that leads to stands with what is decided on:
`levels` of an application, `requests`, `look_backs`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import Integer, bindparam
from sqlmodel import Session, col, select

from flows.around import aside_from
from flows.history import link_id
from flows.moves import hold_task_of
from flows.recipients import TODAY, in_force
from flows.signoff.actor import Actor
from flows.signoff.packets import Changed
from flows.signoff.roles import (
    APPROVER,
    LOOK_BACK,
    OFFICE,
    REVIEWER,
    NotYours,
    StandsAside,
    require_role,
)
from models import Application, ChangeRequest, Decision, LookBack, Official, Post, Referral, Task
from models.decision import ReferralState, Verdict
from models.organisation import PostKind
from models.proof import Assurance, NotProved
from models.refusal import Refusal
from notifications.wording import post_word

Matter = TypeVar("Matter", Application, ChangeRequest, LookBack)
NEEDS_NO_REASON = {Verdict.APPROVE, Verdict.GRANT, Verdict.SOLID}


class NotOpen(Refusal):
    """There is nothing to decide any more."""


class NeedsReason(Refusal):
    """Whoever turns something down says why."""

    def __init__(self, number: str) -> None:
        super().__init__(
            f"{number}：退回、要求补充、不同意或认定整改不到位，须写明理由；没有记录任何操作",
            f"{number}: a return, a question, a refusal or an adverse verdict needs a reason; "
            "nothing was recorded",
        )


class PostEnded(Refusal):
    """Whoever was asked holds the post no longer for which he was asked."""

    def __init__(self, number: str, kind: PostKind) -> None:
        super().__init__(
            f"{number}：{post_word(kind)}的任期已结束，不能再作决定，请由督查办公室移交；"
            "没有记录任何操作",
            f"{number}: the post for which this was asked ({post_word(kind, 'en')}) has ended; the "
            "supervision office hands it over. Nothing was recorded",
        )


@dataclass(frozen=True)
class Paper:
    """A decision that was signed on paper, and its scan among the evidence."""

    signed_on: date
    scan_id: int | None


@dataclass(frozen=True)
class Ruling:
    """What a person decides, and the hash of what was shown. `rejected`: of what was handed in line
    by line, which positions are turned down, and why; the others are approved."""

    verdict: Verdict
    packet: str
    reason: str = ""
    requirement: str = ""
    paper: Paper | None = None
    rejected: Mapping[int, str] | None = None


def hold_referral(
    session: Session, referral_id: int, of: type[Matter], actor: Actor, ruling: Ruling
) -> tuple[Referral, Task, Matter]:
    """The referral, its task, and what is decided on, held until the decision is committed. Raises
    a Refusal unless this person may decide it now, on what was shown, with what has to be given."""
    task = hold_task_of(session, referral_id)
    referral, matter = session.execute(_ASKED[of], {"referral": referral_id}).one()
    _require_right(session, referral, task, actor, ruling)
    if referral.state != ReferralState.OPEN:
        raise NotOpen(*_what_happened(session, referral, task))
    if ruling.verdict not in NEEDS_NO_REASON and not ruling.reason.strip():
        raise NeedsReason(task.number)
    if actor.assurance == Assurance.LINK:
        raise NotProved
    if matter.packet != ruling.packet:
        raise Changed(task.number)
    return referral, task, matter


def record(session: Session, referral: Referral, actor: Actor, ruling: Ruling) -> Decision:
    """Write the decision down. All but a question close the referral."""
    paper = ruling.paper
    if ruling.verdict != Verdict.ASK:
        referral.state, referral.closed_at = ReferralState.DECIDED, actor.now
        session.add(referral)
    decision = Decision(
        task_id=referral.task_id,
        referral_id=referral.id,
        verdict=ruling.verdict,
        official_id=referral.official_id,
        said_by=actor.said_by,
        assurance=actor.assurance,
        reason=ruling.reason,
        requirement=ruling.requirement,
        packet=ruling.packet,
        paper_signed_on=paper.signed_on if paper else None,
        scan_id=paper.scan_id if paper else None,
        recorded_by_id=actor.official_id if paper else None,
        on=actor.on,
        at=actor.now,
        link_id=link_id(session),
    )
    session.add(decision)
    session.flush()
    return decision


def _require_right(
    session: Session, referral: Referral, task: Task, actor: Actor, ruling: Ruling
) -> None:
    if referral.official_id in aside_from(session, task, actor.on):
        raise StandsAside(task.number)
    if ruling.paper:
        require_role(session, task, actor.official_id, actor.on, OFFICE)
    elif actor.official_id != referral.official_id:
        raise NotYours(task.number, _role(referral))
    else:
        _require_post(session, referral, task, actor.on)


def _require_post(session: Session, referral: Referral, task: Task, on: date) -> None:
    """A post may end on a day that was written down long before, and nobody is handed over to by
    then. Whom the office or the task names, decides as that person."""
    whose = referral.stands_for_id or referral.official_id
    named = referral.named_by_id is not None or whose in (
        task.handler_id,
        task.supervising_leader_id,
    )
    held = {"who": whose, "kind": referral.capacity, "on": on}
    if not named and session.scalar(_HELD, held) is None:
        raise PostEnded(task.number, referral.capacity)


def _role(referral: Referral) -> str:
    if referral.application_id is not None:
        return REVIEWER
    return APPROVER if referral.request_id is not None else LOOK_BACK


def _what_happened(session: Session, referral: Referral, task: Task) -> tuple[str, str]:
    if referral.state == ReferralState.DECIDED:
        return (
            f"{task.number}：您已作出决定，不能重复办理",
            f"{task.number}: you have decided this already",
        )
    if referral.state == ReferralState.OVERTAKEN and (name := _who_decided(session, referral)):
        return (
            f"{task.number}：已由{name}先行作出决定，您无需再办；本次没有记录",
            f"{task.number}: {name} has decided this before you; nothing was recorded",
        )
    return (
        f"{task.number}：该申请已撤回、退回或有变动，不再需要您决定；本次没有记录",
        f"{task.number}: it was recalled, returned or changed meanwhile; nothing was recorded",
    )


def _who_decided(session: Session, referral: Referral) -> str | None:
    """The colleague who was asked the same, and was quicker."""
    same = [
        col(getattr(Referral, name)).is_not_distinct_from(getattr(referral, name))
        for name in ("application_id", "request_id", "look_back_id", "level", "version")
    ]
    return session.exec(
        select(Official.name)
        .join(Decision, col(Decision.official_id) == col(Official.id))
        .join(Referral, col(Referral.id) == col(Decision.referral_id))
        .where(*same, Decision.verdict != Verdict.ASK)
        .order_by(col(Decision.id).desc())
    ).first()


# Built once: putting a statement together costs more than running it.
_HELD = select(Post.id).where(
    Post.official_id == bindparam("who"), Post.kind == bindparam("kind"), in_force(Post, TODAY)
)
_ASKED: dict[Any, Any] = {
    matter: select(Referral, matter)
    .join(matter, col(matter.id) == col(of))
    .where(col(Referral.id) == bindparam("referral", type_=Integer()))
    .execution_options(populate_existing=True)
    for matter, of in (
        (Application, Referral.application_id),
        (ChangeRequest, Referral.request_id),
        (LookBack, Referral.look_back_id),
    )
}
