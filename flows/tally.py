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
    """`previous`: the night before, since which `relieved` counts; `unresolved` are task numbers
    with the post that nobody could be found for; `stalled` those that nobody decides on, with
    why; `mail` counts messages by state."""

    previous: Night | None
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
    this, previous = {"night_id": night.id}, session.scalar(_BEFORE, {"on": night.on})
    raised = session.execute(_RAISED, this).all()
    mail = session.execute(_MAIL, this).all()
    return Tally(
        previous=previous,
        escalated=_by_colour({row.target: row.n for row in raised}),
        relieved=_relieved(session, previous),
        notices=sum(row.notices for row in raised),
        recipients=sum(row.digests for row in mail),
        unresolved=_unresolved(session, night, any_raised=bool(raised)),
        stalled=stalled(session, night.on),
        mail={row.state: row.n for row in mail},
        doubtful=sum(row.doubtful for row in mail),
    )


def _unresolved(session: Session, night: Night, *, any_raised: bool) -> list[tuple[str, str]]:
    issued = unresolved(session, night) if any_raised else []
    return sorted({*issued, *nobody_left(session, night.on)})


def mail_states(session: Session, night_id: int) -> Mapping[str, int]:
    return {row.state: row.n for row in session.execute(_MAIL, {"night_id": night_id})}


def _by_colour(found: Mapping[str, int]) -> dict[Colour, int]:
    """Colours that none reached count 0."""
    return {colour: found.get(colour, 0) for colour in Colour if colour != Colour.GREEN}


def _relieved(session: Session, previous: Night | None) -> int:
    """How many colours were relieved since the previous night began."""
    since = previous.claimed_at if previous else datetime.min.replace(tzinfo=UTC)
    return session.scalar(_RELIEVED, {"since": since}) or 0


_THIS = bindparam("night_id", type_=Integer())
_BEFORE = (
    select(Night)
    .where(col(Night.on) < bindparam("on", type_=Date()))
    .order_by(col(Night.on).desc())
    .limit(1)
)
_RAISED = (  # each raised task has one notice at most
    select(
        col(Transition.target),
        func.count().label("n"),
        func.count(col(Notice.id)).label("notices"),
    )
    .outerjoin(Notice, col(Notice.transition_id) == col(Transition.id))
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
_MAIL = (
    select(
        col(Message.state),
        func.count().label("n"),
        func.count().filter(col(Message.kind) == MessageKind.DIGEST).label("digests"),
        # What may have arrived without a word from the relay.
        func.count().filter(col(Message.possible_duplicate)).label("doubtful"),
    )
    .where(col(Message.night_id) == _THIS)
    .group_by(col(Message.state))
)
