"""期: an issue is frozen, and found again by its number."""

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta

from pydantic import BaseModel
from sqlmodel import Session, col, select

from flows.colour_counts import colours_over_time, week_ends
from flows.history import link_id
from flows.moves import lock_all_tasks
from flows.papers.units import office_unit
from flows.papers.warned import closed_in, issued_in, lines_at, totals_of, warned_in
from models import Bulletin
from models.bulletin import BulletinKind
from models.refusal import Refusal
from models.workdays import Calendar
from notifications.papers.bulletin import BulletinFacts
from notifications.wording import day_words

WEEKS = 8  # how far back the chart of an issue goes
Said = Callable[[date, date], BaseModel]


class NoSuchIssue(Refusal):
    """Nothing was issued under this number."""

    def __init__(self, number: int, last: int) -> None:
        there = f"最近一期是第 {last} 期" if last else "还没有印发过"
        newest = f"the last one is No. {last}" if last else "none was issued yet"
        super().__init__(
            f"没有第 {number} 期；{there}。印发新的一期时不写 --number",
            f"there is no issue No. {number}; {newest}. To issue a new one, leave out --number",
        )


class BadPeriod(Refusal):
    """No issue can be about these days."""


def issue(
    session: Session,
    kind: BulletinKind,
    *,
    first: date | None,
    last: date,
    today: date,
    now: datetime,
    said: Said,
) -> Bulletin:
    """Freeze what is `said` of these days as the next number. Without a first day it begins where
    the one before it ended, else with the month. Nothing moves meanwhile. Raises BadPeriod."""
    lock_all_tasks(session)
    before = newest_issue(session, kind)
    begins = first or (before.to_on + timedelta(days=1) if before else last.replace(day=1))
    check_period(session, kind, begins, last, today, before)
    made = Bulletin(
        kind=kind,
        number=before.number + 1 if before else 1,
        from_on=begins,
        to_on=last,
        as_of=now,
        content=frozen(said(begins, last)),
        link_id=link_id(session),
    )
    session.add(made)
    session.flush()
    return made


def frozen(facts: BaseModel) -> str:
    """Canonical: the same facts are the same text."""
    plain = facts.model_dump(mode="json")
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def bulletin_facts(
    session: Session, first: date, last: date, *, calendar: Calendar
) -> BulletinFacts:
    """Of 督查通报: as these days stood when the last of them ended."""
    lines = lines_at(session, last, calendar)
    return BulletinFacts(
        office=office_unit(session, last),
        issued=dict(issued_in(session, first, last)),
        warned=warned_in(session, first, last),
        lines=lines,
        totals=totals_of(lines),
        closed=closed_in(session, first, last, calendar),
        over_time=colours_over_time(session, week_ends(last, WEEKS)),
    )


def issued(session: Session, kind: BulletinKind, number: int) -> Bulletin:
    """As it was frozen. Raises NoSuchIssue."""
    found = session.exec(
        select(Bulletin).where(Bulletin.kind == kind, Bulletin.number == number)
    ).first()
    if found is None:
        newest = newest_issue(session, kind)
        raise NoSuchIssue(number, newest.number if newest else 0)
    return found


def newest_issue(session: Session, kind: BulletinKind) -> Bulletin | None:
    mine = select(Bulletin).where(Bulletin.kind == kind)
    return session.exec(mine.order_by(col(Bulletin.number).desc())).first()


def check_period(
    session: Session,
    kind: BulletinKind,
    first: date,
    last: date,
    today: date,
    before: Bulletin | None,
) -> None:
    same = session.exec(
        select(Bulletin).where(
            Bulletin.kind == kind, Bulletin.from_on == first, Bulletin.to_on == last
        )
    ).first()
    if last > today:
        raise BadPeriod(
            f"{day_words(last)}还没有到，不能印发；没有印发新的一期",
            f"{last} lies ahead; nothing was issued",
        )
    if same:
        raise BadPeriod(
            f"{day_words(first)}至{day_words(last)}已印发第 {same.number} 期；"
            f"再印一份请写 --number {same.number}",
            f"{first} to {last} was issued as No. {same.number}; "
            f"write --number {same.number} to print it again",
        )
    if first > last:
        until = f"第 {before.number} 期已到{day_words(before.to_on)}；" if before else ""
        told = f"No. {before.number} goes to {before.to_on}; " if before else ""
        again = f"再印一份请写 --number {before.number}；" if before else ""
        print_again = f"write --number {before.number} to print it again; " if before else ""
        raise BadPeriod(
            f"起（{day_words(first)}）晚于止（{day_words(last)}）：{until}{again}没有印发新的一期",
            f"the first day, {first}, is after the last, {last}: {told}{print_again}"
            "nothing was issued",
        )
