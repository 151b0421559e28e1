"""What one night came to, counted from what it wrote: for its result and for the summary."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Date, Integer, bindparam, func, select
from sqlmodel import Session, col

from flows.climb import nobody_left
from flows.notices import unresolved
from flows.signoff.unreferred import stalled
from models import Message, Night, Notice, Transition
from models.columns import Instant
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
    this = {"night_id": night.id}
    return Tally(
        escalated=_escalated(session, night.id),
        relieved=_relieved(session, night_before(session, night)),
        notices=session.scalar(_NOTICES, this) or 0,
        recipients=session.scalar(_RECIPIENTS, this) or 0,
        unresolved=sorted({*unresolved(session, night), *nobody_left(session, night.on)}),
        stalled=stalled(session, night.on),
        mail=mail_states(session, night.id),
        doubtful=session.scalar(_DOUBTFUL, this) or 0,
    )


def night_before(session: Session, night: Night) -> Night | None:
    return session.scalar(_BEFORE, {"on": night.on})


def mail_states(session: Session, night_id: int) -> Mapping[str, int]:
    return dict(session.execute(_MAIL, {"night_id": night_id}).all())


def _escalated(session: Session, night_id: int) -> dict[Colour, int]:
    """How many tasks this night raised to each colour; colours that none reached count 0."""
    found: dict[str, int] = dict(session.execute(_ESCALATED, {"night_id": night_id}).all())
    return {colour: found.get(colour, 0) for colour in Colour if colour != Colour.GREEN}


def _relieved(session: Session, previous: Night | None) -> int:
    """How many colours were relieved since the previous night began."""
    since = previous.claimed_at if previous else datetime.min.replace(tzinfo=UTC)
    return session.scalar(_RELIEVED, {"since": since}) or 0


# Built once: putting a statement together costs as much as running it.
_THIS = bindparam("night_id", type_=Integer())
_BEFORE = (
    select(Night)
    .where(col(Night.on) < bindparam("on", type_=Date()))
    .order_by(col(Night.on).desc())
    .limit(1)
)
_ESCALATED = (
    select(col(Transition.target), func.count())
    .where(col(Transition.night_id) == _THIS, col(Transition.event) == "escalate")
    .group_by(col(Transition.target))
)
_RELIEVED = (
    select(func.count())
    .select_from(Transition)
    .where(
        col(Transition.event) == "relieve",
        col(Transition.at) > bindparam("since", type_=Instant()),
    )
)
_NOTICES = (
    select(func.count())
    .select_from(Notice)
    .join(Transition, col(Transition.id) == col(Notice.transition_id))
    .where(col(Transition.night_id) == _THIS)
)
_RECIPIENTS = (
    select(func.count())
    .select_from(Message)
    .where(col(Message.night_id) == _THIS, col(Message.kind) == MessageKind.DIGEST)
)
_MAIL = (
    select(col(Message.state), func.count())
    .where(col(Message.night_id) == _THIS)
    .group_by(col(Message.state))
)
_DOUBTFUL = (  # that may have arrived without a word from the relay
    select(func.count())
    .select_from(Message)
    .where(col(Message.night_id) == _THIS, col(Message.possible_duplicate))
)
