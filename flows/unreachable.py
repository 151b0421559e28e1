"""The people whom mail does not reach, with the address and the reason: for the office to mend."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import cast, false, func, literal, null, or_, select, true, union_all
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from flows.recipients import SUPPRESSING, TODAY, day_begins, in_force
from models import Message, Official, Post, Suppression, Task, Unit
from models.columns import Instant, written_out
from models.message import MessageState
from models.organisation import PostKind
from models.signoff import OPEN

Later, Handler = aliased(Message), aliased(Post)


@dataclass(frozen=True)
class Unreachable:
    """`suppressed`: mail is not even tried; else it is the last mail that was refused."""

    name: str
    unit: str
    address: str
    why: str
    since: datetime
    suppressed: bool


def unreachable(session: Session, on: date) -> tuple[list[Unreachable], list[tuple[str, str]]]:
    """Everybody whose address is suppressed, or whose last mail to this address was refused; and by
    name and unit whoever handles an open task and has no address."""
    rows = session.execute(_FOUND, {"at": day_begins(on), "on": on})
    people = {who: Unreachable(*said) for who, *said in rows}
    found = sorted(people.values(), key=lambda person: (person.unit, person.name, person.address))
    return (
        [person for person in found if person.address],
        [(person.name, person.unit) for person in found if not person.address],
    )


_NAMED = select(col(Task.id)).where(
    col(Task.handler_id) == col(Official.id), col(Task.state).in_(OPEN)
)
_NAMES_NOBODY = select(col(Task.id)).where(
    col(Task.unit_id) == col(Post.unit_id),
    col(Task.handler_id).is_(None),
    col(Task.state).in_(OPEN),
)
_UNIT_HAS_HANDLER = select(col(Handler.id)).where(
    col(Handler.unit_id) == col(Post.unit_id),
    col(Handler.kind) == PostKind.HANDLER,
    in_force(Handler, TODAY),
)
_BY_POST = select(col(Post.id)).where(  # as Directory.named
    col(Post.official_id) == col(Official.id),
    in_force(Post, TODAY),
    or_(
        col(Post.kind) == PostKind.HANDLER,
        (col(Post.kind) == PostKind.UNIT_HEAD) & ~_UNIT_HAS_HANDLER.exists(),
    ),
    _NAMES_NOBODY.exists(),
)
_WITHOUT_ADDRESS = (
    select(
        col(Official.id),
        col(Official.name),
        col(Unit.name),
        literal(""),
        literal(""),
        cast(null(), Instant),
        false(),
    )
    .join_from(Official, Unit, col(Unit.id) == col(Official.unit_id))
    .where(func.coalesce(col(Official.email), "") == "", or_(_NAMED.exists(), _BY_POST.exists()))
)
_SUPPRESSED = (
    select(
        col(Official.id),
        col(Official.name),
        col(Unit.name),
        col(Suppression.address),
        col(Suppression.reason),
        col(Suppression.at),
        true(),
    )
    .join_from(Official, Unit, col(Unit.id) == col(Official.unit_id))
    .join(Suppression, col(Suppression.address) == col(Official.email))
    .where(SUPPRESSING)
)
_LATER = select(col(Later.id)).where(
    col(Later.official_id) == col(Message.official_id),
    col(Later.id) > col(Message.id),
    col(Later.state).in_(written_out(MessageState.DEAD, MessageState.SENT)),
)
_REFUSED = (  # whose newest mail was, at the address that is still theirs
    select(
        col(Official.id),
        col(Official.name),
        col(Unit.name),
        col(Message.to_address),
        col(Message.outcome),
        col(Message.composed_at),
        false().label("suppressed"),
    )
    .join_from(Message, Official, col(Official.id) == col(Message.official_id))
    .join(Unit, col(Unit.id) == col(Official.unit_id))
    .where(
        col(Message.state) == MessageState.DEAD,
        col(Message.to_address) == col(Official.email),
        ~_LATER.exists(),
    )
)
# Of who is refused and suppressed, the address says more.
_FOUND = union_all(_REFUSED, _SUPPRESSED, _WITHOUT_ADDRESS).order_by("suppressed")
