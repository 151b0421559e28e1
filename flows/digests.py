"""Digests are composed: one mail per person and night, rendered and frozen into the outbox."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, insert, select, update
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
from models.ladder import Ladder
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
    salts: Mapping[int | None, str] = field(default_factory=dict)  # of links it has already

    def link(self, secret: bytes, receipt_id: int | None) -> str:
        if receipt_id in self.salts:
            return placeholder(self.salts[receipt_id])
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
    ladders = all_ladders(session)
    composition = Composition(office, night_id, on, now, calendar, ladders, replaced)
    people = addressees(session, composition)
    n = 0
    for first in range(0, len(people), BATCH):
        drafts = list(drafts_of(session, composition, people[first : first + BATCH]))
        _write(session, composition, drafts)
        n += len(drafts)
        session.expunge_all()
    return n


def compose_between(
    session: Session,
    office: Office,
    told: Mapping[int, Collection[int]],
    *,
    on: date,
    now: datetime,
    calendar: Calendar,
) -> None:
    """One mail for each of these people, with the receipts that they were given between two
    nights; it takes over what waits from an earlier such mail."""
    waiting = session.scalars(
        select(col(Message.id))
        .where(*_untried(), col(Message.night_id).is_(None), col(Message.official_id).in_(told))
        .with_for_update(skip_locked=True)  # somebody may be about to send it
    )
    replaced = _supersede(session, on, col(Message.id).in_(waiting.all()))
    given = [receipt_id for receipts in told.values() for receipt_id in receipts]
    ladders = all_ladders(session)
    composition = Composition(office, None, on, now, calendar, ladders, replaced, given)
    _write(session, composition, list(drafts_of(session, composition, list(told))))


def all_ladders(session: Session) -> dict[int, Ladder]:
    return {policy.id: ladder_of(policy) for policy in session.scalars(select(Policy))}


def _untried() -> tuple[ColumnElement[bool], ...]:
    return (
        col(Message.kind) == MessageKind.DIGEST,
        col(Message.state) == MessageState.QUEUED,
        col(Message.attempts) == 0,
    )


def _replace(session: Session, night_id: int, on: date) -> dict[int, list[int]]:
    """Supersede what was never attempted; returns these messages by person.

    One statement, so that what is superseded and what is taken over are the same messages,
    whatever a delivery does meanwhile.
    """
    return _supersede(session, on, *_untried(), col(Message.night_id).is_distinct_from(night_id))


def _supersede(session: Session, on: date, *which: ColumnElement[bool]) -> dict[int, list[int]]:
    superseded = session.execute(
        update(Message)
        .where(*which)
        .values(state=MessageState.SUPERSEDED, outcome=f"taken over by the digest of {on}")
        .returning(col(Message.official_id), col(Message.id))
        .execution_options(synchronize_session=False)
    )
    replaced = defaultdict(list)
    for official_id, message_id in superseded:
        replaced[official_id].append(message_id)
    return dict(replaced)


def drafts_of(session: Session, composition: Composition, people: list[int]) -> Iterable[Draft]:
    drafts: dict[int, Draft] = {}
    for row in session.execute(receipts(composition, people)):
        drafts.setdefault(row.Official.id, Draft(row.Official)).told.append(row)
    for row in reminders(session, composition, people):
        drafts.setdefault(row.Official.id, Draft(row.Official)).reminded.append(row)
    return drafts.values()


def _write(session: Session, composition: Composition, drafts: list[Draft]) -> None:
    if not drafts:
        return
    messages = [_message(composition, draft) for draft in drafts]
    session.execute(insert(Message), messages)
    written = session.execute(
        select(col(Message.official_id), col(Message.id)).where(
            col(Message.message_id).in_([message["message_id"] for message in messages])
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
    return outbox_row(
        composition.office,
        draft.official,
        MessageKind.DIGEST,
        composition.night_id,
        composition.now,
    ) | rendered(composition, draft)


def rendered(composition: Composition, draft: Draft) -> dict[str, Any]:
    """What the digest says."""
    official, office = draft.official, composition.office
    lines = list(draft.lines(composition))
    digest = Digest(
        on=composition.on,
        to_name=official.name,
        lines=lines,
        more=len(draft.told) + len(draft.reminded) - len(lines),
        all_link=draft.link(office.secret, None),
    )
    said = render_digest(digest, official.language or office.language)
    return {
        "urgent": digest.worst == Colour.RED,
        "subject": said.subject,
        "text": said.text,
        "html": said.html,
    }
