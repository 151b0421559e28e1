"""Is the last night late, and is anything stuck?"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlmodel import Session, col

from flows.climb import nobody_left
from flows.database import reading
from flows.mail_waits import NO_RELAY
from flows.morning import board
from flows.office import Office
from flows.pauses import circuit
from flows.signoff.unreferred import stalled
from flows.unreachable import unreachable
from flows.working_days import horizon_warning, load_calendar
from models import DutyOccurrence, DutyTemplate, Message, Night, Webhook
from models.duty import DutyState
from models.message import MessageState
from models.night import NightStep

GRACE = timedelta(hours=2)  # a night may take this long before it counts as late
STUCK = timedelta(hours=26)  # a mail that waits longer than any night and its mail hours
ANOTHERS_NIGHT = time(2)  # what is expected of another scheduler
NAMED = 10  # people, or tasks, in one sentence


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


def check(office: Office, now: datetime, *, caught: bool = False) -> Health:
    """`caught`: mail goes no further than this machine."""
    local = office.local(now)
    expected = _expected(local, office.night_at or ANOTHERS_NIGHT)
    with reading(office.engine) as session:
        last = last_played(session)
        return Health(
            last,
            [
                *_late(office, last, expected),
                *_stuck(office, session, now),
                *_relay_down(office, session),
            ],
            [
                *_never(office, session, last),
                *_without_relay(office, session),
                *(() if caught else _from_nowhere(office)),
                *_unreached(office, session, local.date()),
                *_unheard(office, session, local.date()),
                *_undecided(office, session, local.date()),
                *_untold(office, session),
                *_unopened(office, session),
                *_horizon(office, session, local.date()),
            ],
        )


def last_played(session: Session) -> date | None:
    """A night that died before its end does not count: it is played again."""
    return session.scalar(
        select(col(Night.on))
        .where(col(Night.step) == NightStep.CLOSED)
        .order_by(col(Night.on).desc())
        .limit(1)
    )


def _late(office: Office, last: date | None, expected: date) -> Iterator[str]:
    if last and last < expected:
        yield office.both(
            f"最近一次夜间检查是 {last}，{expected} 的夜间检查应已执行而未执行",
            f"the last night is {last}, and {expected} should have been played",
        )


def _never(office: Office, session: Session, last: date | None) -> Iterator[str]:
    if last is None and (tasks := sum(board(session).values())):
        yield office.both(
            f"在办事项 {tasks} 件，但尚未执行过夜间检查",
            f"open tasks: {tasks}; but no night has been played yet",
        )


def _without_relay(office: Office, session: Session) -> Iterator[str]:
    waiting = _count(session, col(Message.state) == MessageState.QUEUED)
    if waiting and office.smtp_url is None:
        yield office.both(
            f"{waiting} 封邮件待发送：{NO_RELAY.chinese}",
            f"mails waiting: {waiting}; {NO_RELAY.english}",
        )


def _from_nowhere(office: Office) -> Iterator[str]:
    """A relay may take it, and whoever answers, or whoever checks the sender, finds nobody."""
    if office.smtp_url and office.mail_from.endswith("@localhost"):
        yield office.both(
            f"发件人是 {office.mail_from}，外面的邮件系统会拒收，也无法回信；"
            "请用 SISE_MAIL_FROM 设置本单位的邮箱",
            f"mail goes out from {office.mail_from}, which others refuse and nobody can answer; "
            "set SISE_MAIL_FROM to a mailbox of the office",
        )


def _unreached(office: Office, session: Session, today: date) -> Iterator[str]:
    refused, without = unreachable(session, today)
    names = sorted([*(person.name for person in refused), *(name for name, _ in without)])
    if names:
        more = office.both("等", " and others") if len(names) > NAMED else ""
        shown = office.both("、", ", ").join(names[:NAMED]) + more
        yield office.both(
            f"{len(names)} 人通知不到（邮箱拒收或没有邮箱）：{shown}",
            f"people whom no mail reaches (refused, or no address): {len(names)}; {shown}",
        )


def _stuck(office: Office, session: Session, now: datetime) -> Iterator[str]:
    unfinished = col(Night.step) != NightStep.CLOSED, col(Night.claimed_at) < now - GRACE
    for on in session.scalars(select(col(Night.on)).where(*unfinished)):
        yield office.both(
            f"{on} 的夜间检查已开始而未完成；再次运行 sise night 即可接着完成",
            f"the night of {on} was begun and not finished; 'sise night' goes on with it",
        )
    in_vain = _count(
        session,
        col(Message.state) == MessageState.QUEUED,
        col(Message.attempts) > 0,
        col(Message.composed_at) < now - STUCK,
    )
    if in_vain:
        yield office.both(
            f"{in_vain} 封邮件一天多来多次尝试仍未发出，请检查邮件服务器",
            f"{in_vain} mails have been tried in vain for more than a day; look at the relay",
        )


def _relay_down(office: Office, session: Session) -> Iterator[str]:
    if (state := circuit(session, office)) and state.since:
        since = f"{office.local(state.since):%Y-%m-%d %H:%M}"
        yield office.both(
            f"邮件服务器自 {since} 起不接受邮件：{state.said}",
            f"the relay has taken no mail since {since}: {state.said}",
        )


def _untold(office: Office, session: Session) -> Iterator[str]:
    paused = col(Webhook.paused_until).is_not(None), col(Webhook.removed_at).is_(None)
    for hook in session.scalars(select(Webhook).where(*paused).order_by(col(Webhook.name))):
        yield office.both(
            f"推送地址“{hook.name}”接连未收下推送，已暂停：{hook.said}",
            f"the webhook '{hook.name}' takes nothing and is paused: {hook.said}",
        )


def _unopened(office: Office, session: Session) -> Iterator[str]:
    """Of duties that go on."""
    wanted = (
        select(func.count())
        .select_from(DutyOccurrence)
        .join(DutyTemplate, col(DutyTemplate.id) == col(DutyOccurrence.duty_id))
        .where(col(DutyOccurrence.task_id).is_(None), col(DutyTemplate.state) == DutyState.RUNNING)
    )
    if n := session.scalar(wanted):
        yield office.both(
            f"{n} 件周期任务没有开出（单位或责任人不明），见“周期任务”页",
            f"tasks of recurring duties that could not be opened: {n}; see the page of the duties",
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


def _undecided(office: Office, session: Session, today: date) -> Iterator[str]:
    if left := sorted({number for number, _ in stalled(session, today)}):
        few = "、".join(left[:NAMED]) + (" …" if len(left) > NAMED else "")
        yield office.both(
            f"{len(left)} 件事项待决定而无人可办（缺岗、回避或邮件被拒收）：{few}；请指定办理人",
            f"tasks that wait for a decision which nobody makes: {len(left)}; {few}; name somebody",
        )


def _count(session: Session, *which: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(Message).where(*which)) or 0


def _expected(local: datetime, night_at: time) -> date:
    """The newest business date whose night should be over by now."""
    over = datetime.combine(local.date(), night_at, local.tzinfo) + GRACE
    return local.date() if local >= over else local.date() - timedelta(days=1)
