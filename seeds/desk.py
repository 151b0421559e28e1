"""What the demo's office enters by hand: petitions by their stages, feedback, a batch of leads."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import cycle
from typing import Any

from sqlmodel import Session, select

from flows.database import transaction
from flows.feedback.receiving import receive
from flows.find_task import find_task
from flows.leads.reviewing import LEADS, Chosen, give_verdict, open_review, reviewed
from flows.ledger.apply import apply_ledger
from flows.ledger.rows import Ledger, LedgerRow
from flows.office import Office
from flows.signoff.actor import COMMAND_LINE, Unattended
from flows.signoff.stages import advance
from flows.signoff.transfers import transfer
from flows.working_days import load_calendar
from models import Task
from models.feedback import Channel
from models.lead_review import LeadVerdict
from models.organisation import PostKind
from seeds.cast import person
from seeds.matters import DEMONSTRATION
from seeds.notice import read
from seeds.proposals import NUMBERED

DRAWN = ("社监-", "复盘-", "考异-", "线索-2021-")  # numbers that are given as things come in
Entry = dict[str, Any]


def entered(number: str) -> bool:
    """Whether a task of the demo has this number, beside those of its ledger."""
    return number.startswith((*DRAWN, *NUMBERED)) or number in {
        p["number"] for p in read("desk")["petition"]
    }


def enter(office: Office, on: date, now: datetime, shift: timedelta) -> None:
    """All that the office enters on this business date."""
    for kind, deed in _DEEDS.items():
        for entry in read("desk")[kind]:
            if entry["on"] + shift == on:
                with transaction(office.engine, now) as session:
                    deed(session, entry, Unattended(COMMAND_LINE, on, now), shift)


def _petition(session: Session, entry: Entry, actor: Unattended, _: timedelta) -> None:
    """Without a date of its own: it begins in the first stage."""
    handler, address = person(entry["unit"], PostKind.HANDLER)
    row = LedgerRow(
        number=entry["number"],
        title=entry["title"],
        unit=entry["unit"],
        procedure="petition",
        handler=handler,
        handler_email=address,
        remarks=DEMONSTRATION,
    )
    calendar = load_calendar(session)
    apply_ledger(session, Ledger((row,)), today=actor.on, now=actor.now, calendar=calendar)


def _stage(session: Session, entry: Entry, actor: Unattended, _: timedelta) -> None:
    task, calendar = find_task(session, entry["number"]), load_calendar(session)
    advance(session, task, actor, entry["to"], reason=entry["reason"], calendar=calendar)


def _transfer(session: Session, entry: Entry, actor: Unattended, _: timedelta) -> None:
    task = find_task(session, entry["number"])
    transfer(session, task, actor, entry["lead"], reason=entry["reason"])


def _feedback(session: Session, entry: Entry, actor: Unattended, _: timedelta) -> None:
    receive(
        session,
        entry["words"],
        channel=Channel(entry["channel"]),
        on=actor.on,
        now=actor.now,
        calendar=load_calendar(session),
    )


def _review(session: Session, entry: Entry, actor: Unattended, shift: timedelta) -> None:
    chosen = Chosen(from_on=entry["from"] + shift, to_on=entry["to"] + shift)
    open_review(session, entry["title"], actor, chosen, by=entry["by"] + shift)


def _leads(session: Session, entry: Entry, actor: Unattended, shift: timedelta) -> None:
    """An older register's: numbers and dates only."""
    rows = []
    for n in range(1, entry["count"] + 1):
        unit, number = entry["units"][n % len(entry["units"])], entry["number"].format(n=n)
        handler, address = person(unit, PostKind.HANDLER)
        rows.append(
            LedgerRow(
                number=number,
                title=f"问题线索（{number}）",
                unit=unit,
                opened_on=entry["opened_on"] + shift,
                due_on=entry["due_on"] + shift,
                procedure=LEADS,
                handler=handler,
                handler_email=address,
                remarks=DEMONSTRATION,
            )
        )
    calendar = load_calendar(session)
    apply_ledger(session, Ledger(tuple(rows)), today=actor.on, now=actor.now, calendar=calendar)


def _verdicts(session: Session, entry: Entry, actor: Unattended, _: timedelta) -> None:
    """One after the other, as they are written, and from the first again."""
    batch = session.exec(select(Task).where(Task.title == entry["title"])).one()
    given = cycle(LeadVerdict(one) for one in entry["given"])
    verdicts = dict(zip((number for number, _ in reviewed(session, batch)), given, strict=False))
    give_verdict(session, batch, actor, verdicts, calendar=load_calendar(session))


_DEEDS: dict[str, Callable[[Session, Entry, Unattended, timedelta], None]] = {
    "petition": _petition,
    "leads": _leads,
    "stage": _stage,
    "transfer": _transfer,
    "feedback": _feedback,
    "review": _review,
    "verdicts": _verdicts,
}
