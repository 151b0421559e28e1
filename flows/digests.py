"""Digests are composed: one mail per person and night, rendered and frozen into the outbox."""

from collections.abc import Collection, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Integer, Row, bindparam, insert, select
from sqlmodel import Session, col

from flows.database import changed
from flows.digest_lines import (
    Composition,
    addressees,
    chase_line,
    chases,
    receipts,
    reminder_line,
    reminders,
    warning_line,
)
from flows.mail_links import MailLinks
from flows.office import Office
from flows.outbox import outbox_row, put
from flows.rulebook import ladder_of
from flows.signoff.asked import asked_of
from flows.taking_over import supersede, superseding, take_over, untried
from flows.working_days import load_calendar
from models import Message, MessageItem, Official, Policy, ReplyLink
from models.ladder import Ladder
from models.message import MessageKind
from models.notice import Duty
from models.warning import Colour
from models.workdays import Calendar
from notifications.digest import Digest, Line, render_digest
from notifications.referral import Asked

BATCH, LINES = 50, 3000  # people whose digests are in memory at once, and lines of them
ITEM = ("receipt_id", "reminder_id", "chase_id")
_POLICIES = select(Policy)
_INSERT_ITEM, _INSERT_LINK = insert(MessageItem), insert(ReplyLink)
_OF_OTHERS = superseding(
    *untried(MessageKind.DIGEST),
    col(Message.night_id).is_distinct_from(bindparam("night", type_=Integer())),
)
SPELT = 200  # lines of one mail; more is counted, and shown by its link


@dataclass
class Draft:
    """One person's digest while it is put together. Everything in it is an item, so that it
    counts as told; what is spelt out also has a line, and what waits for an act a link."""

    official: Official
    links: MailLinks
    told: list[Row[*tuple[Any, ...]]] = field(default_factory=list)
    reminded: list[Row[*tuple[Any, ...]]] = field(default_factory=list)
    chased: list[Row[*tuple[Any, ...]]] = field(default_factory=list)

    @property
    def items(self) -> list[dict[str, Any]]:
        rows = (
            *((row.Receipt.id, None, None) for row in self.told),
            *((None, row.Reminder.id, None) for row in self.reminded),
            *((None, None, row.Chase.id) for row in self.chased),
        )
        return [dict(zip(ITEM, row, strict=True)) for row in rows]

    def keep(self, items: Container[tuple[int | None, int | None, int | None]]) -> None:
        """Only these, as `items` has them."""
        self.told = [row for row in self.told if (row.Receipt.id, None, None) in items]
        self.reminded = [row for row in self.reminded if (None, row.Reminder.id, None) in items]
        self.chased = [row for row in self.chased if (None, None, row.Chase.id) in items]

    def lines(self, composition: Composition) -> list[Line]:
        """The first SPELT of them: what is owed, the worst colour first, then the rest."""
        told = sorted(self.told, key=_urgency)[:SPELT]
        return [
            *(
                warning_line(composition, row, self.links.to(receipt_id=row.Receipt.id))
                for row in told
            ),
            *(reminder_line(composition, row) for row in self.reminded[: SPELT - len(told)]),
        ]


def _urgency(row: Row[*tuple[Any, ...]]) -> tuple[bool, int, str]:
    return row.Receipt.duty == Duty.COPY, -row.Notice.colour.rank, row.Task.number


def compose_digests(
    session: Session, office: Office, *, night_id: int, on: date, now: datetime
) -> int:
    """Returns how many people get a digest. Digests that were never attempted are replaced."""
    replaced = _replace(session, night_id, on)
    lines, kinds = addressees(session, night_id, replaced)
    if not lines:
        return 0
    ladders, calendar = all_ladders(session), load_calendar(session)
    composition = Composition(office, night_id, on, now, calendar, ladders, replaced, kinds=kinds)
    n = 0
    for people in _batches(lines):
        drafts = list(drafts_of(session, composition, people))
        _write(session, composition, drafts)
        n += len(drafts)
        session.expunge_all()
    return n


def _batches(lines: Mapping[int, int]) -> Iterator[list[int]]:
    """So few people at once that their lines fit into memory; somebody with many is alone."""
    batch, room = list[int](), LINES
    for who, n in lines.items():
        if batch and (n > room or len(batch) == BATCH):
            yield batch
            batch, room = [], LINES
        batch.append(who)
        room -= n
    if batch:
        yield batch


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
    replaced = take_over(session, MessageKind.DIGEST, told, f"the digest of {on}")
    given = [receipt_id for receipts in told.values() for receipt_id in receipts]
    ladders = all_ladders(session)
    composition = Composition(office, None, on, now, calendar, ladders, replaced, given)
    _write(session, composition, list(drafts_of(session, composition, list(told))))


def all_ladders(session: Session) -> dict[int, Ladder]:
    return {policy.id: ladder_of(policy) for policy in session.scalars(_POLICIES)}


def _replace(session: Session, night_id: int, on: date) -> dict[int, list[int]]:
    """Supersede what was never attempted; returns these messages by person."""
    return supersede(session, f"the digest of {on}", _OF_OTHERS, {"night": night_id})


def drafts_of(session: Session, composition: Composition, people: list[int]) -> Iterable[Draft]:
    drafts: dict[int, Draft] = {}

    def of(official: Official) -> Draft:
        links = MailLinks(official.id, composition.office.secret)
        return drafts.setdefault(official.id, Draft(official, links))

    if "receipt" in composition.kinds:
        for row in receipts(session, composition, people):
            of(row.Official).told.append(row)
    if "reminder" in composition.kinds:
        for row in reminders(session, composition, people):
            of(row.Official).reminded.append(row)
    if "chase" in composition.kinds:
        for row in chases(session, composition, people):
            of(row.Official).chased.append(row)
    return drafts.values()


def _write(session: Session, composition: Composition, drafts: list[Draft]) -> None:
    if not drafts:
        return
    asked = asked_of(session, {row.Chase.referral_id for draft in drafts for row in draft.chased})
    messages = [_message(composition, draft, asked) for draft in drafts]
    written = list(zip(put(session, messages), drafts, strict=True))
    items = [item | {"message_id": n} for n, draft in written for item in draft.items]
    links = [link | {"message_id": n} for n, draft in written for link in draft.links.rows]
    changed(session, _INSERT_ITEM, items)
    changed(session, _INSERT_LINK, links)


def _message(composition: Composition, draft: Draft, asked: Mapping[int, Asked]) -> dict[str, Any]:
    return outbox_row(
        composition.office,
        draft.official,
        MessageKind.DIGEST,
        composition.night_id,
        composition.now,
    ) | rendered(composition, draft, asked)


def rendered(composition: Composition, draft: Draft, asked: Mapping[int, Asked]) -> dict[str, Any]:
    """What the digest says. `asked`: what the chased referrals are about."""
    official, office = draft.official, composition.office
    chased = [
        chase_line(composition, row, asked[row.Chase.referral_id], draft.links)
        for row in draft.chased[:SPELT]
    ]
    lines = draft.lines(composition)
    digest = Digest(
        on=composition.on,
        to_name=official.name,
        lines=lines,
        chased=chased,
        more=len(draft.items) - len(lines) - len(chased),
        all_link=draft.links.to(),
    )
    words = render_digest(digest, office.language_of(official))
    return {"urgent": digest.worst == Colour.RED} | words.said
