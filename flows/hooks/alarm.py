"""A webhook that takes nothing: whoever looks after the system is told of it, by one mail."""

from datetime import datetime

from sqlmodel import Session

from flows.office import Office
from flows.outbox import outbox_row, put
from flows.recipients import Directory
from models import Webhook
from models.message import MessageKind
from models.organisation import PostKind
from notifications.alarm import HookAlarm, render_hook_alarm


def write_hook_alarm(session: Session, office: Office, hook: Webhook, at: datetime) -> None:
    """To the administrators; where there is none, to the office."""
    alarm = HookAlarm(
        name=hook.name,
        address=hook.address,
        said=hook.said,
        since=office.local(hook.since or at),
    )
    people = Directory.load(session, office.local(at).date())
    told = people.holders_of(PostKind.ADMINISTRATOR) or people.holders_of(PostKind.OFFICE)
    for who in told:
        official = people.officials[who]
        rendered = render_hook_alarm(alarm, office.language_of(official))
        row = outbox_row(office, official, MessageKind.ALARM, None, at)
        put(session, [row | rendered.said])
