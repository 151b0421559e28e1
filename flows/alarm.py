"""After an outage the office is told of it, by one mail: while it lasts, none could arrive."""

from datetime import datetime

from sqlalchemy import func, select
from sqlmodel import Session, col

from flows.office import Office
from flows.outbox import outbox_row, put
from flows.recipients import Directory
from models import Message, RelayState
from models.message import MessageKind, MessageState
from models.organisation import PostKind
from notifications.alarm import Alarm, render_alarm


def write_alarm(
    session: Session, office: Office, state: RelayState, since: datetime, at: datetime
) -> None:
    """Compose it for everybody in the office."""
    queued = select(func.count()).where(col(Message.state) == MessageState.QUEUED)
    alarm = Alarm(
        relay=state.relay,
        said=state.said,
        since=office.local(since),
        until=office.local(at),
        waited=session.scalar(queued) or 0,
    )
    people = Directory.load(session, office.local(at).date())
    for who in people.holders_of(PostKind.OFFICE):
        official = people.officials[who]
        rendered = render_alarm(alarm, office.language_of(official))
        row = outbox_row(office, official, MessageKind.ALARM, None, at)
        put(session, [row | rendered.said])
