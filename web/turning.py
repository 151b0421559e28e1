"""What turns colour in the days to come, and what duties open, among what the reader sees."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlmodel import Session, col

from flows.duties.standing import Coming, coming
from flows.forecast import Turn, forecast, next_night
from flows.sweep import due_by
from models import Procedure
from web.matter import Showing
from web.rights import Viewer

WEEK, NIGHT = timedelta(days=6), timedelta(days=0)  # after the first night
SHOWN = 5
MOST = 1000  # matters that are looked at one by one while somebody waits for the page


@dataclass(frozen=True)
class Turning:
    """The first turns up to `last`, of `n`; none of them where they are more than MOST. Of a
    restricted matter the page says no more than the reader may know. `duties`: what they open until
    `opens`, for whoever sees all."""

    turns: Sequence[Turn]
    n: int
    last: date
    hides_restricted: bool
    duties: Sequence[Coming]
    opens: date
    most: int = MOST


def load_turning(session: Session, viewer: Viewer, showing: Showing) -> Turning:
    """Of a week; if too much turns in it, of the next night alone."""
    first, turns = next_night(session, showing.on), list[Turn]()
    for ahead in (WEEK, NIGHT):
        last = first + ahead
        ids = due_by(session, last, showing.calendar, viewer.may_see(), MOST)
        n = len(ids)
        if n <= MOST:
            turns = forecast(
                session,
                first=first,
                last=last,
                calendar=showing.calendar,
                among=viewer.may_see(),
                due=ids,
            )
            n = len(turns)
            break
    opens = first + WEEK
    duties = _duties(session, viewer, opens, showing) if viewer.sees_all else []
    return Turning(turns[:SHOWN], n, last, not viewer.sees_restricted, duties[:SHOWN], opens)


def _duties(session: Session, viewer: Viewer, until: date, showing: Showing) -> list[Coming]:
    found = coming(session, until, showing.calendar)
    if viewer.sees_restricted or not found:
        return found
    hidden = set(session.scalars(select(col(Procedure.name)).where(col(Procedure.restricted))))
    return [one for one in found if one.duty.procedure not in hidden]
