"""One task and everything that anybody can do with it, in one session of which nothing is kept."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from types import MappingProxyType

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from flows.notices import issue_notices
from flows.replies import answer
from flows.signoff.actor import Actor
from flows.signoff.applications import amend, apply, present_application, recall
from flows.signoff.deciding import Ruling
from flows.signoff.granting import decide_request
from flows.signoff.levels import decide_level, rules_of
from flows.signoff.look_back_plans import plan
from flows.signoff.look_backs import decide_look_back
from flows.signoff.reassigning import reassign
from flows.signoff.requests import ask, take_back
from flows.signoff.suspensions import resume, resume_ended
from flows.signoff.withdrawing import withdraw
from flows.sweep import sweep
from models import (
    Application,
    ChangeRequest,
    LookBack,
    Night,
    Official,
    Receipt,
    Referral,
    Task,
)
from models.decision import ReferralState, Verdict
from models.night import NightStep
from models.notice import Duty
from models.proof import Assurance
from models.request_machine import RequestKind
from models.workdays import Calendar
from tests.conftest import instant
from tests.sign_offs import COMPLETE, Bench

CALENDAR = Calendar()
CHECKED = MappingProxyType(dict.fromkeys(range(1, 6), (True, "")))


# Built once: a life asks them after each act.
_TASK = (
    select(Task).where(Task.number == bindparam("number")).execution_options(populate_existing=True)
)
_RECEIPT = (
    select(Receipt)
    .where(Receipt.official_id == bindparam("who"), Receipt.duty == Duty.ACT)
    .order_by(col(Receipt.id).desc())
    .limit(1)
)
_OF_TASK = select(Referral).where(Referral.task_id == bindparam("task"))
_REFERRAL = {
    of: _OF_TASK.where(col(getattr(Referral, of)).is_not(None))
    .order_by(
        (col(Referral.state) == ReferralState.OPEN).desc(),
        (col(Referral.official_id) == bindparam("who")).desc(),
        col(Referral.id).desc(),
    )
    .limit(1)
    for of in ("application_id", "request_id", "look_back_id")
}
_ASKED = (
    select(Referral.official_id)
    .where(Referral.task_id == bindparam("task"), Referral.state == ReferralState.OPEN)
    .order_by(col(Referral.id))
)


class NothingToDecide(Exception):
    """Nobody was asked, so that there is no page on which it could be done."""


@dataclass
class Life:
    """`on` is today; it only goes forward."""

    session: Session
    bench: Bench
    number: str = "甲-1"
    on: date = date(2022, 7, 1)
    names: dict[int, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.names = dict(self.session.execute(select(Official.id, Official.name)).all())

    @property
    def task(self) -> Task:
        return self.session.scalars(_TASK, {"number": self.number}).one()

    def who(self, name: str) -> int:
        return next(key for key, named in self.names.items() if named == name)

    def actor(self, who: int) -> Actor:
        return Actor(who, self.names[who], Assurance.SESSION, self.on, instant(self.on, time(9)))

    def night(self, days: int = 1) -> None:
        """The night so many days later: what is due is raised, and its notices are issued."""
        self.on += timedelta(days=days)
        night = Night(
            on=self.on,
            run_id=f"night-{self.on}",
            epoch=1,
            step=NightStep.CLAIMED,
            claimed_at=instant(self.on),
            orchestrator="inline",
        )
        self.session.add(night)
        self.session.flush()
        facts = {"night_id": night.id, "on": self.on, "now": instant(self.on)}
        resume_ended(self.session, **facts, calendar=CALENDAR)
        sweep(self.session, **facts, calendar=CALENDAR)
        issue_notices(self.session, **facts, calendar=CALENDAR)

    # What people do. Each raises a Refusal, or NothingToDecide, or is done.

    def apply(self, who: int) -> None:
        apply(self.session, self.task, self.actor(who), COMPLETE, calendar=CALENDAR)

    def amend(self, who: int) -> None:
        actor = self.actor(who)
        amend(self.session, self.task, actor, COMPLETE, reason="补充材料", calendar=CALENDAR)

    def recall(self, who: int) -> None:
        recall(self.session, self.task, self.actor(who), reason="还需完善")

    def answer(self, who: int) -> None:
        receipt = self.session.scalars(_RECEIPT, {"who": who}).first()
        if receipt is None:
            raise NothingToDecide
        name, now = self.names[who], instant(self.on, time(9))
        answer(self.session, receipt.id, who, said_by=name, words="正在办理", on=self.on, now=now)

    def ask_for(self, kind: RequestKind, who: int) -> None:
        later = self.on if self.task.due_on is None else max(self.on, self.task.due_on)
        ask(
            self.session,
            self.task,
            kind,
            self.actor(who),
            reason="情况复杂",
            until_on=None if kind == RequestKind.OBJECTION else later + timedelta(days=20),
            legal_basis="听证" if kind == RequestKind.SUSPENSION else "",
            calendar=CALENDAR,
        )

    def object(self, who: int) -> None:
        self.ask_for(RequestKind.OBJECTION, who)

    def take_back(self, who: int) -> None:
        take_back(self.session, self.task, self.actor(who), reason="不再需要")

    def resume(self, who: int) -> None:
        actor = self.actor(who)
        resume(self.session, self.task, actor, reason="中止事由消除", calendar=CALENDAR)

    def withdraw(self, who: int) -> None:
        withdraw(self.session, self.task, self.actor(who), reason="重复立项")

    def reassign(self, who: int) -> None:
        task = self.task
        to = self.who("bob") if task.handler_id == self.who("alice") else self.who("alice")
        reassign(
            self.session,
            task,
            self.actor(who),
            unit_id=task.unit_id,
            handler_id=to,
            reason="分工调整",
            calendar=CALENDAR,
        )

    def plan_look_back(self, who: int) -> None:
        plan(self.session, self.task, self.actor(who), reason="群众来电", calendar=CALENDAR)

    def level(self, verdict: Verdict, who: int) -> None:
        referral = self._referral("application_id", who)
        application = self.session.get_one(Application, referral.application_id)
        ruling = Ruling(verdict, application.packet or "", "已核实")
        decide_level(self.session, referral.id, self.actor(who), ruling, calendar=CALENDAR)

    def rule(self, kind: RequestKind, verdict: Verdict, who: int, **passing: int) -> None:
        referral = self._referral("request_id", who)
        request = self.session.get_one(ChangeRequest, referral.request_id)
        if request.kind != kind:
            raise NothingToDecide
        ruling = Ruling(verdict, request.packet, "已核实")
        decide_request(
            self.session, referral.id, self.actor(who), ruling, calendar=CALENDAR, **passing
        )

    def look(self, verdict: Verdict, who: int) -> None:
        referral = self._referral("look_back_id", who)
        look_back = self.session.get_one(LookBack, referral.look_back_id)
        ruling = Ruling(verdict, look_back.packet, "已核实")
        decide_look_back(
            self.session,
            referral.id,
            self.actor(who),
            ruling,
            points=CHECKED,
            calendar=CALENDAR,
        )

    def _referral(self, of: str, who: int) -> Referral:
        """The one of this person, else anybody's that is still open, else the newest."""
        found = self.session.scalars(_REFERRAL[of], {"task": self.task.id, "who": who}).first()
        if found is None:
            raise NothingToDecide
        return found

    # What leads to a state.

    def asked(self) -> list[int]:
        return list(self.session.scalars(_ASKED, {"task": self.task.id}))

    def approve_levels(self, n: int) -> None:
        for _ in range(n):
            self.level(Verdict.APPROVE, self.asked()[0])

    def levels(self) -> int:
        return len(rules_of(self.session, self.task).level)

    def present(self) -> Application | None:
        return present_application(self.session, self.task)


