"""Referrals: who is asked to decide, found as the ladder finds whom it tells."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Update, bindparam, update
from sqlmodel import Session, col

from flows.around import around
from flows.database import changed
from flows.recipients import Directory, Parties
from models import Referral, Task
from models.decision import ReferralState
from models.organisation import PostKind
from models.span import Span
from models.workdays import Calendar

Of = Mapping[str, int]
"""What is decided on: an application_id with level and version, a request_id or a look_back_id."""


def refer(
    session: Session,
    task: Task,
    kind: PostKind,
    *,
    of: Of,
    within: Span,
    barred: Iterable[int],
    on: date,
    calendar: Calendar,
    seen_from: Parties | None = None,
    directory: Directory | None = None,
) -> list[Referral]:
    """Ask whoever holds this post, or of the next level that has anybody who may decide. Empty:
    nobody may, which `waiting_for_nobody` finds. `seen_from`: another unit's post, as the lead
    unit's. `directory`: of that date, where whoever asks for more has it already."""
    directory = directory or around(session, seen_from or task, on, [kind])
    asked = [
        Referral(
            task_id=task.id,
            official_id=told.official_id,
            capacity=told.capacity,
            stands_for_id=told.stands_for_id,
            climbed_from=told.climbed_from,
            given_on=on,
            decide_by=decide_by(within, on, calendar),
            state=ReferralState.OPEN,
            **dict[str, Any](of),
        )
        for told in directory.barring(barred).resolve(seen_from or task, kind)
    ]
    session.add_all(asked)
    session.flush()
    return asked


def decide_by(within: Span, on: date, calendar: Calendar) -> date:
    return calendar.roll(within.after(on, calendar))


def close_referrals(
    session: Session, of: Of, state: ReferralState, now: datetime, *, but: int = 0
) -> None:
    """Nobody of these is asked any more. `but`: the one that was decided."""
    known = {f"of_{name}": value for name, value in of.items()}
    changed(session, _closing(*of), known | {"but": but, "to": state, "at": now})


@lru_cache(maxsize=16)  # putting it together costs more than running it
def _closing(*names: str) -> Update:
    these = [col(getattr(Referral, name)) == bindparam(f"of_{name}") for name in names]
    open_ones = col(Referral.state) == ReferralState.OPEN, col(Referral.id) != bindparam("but")
    closed: dict[str, Any] = {"state": bindparam("to"), "closed_at": bindparam("at")}
    return update(Referral).where(*these, *open_ones).values(closed)
