"""A unit hands plans in, and the department reviews them: for tests to act as they would."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from flows.database import reading, transaction
from flows.office import Office
from flows.proposals.handing_in import hand_in, propose
from flows.proposals.standing import Standing, standing_of
from flows.signoff.decide import decide
from flows.signoff.deciding import Ruling
from flows.working_days import load_calendar
from models import Application, Official, Post, Referral, Task, Unit
from models.decision import ReferralState, Verdict
from models.organisation import PostKind
from tests.petitions import load_kind
from tests.responsibility import act, by
from tests.sign_offs import Bench

PLAN = ("张一|科员|副科长", "李二|副科长|科长", "王三|科员|科长")
DEPARTMENT = "区委组织部"


@dataclass
class Department:
    """Zoe handles plans for the department, Sam is its supervising leader, Ted its head."""

    bench: Bench
    unit: int
    zoe: int
    sam: int
    ted: int

    @property
    def office(self) -> Office:
        return self.bench.office

    def propose(self, on: date, *lines: str, who: int | None = None, kind="prereview") -> str:
        """Alice's unit hands a plan in; its number."""
        actor = by(self.office, self.bench.cast.alice if who is None else who, on)
        with transaction(self.office.engine, actor.now) as session:
            calendar = load_calendar(session)
            said = ("区教育局", "股级干部调整方案", lines or PLAN)
            made = propose(session, kind, *said, actor, calendar=calendar)
            return session.get_one(Task, made.task_id).number

    def hand_in(self, number: str, on: date, *lines: str) -> None:
        def deed(session: Session, task: Task, actor: Any, calendar: Any) -> None:
            hand_in(session, task, actor, lines or PLAN, calendar=calendar)

        act(self.office, number, self.bench.cast.alice, on, deed)

    def review(self, number: str, on: date, *, who: int | None = None) -> None:
        written = {"summary": "职数、程序已核对。", "visibles": {}}
        self.bench.apply(number, on, who=self.zoe if who is None else who, **written)

    def decide(
        self,
        number: str,
        who: int,
        on: date,
        rejected: Mapping[int, str] | None,
        verdict: Verdict = Verdict.APPROVE,
        reason: str = "",
    ) -> None:
        """Whoever of the department is asked now, with the mails that follow."""
        actor = self.bench.actor(who, on)
        with transaction(self.office.engine, actor.now) as session:
            referral = session.exec(
                select(Referral)
                .join(Task)
                .where(
                    Task.number == number,
                    Referral.official_id == who,
                    Referral.state == ReferralState.OPEN,
                )
                .order_by(col(Referral.id).desc())
            ).one()
            packet = session.get_one(Application, referral.application_id).packet or ""
            ruling = replace(Ruling(verdict, packet, reason), rejected=rejected)
            calendar = load_calendar(session)
            decide(session, self.office, referral.id, actor, ruling, calendar=calendar)

    def standing(self, number: str) -> Standing:
        with reading(self.office.engine) as session:
            task = session.exec(select(Task).where(Task.number == number)).one()
            found = standing_of(session, task)
            assert found is not None
            return found


def gather_department(bench: Bench) -> Department:
    load_kind(bench.office, "prereview")
    with transaction(bench.office.engine, bench.actor(bench.leo, date(2022, 1, 1)).now) as session:
        top = session.exec(select(Unit.id).where(Unit.name == "定海区委")).one()
        unit = Unit(name=DEPARTMENT, parent_id=top)
        session.add(unit)
        session.flush()
        people = []
        for name, kind in (
            ("zoe", PostKind.HANDLER),
            ("sam", PostKind.SUPERVISING_LEADER),
            ("ted", PostKind.UNIT_HEAD),
        ):
            person = Official(name=name, unit_id=unit.id, email=f"{name}@dinghai.example")
            session.add(person)
            session.flush()
            session.add(Post(official_id=person.id, unit_id=unit.id, kind=kind))
            people.append(person.id)
        return Department(bench, unit.id, *people)
