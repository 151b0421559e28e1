"""One decision from a form: recorded in a transaction of its own, or refused in a sentence."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO

from sqlmodel import Session

from flows.database import reading, transaction
from flows.signoff.decide import decide
from flows.signoff.deciding import Paper, Ruling
from flows.signoff.evidence import add_evidence
from flows.signoff.packets import shown_in
from flows.signoff.referred import LOOK_BACK, Referred, newest_of
from flows.working_days import load_calendar
from models import Application
from models.application import EvidenceKind
from models.refusal import Refusal
from web.desk import Desk
from web.ruling_form import Fault, RulingForm
from web.seat import Seat


@dataclass(frozen=True)
class Signed:
    """On paper, when, and the scan with its name."""

    on: date
    scan: tuple[str, BinaryIO] | None


NOBODYS = (
    "这一件不是送您办理的，没有记录。",
    "This one was not given to you; nothing was recorded.",
)


def rule(
    desk: Desk, seat: Seat, referral_id: int, form: RulingForm, signed: Signed | None = None
) -> tuple[str, Fault | None]:
    """The task's number, and why nothing was recorded. `signed`: it was signed on paper."""
    with reading(desk.office.engine) as session:
        found = newest_of(session, referral_id, seat.official.id)
        if found is None:
            return "", NOBODYS
        faults = form.faults(found.kind, n_points(session, found))
    return found.task.number, rule_on(desk, seat, found, form, faults, signed)


def rule_on(
    desk: Desk,
    seat: Seat,
    found: Referred,
    form: RulingForm,
    faults: Sequence[Fault],
    signed: Signed | None = None,
) -> Fault | None:
    """As `rule`, of a referral that was found. `faults`: those of its form."""
    if faults:
        return _together(faults)
    try:
        with transaction(desk.office.engine, seat.now) as session:
            _decide(session, desk, seat, found, form, signed)
    except Refusal as refused:
        return refused.chinese, refused.english
    return None


def n_points(session: Session, found: Referred) -> int:
    """How many points the checklist of a look-back has."""
    if found.kind != LOOK_BACK:
        return 0
    return len(shown_in(session, found.packet).get("checklist", ()))


def _decide(
    session: Session,
    desk: Desk,
    seat: Seat,
    found: Referred,
    form: RulingForm,
    signed: Signed | None,
) -> None:
    verdict = form.verdict(found.kind)
    assert verdict is not None  # for the types: the form has no faults
    requirement = form.requirement if form.choice == "return" else ""
    paper = _keep(session, desk, seat, found, signed) if signed else None
    decide(
        session,
        desk.office,
        found.referral.id,
        seat.actor(),
        Ruling(verdict, form.packet, form.reason, requirement, paper, form.rejected()),
        calendar=load_calendar(session),
        to=form.destination(),
        points=form.answered(),
    )


def _keep(session: Session, desk: Desk, seat: Seat, found: Referred, signed: Signed) -> Paper:
    """The scan is kept with the application that it decides on."""
    if signed.scan is None or found.referral.application_id is None:
        return Paper(signed.on, None)
    application = session.get_one(Application, found.referral.application_id)
    name, content = signed.scan
    kept = add_evidence(
        session,
        desk.office,
        application,
        content,
        name=name,
        kind=EvidenceKind.DECISION,
        actor=seat.actor(),
    )
    return Paper(signed.on, kept.id)


def _together(faults: Sequence[Fault]) -> Fault:
    chinese, english = zip(*faults, strict=True)
    return "".join(chinese), " ".join(english)
