"""减负: how many mails each official had in a week. Whoever is mailed too often reads nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from sqlalchemy import and_, case, func, select
from sqlmodel import Session, col

from models import Message, Official, Unit
from models.message import MessageState

WEEK, WEEKS = timedelta(days=7), 8
A_WEEK = 7  # mails: one a day, which is what the engine promises
TEN = 10


@dataclass(frozen=True)
class WeekOfMail:
    """Of those who had any. `often`: how many of them had more than one a day."""

    first: date
    last: date
    mails: int
    people: int
    median: float
    most: int
    often: int


@dataclass(frozen=True)
class Burdened:
    name: str
    unit: str
    mails: int
    before: int  # in the week before


@dataclass(frozen=True)
class Burden:
    """Whole weeks, from Monday on; the last one is over. `most`: who had most in it."""

    weeks: Sequence[WeekOfMail]
    most: Sequence[Burdened]

    @property
    def last(self) -> WeekOfMail:
        return self.weeks[-1]


def burden(session: Session, on: date, timezone: ZoneInfo) -> Burden:
    """Of the weeks before the week of this date."""
    firsts = _mondays(on, WEEKS)
    by_week = _counts(session, firsts, timezone)
    weeks = [_week(first, counts) for first, counts in zip(firsts, by_week, strict=True)]
    return Burden(weeks, _most(session, by_week[-1], by_week[-2]))


def last_week(session: Session, on: date, timezone: ZoneInfo) -> WeekOfMail:
    """The one before the week of this date."""
    firsts = _mondays(on, 1)
    return _week(firsts[0], _counts(session, firsts, timezone)[0])


def _mondays(on: date, n: int) -> list[date]:
    monday = on - timedelta(days=on.weekday())
    return [monday - k * WEEK for k in range(n, 0, -1)]


def _counts(session: Session, firsts: Sequence[date], timezone: ZoneInfo) -> list[dict[int, int]]:
    """For each week: official (id) → mails."""
    starts = [datetime.combine(day, time(), timezone) for day in (*firsts, firsts[-1] + WEEK)]
    sent_at = col(Message.sent_at)
    week = case(*((sent_at < end, k) for k, end in enumerate(starts[1:])), else_=len(firsts)).label(
        "week"
    )
    counted = select(col(Message.official_id), week, func.count()).where(
        and_(col(Message.state) == MessageState.SENT, sent_at >= starts[0], sent_at < starts[-1])
    )
    found: list[dict[int, int]] = [{} for _ in firsts]
    for official_id, k, n in session.execute(counted.group_by(col(Message.official_id), week)):
        found[k][official_id] = n
    return found


def _week(first: date, counts: Mapping[int, int]) -> WeekOfMail:
    each = list(counts.values())
    return WeekOfMail(
        first=first,
        last=first + timedelta(days=6),
        mails=sum(each),
        people=len(each),
        median=median(each) if each else 0,
        most=max(each, default=0),
        often=sum(n > A_WEEK for n in each),
    )


def _most(session: Session, counts: Mapping[int, int], before: Mapping[int, int]) -> list[Burdened]:
    ids = sorted(counts, key=lambda who: (-counts[who], who))[:TEN]
    people = session.execute(
        select(Official, col(Unit.name))
        .join(Unit, col(Unit.id) == col(Official.unit_id))
        .where(col(Official.id).in_(ids))
    )
    named = {official.id: (official.name, unit) for official, unit in people}
    return [Burdened(*named[who], counts[who], before.get(who, 0)) for who in ids]
