"""The nights as the desk reads them: those that were played, the days that none was, and what
one of them raised."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlmodel import Session, col

from flows.notices import came_to, unresolved
from models import Message, Night, Notice, Task, Transition, Unit
from models.ladder import Entry
from models.message import MessageState
from models.night import NightStep
from models.warning import Colour
from models.workdays import DAY
from web.matter import Matter, Showing
from web.paging import Paging
from web.rights import Viewer

Mail = Mapping[MessageState, int]


@dataclass(frozen=True)
class Gap:
    """Days, both ends included, that no night was played."""

    first: date
    last: date

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1


@dataclass(frozen=True)
class Played:
    """`result` is what the night came to, {} while it is unfinished; `mail` is as it stands now."""

    night: Night
    result: Mapping[str, Any]
    mail: Mail

    @property
    def raised(self) -> Sequence[tuple[Colour, int]]:
        """The worst first; without what nothing was raised to."""
        found = self.result.get("escalated", {}).items()
        return [(Colour(colour), n) for colour, n in reversed(list(found)) if n]


@dataclass(frozen=True)
class Raised:
    matter: Matter
    source: Colour
    target: Colour
    cause: Entry | None
    notice: str


def nights(session: Session, paging: Paging, on: date) -> list[Played | Gap]:
    """The newest first. Today's may still come, so it is not missed."""
    newest = select(Night).order_by(col(Night.on).desc()).offset(paging.offset)
    found = session.scalars(newest.limit(paging.size + 1)).all()
    mail = _mail(session, [night.id for night in found])
    after = on if paging.page == 1 else None
    return list(_in_order(found, paging.size, mail, after))


def _in_order(
    found: Sequence[Night], size: int, mail: Mapping[int, Mail], after: date | None
) -> Iterator[Played | Gap]:
    for night in found[:size]:
        if after and after - night.on > DAY:
            yield Gap(night.on + DAY, after - DAY)
        yield _played(night, mail)
        after = night.on
    if after and len(found) > size and after - found[size].on > DAY:
        yield Gap(found[size].on + DAY, after - DAY)


def played(session: Session, on: date) -> Played | None:
    night = session.scalar(select(Night).where(col(Night.on) == on))
    return _played(night, _mail(session, [night.id])) if night else None


def _played(night: Night, mail: Mapping[int, Mail]) -> Played:
    return Played(night, came_to(night), mail.get(night.id, {}))


def _mail(session: Session, ids: Sequence[int]) -> Mapping[int, Mail]:
    rows = session.execute(
        select(col(Message.night_id), col(Message.state), func.count())
        .where(col(Message.night_id).in_(ids))
        .group_by(col(Message.night_id), col(Message.state))
    )
    found: dict[int, dict[MessageState, int]] = {}
    for night_id, state, n in rows:
        found.setdefault(night_id or 0, {})[state] = n
    return found


def neighbours(session: Session, on: date) -> tuple[date | None, date | None]:
    """The night before and the night after."""
    before = select(func.max(col(Night.on))).where(col(Night.on) < on)
    after = select(func.min(col(Night.on))).where(col(Night.on) > on)
    return session.scalar(before), session.scalar(after)


def sent_between(session: Session, night: Night) -> tuple[datetime | None, datetime | None]:
    """When the first of its mails was sent, and the last."""
    ends = func.min(col(Message.sent_at)), func.max(col(Message.sent_at))
    first, last = session.execute(select(*ends).where(col(Message.night_id) == night.id)).one()
    return first, last


def tally(session: Session, viewer: Viewer, found: Played) -> dict[Colour, int]:
    """How many it raised to each colour, the worst first, of what this viewer may see. A night that
    is over has counted them."""
    if not found.result:
        return _by_colour(session, *_raised(found.night), ~_aside(viewer))
    that_night = col(Transition.night_id) + 0 == found.night.id  # few tasks, so by the task
    hidden = _by_colour(session, that_night, _ESCALATED, _aside(viewer))
    return {colour: n - hidden.get(colour, 0) for colour, n in found.raised}


def _by_colour(session: Session, *which: ColumnElement[bool]) -> dict[Colour, int]:
    target = col(Transition.target)
    counted = session.execute(select(target, func.count()).where(*which).group_by(target))
    found = {Colour(colour): n for colour, n in counted}
    return {colour: found[colour] for colour in reversed(Colour) if colour in found}


def _shown(
    session: Session, viewer: Viewer, night: Night, raised: Mapping[Colour, int], paging: Paging
) -> list[int]:
    """One page of moves, each colour in the order of the ledger, which an index has."""
    ids, before = list[int](), paging.offset
    for colour, n in raised.items():
        if before < n and len(ids) < paging.size:
            of_it = select(col(Transition.id)).where(
                *_raised(night), col(Transition.target) == colour, ~_aside(viewer)
            )
            in_order = of_it.order_by(col(Transition.task_id)).offset(before)
            ids += session.scalars(in_order.limit(paging.size - len(ids)))
        before = max(0, before - n)
    return ids


def raised(
    session: Session,
    viewer: Viewer,
    showing: Showing,
    found: Played,
    to: Mapping[Colour, int],
    paging: Paging,
) -> list[Raised]:
    """The worst colour first. `to`: how many of each."""
    shown = _shown(session, viewer, found.night, to, paging)
    rows = session.execute(
        select(Transition, Task, col(Unit.name), col(Notice.number))
        .join_from(Transition, Task, col(Task.id) == col(Transition.task_id))
        .join(Unit, col(Unit.id) == col(Task.unit_id))
        .outerjoin(Notice, col(Notice.transition_id) == col(Transition.id))
        .where(col(Transition.id).in_(shown))
    )
    in_order = {key: n for n, key in enumerate(shown)}
    return [
        Raised(
            showing.matter(task, unit, hidden=viewer.hides(task), colour=Colour(move.target)),
            Colour(move.source),
            Colour(move.target),
            Entry.of_cause(move.cause),
            notice or "",
        )
        for move, task, unit, notice in sorted(rows, key=lambda row: in_order[row[0].id])
    ]


_ESCALATED = col(Transition.event) == "escalate"


def _raised(night: Night) -> Sequence[ColumnElement[bool]]:
    return col(Transition.night_id) == night.id, _ESCALATED


def _aside(viewer: Viewer) -> ColumnElement[bool]:
    """Whoever sees the nights sees everything else."""
    return viewer.aside_from(col(Transition.task_id))


def nobody_found(
    session: Session, viewer: Viewer, night: Night, most: int
) -> list[tuple[str, str]]:
    """(task number, post) of this night's notices: the first of them, and of those what this
    viewer may see."""
    found = unresolved(session, night, most)
    numbers = {number for number, _ in found}
    seen = select(col(Task.number)).where(col(Task.number).in_(numbers), viewer.may_see())
    may_see = set(session.scalars(seen))
    return [(number, post) for number, post in found if number in may_see]


def steps(night: Night) -> list[tuple[NightStep, bool]]:
    """Each step, and whether it was committed."""
    order = list(NightStep)
    return [(step, n <= order.index(night.step)) for n, step in enumerate(order)]
