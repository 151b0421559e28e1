"""A new deadline relieves the colour, downwards only, and it does so beside a running night."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, time, timedelta
from functools import partial

import pytest
from sqlmodel import Session, select

from flows.database import transaction
from flows.deadline import change_deadline, relieve
from flows.moves import move_colour, move_task
from flows.night import NightRun, Step, run_night
from flows.replies import acknowledge, answer
from flows.working_days import load_calendar
from models import DeadlineChange, Message, Receipt, Task, Transition
from models.machine import NoReason
from models.message import MessageState
from models.warning import Colour
from tests.conftest import Cast, instant
from tests.kept import colour, digests, extend, notices, play, reply, rows, until_it_waits, wind

DUE = date(2022, 7, 13)
DAY = date(2022, 7, 14)
NOON = instant(DAY, time(12))
LONG_AGO = date(2022, 5, 13)  # red by now
on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


def moves(office) -> list[tuple[str, str, str, str]]:
    found = rows(office, Transition, Transition.event != "escalate")
    return [(t.machine, t.event, t.source, t.target) for t in found]


def test_a_later_deadline_relieves_to_green_and_lifts_the_notice(office, cast: Cast):
    cast.task("甲-1", DUE)
    play(office, DAY)

    extend(office, "甲-1", date(2022, 9, 13), on=DAY)

    assert colour(office, "甲-1") == Colour.GREEN
    assert moves(office) == [
        ("notice", "lift", "issued", "lifted"),
        ("warning", "relieve", "blue", "green"),
    ]
    assert [n.state for n in notices(office, "甲-1")] == ["lifted"]


def test_a_deadline_a_little_later_relieves_to_the_colour_of_its_dates(office, cast: Cast):
    """Red for two months; due on 1 July it would be yellow by now: no notice is issued."""
    cast.task("甲-1", LONG_AGO)
    play(office, DAY)

    extend(office, "甲-1", date(2022, 7, 1), on=DAY)

    assert colour(office, "甲-1") == Colour.YELLOW
    assert [(n.colour, n.state) for n in notices(office, "甲-1")] == [("red", "lifted")]
    for on in (date(2022, 7, 15), date(2022, 7, 31)):
        play(office, on)
    assert len(notices(office, "甲-1")) == 1
    play(office, date(2022, 8, 1))
    assert [(n.colour, n.state) for n in notices(office, "甲-1")][1:] == [("red", "issued")]


def test_a_colour_that_came_by_silence_is_relieved_to_that_of_the_dates(office, cast: Cast):
    """Yellow on the 20th for want of an answer; one more day to work leaves it blue by dates."""
    cast.task("甲-1", DUE)
    wind(office, DAY, date(2022, 7, 20))
    assert colour(office, "甲-1") == Colour.YELLOW

    extend(office, "甲-1", date(2022, 7, 14), on=date(2022, 7, 20))

    assert colour(office, "甲-1") == Colour.BLUE
    assert [n.state for n in notices(office, "甲-1")] == ["superseded", "lifted"]


@pytest.mark.parametrize("due_on", [date(2022, 6, 1), date(2022, 7, 12), DUE])
def test_an_earlier_deadline_never_lowers_and_leaves_raising_to_the_night(
    office, cast: Cast, due_on: date
):
    cast.task("甲-1", DUE)
    play(office, DAY)

    extend(office, "甲-1", due_on, on=DAY)

    assert colour(office, "甲-1") == Colour.BLUE
    assert moves(office) == []
    play(office, DAY + timedelta(days=1))
    assert colour(office, "甲-1") == (Colour.RED if due_on.month == 6 else Colour.BLUE)


def test_every_deadline_is_kept_with_its_reason(office, cast: Cast):
    cast.task("甲-1", DUE)

    extend(office, "甲-1", date(2022, 9, 13), on=DAY)

    kept = [(c.kind, c.previous_due_on, c.due_on, c.reason) for c in rows(office, DeadlineChange)]
    assert kept == [
        ("opened", None, DUE, "交办"),
        ("extension", DUE, date(2022, 9, 13), "经批准延期"),
    ]
    assert rows(office, Task)[0].original_due_on == DUE


def test_relief_that_changes_nothing_says_so(office, cast: Cast):
    cast.task("甲-1", DUE)
    play(office, DAY)

    with transaction(office.engine, NOON) as session:
        task = session.exec(select(Task)).one()
        calendar = load_calendar(session)

        assert not relieve(session, task, on=DAY, now=NOON, calendar=calendar, reason="试")


def extended(session: Session, due_on: date) -> None:
    change_deadline(
        session,
        session.exec(select(Task)).one(),
        due_on,
        kind="extension",
        reason="经批准延期",
        on=DAY,
        now=NOON,
        calendar=load_calendar(session),
    )


@on_postgresql
def test_a_night_that_meets_a_new_deadline_looks_at_it_again(office, cast: Cast):
    """The sweep has chosen the task by its old deadline and waits for whoever changes it."""
    cast.task("甲-1", DUE)
    with ThreadPoolExecutor(1) as other:
        with transaction(office.engine, NOON) as session:
            extended(session, date(2022, 9, 13))
            night = other.submit(play, office, DAY)
            until_it_waits(office, night)
        night.result()

    assert colour(office, "甲-1") == Colour.GREEN
    assert notices(office, "甲-1") == []


@on_postgresql
def test_a_new_deadline_that_meets_a_night_relieves_what_the_night_has_raised(office, cast: Cast):
    cast.task("甲-1", DUE)
    with transaction(office.engine, NOON) as session:
        seen = session.exec(select(Task)).one()
        assert seen.colour == Colour.GREEN
        play(office, DAY)
        extended(session, date(2022, 9, 13))

    assert colour(office, "甲-1") == Colour.GREEN
    assert [n.state for n in notices(office, "甲-1")] == ["lifted"]


@on_postgresql
@pytest.mark.parametrize("act", [acknowledge, answer])
def test_a_reply_and_a_new_deadline_do_not_wait_for_each_other_for_ever(
    office, cast: Cast, act: Callable[..., bool]
):
    cast.task("甲-1", DUE)
    play(office, DAY)
    with ThreadPoolExecutor(1) as other:
        with transaction(office.engine, NOON) as session:
            session.exec(select(Task).with_for_update(key_share=True)).one()
            replied = other.submit(reply, office, act, cast.alice, "甲-1", on=DAY)
            until_it_waits(office, replied)
            extended(session, date(2022, 9, 13))
        replied.result()

    assert notices(office, "甲-1")[0].state == "lifted"


@on_postgresql
def test_a_mail_that_is_being_sent_is_not_replaced(office, cast: Cast):
    """The worker claims it between the night's look at the outbox and its replacing it."""
    cast.task("甲-1", DUE)
    play(office, DAY)
    [mail] = digests(office)
    with ThreadPoolExecutor(1) as other:
        with transaction(office.engine, NOON) as session:
            claimed = session.get_one(Message, mail.id, with_for_update=True)
            claimed.attempts = 1
            session.flush()
            night = other.submit(play, office, DAY + timedelta(days=1))
            until_it_waits(office, night)
        night.result()

    assert {m.id: m.state for m in digests(office)} == {mail.id: MessageState.QUEUED}


