"""What people do on the way to the sign-off: for tests to act as they would."""

from dataclasses import dataclass, field, replace
from datetime import date, time
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from flows.database import reading, transaction
from flows.office import Office
from flows.signoff.actor import Actor
from flows.signoff.applications import Content, amend, apply, recall
from flows.signoff.deciding import Ruling
from flows.signoff.levels import decide_level
from flows.signoff.requests import ask
from flows.working_days import load_calendar
from models import Application, Official, Referral, Task
from models.application import SixVisible
from models.decision import ReferralState, Verdict
from models.proof import Assurance
from models.request_machine import RequestKind
from tests.clock import instant
from tests.people import Cast, seat_reviewers

COMPLETE = Content(
    summary="已完成整改，逐条落实。",
    visibles={visible: (True, f"见材料 {n}") for n, visible in enumerate(SixVisible, 1)},
)


# Built once: most tests ask them again and again.
_NAMES = select(Official.id, Official.name)
_NUMBERED = Task.number == bindparam("number")
_TASK = select(Task).where(_NUMBERED)
_NEWEST = (
    select(Referral)
    .join(Task)
    .where(_NUMBERED, Referral.official_id == bindparam("who"))
    .order_by(col(Referral.id).desc())
    .limit(1)
)
_ASKED = (
    select(Referral.official_id)
    .join(Task)
    .where(_NUMBERED, Referral.state == ReferralState.OPEN)
    .order_by(col(Referral.id))
)


def the_task(session: Session, number: str) -> Task:
    return session.scalars(_TASK, {"number": number}).one()


@dataclass
class Bench:
    """The office with its reviewers: Leo heads the lead unit, Rita verifies for the supervision
    group; Dora and Hugo are in the cast already."""

    office: Office
    cast: Cast
    lead_unit: int
    leo: int
    rita: int
    names: dict[int, str] = field(default_factory=dict)  # as they were when first asked for

    @property
    def levels(self) -> tuple[int, int, int, int]:
        """Who decides, in this order."""
        return self.cast.dora, self.leo, self.rita, self.cast.hugo

    def task(self, number: str, due_on: date | None, **facts: Any) -> Task:
        return self.cast.task(number, due_on, lead_unit_id=self.lead_unit, **facts)

    def actor(self, who: int, on: date, assurance: Assurance = Assurance.CODE) -> Actor:
        if who not in self.names:
            with reading(self.office.engine) as session:
                self.names.update(session.execute(_NAMES).all())
        return Actor(who, self.names[who], assurance, on, instant(on, time(9)))

    def apply(self, number: str, on: date, *, who: int | None = None, **written: Any) -> None:
        """The handler writes everything that is asked for, and submits it."""
        by = self.cast.alice if who is None else who
        actor = self.actor(by, on, Assurance.LINK)
        with transaction(self.office.engine, actor.now) as session:
            task = the_task(session, number)
            content = replace(COMPLETE, **written)
            apply(session, task, actor, content, calendar=load_calendar(session))

    def amend(self, number: str, on: date, *, reason: str = "补充材料", **written: Any) -> None:
        """The handler changes what is under review."""
        actor = self.actor(self.cast.alice, on, Assurance.LINK)
        with transaction(self.office.engine, actor.now) as session:
            task = the_task(session, number)
            content = replace(COMPLETE, **written)
            calendar = load_calendar(session)
            amend(session, task, actor, content, reason=reason, calendar=calendar)

    def ask(self, number: str, kind: RequestKind, on: date, **wanted: Any) -> None:
        """The handler asks for this."""
        actor = self.actor(self.cast.alice, on, Assurance.LINK)
        with transaction(self.office.engine, actor.now) as session:
            task = the_task(session, number)
            ask(session, task, kind, actor, calendar=load_calendar(session), **wanted)

    def recall(self, number: str, on: date, *, reason: str = "另行补充") -> None:
        actor = self.actor(self.cast.alice, on, Assurance.LINK)
        with transaction(self.office.engine, actor.now) as session:
            task = the_task(session, number)
            recall(session, task, actor, reason=reason)

    def decide(
        self,
        number: str,
        who: int,
        verdict: Verdict,
        on: date,
        *,
        reason: str = "",
        requirement: str = "",
        packet: str | None = None,
        assurance: Assurance = Assurance.CODE,
        as_somebody_else: int | None = None,
    ) -> None:
        """What this person decides on the newest referral of this task."""
        actor = self.actor(as_somebody_else or who, on, assurance)
        with transaction(self.office.engine, actor.now) as session:
            referral = session.scalars(_NEWEST, {"number": number, "who": who}).first()
            assert referral is not None, "nobody asked this person"
            application = session.get_one(Application, referral.application_id)
            shown = packet or application.packet or ""
            ruling = Ruling(verdict, shown, reason, requirement)
            decide_level(session, referral.id, actor, ruling, calendar=load_calendar(session))

    def asked(self, number: str) -> list[int]:
        """Who is asked to decide on this task now."""
        with reading(self.office.engine) as session:
            return list(session.scalars(_ASKED, {"number": number}))


def gather_bench(office: Office, cast: Cast) -> Bench:
    return Bench(office, cast, *seat_reviewers(office.engine))
