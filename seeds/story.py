"""The demo's story: nights that are played, and what people do on the days after them."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from functools import partial

from sqlmodel import Session, col, select

from flows.database import transaction
from flows.night import run_night
from flows.office import Office
from flows.papers.approval import approve
from flows.papers.bulletins import Said, bulletin_facts, issue
from flows.papers.reports import prepare_report
from flows.recipients import Directory
from flows.replies import acknowledge, answer
from flows.rulebook import form_of
from flows.signoff.actor import Actor
from flows.working_days import load_calendar
from models import Notice, Official, Receipt, ReportForm, Task
from models.bulletin import BulletinKind
from models.notice_machine import LIVE
from models.organisation import PostKind
from models.proof import Assurance
from seeds.desk import enter
from seeds.district import LAST_NIGHT, Answer, answers
from seeds.notice import read
from seeds.proposals import propose_on
from seeds.records import record_between
from seeds.recurring import do_what_recurs, report_month
from seeds.scoring import score_month
from seeds.sign_offs import acts, perform

NIGHT, MORNING, AFTERNOON, EVENING = time(2), time(9, 30), time(14, 30), time(17)


def play(
    office: Office,
    first: date,
    last: date,
    *,
    shift: timedelta = timedelta(),
    played: Callable[[date], None] = lambda on: None,
) -> list[Answer]:
    """Play every night from first to last, with the day after each; returns the answers for
    which no notice was live (a window over public holidays moves some)."""
    said, signed = answers(shift), acts(shift)
    unheard = []
    on = first
    while on <= last:
        run_night(office, on=on, now=at(office, on, NIGHT))
        unheard += [one for one in said if one.on == on and not _hear(office, one)]
        enter(office, on, at(office, on, AFTERNOON), shift)
        propose_on(office, on, at(office, on, AFTERNOON), shift)
        report_month(office, on, LAST_NIGHT + shift, at(office, on, MORNING))
        for act in signed:
            if act.on == on:
                perform(office, act, at(office, on, AFTERNOON))
        do_what_recurs(office, on, at(office, on, AFTERNOON))
        score_month(office, on, first, at(office, on, AFTERNOON))
        _write_down(office, on, shift)
        played(on)
        on += timedelta(days=1)
    return unheard


def at(office: Office, on: date, clock_time: time) -> datetime:
    """The instant at which the office's clocks showed this."""
    return datetime.combine(on, clock_time, office.timezone).astimezone(UTC)


def _write_down(office: Office, on: date, shift: timedelta) -> None:
    """What happened that day, and what is issued at the end of it."""
    now = at(office, on, EVENING)
    with transaction(office.engine, now) as session:
        calendar = load_calendar(session)
        record_between(session, on, on, now=now, calendar=calendar, shift=shift)
        if on - shift in read("leads")["bulletins"]:
            lines = partial(bulletin_facts, session, calendar=calendar)
            _issue(session, BulletinKind.BULLETIN, None, on, now, lines)
        if on - shift == read("notice")["as_of"]["else"]:
            _publish(session, on, now)


def _publish(session: Session, on: date, now: datetime) -> None:
    """Prepared by the office, approved by the head of the leading group."""
    form = form_of(session.get_one(ReportForm, "progress"))
    draft = prepare_report(session, _signed_in(session, PostKind.OFFICE, on, now), form, last=on)
    approve(session, draft, _signed_in(session, PostKind.COMMISSION_HEAD, on, now))


def _signed_in(session: Session, post: PostKind, on: date, now: datetime) -> Actor:
    people = Directory.load(session, on)
    official = people.officials[min(people.holders_of(post))]
    return Actor(official.id, official.name, Assurance.SESSION, on, now)


def _issue(
    session: Session, kind: BulletinKind, first: date | None, on: date, now: datetime, said: Said
) -> None:
    issue(session, kind, first=first, last=on, today=on, now=now, said=said)


def _hear(office: Office, said: Answer) -> bool:
    now = at(office, said.on, MORNING)
    with transaction(office.engine, now) as session:
        found = _receipt(session, said)
        if found is None:
            return False
        receipt, official = found
        act = answer if said.kind == "answer" else acknowledge
        return act(
            session,
            receipt.id,
            official.id,
            said_by=official.name,
            words=said.words,
            on=said.on,
            now=now,
        )


def _receipt(session: Session, said: Answer) -> tuple[Receipt, Official] | None:
    """What somebody was told by this post, of the live notice of this matter."""
    return session.exec(
        select(Receipt, Official)
        .join(Notice, col(Notice.id) == col(Receipt.notice_id))
        .join(Task, col(Task.id) == col(Notice.task_id))
        .join(Official, col(Official.id) == col(Receipt.official_id))
        .where(
            Task.number == said.number,
            col(Notice.state).in_(LIVE),
            Receipt.capacity == said.post,
        )
    ).first()
