"""The counts by colour of a day that is over are what stood when it ended."""

from datetime import date, timedelta

from sqlmodel import col, select

from flows.colour_counts import colours_over_time
from flows.database import reading, transaction
from flows.signoff.withdrawing import withdraw
from flows.standing import History
from models import DayCount, Task
from models.decision import Verdict
from models.signoff import OPEN
from models.warning import Colour
from tests.kept import extend, play
from tests.sign_offs import Bench

FIRST = date(2022, 7, 1)
DAYS = [FIRST + timedelta(days=n) for n in range(24)]


def stood(office) -> dict[Colour, int]:
    """What is open and not restricted just now, one by one."""
    with reading(office.engine) as session:
        tasks = session.exec(select(Task)).all()
        shown = [t.colour for t in tasks if t.state in OPEN and not t.restricted]
    return {colour: shown.count(colour) for colour in Colour}


def acts(bench: Bench, on: date) -> None:
    """A matter comes in, a deadline moves, one is signed off, one is withdrawn."""
    if on.day == 5:
        bench.task("甲-5", date(2022, 7, 9), opened_on=on)
    elif on.day == 12:
        extend(bench.office, "甲-2", date(2022, 8, 1), on=on)
    elif on.day == 15:
        bench.apply("甲-1", on)
        for who in bench.levels:
            bench.decide("甲-1", who, Verdict.APPROVE, on)
    elif on.day == 18:
        actor = bench.actor(bench.cast.olga, on)
        with transaction(bench.office.engine, actor.now) as session:
            task = session.exec(select(Task).where(Task.number == "甲-3")).one()
            withdraw(session, task, actor, reason="重复立项")


def test_each_day_is_counted_as_it_stood_when_it_ended(bench: Bench):
    for n in range(1, 5):
        bench.task(f"甲-{n}", FIRST + timedelta(days=3 * n - 3))
    bench.task("线-1", FIRST, restricted=True)
    seen = []
    for on in DAYS:
        play(bench.office, on)
        acts(bench, on)
        seen.append((on, stood(bench.office)))

    with reading(bench.office.engine) as session:
        counted = [(day.on, day.counts) for day in colours_over_time(session, DAYS)]

    assert counted == seen
    assert len({tuple(counts.values()) for _, counts in seen}) > 8, "much has to happen"


def test_it_says_what_the_history_of_each_matter_says(bench: Bench):
    for n in range(1, 4):
        bench.task(f"甲-{n}", FIRST + timedelta(days=n))
    for on in DAYS:
        play(bench.office, on)

    with reading(bench.office.engine) as session:
        histories = [History.load(session, task) for task in session.exec(select(Task))]
        counted = {day.on: day.counts for day in colours_over_time(session, DAYS[::5])}

    for on, counts in counted.items():
        then = [one.at_end_of(on).task.colour for one in histories]
        assert counts == {colour: then.count(colour) for colour in Colour}


def test_days_from_before_the_first_matter_are_left_out(office, cast):
    early = date(2020, 1, 1)
    with reading(office.engine) as session:
        assert colours_over_time(session, [early, FIRST]) == []
    cast.task("甲-1", FIRST, opened_on=date(2022, 6, 1))

    with reading(office.engine) as session:
        assert [day.on for day in colours_over_time(session, [early, FIRST])] == [FIRST]


def test_what_came_in_later_is_not_counted_before(office, cast):
    for n in (0, 3):
        cast.task(f"甲-{n}", FIRST + timedelta(days=30), opened_on=DAYS[n])

    with reading(office.engine) as session:
        mine = col(Task.handler_id) == cast.alice
        for among in (None, mine):
            found = [
                day.counts[Colour.GREEN] for day in colours_over_time(session, DAYS[:5], among)
            ]
            assert found == [1, 1, 1, 2, 2]


def test_the_first_night_keeps_the_days_since_the_first_matter(office, cast):
    cast.task("甲-1", FIRST, opened_on=FIRST - timedelta(days=3))

    play(office, FIRST)

    with reading(office.engine) as session:
        kept = set(session.exec(select(DayCount.on)))
    assert kept == {FIRST - timedelta(days=n) for n in (1, 2, 3)}


def test_of_some_matters_no_other_one_is_counted(office, cast):
    for n, who in enumerate((cast.alice, cast.bob, None)):
        cast.task(f"甲-{n}", FIRST, handler_id=who)
    for on in DAYS[:4]:
        play(office, on)

    with reading(office.engine) as session:
        mine = col(Task.handler_id) == cast.alice
        found = [day.counts for day in colours_over_time(session, DAYS[:4], mine)]

    assert [(each[Colour.GREEN], each[Colour.BLUE]) for each in found] == [(1, 0), *[(0, 1)] * 3]