def test_what_was_relieved_between_the_sweep_and_the_notices_gets_none(office, cast: Cast):
    """The night died behind the sweep; it is resumed after the office moved the deadline."""
    cast.task("甲-1", DUE)
    cast.task("甲-2", DUE)

    def dies_behind_the_sweep(step: Step, run: NightRun) -> None:
        if step.name != "sweep":
            raise KeyboardInterrupt
        step.act(run)

    with pytest.raises(KeyboardInterrupt):
        run_night(office, on=DAY, now=instant(DAY), run_step=dies_behind_the_sweep)
    extend(office, "甲-1", date(2022, 9, 13), on=DAY)

    result = play(office, DAY)

    assert (result["escalated"]["blue"], result["notices"]) == (2, 1)
    assert (colour(office, "甲-1"), notices(office, "甲-1")) == (Colour.GREEN, [])


def test_the_deadline_of_a_task_without_a_live_notice_changes_quietly(office, cast: Cast):
    cast.task("甲-1", LONG_AGO, colour=Colour.RED)

    extend(office, "甲-1", date(2022, 9, 13), on=DAY)

    assert moves(office) == [("warning", "relieve", "red", "green")]
    assert rows(office, Receipt) == []


@pytest.mark.parametrize(
    "move",
    [
        partial(move_colour, event="relieve", target=Colour.YELLOW),
        partial(move_colour, event="lift", target=Colour.GREEN),
        partial(move_task, event="withdraw"),
    ],
    ids=lambda move: move.keywords["event"],
)
def test_what_needs_a_reason_is_not_moved_without_one(office, cast: Cast, move):
    cast.task("甲-1", LONG_AGO, colour=Colour.RED)

    with transaction(office.engine, NOON) as session:
        task = session.exec(select(Task)).one()
        with pytest.raises(NoReason):
            move(session, task, on=DAY, now=NOON, actor_id=cast.olga)

    assert (colour(office, "甲-1"), moves(office)) == (Colour.RED, [])
