"""The office's morning at the top of the board: what the last night came to, what is wanting."""

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlmodel import Session, col

from flows.burden import WeekOfMail, last_week
from flows.history import head
from flows.unreachable import unreachable
from flows.working_days import horizon_warning
from models import Night
from web.matter import Showing
from web.night_rows import Played, played


@dataclass(frozen=True)
class Today:
    """`horizon`: the last day of the known calendar, once it is near."""

    on: date
    last: Played | None
    unreachable: int
    horizon: date | None
    link: int
    head: str
    mail: WeekOfMail

    @property
    def late(self) -> int:
        """Days since the last night; one may be today's, which is still to come."""
        return (self.on - self.last.night.on).days if self.last else 0


def load_today(session: Session, showing: Showing, timezone: ZoneInfo) -> Today:
    newest = session.scalar(select(func.max(col(Night.on))))
    link, newest_hash = head(session)
    return Today(
        showing.on,
        played(session, newest) if newest else None,
        sum(len(some) for some in unreachable(session, showing.on)),
        horizon_warning(showing.calendar, showing.on),
        link,
        newest_hash,
        last_week(session, showing.on, timezone),
    )
