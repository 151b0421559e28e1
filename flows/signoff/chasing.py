"""催办: in the night, whoever owes a decision is reminded when it is due, and then the level above.

What was chased is a row; when it is chased again follows from the newest row of a referral.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Date, bindparam, insert, or_, select
from sqlmodel import Session, col

from flows.recipients import CLIMB, Directory
from flows.signoff.referral_mail import IS_OPEN
from flows.signoff.unreferred import refused
from flows.these import THESE, among
from models import Application, ChangeRequest, Chase, Referral, Task
from models.organisation import PostKind
from models.span import Span
from models.workdays import Calendar

AGAIN = Span(5, "wd")


@dataclass(frozen=True)
class Owed:
    """A decision that is due or late, or whose person could not be informed. `chased`: when the
    one who owes it was last reminded, and when the level above."""

    referral: Referral
    task: Task
    put_forward_by: int | None
    unheard: bool
    chased: dict[bool, date]

    def chase(self, on: date, calendar: Calendar) -> bool:
        """Whether to remind whoever owes it."""
        return on >= self.referral.decide_by and self._turn(False, on, calendar)

    def chase_above(self, on: date, calendar: Calendar) -> bool:
        """Once it is late, or at once when the mail was refused."""
        return (self.unheard or on > self.referral.decide_by) and self._turn(True, on, calendar)

    def _turn(self, superior: bool, on: date, calendar: Calendar) -> bool:
        """Never yet, not since it became late, or not for a while."""
        last = self.chased.get(superior)
        if last is None or last <= self.referral.decide_by < on:
            return True
        return AGAIN.after(last, calendar) <= on

    @property
    def matter(self) -> tuple[int | None, ...]:
        """What it is about: two who are asked the same are one matter to the level above."""
        one = self.referral
        return one.application_id, one.level, one.request_id, one.look_back_id

    @property
    def involved(self) -> set[int]:
        """Who is not the level above, because they have a part in it."""
        mine = {self.referral.official_id, self.referral.stands_for_id}
        parties = {*mine, self.put_forward_by, self.task.handler_id}
        return {who for who in parties if who is not None}


def write_chases(session: Session, *, night_id: int, on: date, calendar: Calendar) -> int:
    """Once a night, however often it is run; returns how many reminders were written."""
    if not (open_ones := _owed(session, night_id, on)):
        return 0
    directory = Directory.load(session, on)
    rows: list[dict[str, Any]] = []
    above: set[tuple[int, tuple[int | None, ...]]] = set()
    for owed in open_ones:
        if directory.excludes(owed.task, owed.referral.official_id):
            continue
        if owed.chase(on, calendar):
            rows.append(_row(owed, owed.referral.official_id, night_id, on, superior=False))
        if owed.chase_above(on, calendar):
            for who in _level_above(directory, owed):
                if (who, owed.matter) not in above:
                    above.add((who, owed.matter))
                    rows.append(_row(owed, who, night_id, on, superior=True))
    if rows:
        session.execute(insert(Chase), rows)
    return len(rows)


def _row(owed: Owed, who: int, night_id: int, on: date, *, superior: bool) -> dict[str, Any]:
    return {
        "referral_id": owed.referral.id,
        "official_id": who,
        "superior": superior,
        "night_id": night_id,
        "on": on,
    }


def _level_above(directory: Directory, owed: Owed) -> Iterator[int]:
    """Whoever comes next after the post that was asked; nobody above the head of all."""
    capacity = owed.referral.capacity
    if capacity == CLIMB[-1]:
        return
    above = CLIMB[CLIMB.index(capacity) + 1] if capacity in CLIMB else PostKind.OFFICE
    for told in directory.barring(owed.involved).resolve(owed.task, above):
        yield told.official_id


def _owed(session: Session, night_id: int, on: date) -> list[Owed]:
    rows = session.execute(_OWED, {"on": on}).all()
    if not rows:
        return []
    chased = _chased(session, [row.Referral.id for row in rows])
    tonight = session.scalars(
        select(col(Chase.referral_id)).where(col(Chase.night_id) == night_id)
    ).all()
    return [
        Owed(referral, task, applied_by or asked_by, unheard, chased[referral.id])
        for referral, task, applied_by, asked_by, unheard in rows
        if referral.id not in tonight
    ]


def _chased(session: Session, referrals: Sequence[int]) -> dict[int, dict[bool, date]]:
    chased: dict[int, dict[bool, date]] = defaultdict(dict)
    for referral_id, superior, on in session.execute(_CHASED, {"these": referrals}):
        chased[referral_id][superior] = on
    return chased


_UNHEARD = col(Referral.id).in_(refused())
_OWED = (
    select(Referral, Task, col(Application.applied_by_id), col(ChangeRequest.asked_by_id), _UNHEARD)
    .join_from(Referral, Task, col(Task.id) == col(Referral.task_id))
    .outerjoin(Application, col(Application.id) == col(Referral.application_id))
    .outerjoin(ChangeRequest, col(ChangeRequest.id) == col(Referral.request_id))
    .where(IS_OPEN, or_(col(Referral.decide_by) <= bindparam("on", type_=Date()), _UNHEARD))
    .order_by(col(Referral.id))
)
_CHASED = (
    select(col(Chase.referral_id), col(Chase.superior), col(Chase.on))
    .where(among(col(Chase.referral_id), THESE))
    .order_by(col(Chase.on))
)
