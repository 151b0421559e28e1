"""Promise: a handler with a conflict of interest gives the matter up, and hears no more of it."""

from datetime import date, timedelta

import pytest

from flows.database import reading
from flows.replies import answer
from flows.signoff.exclusions import HandlesIt
from flows.signoff.reassigning import reassign
from flows.signoff.roles import StandsAside, require_move
from models import Task
from models.decision import Verdict
from tests.conftest import Cast
from tests.flows.test_still_owed import send
from tests.kept import digests, notices, play, reply, rows, told, wind
from tests.responsibility import act, keep_away
from tests.sign_offs import gather_bench

DUE, SAID = date(2022, 7, 13), date(2022, 7, 15)


def test_a_handler_with_a_conflict(office, cast: Cast):
    """Alice says on the 15th that her brother runs the company; Bob takes over."""
    bench = gather_bench(office, cast)
    bench.task("甲-1", DUE)
    wind(office, date(2022, 7, 14), SAID)
    send(office)

    with pytest.raises(HandlesIt):
        keep_away(office, "甲-1", SAID, official_id=cast.alice)
    act(
        office,
        "甲-1",
        cast.olga,
        SAID,
        lambda session, task, actor, calendar: reassign(
            session,
            task,
            actor,
            unit_id=cast.unit,
            handler_id=cast.bob,
            reason="原责任人回避",
            calendar=calendar,
        ),
    )
    keep_away(office, "甲-1", SAID, official_id=cast.alice, who=cast.olga)

    assert [who for who, _ in send(office)] == ["bob@dinghai.example"]
    assert reply(office, answer, cast.bob, "甲-1", on=SAID)
    assert notices(office, "甲-1")[-1].state == "answered"
    heard = len(digests(office, cast.alice))
    for days in (*range(1, 8), 14, 21, 28, 36):  # daily at first, then now and then
        play(office, SAID + timedelta(days=days))
    assert [name for name, *_ in told(office, "甲-1")] == ["bob", "carol", "dora", "olga"]
    assert len(digests(office, cast.alice)) == heard

    bench.apply("甲-1", date(2022, 8, 22), who=cast.bob)
    with reading(office.engine) as session, pytest.raises(StandsAside):
        require_move(session, session.get_one(Task, 1), "recall", cast.alice, date(2022, 8, 22))
    for who in bench.levels:
        bench.decide("甲-1", who, Verdict.APPROVE, date(2022, 8, 22))
    assert rows(office, Task)[0].state == "signed_off"
