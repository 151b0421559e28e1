"""A mail that was refused for good is sent again, because somebody decided so.

It is told as if it were new: to the address that the directory has now, with what is still owed.
Only one of which nobody knows whether it arrived goes out as the same bytes.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlmodel import Session, col

from flows.database import changed
from flows.history import link_id
from flows.outbox import LIFE
from flows.recipients import suppressing
from flows.signoff.actor import Actor
from flows.suppression import reach
from models import Message, Official, Resending, Suppression
from models.message import MessageKind, MessageState
from models.refusal import Refusal

WHY_NOT = {
    MessageState.QUEUED: (
        "这封邮件正在待发，到时会自动发出",
        "this mail is queued and goes by itself",
    ),
    MessageState.SENT: ("这封邮件已经发出", "this mail was sent"),
    MessageState.SUPERSEDED: (
        "这封邮件的内容已并入后一封",
        "a later mail says what this one would have said",
    ),
    MessageState.SKIPPED: (
        "这封邮件所列事项已无需再办",
        "nothing in this mail is still owed",
    ),
}
EXPIRED = (
    "验证码只在十分钟内有效，请重新索取",
    "a code is good for ten minutes: ask for a new one",
)
NO_ADDRESS = (
    "通讯录中已没有此人的邮箱；请补上邮箱并导入通讯录",
    "the directory has no address of this person; put it in and import the directory",
)

CHANGED = (
    "打开页面后，这封邮件或收件人的邮箱有变化（或已由他人再次发送），请核对后再决定",
    (
        "this mail or the address changed since the page was opened (or somebody else had it "
        "sent again); look again, then decide"
    ),
)


@dataclass(frozen=True)
class Chance:
    """How a mail could be sent again. `why_not`, in (Chinese, English): it cannot.
    `held_back`: mail to this address is not sent, until somebody says that it is right."""

    address: str
    times: int  # that it was sent again before
    held_back: bool = False
    why_not: tuple[str, str] | None = None

    @property
    def seen(self) -> str:
        """What somebody who decides has seen: the decision is for this, and nothing else."""
        return f"{self.times} {self.held_back:d} {self.address}"


def chance(session: Session, message_id: int, on: date) -> Chance:
    kind, state, email = session.execute(
        select(col(Message.kind), col(Message.state), col(Official.email))
        .join_from(Message, Official, col(Official.id) == col(Message.official_id))
        .where(col(Message.id) == message_id)
    ).one()
    times = _times(session, message_id)
    why_not = WHY_NOT.get(state) or (EXPIRED if kind == MessageKind.CODE else None)
    if why_not or not email:
        return Chance(email or "", times, why_not=why_not or NO_ADDRESS)
    held = select(col(Suppression.address)).where(
        col(Suppression.address) == email, suppressing(on)
    )
    return Chance(email, times, held_back=session.scalar(held) is not None)


def send_again(session: Session, message_id: int, actor: Actor, *, seen: str) -> None:
    """`seen`: that of the chance which was shown where this was decided."""
    found = chance(session, message_id, actor.on)
    if found.why_not:
        raise _refused(*found.why_not)
    if found.seen != seen:
        raise _refused(*CHANGED)
    died = session.get_one(Message, message_id)
    outcome, told = died.outcome, _told(died, found.address, actor.now)
    dead = update(Message).where(
        col(Message.id) == message_id, col(Message.state) == MessageState.DEAD
    )
    # The count is asked once the row is held: it may have died anew in between.
    if not changed(session, dead.values(told)) or _times(session, message_id) != found.times:
        raise _refused(*CHANGED)
    session.add(
        Resending(
            message_id=message_id,
            n=found.times + 1,
            to_address=found.address,
            outcome=outcome,
            released=reach(session, found.address),
            on=actor.on,
            at=actor.now,
            actor_id=actor.official_id,
            assurance=actor.assurance,
            link_id=link_id(session),
        )
    )


def _told(died: Message, address: str, now: datetime) -> dict[str, Any]:
    """If it never arrived, it is looked at like a mail that was never tried."""
    told = {"state": MessageState.QUEUED, "outcome": "", "next_at": now, "expires_at": now + LIFE}
    if died.possible_duplicate and died.to_address == address:
        return told
    domain = address.rpartition("@")[2].lower()
    anew = {"attempts": 0, "possible_duplicate": False, "to_address": address, "domain": domain}
    return told | anew


def _times(session: Session, message_id: int) -> int:
    counted = select(func.count()).where(col(Resending.message_id) == message_id)
    return session.scalar(counted) or 0


def _refused(chinese: str, english: str) -> Refusal:
    return Refusal(f"{chinese}；没有记录任何操作", f"{english}; nothing was recorded")
