"""What units of the demo hand in line by line, what is found of it, and which lines are turned
down: the totals of the notice, the rest made up and marked so."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlmodel import Session, col, select

from flows.database import transaction
from flows.ledger.apply import apply_ledger
from flows.ledger.rows import Ledger, LedgerRow
from flows.office import Office
from flows.proposals.handing_in import propose
from flows.signoff.actor import Actor
from flows.signoff.applications import Content, apply
from flows.signoff.deciding import Ruling
from flows.signoff.levels import decide_level
from flows.signoff.stages import WORKED_ON
from flows.signoff.telling import tell
from flows.working_days import load_calendar
from models import Application, Official, Referral, Task
from models.decision import ReferralState, Verdict
from models.organisation import PostKind
from models.proof import Assurance
from models.workdays import DAY
from seeds.cast import person
from seeds.matters import DEMONSTRATION
from seeds.notice import read

Entry = dict[str, Any]
FOUND = "职数、资格条件和程序已逐条核对。"
NUMBERED = ("预审-", "议题-", "决策-", "报人大-")  # how their numbers begin


def propose_between(session: Session, first: date, last: date, *, shift: timedelta) -> None:
    """What was handed in and decided before the first night; nobody is mailed of it any more."""
    for n in range((last - first).days + 1):
        on = first + n * DAY
        _act_on(session, on, datetime.combine(on, time(1, 30), UTC), shift)


def propose_on(office: Office, on: date, now: datetime, shift: timedelta) -> None:
    """What units and reviewers do on this business date; whoever has to know is mailed."""
    if any(on in _days(entry, shift) for entry in (*_proposals(), *read("proposals")["asked"])):
        with transaction(office.engine, now) as session:
            _act_on(session, on, now, shift)
            tell(session, office, on=on, now=now)


def first_day(shift: timedelta) -> date:
    days: list[date] = [entry["handed_in"] for entry in _proposals()]
    return min(days) + shift


def _proposals() -> list[Entry]:
    found: list[Entry] = read("proposals")["proposal"]
    return found


def _days(entry: Entry, shift: timedelta) -> list[date]:
    keys = ("handed_in", "reviewed", "decided", "opened_on")
    return [entry[key] + shift for key in keys if key in entry]


def _act_on(session: Session, on: date, now: datetime, shift: timedelta) -> None:
    for entry in read("proposals")["asked"]:
        if entry["opened_on"] + shift == on:
            _ask(session, entry, on, now, shift)
    for entry in _proposals():
        if on not in _days(entry, shift):
            continue
        task = session.exec(select(Task).where(Task.title == entry["title"])).first()
        if task is None and entry["handed_in"] + shift == on:
            _hand_in(session, entry, on, now)
        elif task is not None and entry.get("reviewed", entry.get("decided")) == on - shift:
            _review(session, task, on, now)
        if task is not None and entry.get("decided") == on - shift:
            _decide(session, task, entry, on, now)


def _ask(session: Session, entry: Entry, on: date, now: datetime, shift: timedelta) -> None:
    handler, address = person(entry["unit"], PostKind.HANDLER)
    row = LedgerRow(
        number=entry["number"],
        title=entry["title"],
        unit=entry["unit"],
        procedure=entry["kind"],
        handler=handler,
        handler_email=address,
        opened_on=on,
        due_on=entry["due_on"] + shift,
        remarks=DEMONSTRATION,
    )
    calendar = load_calendar(session)
    apply_ledger(session, Ledger((row,)), today=on, now=now, calendar=calendar)


def _hand_in(session: Session, entry: Entry, on: date, now: datetime) -> None:
    name, _ = person(entry["unit"], PostKind.HANDLER)
    official = session.exec(select(Official).where(Official.name == name)).one()
    actor = Actor(official.id, name, Assurance.SESSION, on, now)
    said = (entry["kind"], entry["unit"], entry["title"], list(_lines(entry)))
    propose(session, *said, actor, calendar=load_calendar(session))


def _lines(entry: Entry) -> Iterator[str]:
    yield from entry.get("lines", ())
    for n in range(1, entry.get("count", 0) + 1):
        yield entry["each"].replace("{n}", str(n))


def _review(session: Session, task: Task, on: date, now: datetime) -> None:
    if task.state not in WORKED_ON:
        return  # what is there already is left alone
    handler = session.get_one(Official, task.handler_id)
    actor = Actor(handler.id, handler.name, Assurance.SESSION, on, now)
    apply(session, task, actor, Content(summary=FOUND), calendar=load_calendar(session))


def _decide(session: Session, task: Task, entry: Entry, on: date, now: datetime) -> None:
    """Each level says the same of each line."""
    rejected = {said["line"]: said["because"] for said in entry.get("rejected", ())}
    waits = select(Referral).where(
        Referral.task_id == task.id, Referral.state == ReferralState.OPEN
    )
    while referral := session.exec(waits.order_by(col(Referral.id))).first():
        official = session.get_one(Official, referral.official_id)
        packet = session.get_one(Application, referral.application_id).packet or ""
        actor = Actor(official.id, official.name, Assurance.CODE, on, now)
        ruling = Ruling(Verdict.APPROVE, packet, rejected=rejected)
        decide_level(session, referral.id, actor, ruling, calendar=load_calendar(session))
