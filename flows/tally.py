"""What one night came to, counted from what it wrote: for its result and for the summary."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Integer, bindparam, func, or_, select
from sqlmodel import Session, col

from flows.climb import ANY_MISSED, nobody_left
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
    why; `mail` and `previous_mail` count messages by state."""

    previous: Night | None
    escalated: Mapping[Colour, int]
    relieved: int
    notices: int
    recipients: int
    unresolved: list[tuple[str, str]]
    stalled: list[tuple[str, str]]
    mail: Mapping[str, int]
    previous_mail: Mapping[str, int]
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


def tally(session: Session, night: Night, previous: Night | None) -> Tally:
    raised = session.execute(_RAISED, {"night_id": night.id}).all()
    since = previous.claimed_at if previous else datetime.min.replace(tzinfo=UTC)
    seen = session.execute(_SEEN, {"since": since}).one()
    both = {"night_id": night.id, "previous_id": previous and previous.id}
    mails = session.execute(_MAIL, both).all()
    mail = [row for row in mails if row.night_id == night.id]
    return Tally(
        previous=previous,
        escalated=_by_colour({row.target: row.n for row in raised}),
        relieved=seen.relieved,
        notices=sum(row.notices for row in raised),
        recipients=sum(row.digests for row in mail),
        unresolved=sorted(
            {
                *(unresolved(session, night) if raised else ()),
                *(nobody_left(session, night.on) if seen.missed else ()),
            }
        ),
        stalled=stalled(session, night.on),
        mail={row.state: row.n for row in mail},
        previous_mail={row.state: row.n for row in mails if row not in mail},
        doubtful=sum(row.doubtful for row in mail),
    )


def _by_colour(found: Mapping[str, int]) -> dict[Colour, int]:
    """Colours that none reached count 0."""
    return {colour: found.get(colour, 0) for colour in Colour if colour != Colour.GREEN}


_THIS = bindparam("night_id", type_=Integer())
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
_RELIEVED = (  # colours, since the previous night began
    select(func.count())
    .select_from(Transition)
    .where(
        col(Transition.event) == "relieve",
        col(Transition.at) > bindparam("since", type_=Instant()),
    )
)
_SEEN = select(_RELIEVED.scalar_subquery().label("relieved"), ANY_MISSED.exists().label("missed"))
_MAIL = (
    select(
        col(Message.night_id),
        col(Message.state),
        func.count().label("n"),
        func.count().filter(col(Message.kind) == MessageKind.DIGEST).label("digests"),
        # What may have arrived without a word from the relay.
        func.count().filter(col(Message.possible_duplicate)).label("doubtful"),
    )
    .where(
        or_(
            col(Message.night_id) == _THIS,
            col(Message.night_id) == bindparam("previous_id", type_=Integer()),
        )
    )
    .group_by(col(Message.night_id), col(Message.state))
)
