"""Is the last night late, and is anything stuck?"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from sqlalchemy import func, select
from sqlmodel import Session, col

from flows.climb import nobody_left
from flows.database import reading
from flows.office import Office
from flows.working_days import horizon_warning, load_calendar
from models import Message, Night
from models.message import MessageState
from models.night import NightStep

GRACE = timedelta(hours=2)  # a night may take this long before it counts as late
STUCK = timedelta(hours=26)  # a mail that waits longer than any night and its mail hours
DEFAULT_NIGHT = time(2)
NAMED = 5  # tasks of one sentence; more are counted


@dataclass(frozen=True)
class Health:
    """`problems` make it unhealthy; `warnings` only want somebody's attention. Both are
    sentences in the office's language."""

    last_night_on: date | None
    problems: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.problems


def check(office: Office, now: datetime, *, night_at: time | None = DEFAULT_NIGHT) -> Health:
    """`night_at` None: another scheduler plays the nights; the default hour is expected of it."""
    local = office.local(now)
    expected = _expected(local, night_at or DEFAULT_NIGHT)
    with reading(office.engine) as session:
        last = session.scalar(
            select(col(Night.on))
            .where(col(Night.step) == NightStep.CLOSED)
            .order_by(col(Night.on).desc())
            .limit(1)
        )
        return Health(
            last,
            [*_late(office, last, expected), *_stuck(office, session, now)],
            [
                *_never(office, last),
                *_horizon(office, session, local.date()),
                *_unheard(office, session, local.date()),
            ],
        )


def _late(office: Office, last: date | None, expected: date) -> Iterator[str]:
    if last and last < expected:
        yield office.both(
            f"最近一次夜间检查是 {last}，{expected} 的夜间检查应已执行而未执行",
            f"the last night is {last}, and {expected} should have been played",
        )


def _never(office: Office, last: date | None) -> Iterator[str]:
    if last is None:
        yield office.both("尚未执行过夜间检查", "no night has been played yet")


def _stuck(office: Office, session: Session, now: datetime) -> Iterator[str]:
    unfinished = col(Night.step) != NightStep.CLOSED, col(Night.claimed_at) < now - GRACE
    for on in session.scalars(select(col(Night.on)).where(*unfinished)):
        yield office.both(
            f"{on} 的夜间检查已开始而未完成；再次运行 sise night 即可接着完成",
            f"the night of {on} was begun and not finished; 'sise night' goes on with it",
        )
    in_vain = session.scalar(
        select(func.count())
        .select_from(Message)
        .where(
            col(Message.state) == MessageState.QUEUED,
            col(Message.attempts) > 0,
            col(Message.composed_at) < now - STUCK,
        )
    )
    if in_vain:
        yield office.both(
            f"{in_vain} 封邮件一天多来多次尝试仍未发出，请检查邮件服务器",
            f"{in_vain} mails have been tried in vain for more than a day; look at the relay",
        )


def _horizon(office: Office, session: Session, today: date) -> Iterator[str]:
    if horizon := horizon_warning(load_calendar(session), today):
        yield office.both(
            f"工作日历只确定到 {horizon}；下一年度请用 sise calendar import 导入",
            f"the calendar is known until {horizon}; load the next year with "
            "'sise calendar import'",
        )


def _unheard(office: Office, session: Session, today: date) -> Iterator[str]:
    if left := sorted({number for number, _ in nobody_left(session, today)}):
        few = "、".join(left[:NAMED]) + (" …" if len(left) > NAMED else "")
        yield office.both(
            f"{len(left)} 件事项的预警邮件被退回，且无人可代为通知：{few}；请核对通讯录",
            f"the warnings of {len(left)} tasks were refused and nobody is left to be told in "
            f"place: {few}; correct the directory",
        )


def _expected(local: datetime, night_at: time) -> date:
    """The newest business date whose night should be over by now."""
    over = datetime.combine(local.date(), night_at, local.tzinfo) + GRACE
    return local.date() if local >= over else local.date() - timedelta(days=1)
