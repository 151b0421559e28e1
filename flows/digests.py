"""Digests are composed: one mail per person and night, rendered and frozen into the outbox."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlmodel import Session, col

from flows.digest_lines import (
    Composition,
    addressees,
    receipts,
    reminder_line,
    reminders,
    warning_line,
)
from flows.office import Office
from flows.outbox import outbox_row
from flows.rulebook import ladder_of
from models import Message, MessageItem, Official, Policy, ReplyLink
from models.message import MessageKind, MessageState
from models.notice import Duty
from models.warning import Colour
from models.workdays import Calendar
from notifications.digest import Digest, Line, render_digest
from notifications.links import key_id, new_salt, placeholder, token, token_hash

BATCH = 50  # people whose digests are in memory at once
SPELT = 200  # lines of one mail; more is counted, and shown by its link


@dataclass
class Draft:
    """One person's digest while it is put together. Everything in it is an item, so that it
    counts as told; what is spelt out also has a line, and a warning a link of its own."""

    official: Official
    told: list[Row[*tuple[Any, ...]]] = field(default_factory=list)
    reminded: list[Row[*tuple[Any, ...]]] = field(default_factory=list)
    links: list[dict[str, Any]] = field(default_factory=list)

    def link(self, secret: bytes, receipt_id: int | None) -> str:
        salt = new_salt()
        self.links.append(
            {
                "official_id": self.official.id,
                "receipt_id": receipt_id,
                "salt": salt,
                "key_id": key_id(secret),
                "token_hash": token_hash(token(secret, salt)),
            }
        )
        return placeholder(salt)

    @property
    def items(self) -> list[dict[str, Any]]:
        return [
            *({"receipt_id": row.Receipt.id, "reminder_id": None} for row in self.told),
            *({"receipt_id": None, "reminder_id": row.Reminder.id} for row in self.reminded),
        ]

    def lines(self, composition: Composition) -> Iterator[Line]:
        """The first SPELT of them: what is owed, the worst colour first, then the rest."""
        told = sorted(self.told, key=_urgency)[:SPELT]
        for row in told:
            link = self.link(composition.office.secret, row.Receipt.id)
            yield warning_line(composition, row, link)
        for row in self.reminded[: SPELT - len(told)]:
            yield reminder_line(composition, row)


def _urgency(row: Row[*tuple[Any, ...]]) -> tuple[bool, int, str]:
    return row.Receipt.duty == Duty.COPY, -row.Notice.colour.rank, row.Task.number


def compose_digests(
    session: Session, office: Office, *, night_id: int, on: date, now: datetime, calendar: Calendar
) -> int:
    """Returns how many people get a digest. Digests that were never attempted are replaced."""
    replaced = _replace(session, night_id, on)
    ladders = {policy.id: ladder_of(policy) for policy in session.scalars(select(Policy))}
    composition = Composition(office, night_id, on, now, calendar, ladders, replaced)
    people = addressees(session, composition)
    n = 0
    for first in range(0, len(people), BATCH):
        drafts = list(_drafts(session, composition, people[first : first + BATCH]))
        _write(session, composition, drafts)
        n += len(drafts)
        session.expunge_all()
    return n


def _replace(session: Session, night_id: int, on: date) -> dict[int, list[int]]:
    """Supersede what was never attempted; returns these messages by person.

    One statement, so that what is superseded and what is taken over are the same messages,
    whatever a delivery does meanwhile.
    """
    superseded = session.execute(
        update(Message)
        .where(
            col(Message.kind) == MessageKind.DIGEST,
            col(Message.state) == MessageState.QUEUED,
            col(Message.attempts) == 0,
            col(Message.night_id) != night_id,
        )
        .values(state=MessageState.SUPERSEDED, outcome=f"taken over by the digest of {on}")
        .returning(col(Message.official_id), col(Message.id))
        .execution_options(synchronize_session=False)
    )
    replaced = defaultdict(list)
    for official_id, message_id in superseded:
        replaced[official_id].append(message_id)
    return dict(replaced)


def _drafts(session: Session, composition: Composition, people: list[int]) -> Iterable[Draft]:
    drafts: dict[int, Draft] = {}
    for row in session.execute(receipts(composition, people)):
        drafts.setdefault(row.Official.id, Draft(row.Official)).told.append(row)
    for row in reminders(session, composition, people):
        drafts.setdefault(row.Official.id, Draft(row.Official)).reminded.append(row)
    return drafts.values()


def _write(session: Session, composition: Composition, drafts: list[Draft]) -> None:
    if not drafts:
        return
    session.execute(insert(Message), [_message(composition, draft) for draft in drafts])
    written = session.execute(
        select(col(Message.official_id), col(Message.id)).where(
            col(Message.night_id) == composition.night_id,
            col(Message.kind) == MessageKind.DIGEST,
            col(Message.official_id).in_([draft.official.id for draft in drafts]),
        )
    )
    ids = dict(written.all())
    for table, rows in ((MessageItem, "items"), (ReplyLink, "links")):
        session.execute(
            insert(table),
            [
                {**row, "message_id": ids[draft.official.id]}
                for draft in drafts
                for row in getattr(draft, rows)
            ],
        )


def _message(composition: Composition, draft: Draft) -> dict[str, Any]:
    official, office = draft.official, composition.office
    lines = list(draft.lines(composition))
    digest = Digest(
        on=composition.on,
        to_name=official.name,
        lines=lines,
        more=len(draft.told) + len(draft.reminded) - len(lines),
        all_link=draft.link(office.secret, None),
    )
    rendered = render_digest(digest, official.language or office.language)
    return outbox_row(
        office, official, MessageKind.DIGEST, composition.night_id, composition.now
    ) | {
        "urgent": digest.worst == Colour.RED,
        "subject": rendered.subject,
        "text": rendered.text,
        "html": rendered.html,
    }
