"""What people do in a look-back: for tests to act as they would."""

from collections.abc import Mapping
from datetime import date

from sqlmodel import col, select

from flows.database import transaction
from flows.signoff.deciding import Ruling
from flows.signoff.look_back_plans import plan
from flows.signoff.look_backs import decide_look_back, points_asked
from flows.working_days import load_calendar
from models import LookBack, Official, Post, Referral, Task, Unit
from models.decision import Verdict
from models.organisation import PostKind
from models.proof import Assurance
from tests.kept import add, rows
from tests.played import as_played
from tests.sign_offs import Bench

DUE = date(2022, 1, 28)
SIGNED_OFF = date(2022, 1, 10)  # a Monday
FIRST, SECOND = date(2022, 4, 11), date(2022, 7, 11)  # three and six months later, as it comes
ALL_MET: Mapping[int, tuple[bool, str]] = dict.fromkeys(range(1, 6), (True, ""))


def another_reviewer(bench: Bench, name: str = "ruth") -> int:
    """Of the supervision group too, but without a part in it."""
    [top] = rows(bench.office, Unit, col(Unit.name) == "定海区委")
    person = Official(name=name, unit_id=top.id, email=f"{name}@dinghai.example")
    add(bench.office, person)
    add(bench.office, Post(official_id=person.id, unit_id=top.id, kind=PostKind.REVIEWER))
    return person.id


def sign_off(bench: Bench, number: str, on: date = SIGNED_OFF, *, open_it: bool = True) -> None:
    """Through the whole chain in one day."""

    def live() -> None:
        if open_it:
            bench.task(number, DUE)
        bench.apply(number, on)
        for who in bench.levels:
            bench.decide(number, who, Verdict.APPROVE, on)

    as_played(bench.office.engine, ("signed off", number, on, open_it), live)


def put_down(
    bench: Bench, number: str, on: date, *, who: int | None = None, reason: str = "群众有反映"
) -> None:
    """The office does it by hand."""
    actor = bench.actor(bench.cast.olga if who is None else who, on)
    with transaction(bench.office.engine, actor.now) as session:
        task = session.exec(select(Task).where(Task.number == number)).one()
        plan(session, task, actor, reason=reason, calendar=load_calendar(session))


def check(
    bench: Bench,
    number: str,
    who: int,
    verdict: Verdict,
    on: date,
    *,
    reason: str = "",
    points: Mapping[int, tuple[bool, str]] = ALL_MET,
    assurance: Assurance = Assurance.CODE,
    packet: str = "",
) -> None:
    """What this person finds in the newest look-back of this task that was given to him."""
    actor = bench.actor(who, on, assurance)
    with transaction(bench.office.engine, actor.now) as session:
        referral = session.exec(
            select(Referral)
            .join(Task)
            .where(
                Task.number == number,
                Referral.official_id == who,
                col(Referral.look_back_id).is_not(None),
            )
            .order_by(col(Referral.id).desc())
        ).first()
        assert referral is not None, "nobody asked this person"
        look_back = session.get_one(LookBack, referral.look_back_id)
        assert len(points_asked(session, look_back)) == 5
        ruling = Ruling(verdict, packet or look_back.packet, reason)
        decide_look_back(
            session, referral.id, actor, ruling, points=points, calendar=load_calendar(session)
        )


def the_task(bench: Bench, number: str = "甲-1") -> Task:
    [task] = rows(bench.office, Task, col(Task.number) == number)
    return task