ACTS: dict[str, Callable[[Life, int], None]] = {
    "apply": Life.apply,
    "amend": Life.amend,
    "recall": Life.recall,
    "object": Life.object,
    "take_back": Life.take_back,
    "uphold": lambda life, who: life.rule(
        RequestKind.OBJECTION, Verdict.GRANT, who, unit_id=life.bench.lead_unit
    ),
    "reject": lambda life, who: life.rule(RequestKind.OBJECTION, Verdict.REFUSE, who),
    "approve": lambda life, who: life.level(Verdict.APPROVE, who),
    "return": lambda life, who: life.level(Verdict.RETURN, who),
    "ask": lambda life, who: life.level(Verdict.ASK, who),
    "suspend": lambda life, who: life.rule(RequestKind.SUSPENSION, Verdict.GRANT, who),
    "resume": Life.resume,
    "make_long_term": lambda life, who: life.rule(RequestKind.LONG_TERM, Verdict.GRANT, who),
    "end_long_term": lambda life, who: life.rule(RequestKind.END_LONG_TERM, Verdict.GRANT, who),
    "confirm": lambda life, who: life.look(Verdict.SOLID, who),
    "reopen": lambda life, who: life.look(Verdict.SHAM, who),
    "reassign": Life.reassign,
    "withdraw": Life.withdraw,
}
"""Every event of the sign-off machine but `start`, which is an answer to a notice."""
