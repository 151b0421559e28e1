"""The history of what concerns no task: written beside each such change, and read again."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import func, insert
from sqlmodel import Session, col, select

from flows.history import link_id
from flows.signoff.actor import OfficeActor
from models import OfficeChange, Official
from models.office_change import Subject
from models.refusal import Refusal

NAME = "name"
PLACES = (Subject.UNIT, Subject.OFFICIAL)  # what the directory holds


class ChangedSince(Refusal):
    """Somebody changed the same thing since the form was opened."""

    def __init__(self, name: str, english: str = "") -> None:
        super().__init__(
            f"您打开页面后，{name}已被他人改动（见下方“变动记录”）；请核对现状后再提交，"
            "没有记录任何操作",
            f"{english or name} was changed since you opened the page (see 'Changes' below); look "
            "at it as it is now and send again. Nothing was recorded",
        )


@dataclass(frozen=True, slots=True)
class Entry:
    """One fact of one thing, as JSON can say it. What is None was, or is, not there."""

    subject: Subject
    key: str
    name: str
    fact: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class Told:
    """One change as it is shown. `by` is empty for what nobody signed in did."""

    change: OfficeChange
    by: str

    @property
    def before(self) -> Any:
        return json.loads(self.change.before) if self.change.before else None

    @property
    def after(self) -> Any:
        return json.loads(self.change.after) if self.change.after else None


def record(
    session: Session, author: OfficeActor, entries: Iterable[Entry], *, reason: str = ""
) -> None:
    """What is as it was is no change."""
    facts = author.facts()
    facts["at"] = facts.pop("now")
    rows = [
        {
            "subject": entry.subject,
            "key": entry.key,
            "name": entry.name,
            "fact": entry.fact,
            "before": _written(entry.before),
            "after": _written(entry.after),
            "reason": reason,
            **facts,
        }
        for entry in entries
        if entry.before != entry.after
    ]
    if rows:
        link = link_id(session)
        session.execute(insert(OfficeChange), [row | {"link_id": link} for row in rows])


def version(session: Session, subject: Subject, key: str | None = None) -> int:
    """The newest change of this thing, or of everything of its kind; 0: there is none."""
    newest = select(func.max(OfficeChange.id)).where(OfficeChange.subject == subject)
    if key is not None:
        newest = newest.where(OfficeChange.key == key)
    return session.exec(newest).one() or 0


def changes_of(
    session: Session, subject: Subject, key: str | None = None, *, limit: int = 50
) -> list[Told]:
    """The newest first."""
    wanted = select(OfficeChange).where(OfficeChange.subject == subject)
    if key is not None:
        wanted = wanted.where(OfficeChange.key == key)
    return told(session, session.exec(wanted.order_by(_NEWEST).limit(limit)).all())


def told(session: Session, changes: Sequence[OfficeChange]) -> list[Told]:
    """With the names of those who made them."""
    who = {change.actor_id for change in changes} - {None}
    names = dict(
        session.exec(select(Official.id, Official.name).where(col(Official.id).in_(who))).all()
    )
    return [
        Told(change, names.get(change.actor_id or 0, "") or change.said_by) for change in changes
    ]


def names_then(session: Session, subject: Subject, at: datetime) -> Mapping[int, str]:
    """How units or people were called at this instant, by id: those who are called otherwise
    since."""
    renamed = session.exec(
        select(OfficeChange)
        .where(
            OfficeChange.subject == subject,
            OfficeChange.fact == NAME,
            col(OfficeChange.at) > at,
        )
        .order_by(_NEWEST)
    )
    return {int(change.key): json.loads(change.before) for change in renamed}


_NEWEST = col(OfficeChange.id).desc()


def hash_of(text: str) -> str:
    """A text as an entry keeps it."""
    return sha256(text.encode()).hexdigest()[:12]


def _written(value: Any) -> str:
    if value is None:
        return ""
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
