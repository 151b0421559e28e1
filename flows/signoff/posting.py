"""One mail about the sign-off goes into the outbox, with its items and its links."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlmodel import Session

from flows.database import changed
from flows.office import Office
from flows.outbox import outbox_row, put
from models import MessageItem, Official, ReplyLink
from models.message import MessageKind

Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Letter:
    """`said`: subject, both bodies, and whether it is urgent; `items` name what it tells of."""

    kind: MessageKind
    said: Mapping[str, Any]
    items: Rows
    links: Rows = ()


def post(session: Session, office: Office, official: Official, what: Letter, now: datetime) -> None:
    row = outbox_row(office, official, what.kind, None, now) | dict(what.said)
    [message_id] = put(session, [row])
    for statement, rows in ((_ITEMS, what.items), (_LINKS, what.links)):
        if rows:
            changed(session, statement, [{**row, "message_id": message_id} for row in rows])


_ITEMS, _LINKS = insert(MessageItem), insert(ReplyLink)
