"""Why mail stays in the outbox, in one sentence for the official who waits for it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import col

from flows.database import reading
from flows.office import Office
from flows.outbox import Outbox
from flows.pauses import circuit
from flows.working_days import load_calendar
from models import Message
from models.message import MessageState
from notifications.mailer import Relay
from notifications.mime import UnusableAddress, wire_address


@dataclass(frozen=True, slots=True)
class Why:
    chinese: str
    english: str

    def said(self, language: str) -> str:
        return self.english if language == "en" else self.chinese


NO_RELAY = Why(
    "未设置 SISE_SMTP_URL，邮件留在发件箱，设置后用 sise deliver 发送",
    "SISE_SMTP_URL is not set: the mail stays queued; set it and run 'sise deliver'",
)
# The setting is not repeated: a password may stand in it.
BAD_RELAY = Why(
    "SISE_SMTP_URL 无法识别，邮件留在发件箱；应写作 smtp://主机:端口、"
    "smtp+starttls://用户:密码@主机:端口 或 smtps://用户:密码@主机:端口",
    "SISE_SMTP_URL cannot be read, so the mail stays queued; write smtp://host:port, "
    "smtp+starttls://user:pass@host:port or smtps://user:pass@host:port",
)


def why_waiting(office: Office, *, now: datetime) -> Why | None:
    """None: nothing waits, or it is about to go."""
    outbox = Outbox(office.engine)
    if not outbox.queued():
        return None
    if why := hindrance(office, now=now) or _relay_down(office):
        return why
    if said := outbox.blamed():
        return Why(
            f"有邮件暂未送出，留在发件箱，会自动再发；邮件服务器的情况：{said}",
            f"some mail could not be sent yet; it stays queued and is tried again: {said}",
        )
    return None


def on_its_way(office: Office, *, now: datetime) -> bool:
    """Whether somebody who is alive has mail in hand; whoever died had it two minutes at most."""
    held = select(col(Message.id)).where(
        col(Message.state) == MessageState.QUEUED, col(Message.lease_until) > now
    )
    with reading(office.engine) as session:
        return session.scalar(held.limit(1)) is not None


def hindrance(office: Office, *, now: datetime) -> Why | None:
    """What keeps all mail from being sent before any relay is asked."""
    if office.smtp_url is None:
        return NO_RELAY
    try:
        Relay.parse(office.smtp_url)
    except ValueError:
        return BAD_RELAY
    try:
        wire_address(office.mail_from)
    except UnusableAddress:
        return Why(
            f"SISE_MAIL_FROM（{office.mail_from}）不是可用的邮箱地址，邮件留在发件箱",
            f"SISE_MAIL_FROM ('{office.mail_from}') is no mail address, so the mail stays queued",
        )
    return _out_of_hours(office, now) or _relay_down(office, paused_at=now)


def _relay_down(office: Office, paused_at: datetime | None = None) -> Why | None:
    """`paused_at`: only if nobody may try it again yet."""
    with reading(office.engine) as session:
        state = circuit(session, office)
    if state is None or not state.since or not state.paused_until:
        return None
    if paused_at and state.paused_until <= paused_at:
        return None
    since, again = (office.local(at) for at in (state.since, state.paused_until))
    return Why(
        f"邮件服务器自 {since:%Y-%m-%d %H:%M} 起不接受邮件，邮件留在发件箱，"
        f"{again:%H:%M} 起会再试：{state.said}",
        f"the relay has taken no mail since {since:%Y-%m-%d %H:%M}; it stays queued and is tried "
        f"again from {again:%H:%M} on: {state.said}",
    )


def _out_of_hours(office: Office, now: datetime) -> Why | None:
    with reading(office.engine) as session:
        calendar = load_calendar(session)
    hours = office.mail_hours
    if hours.open_at(office.local(now), calendar):
        return None
    span = f"{hours.start:%H:%M}-{hours.end:%H:%M}"
    return Why(
        f"现在不在发信时间内（SISE_MAIL_HOURS：工作日 {span}），邮件留在发件箱，到时再发",
        f"it is outside the mail hours (SISE_MAIL_HOURS: {span} on working days), so the mail "
        "stays queued until they begin",
    )
