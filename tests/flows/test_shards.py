"""A sweep in parts: each part once, whoever takes it and whoever dies; nobody is waited for."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Event

import pytest
from sqlmodel import select

from flows import shards
from flows.database import reading, transaction
from flows.history import faults
from flows.moves import lock_task
from flows.night import Step, run_night
from flows.office import Office
from flows.replies import answer
from flows.shards import divide, sweep_parts
from models import Night, NightShard, Transition
from models.warning import Colour
from tests.conftest import Cast, instant
from tests.flows.test_night_crashes import Died
from tests.flows.test_races import at_once
from tests.kept import colour, notices, reply_in, rows, until_it_waits, wind

DUE = date(2022, 7, 13)
DAY = date(2022, 7, 14)
TOO_LATE = date(2022, 7, 20)
PARTS = 4
on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


def tasks(cast: Cast, number: int = 10) -> None:
    for n in range(number):
        cast.task(f"甲-{n}", DUE)


def sharing(office: Office, on: date, *, helped_by) -> dict:
    """The night of this date; before its own sweep others are let in."""

    def run_step(step: Step, run) -> None:
        if step.name == "sweep":
            divide(run, PARTS)
            helped_by(run.night_id)
        step.act(run)

    return run_night(office, on=on, now=instant(on), run_step=run_step)


def helper(office: Office, night_id: int, name: str) -> int:
    return sweep_parts(office, night_id, worker=name, now=instant(DAY))


def raised(office: Office) -> list[int]:
    return sorted(row.task_id for row in rows(office, Transition, Transition.event == "escalate"))


def parts(office: Office) -> list[NightShard]:
    with reading(office.engine) as session:
        return list(session.exec(select(NightShard).order_by(NightShard.n)))


def test_workers_share_a_sweep_and_each_task_is_raised_once(office, cast: Cast):
    tasks(cast)

    def crowd(night_id: int) -> None:
        names = ("甲机", "乙机", "丙机")
        assert sum(at_once(*(lambda n=n: helper(office, night_id, n) for n in names))) == PARTS

    result = sharing(office, DAY, helped_by=crowd)

    assert result["escalated"]["blue"] == result["notices"] == result["scanned"] == 10
    assert len(raised(office)) == len(set(raised(office))) == 10
    assert [part.moved for part in parts(office)] == [3, 3, 2, 2]
    with reading(office.engine) as session:
        assert list(faults(session)) == []


def test_a_part_whose_worker_died_is_done_by_the_next_one(office, cast: Cast, monkeypatch):
    tasks(cast)
    sweep_part = shards.sweep_part

    def dies(*given, **said) -> int:
        sweep_part(*given, **said)
        raise Died

    def deaths(night_id: int) -> None:
        monkeypatch.setattr(shards, "sweep_part", dies)
        with pytest.raises(Died):
            helper(office, night_id, "死")
        monkeypatch.setattr(shards, "sweep_part", sweep_part)
        assert helper(office, night_id, "生") == PARTS

    sharing(office, DAY, helped_by=deaths)

    assert {part.worker for part in parts(office)} == {"生"}
    assert len(raised(office)) == len(set(raised(office))) == 10


def test_what_nobody_came_to_is_raised_by_the_night_itself(office, cast: Cast):
    tasks(cast)

    result = sharing(office, DAY, helped_by=lambda night_id: None)

    assert result["notices"] == 10
    assert [part.done_at for part in parts(office)] == [None] * PARTS
    [night] = rows(office, Night)
    assert helper(office, night.id, "迟到") == 0
    assert len(raised(office)) == 10


def test_a_night_that_died_among_its_parts_is_divided_once(office, cast: Cast):
    tasks(cast)

    def dies(night_id: int) -> None:
        helper(office, night_id, "一")
        raise Died

    with pytest.raises(Died):
        sharing(office, DAY, helped_by=dies)
    cast.task("乙-1", DUE)

    result = sharing(office, DAY, helped_by=lambda night_id: None)

    assert len(parts(office)) == PARTS
    assert result["notices"] == 11


@on_postgresql
def test_a_part_that_waits_for_a_click_holds_up_no_other(office, cast: Cast):
    tasks(cast)
    with ThreadPoolExecutor(1) as other:

        def slow(night_id: int) -> None:
            """The click holds a task of the first part."""
            with transaction(office.engine, instant(DAY)) as session:
                lock_task(session, 1)
                held_up = other.submit(helper, office, night_id, "慢")
                until_it_waits(office, held_up)
                assert helper(office, night_id, "快") == PARTS - 1
            assert held_up.result() == 1

        sharing(office, DAY, helped_by=slow)

    assert len(raised(office)) == len(set(raised(office))) == 10


@on_postgresql
def test_the_night_waits_for_a_part_that_somebody_has_in_hand(office, cast: Cast, monkeypatch):
    """Its tasks are raised, but nobody sees it yet."""
    tasks(cast)
    in_hand, night_waits = Event(), Event()
    sweep_part = shards.sweep_part

    def slow(*given, **said) -> int:
        moved = sweep_part(*given, **said)
        in_hand.set()
        assert night_waits.wait(60)
        return moved

    monkeypatch.setattr(shards, "sweep_part", slow)
    with ThreadPoolExecutor(2) as others:

        def begin(night_id: int) -> None:
            others.submit(helper, office, night_id, "慢")
            assert in_hand.wait(60)

        night = others.submit(sharing, office, DAY, helped_by=begin)
        assert in_hand.wait(60)
        until_it_waits(office, night)
        night_waits.set()
        assert night.result()["notices"] == 10

    assert len(raised(office)) == len(set(raised(office))) == 10


@on_postgresql
def test_an_answer_that_a_part_has_to_wait_for_counts(office, cast: Cast):
    cast.task("甲-1", DUE)
    wind(office, DAY, TOO_LATE - timedelta(days=1))
    [blue] = notices(office, "甲-1")
    with ThreadPoolExecutor(1) as other:

        def answered(night_id: int) -> None:
            with transaction(office.engine, instant(TOO_LATE)) as session:
                assert reply_in(session, answer, cast.alice, blue, on=TOO_LATE)
                part = other.submit(
                    sweep_parts, office, night_id, worker="一", now=instant(TOO_LATE)
                )
                until_it_waits(office, part)
            part.result()

        sharing(office, TOO_LATE, helped_by=answered)

    assert colour(office, "甲-1") == Colour.BLUE
