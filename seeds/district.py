"""The demo district: Dinghai's public notice with a cast, dates near today, and who answers.

Colours are never part of it: they come from the nights that are played over it.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from sqlmodel import Session

from flows.ledger.apply import apply_ledger
from flows.ledger.rows import Ledger
from flows.rulebook import load_form
from models.organisation import PostKind
from models.workdays import DAY, Calendar
from seeds.cast import directory
from seeds.matters import matters
from seeds.notice import DINGHAI, read
from seeds.pairing import load_pairings
from seeds.proposals import first_day, propose_between
from seeds.records import record_between
from seeds.recurring import load_recurring
from seeds.scoring import load_scores

FIRST_NIGHT = date(2022, 6, 20)
LAST_NIGHT = date(2022, 8, 5)
FORM = "progress.toml"


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody does with a notice on a business date, after that day's night."""

    on: date
    number: str
    post: PostKind
    kind: Literal["acknowledge", "answer"]
    words: str


def district(shift: timedelta = timedelta()) -> Ledger:
    """Ledger and directory. A shift of whole weeks keeps the weekends where they are."""
    if shift % timedelta(weeks=1):
        raise ValueError(f"the district moves by whole weeks, not by {shift}")
    return Ledger(rows=matters(shift), directory=directory(shift))


def load_district(
    session: Session,
    *,
    today: date,
    now: datetime,
    calendar: Calendar,
    shift: timedelta = timedelta(),
) -> None:
    """Through the office's own import, then what recurs, and what was recorded before the first
    night. Loading twice changes nothing."""
    apply_ledger(session, district(shift), today=today, now=now, calendar=calendar)
    load_recurring(session, today=today, now=now, last=LAST_NIGHT, shift=shift)
    load_pairings(session, today=today, now=now, shift=shift)
    load_scores(session, today=today, now=now)
    load_form(session, (DINGHAI / FORM).read_text("utf-8"), file=FORM, now=now)
    eve = FIRST_NIGHT + shift - DAY
    propose_between(session, first_day(shift), eve, shift=shift)
    record_between(session, date.min, eve, now=now, calendar=calendar, shift=shift)


def answers(shift: timedelta = timedelta()) -> list[Answer]:
    """Who answers what on which business date, in order of the dates."""
    told = [
        Answer(
            on=a["on"] + shift,
            number=a["number"],
            post=PostKind(a["post"]),
            kind=a["kind"],
            words=a["words"],
        )
        for a in read("answers")["answers"]
    ]
    return sorted(told, key=lambda answer: answer.on)
