"""What people of the demo apply and ask for, and what those who are asked decide."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from flows.database import transaction
from flows.office import Office
from flows.signoff.actor import Actor
from flows.signoff.applications import Content, draft, save, submit
from flows.signoff.decide import decide
from flows.signoff.deciding import Ruling
from flows.signoff.evidence import add_evidence
from flows.signoff.requests import ask
from flows.signoff.telling import tell
from flows.working_days import load_calendar
from models import Application, ChangeRequest, Measure, Official, Referral, Task
from models.application import EvidenceKind, SixVisible
from models.decision import ReferralState, Verdict
from models.proof import Assurance
from models.request_machine import RequestKind
from models.workdays import Calendar
from seeds.notice import read

LEVELS_OF_A_LEAD = 4  # as seeds/procedures/case_lead.toml has them
ASKS = {"extend": RequestKind.EXTENSION, "suspend": RequestKind.SUSPENSION}


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that somebody does with a task on a business date."""

    on: date
    number: str
    kind: str
    words: str
    requirement: str = ""
    evidence: str = ""
    legal_basis: str = ""
    until_on: date | None = None


def acts(shift: timedelta = timedelta()) -> list[Act]:
    """In the order of their dates."""
    told = [*(Act(**entry) for entry in read("signoffs")["act"]), *_of_leads()]
    return sorted((_shifted(act, shift) for act in told), key=lambda act: act.on)


def _of_leads() -> Iterator[Act]:
    """Each lead that was settled passes its four levels on that day."""
    for lead in read("leads")["leads"]:
        if "settled_on" in lead:
            on, number = lead["settled_on"], lead["number"]
            yield Act(on, number, "apply", "处置完毕，申请核销。", evidence="处置情况登记.txt")
            for _ in range(LEVELS_OF_A_LEAD):
                yield Act(on, number, "approve", "同意。")


def perform(office: Office, act: Act, now: datetime) -> None:
    """As that person would on a page; whoever has to know is mailed."""
    with transaction(office.engine, now) as session:
        task = session.exec(select(Task).where(Task.number == act.number)).one()
        calendar = load_calendar(session)
        if act.kind in ("apply", *ASKS):
            actor = _actor(session, task.handler_id, act.on, now, Assurance.LINK)
            if act.kind == "apply":
                _apply(session, office, task, actor, act, calendar)
            else:
                _ask(session, task, actor, act, calendar)
            tell(session, office, on=act.on, now=now)
        else:
            _decide(session, office, task, act, now, calendar)


def _apply(
    session: Session, office: Office, task: Task, actor: Actor, act: Act, calendar: Calendar
) -> None:
    application = draft(session, task, actor)
    measures = session.exec(select(Measure).where(Measure.task_id == task.id))
    content = Content(
        summary=act.words,
        done={measure.position: "已按要求落实，长期坚持。" for measure in measures},
        visibles=dict.fromkeys(SixVisible, (True, f"见“{act.evidence}”")),
    )
    save(session, application, content)
    text = f"演示材料：{act.evidence}\n{task.number}\n{act.words}\n".encode()
    add_evidence(
        session,
        office,
        application,
        text,
        name=act.evidence,
        kind=EvidenceKind.EVIDENCE,
        actor=actor,
    )
    submit(session, task, actor, application, calendar=calendar)


def _ask(session: Session, task: Task, actor: Actor, act: Act, calendar: Calendar) -> None:
    ask(
        session,
        task,
        ASKS[act.kind],
        actor,
        reason=act.words,
        until_on=act.until_on,
        legal_basis=act.legal_basis,
        calendar=calendar,
    )


def _decide(
    session: Session, office: Office, task: Task, act: Act, now: datetime, calendar: Calendar
) -> None:
    referral = session.exec(
        select(Referral)
        .where(Referral.task_id == task.id, Referral.state == ReferralState.OPEN)
        .order_by(col(Referral.id))
    ).first()
    if referral is None:
        raise LookupError(f"{act.number}: nobody is asked on {act.on}")
    actor = _actor(session, referral.official_id, act.on, now, Assurance.CODE)
    ruling = Ruling(Verdict(act.kind), _shown(session, referral), act.words, act.requirement)
    decide(session, office, referral.id, actor, ruling, calendar=calendar)


def _shown(session: Session, referral: Referral) -> str:
    if referral.application_id is not None:
        return session.get_one(Application, referral.application_id).packet or ""
    return session.get_one(ChangeRequest, referral.request_id).packet


def _actor(
    session: Session, official_id: int | None, on: date, now: datetime, assurance: Assurance
) -> Actor:
    official = session.get_one(Official, official_id)
    return Actor(official.id, official.name, assurance, on, now)


def _shifted(act: Act, shift: timedelta) -> Act:
    until_on = act.until_on + shift if act.until_on else None
    return replace(act, on=act.on + shift, until_on=until_on)
