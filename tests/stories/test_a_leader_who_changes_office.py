"""Promise: when a leader changes office his matters pass on, and old notices keep his name."""

from datetime import date, timedelta

from sqlmodel import col, select

from flows.database import reading, transaction
from flows.explain import explain
from flows.replies import acknowledge
from flows.signoff.hand_over import HandOver, hand_over
from flows.working_days import load_calendar
from models import Official, Task
from models.decision import Verdict
from tests.conftest import SHANGHAI
from tests.flows.test_still_owed import send
from tests.kept import add, play, reply, rows, told, wind
from tests.responsibility import by
from tests.sign_offs import Bench

DUE, HANDED = date(2022, 7, 4), date(2022, 7, 18)


def test_a_leader_who_changes_office(bench: Bench):
    """Carol supervises until the 17th; Nina takes her post on the 18th."""
    office, cast = bench.office, bench.cast
    add(office, Official(name="nina", unit_id=cast.unit, email="nina@dinghai.example"))
    [nina] = [person.id for person in rows(office, Official, col(Official.name) == "nina")]
    bench.task("甲-1", DUE)
    bench.task("乙-1", date(2022, 7, 8), supervising_leader_id=cast.carol)
    wind(office, date(2022, 7, 14), HANDED - timedelta(days=1))
    assert ("carol", "supervising_leader", "acknowledge") in told(office, "甲-1")
    send(office)

    actor = by(office, cast.olga, HANDED)
    wanted = HandOver(cast.carol, nina, HANDED, "转任")
    with transaction(office.engine, actor.now) as session:
        passed = hand_over(session, actor, wanted, calendar=load_calendar(session))

    assert [task.number for task in passed.tasks] == ["乙-1", "甲-1"]
    assert "nina@dinghai.example" in {who for who, _ in send(office)}
    assert reply(office, acknowledge, nina, "甲-1", on=HANDED)
    assert not reply(office, acknowledge, cast.carol, "甲-1", on=HANDED)

    for days in (1, 2, 3, 4, 7, 11, 14, 18):
        play(office, HANDED + timedelta(days=days))
    assert told(office, "甲-1")[1][0] == told(office, "乙-1")[1][0] == "nina"
    with reading(office.engine) as session:
        before = explain(
            session,
            "甲-1",
            on=HANDED - timedelta(days=1),
            calendar=load_calendar(session),
            timezone=SHANGHAI,
        )
        assert "nina" not in {row.name for row in before.told}
        assert "carol" in {row.name for row in before.told}
        [task] = session.exec(select(Task).where(Task.number == "乙-1"))
        assert task.supervising_leader_id == nina

    bench.apply("甲-1", date(2022, 8, 8))
    bench.decide("甲-1", cast.dora, Verdict.APPROVE, date(2022, 8, 8))
    assert bench.asked("甲-1") == [bench.leo]
