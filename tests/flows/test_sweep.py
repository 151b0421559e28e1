"""The warning machine has two executors, one task at a time and all at once. They agree."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, col, func, select

from flows.database import trial
from flows.deadline import live_notice
from flows.escalation import anchors_of, escalate
from flows.history import link_id
from flows.moves import move_notice
from flows.notices import issue_notices
from flows.rulebook import ladder_of
from flows.sweep import sweep, sweep_part
from models import DeadlineChange, Night, NightShard, Notice, Policy, Task, Transition
from models.machine import IllegalMove
from models.night import NightStep
from models.notice_machine import LIVE
from models.signoff import TaskState
from models.strike import strikes
from models.task import Track
from models.warning import Colour
from tests.conftest import instant, sample
from tests.strategies import calendars, dates, ladders, toml_of

RANDOM = settings(
    max_examples=sample(8, 200),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
matters = st.tuples(
    dates,
    st.one_of(st.none(), dates),
    dates,
    dates,
    st.sampled_from(TaskState),
    st.one_of(st.none(), dates),  # on which it was reopened
)
populations = st.lists(matters, min_size=1, max_size=8)
ends = st.lists(st.integers(1, 9), max_size=4)  # of parts, counted from the first task
answers = st.lists(st.sampled_from(["", "acknowledge", "answer"]), min_size=8, max_size=8)


class World:
    """One session with a population of tasks under one ladder; nothing of it is kept."""

    def __init__(self, session: Session, cast, ladder, population):
        self.session = session
        policy = Policy(
            name=ladder.name,
            version="1",
            title="随机",
            source=toml_of(ladder),
            loaded_at=instant(date(2022, 1, 1)),
        )
        session.add(policy)
        session.flush()
        for n, (opened, due, stage, reported, state, reopened) in enumerate(population):
            session.add(
                Task(
                    number=f"随-{n}",
                    title="随机",
                    procedure_id=cast.procedure_id,
                    policy_id=policy.id,
                    unit_id=cast.unit,
                    handler_id=cast.alice,
                    track=Track.DEADLINE if due else Track.LONG_TERM,
                    opened_on=opened,
                    begun_on=max(opened, reopened) if reopened else opened,
                    cycle=2 if reopened else 1,
                    due_on=max(due, opened) if due else None,
                    stage_on=stage,
                    reported_on=reported,
                    state=state,
                    level=1 if state == "under_review" else None,
                    colour=Colour.GREEN,
                    created_at=instant(opened),
                )
            )
        session.flush()

    def night(self, on: date) -> int:
        night = Night(
            on=on,
            run_id=f"night-{on}",
            epoch=1,
            step=NightStep.CLAIMED,
            claimed_at=instant(on),
            orchestrator="test",
        )
        self.session.add(night)
        self.session.flush()
        return night.id

    def one_by_one(self, night_id: int, on: date, calendar):
        """What the single executor would do, undone again."""
        savepoint = self.session.begin_nested()
        for task in self.session.exec(select(Task)).all():
            escalate(
                self.session, task, night_id=night_id, on=on, now=instant(on), calendar=calendar
            )
        done = self.escalations(night_id), self.colours()
        savepoint.rollback()
        self.session.expire_all()
        return done

    def all_at_once(self, night_id: int, on: date, calendar):
        sweep(self.session, night_id=night_id, on=on, now=instant(on), calendar=calendar)
        self.session.expire_all()
        return self.escalations(night_id), self.colours()

    def in_parts(self, night_id: int, on: date, calendar, ends: list[int]):
        """What workers would do that share the sweep, in any order, undone again."""
        savepoint = self.session.begin_nested()
        said = {"night_id": night_id, "on": on, "now": instant(on), "calendar": calendar}
        before = self.session.scalar(select(func.min(Task.id))) - 1
        bounds = [0, *sorted(before + end for end in ends), None]
        for first, end in reversed(list(pairwise(bounds))):
            part = NightShard(night_id=night_id, n=1, from_id=first, before_id=end)
            sweep_part(self.session, part, **said)
        self.session.expire_all()
        done = self.escalations(night_id), self.colours()
        savepoint.rollback()
        self.session.expire_all()
        return done

    def telling_dates(self, after: date, calendar) -> list[date]:
        """Where an error of a day would show: the strike dates that lie ahead, and their eves."""
        ahead = set()
        for task in self.session.exec(select(Task)):
            ladder = ladder_of(self.session.get_one(Policy, task.policy_id))
            anchors = anchors_of(task, live_notice(self.session, task))
            for found in strikes(ladder, anchors, calendar):
                ahead |= {found.on, found.on - timedelta(days=1)}
        return sorted(on for on in ahead if on > after) or [after + timedelta(days=1)]

    def issue(self, night_id: int, on: date, calendar) -> None:
        issue_notices(self.session, night_id=night_id, on=on, now=instant(on), calendar=calendar)
        self.session.expire_all()

    def answer(self, events: list[str], on: date) -> None:
        live = self.session.exec(
            select(Notice).where(col(Notice.state).in_(LIVE)).order_by(Notice.id)
        ).all()
        for notice, event in zip(live, events, strict=False):
            try:
                if event:
                    move_notice(self.session, notice, event, on=on, now=instant(on))
            except IllegalMove:
                continue

    def escalations(self, night_id: int):
        rows = self.session.exec(
            select(Transition).where(
                Transition.night_id == night_id, Transition.event == "escalate"
            )
        )
        return sorted((t.task_id, t.source, t.target, t.cause, t.passed) for t in rows)

    def colours(self):
        return sorted((t.number, t.colour) for t in self.session.exec(select(Task)))


@pytest.mark.storm
@RANDOM
@given(data=st.data(), ladder=ladders(), population=populations, calendar=calendars)
def test_the_sweep_and_the_single_task_agree(engine, cast, data, ladder, population, calendar):
    with trial(engine) as session:
        world = World(session, cast, ladder, population)
        on = data.draw(dates)
        for _ in range(6):
            night = world.night(on)

            expected = world.one_by_one(night, on, calendar)

            assert world.in_parts(night, on, calendar, data.draw(ends)) == expected
            assert world.all_at_once(night, on, calendar) == expected
            world.issue(night, on, calendar)
            world.answer(data.draw(answers), on)
            soonest = world.telling_dates(on, calendar)[:12]
            on = data.draw(st.sampled_from(soonest))


@pytest.mark.storm
@RANDOM
@given(ladder=ladders(), population=populations, calendar=calendars, on=dates)
def test_sweeping_twice_is_sweeping_once(engine, cast, ladder, population, calendar, on):
    with trial(engine) as session:
        world = World(session, cast, ladder, population)
        night = world.night(on)
        once = world.all_at_once(night, on, calendar)

        assert world.all_at_once(night, on, calendar) == once


@pytest.mark.storm
@pytest.mark.parametrize("notice_clocks", [False, True], ids=["dates alone", "notices too"])
@RANDOM
@given(data=st.data())
def test_skipped_nights_are_made_up(engine, cast, notice_clocks, data):
    """With clocks that hang on dates alone the colours are the same; those that hang on a
    notice may come later, never earlier."""
    ladder = data.draw(ladders(notice_clocks=notice_clocks))
    population, calendar = data.draw(populations), data.draw(calendars)
    first, skipped = data.draw(dates), data.draw(st.sets(st.integers(0, 6)))
    ranks = []
    for left_out in (set(), skipped):
        with trial(engine) as session:
            world = World(session, cast, ladder, population)
            for n in (n for n in range(8) if n not in left_out):
                on = first + timedelta(days=3 * n)
                night = world.night(on)
                world.all_at_once(night, on, calendar)
                world.issue(night, on, calendar)
            ranks.append([colour.rank for _, colour in world.colours()])

    assert (
        ranks[1] == ranks[0]
        if not notice_clocks
        else all(late <= punctual for punctual, late in zip(*ranks, strict=True))
    )


def test_the_rungs_passed_over_are_recorded(engine, cast):
    """A task first seen two months late goes to red at once."""
    cast.task("迟-1", date(2022, 5, 9))
    on = date(2022, 7, 14)
    with trial(engine) as session:
        session.add(
            Night(
                id=1,
                on=on,
                run_id="n",
                epoch=1,
                step=NightStep.CLAIMED,
                claimed_at=instant(on),
                orchestrator="test",
            )
        )
        session.flush()
        from models.workdays import Calendar

        sweep(session, night_id=1, on=on, now=instant(on), calendar=Calendar())

        moved = session.exec(select(Transition)).one()
        assert (moved.source, moved.target, moved.passed) == ("green", "red", "blue yellow")
        assert moved.cause == "due +1mo"
        assert link_id(session) == moved.link_id
        assert session.exec(select(DeadlineChange)).one().kind == "opened"


@RANDOM
@given(data=st.data(), own=ladders(), listed=ladders(), population=populations, calendar=calendars)
def test_they_agree_while_tasks_change_their_policy(
    engine, cast, data, own, listed, population, calendar
):
    """As joining and leaving a list does, in the middle of a warning."""
    with trial(engine) as session:
        world = World(session, cast, own, population)
        other = Policy(
            name="listed",
            version="1",
            title="清单",
            source=toml_of(
                listed.model_copy(update={"name": "listed", "number_format": "清〔{year}〕{n}号"})
            ),
            loaded_at=instant(date(2022, 1, 1)),
        )
        session.add(other)
        session.flush()
        tasks = session.exec(select(Task).order_by(Task.number)).all()
        policies = [tasks[0].policy_id, other.id]
        on = data.draw(dates)
        for _ in range(4):
            for task in session.exec(select(Task).order_by(Task.number)):
                task.policy_id = data.draw(st.sampled_from(policies))
                session.add(task)
            session.flush()
            night = world.night(on)

            expected = world.one_by_one(night, on, calendar)

            assert world.all_at_once(night, on, calendar) == expected
            world.issue(night, on, calendar)
            world.answer(data.draw(answers), on)
            on = data.draw(st.sampled_from(world.telling_dates(on, calendar)[:12]))
