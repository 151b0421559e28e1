"""The office is told at once of what waits for a decision that nobody may make."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlmodel import Session, col

from flows.office import Office
from flows.recipients import Directory
from flows.signoff.posting import Letter, post
from flows.signoff.unreferred import SUBJECT, Unreferred, unreferred
from models import Message, MessageItem, Official
from models.message import MessageKind
from models.organisation import PostKind
from notifications.unreferred import Undecided, UndecidedMail, render_undecided

NOTHING: dict[str, int | None] = dict.fromkeys(SUBJECT.values())


def write_office_mails(session: Session, office: Office, on: date, now: datetime) -> int:
    """One mail to everybody in the office for whom it is news; returns how many."""
    found = unreferred(session, on)
    if not found:
        return 0
    directory, n = Directory.load(session, on), 0
    for official_id in directory.holders_of(PostKind.OFFICE):
        known = _known(session, official_id)
        news = [
            one
            for one in found
            if (one.what, one.subject_id) not in known
            and not directory.excludes(one.task, official_id)
        ]
        if news:
            official = directory.officials[official_id]
            items = [NOTHING | {SUBJECT[one.what]: one.subject_id} for one in news]
            said = _said(office, official, news, on)
            post(session, office, official, Letter(MessageKind.ALARM, said, items), now)
            n += 1
    return n


def _known(session: Session, official_id: int) -> set[tuple[str, int]]:
    """What this person was told already."""
    return {
        (what, subject_id)
        for row in session.execute(_KNOWN, {"who": official_id})
        for what, subject_id in zip(SUBJECT, row, strict=True)
        if subject_id is not None
    }


_KNOWN = (
    select(*(getattr(MessageItem, name) for name in SUBJECT.values()))
    .join(Message, col(Message.id) == col(MessageItem.message_id))
    .where(col(Message.official_id) == bindparam("who"), col(Message.kind) == MessageKind.ALARM)
)


def _said(
    office: Office, official: Official, news: Sequence[Unreferred], on: date
) -> dict[str, Any]:
    mail = UndecidedMail(
        on=on,
        to_name=official.name,
        matters=[
            Undecided(
                number=one.task.number,
                title="" if one.task.restricted else one.task.title,
                unit="" if one.task.restricted else one.unit,
                restricted=one.task.restricted,
                colour=one.task.colour,
                what=one.what,
            )
            for one in news
        ],
        desk=office.base_url,
    )
    words = render_undecided(mail, office.language_of(official))
    return {"urgent": True} | words.said
