"""What one night came to, counted from what it wrote: for its result and for the summary."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlmodel import Session, col

from flows.climb import nobody_left
from flows.notices import unresolved
from flows.signoff.unreferred import stalled
from models import Message, Night, Notice, Transition
from models.message import MessageKind, MessageState
from models.warning import Colour


@dataclass(frozen=True)
class Tally:
    """`relieved` counts since the night before; `unresolved` are task numbers with the post
    that nobody could be found for; `stalled` those that nobody decides on, with why;
    `mail` counts messages by state."""

    escalated: Mapping[Colour, int]
    relieved: int
    notices: int
    recipients: int
    unresolved: list[tuple[str, str]]
    stalled: list[tuple[str, str]]
    mail: Mapping[str, int]
    doubtful: int

    @property
    def messages(self) -> dict[str, int]:
        """As `sise night --json` prints them."""
        return {
            "queued": sum(self.mail.values()),
            "sent": self.mail.get(MessageState.SENT, 0),
            "deferred": self.mail.get(MessageState.QUEUED, 0),
            "failed": self.mail.get(MessageState.DEAD, 0),
            "unknown": self.doubtful,
        }


def tally(session: Session, night: Night) -> Tally:
    return Tally(
        escalated=_escalated(session, night.id),
        relieved=_relieved(session, night_before(session, night)),
        notices=_notices(session, night.id),
        recipients=_recipients(session, night.id),
        unresolved=sorted({*unresolved(session, night.id), *nobody_left(session, night.on)}),
        stalled=stalled(session, night.on),
        mail=mail_states(session, night.id),
        doubtful=_doubtful(session, night.id),
    )


def night_before(session: Session, night: Night) -> Night | None:
    return session.scalar(
        select(Night).where(col(Night.on) < night.on).order_by(col(Night.on).desc()).limit(1)
    )


def _escalated(session: Session, night_id: int) -> dict[Colour, int]:
    """How many tasks this night raised to each colour; colours that none reached count 0."""
    rows = session.execute(
        select(col(Transition.target), func.count())
        .where(col(Transition.night_id) == night_id, col(Transition.event) == "escalate")
        .group_by(col(Transition.target))
    )
    found: dict[str, int] = dict(rows.all())
    return {colour: found.get(colour, 0) for colour in Colour if colour != Colour.GREEN}


def _relieved(session: Session, previous: Night | None) -> int:
    """How many colours were relieved since the previous night began."""
    since = [col(Transition.at) > previous.claimed_at] if previous else []
    return (
        session.scalar(
            select(func.count())
            .select_from(Transition)
            .where(col(Transition.event) == "relieve", *since)
        )
        or 0
    )


def _notices(session: Session, night_id: int) -> int:
    return (
        session.scalar(
            select(func.count())
            .select_from(Notice)
            .join(Transition, col(Transition.id) == col(Notice.transition_id))
            .where(col(Transition.night_id) == night_id)
        )
        or 0
    )


def _recipients(session: Session, night_id: int) -> int:
    return (
        session.scalar(
            select(func.count())
            .select_from(Message)
            .where(col(Message.night_id) == night_id, col(Message.kind) == MessageKind.DIGEST)
        )
        or 0
    )


def mail_states(session: Session, night_id: int | None) -> Mapping[str, int]:
    rows = session.execute(
        select(col(Message.state), func.count())
        .where(col(Message.night_id) == night_id)
        .group_by(col(Message.state))
    )
    return dict(rows.all())


def _doubtful(session: Session, night_id: int) -> int:
    """Messages that may have arrived without a word from the relay."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Message)
            .where(col(Message.night_id) == night_id, col(Message.possible_duplicate))
        )
        or 0
    )
