"""What people ask for and decide: for tests to act as they would."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import col, select

from flows.database import reading, transaction
from flows.office import Office
from flows.signoff.deciding import Ruling
from flows.signoff.granting import decide_request
from flows.signoff.milestones import set_milestones
from flows.signoff.requests import ask, take_back
from flows.signoff.suspensions import resume
from flows.signoff.withdrawing import withdraw
from flows.working_days import load_calendar
from models import ChangeRequest, DeadlineChange, Referral, Task
from models.decision import Verdict
from models.proof import Assurance
from models.request_machine import RequestKind
from tests.sign_offs import Bench, the_task

K = RequestKind
ASKED: dict[RequestKind, dict[str, Any]] = {
    K.EXTENSION: {"reason": "情况复杂，需再核实"},
    K.SUSPENSION: {"reason": "等待法院判决", "legal_basis": "《行政诉讼法》第八十七条"},
    K.LONG_TERM: {"reason": "需常态长效推进"},
    K.END_LONG_TERM: {"reason": "可以限期完成"},
    K.REVIEW: {"reason": "本阶段任务已完成"},
    K.OBJECTION: {"reason": "不属于本单位职责"},
}
"""What a handler gives who writes what is asked for, but for the dates."""


# Built once: most tests ask them again and again.
_NUMBERED = Task.number == bindparam("number")
_ANYBODY = (
    select(Referral)
    .join(Task)
    .where(_NUMBERED, col(Referral.request_id).is_not(None))
    .order_by(col(Referral.id).desc())
    .limit(1)
)
_MINE = _ANYBODY.where(Referral.official_id == bindparam("who"))
_DATES = (
    select(DeadlineChange.kind, DeadlineChange.due_on)
    .join(Task)
    .where(_NUMBERED)
    .order_by(col(DeadlineChange.id))
)


@dataclass
class Asking:
    """The office with its people; everything is done at nine, by its own transaction."""

    bench: Bench

    @property
    def office(self) -> Office:
        return self.bench.office

    def ask(self, number: str, kind: RequestKind, on: date, **given: Any) -> ChangeRequest:
        actor = self.bench.actor(given.pop("who", self.bench.cast.alice), on, Assurance.LINK)
        with transaction(self.office.engine, actor.now) as session:
            task, calendar = the_task(session, number), load_calendar(session)
            asked = ASKED[kind] | given
            return ask(session, task, kind, actor, calendar=calendar, **asked)

    def decide(
        self,
        number: str,
        verdict: Verdict,
        on: date,
        *,
        who: int | None = None,
        reason: str = "",
        packet: str | None = None,
        assurance: Assurance = Assurance.CODE,
        **whose: Any,
    ) -> None:
        """What whoever was asked (or this one of them) decides on the newest request."""
        with reading(self.office.engine) as session:
            asked = {"number": number, "who": who}
            referral = session.scalars(_ANYBODY if who is None else _MINE, asked).first()
            assert referral is not None, "nobody was asked"
            shown = packet or session.get_one(ChangeRequest, referral.request_id).packet
        actor = self.bench.actor(referral.official_id, on, assurance)
        ruling = Ruling(verdict, shown, reason)
        with transaction(self.office.engine, actor.now) as session:
            calendar = load_calendar(session)
            decide_request(session, referral.id, actor, ruling, calendar=calendar, **whose)

    def grant(self, number: str, on: date, **given: Any) -> None:
        self.decide(number, Verdict.GRANT, on, **given)

    def refuse(self, number: str, on: date, reason: str = "理由不充分") -> None:
        self.decide(number, Verdict.REFUSE, on, reason=reason)

    def take_back(self, number: str, on: date, who: int | None = None) -> None:
        actor = self.bench.actor(who or self.bench.cast.alice, on, Assurance.LINK)
        with transaction(self.office.engine, actor.now) as session:
            take_back(session, the_task(session, number), actor, reason="不再需要")

    def resume(self, number: str, on: date, who: int | None = None, reason: str = "已判决") -> None:
        actor = self.bench.actor(who or self.bench.cast.olga, on, Assurance.SESSION)
        with transaction(self.office.engine, actor.now) as session:
            task, calendar = the_task(session, number), load_calendar(session)
            resume(session, task, actor, reason=reason, calendar=calendar)

    def withdraw(
        self, number: str, on: date, who: int | None = None, reason: str = "重复交办"
    ) -> None:
        actor = self.bench.actor(who or self.bench.cast.olga, on, Assurance.SESSION)
        with transaction(self.office.engine, actor.now) as session:
            withdraw(session, the_task(session, number), actor, reason=reason)

    def milestones(
        self, number: str, on: date, *wanted: tuple[str, date], who: int | None = None
    ) -> None:
        actor = self.bench.actor(who or self.bench.cast.olga, on, Assurance.SESSION)
        with transaction(self.office.engine, actor.now) as session:
            task, calendar = the_task(session, number), load_calendar(session)
            set_milestones(session, task, actor, wanted, calendar=calendar)

    def task(self, number: str = "甲-1") -> Task:
        with reading(self.office.engine) as session:
            return the_task(session, number)

    def dates(self, number: str = "甲-1") -> list[tuple[str, date | None]]:
        """The ledger of dates: kind and date."""
        with reading(self.office.engine) as session:
            found = session.execute(_DATES, {"number": number})
            return [(kind, due_on) for kind, due_on in found]
