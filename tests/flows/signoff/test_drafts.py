"""A draft is written over as often as its handler saves it."""

from datetime import date

from sqlmodel import select

from flows.database import transaction
from flows.signoff.applications import draft, save
from models import MeasureDone, Task, VisibleShown
from tests.sign_offs import COMPLETE, Bench

DUE, ON = date(2022, 7, 13), date(2022, 7, 15)


def test_one_that_is_saved_twice_in_one_act_has_what_was_written_last(bench: Bench) -> None:
    """Also where somebody still has in hand what was written first."""
    bench.cast.task("甲-1", DUE)
    actor = bench.actor(bench.cast.alice, ON)

    with transaction(bench.office.engine, actor.now) as session:
        begun = draft(session, session.exec(select(Task)).one(), actor)
        for _ in range(2):
            save(session, begun, COMPLETE)
            session.flush()
            in_hand = [*session.exec(select(MeasureDone)), *session.exec(select(VisibleShown))]
            assert len(in_hand) == len(COMPLETE.done) + len(COMPLETE.visibles)
