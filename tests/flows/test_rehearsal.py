"""What another policy would have done, and that the present one would have done what was done."""

from datetime import date, timedelta

import pytest

from flows.database import reading
from flows.rehearsal import concerned, rehearse
from flows.replies import acknowledge, answer
from flows.rulebook import ladder_of
from flows.working_days import load_calendar
from models import Policy
from models.decision import Verdict
from models.ladder import parse_ladder
from models.warning import Colour
from tests.conftest import SEEDS
from tests.kept import everything, extend, play, reply, rows
from tests.played import as_played
from tests.sign_offs import gather_bench

DUE = date(2022, 6, 6)
FIRST, LAST = date(2022, 6, 6), date(2022, 7, 8)


@pytest.fixture
def lives(office, cast):
    """A month of nights, and tasks with a fate of each kind."""
    bench = gather_bench(office, cast)
    as_played(office.engine, "a month of lives", lambda: _live_them(bench))
    return office


def _live_them(bench):
    for number in ("静-1", "签-1", "答-1", "延-1", "申-1", "长-1"):
        bench.task(number, DUE)
    for n in range((LAST - FIRST).days + 1):
        on = FIRST + timedelta(days=n)
        play(bench.office, on)
        _live(bench, on)


def _live(bench, on):
    office, alice = bench.office, bench.cast.alice
    if on == date(2022, 6, 8):
        reply(office, acknowledge, alice, "签-1", on=on)
        reply(office, answer, alice, "答-1", on=on)
    if on == date(2022, 6, 20):
        extend(office, "延-1", date(2022, 7, 1), on=on)
        bench.apply("申-1", on)
    if on == date(2022, 6, 22):
        said = {"reason": "照片不清", "requirement": "重拍"}
        bench.decide("申-1", bench.cast.dora, Verdict.RETURN, on, **said)


def rehearsed(office, ladder, first=FIRST, last=LAST):
    with reading(office.engine) as session:
        tasks = concerned(session, ladder)
        found = list(rehearse(session, tasks, ladder, first, last, load_calendar(session)))
    return {one.number: one for one in found}


def present(office):
    return ladder_of(rows(office, Policy)[0])


def steps(raised):
    return [(one.on, one.colour) for one in raised]


def test_the_policy_that_held_would_have_done_what_was_done(lives):
    found = rehearsed(lives, present(lives))

    assert {number: one.would for number, one in found.items()} == {
        number: one.was for number, one in found.items()
    }
    assert steps(found["静-1"].would)[-1][1] == Colour.RED
    assert len({tuple(steps(one.would)) for one in found.values()}) >= 4


def test_an_earlier_rung_would_have_come_earlier(lives):
    text = (SEEDS / "policies" / "default.toml").read_text(encoding="utf-8")
    stricter = parse_ladder(text.replace('after = "10d"', 'after = "3d"'), file="stricter.toml")

    found = rehearsed(lives, stricter)["静-1"]

    assert found.differs
    assert (date(2022, 6, 9), Colour.YELLOW) in steps(found.would)
    assert (date(2022, 6, 9), Colour.YELLOW) not in steps(found.was)


def test_a_rung_that_is_gone_would_not_have_come(lives):
    ladder = present(lives)
    mild = ladder.model_copy(update={"rung": ladder.rung[:1]})

    assert {r.colour for one in rehearsed(lives, mild).values() for r in one.would} == {Colour.BLUE}


def test_only_the_days_that_are_asked_for_are_told(lives):
    found = rehearsed(lives, present(lives), date(2022, 6, 7), date(2022, 6, 7))

    assert {r.on for one in found.values() for r in (*one.was, *one.would)} == {date(2022, 6, 7)}


def test_a_policy_of_its_own_name_is_tried_on_those_who_have_it(lives):
    with reading(lives.engine) as session:
        of_it = concerned(session, present(lives))
        of_another = concerned(session, present(lives).model_copy(update={"name": "another"}))

    assert len(of_it) == len(of_another) == 6


def test_rehearsing_writes_nothing(lives):
    before = everything(lives.engine)

    rehearsed(lives, present(lives))

    assert everything(lives.engine) == before
