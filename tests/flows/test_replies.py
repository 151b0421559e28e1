"""What a person may do with a notice, what it moves, and that it happens once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, time, timedelta
from threading import Barrier

import pytest
from sqlalchemy.exc import NoResultFound

from flows.database import reading, transaction
from flows.replies import acknowledge, answer
from flows.reply_links import find, open_receipts
from models import Notice, Receipt, ReplyLink, Task, Transition
from models.signoff import TaskState
from notifications.links import token
from tests.conftest import Cast, instant
from tests.kept import edit, extend, notices, play, reply, rows, wind
from tests.played import wound

DUE = date(2022, 7, 13)
DAY = date(2022, 7, 14)
LONG_AGO = date(2022, 5, 13)  # red by now


@pytest.fixture
def blue(office, cast: Cast) -> Task:
    task = cast.task("甲-1", DUE)
    wound(office, DAY, DAY)
    return task


@pytest.fixture
def red(office, cast: Cast) -> Task:
    task = cast.task("甲-1", LONG_AGO)
    wound(office, DAY, DAY)
    return task


def moves(office) -> list[tuple[str, str, str]]:
    found = rows(office, Transition, Transition.machine != "warning")
    return [(t.machine, t.event, t.target) for t in found]


def receipt_of(office, who: int) -> Receipt:
    [receipt] = rows(office, Receipt, Receipt.official_id == who)
    return receipt


def test_first_acknowledged_then_answered(office, cast: Cast, blue):
    assert reply(office, acknowledge, cast.alice, "甲-1", on=DAY)
    assert reply(office, answer, cast.alice, "甲-1", on=DAY + timedelta(days=1), words="已完成")

    assert moves(office) == [
        ("notice", "acknowledge", "acknowledged"),
        ("notice", "answer", "answered"),
        ("sign-off", "start", "in_progress"),
    ]
    receipt = receipt_of(office, cast.alice)
    assert receipt.acknowledged_at == instant(DAY, time(9))
    assert receipt.answered_at == instant(DAY + timedelta(days=1), time(9))
    assert receipt.words == "已完成"


def test_an_answer_acknowledges_as_well(office, cast: Cast, blue):
    assert reply(office, answer, cast.alice, "甲-1", on=DAY)

    receipt = receipt_of(office, cast.alice)
    assert receipt.acknowledged_at == receipt.answered_at == instant(DAY, time(9))
    assert notices(office, "甲-1")[0].state == "answered"


def test_an_answer_is_a_report_and_starts_the_work(office, cast: Cast, blue):
    reply(office, answer, cast.alice, "甲-1", on=date(2022, 7, 18), words="已进场施工")

    [task] = rows(office, Task)
    assert (task.state, task.reported_on, task.stage_on) == (
        TaskState.IN_PROGRESS,
        date(2022, 7, 18),
        date(2022, 7, 18),
    )
    [started] = rows(office, Transition, Transition.event == "start")
    assert (started.actor_id, started.said_by, started.reason) == (
        cast.alice,
        "alice",
        "已进场施工",
    )


def test_a_report_on_work_already_begun_only_moves_its_date(office, cast: Cast):
    cast.task("甲-1", DUE, state=TaskState.IN_PROGRESS)
    play(office, DAY)

    reply(office, answer, cast.alice, "甲-1", on=DAY)

    [task] = rows(office, Task)
    assert (task.state, task.reported_on) == (TaskState.IN_PROGRESS, DAY)
    assert task.stage_on < DAY


def test_an_older_report_never_moves_the_date_back(office, cast: Cast, blue):
    edit(office, Task, 1, reported_on=date(2022, 7, 20))

    reply(office, answer, cast.alice, "甲-1", on=DAY)

    assert rows(office, Task)[0].reported_on == date(2022, 7, 20)


@pytest.mark.parametrize("act", [acknowledge, answer])
def test_each_act_counts_once(office, cast: Cast, blue, act: Callable[..., bool]):
    assert reply(office, act, cast.alice, "甲-1", on=DAY, words="第一次")
    before = moves(office)

    assert not reply(office, act, cast.alice, "甲-1", on=DAY, words="第二次")

    assert moves(office) == before
    assert receipt_of(office, cast.alice).words == "第一次"


def test_what_was_answered_cannot_be_acknowledged_afterwards(office, cast: Cast, blue):
    reply(office, answer, cast.alice, "甲-1", on=DAY)

    assert not reply(office, acknowledge, cast.alice, "甲-1", on=DAY)


@pytest.mark.parametrize("act", [acknowledge, answer])
def test_of_many_submitted_at_the_same_moment_one_wins(office, cast: Cast, blue, act):
    barrier, receipt, now = Barrier(4), receipt_of(office, cast.alice), instant(DAY, time(9))

    def submit(n: int) -> bool:
        barrier.wait()
        with transaction(office.engine, now) as session:
            return act(
                session, receipt.id, cast.alice, said_by="本人", words=str(n), on=DAY, now=now
            )

    with ThreadPoolExecutor(4) as people:
        done = list(people.map(submit, range(4)))

    assert sorted(done) == [False, False, False, True]
    assert receipt_of(office, cast.alice).words == str(done.index(True))
    assert len([m for m in moves(office) if m[0] == "notice"]) == 1


def test_an_acknowledgement_and_an_answer_at_the_same_moment_leave_it_answered(
    office, cast: Cast, blue
):
    barrier, receipt, now = Barrier(2), receipt_of(office, cast.alice), instant(DAY, time(9))

    def submit(act) -> bool:
        barrier.wait()
        with transaction(office.engine, now) as session:
            return act(session, receipt.id, cast.alice, said_by="", words="", on=DAY, now=now)

    with ThreadPoolExecutor(2) as people:
        _acknowledged, answered = people.map(submit, (acknowledge, answer))

    assert answered
    assert notices(office, "甲-1")[0].state == "answered"


def test_the_receipts_of_supervisors_never_stop_the_clock_of_the_handler(office, cast: Cast, red):
    for who, words in ((cast.carol, "请抓紧"), (cast.dora, "")):
        assert reply(office, acknowledge, who, "甲-1", on=DAY, words=words)
        assert not reply(office, answer, who, "甲-1", on=DAY)

    assert notices(office, "甲-1")[0].state == "issued"
    assert receipt_of(office, cast.carol).words == "请抓紧"
    assert rows(office, Task)[0].reported_on < DAY


def test_a_copy_owes_nothing_and_can_do_nothing(office, cast: Cast, red):
    assert not reply(office, acknowledge, cast.olga, "甲-1", on=DAY)
    assert not reply(office, answer, cast.olga, "甲-1", on=DAY)

    receipt = receipt_of(office, cast.olga)
    assert (receipt.acknowledged_at, receipt.answered_at) == (None, None)


@pytest.mark.parametrize("act", [acknowledge, answer])
def test_nothing_can_be_done_with_a_superseded_notice(office, cast: Cast, blue, act):
    play(office, date(2022, 7, 20))

    assert not reply(office, act, cast.alice, "甲-1", on=date(2022, 7, 20), colour="blue")
    assert [n.state for n in rows(office, Notice)] == ["superseded", "issued"]


@pytest.mark.parametrize("act", [acknowledge, answer])
def test_nothing_can_be_done_with_a_lifted_notice(office, cast: Cast, blue, act):
    extend(office, "甲-1", date(2022, 9, 13), on=DAY)

    assert not reply(office, act, cast.alice, "甲-1", on=DAY)
    assert notices(office, "甲-1")[0].state == "lifted"


def test_nobody_can_act_on_the_receipt_of_another(office, cast: Cast, red):
    now, receipt = instant(DAY), receipt_of(office, cast.alice)

    with pytest.raises(NoResultFound), transaction(office.engine, now) as session:
        answer(session, receipt.id, cast.mallory, said_by="", words="", on=DAY, now=now)

    assert moves(office) == []


def test_a_link_opens_its_matter_and_the_link_of_the_digest_all_that_is_owed(office, cast: Cast):
    cast.task("甲-1", DUE)
    cast.task("甲-2", LONG_AGO)
    play(office, DAY)
    reply(office, answer, cast.alice, "甲-1", on=DAY)
    opened = {}
    links = rows(office, ReplyLink, ReplyLink.official_id == cast.alice)
    with reading(office.engine) as session:
        for link in links:
            found = find(session, office.ring, token(office.secret, link.salt), instant(DAY))
            waiting = open_receipts(session, found, 9)
            opened[link.receipt_id is None, waiting[0].task.number] = waiting
        assert find(session, office.ring, "0" * 32, instant(DAY)) is None

    assert set(opened) == {(False, "甲-1"), (False, "甲-2"), (True, "甲-2")}
    assert len(opened[True, "甲-2"]) == 1
    answered, waiting = opened[False, "甲-1"][0], opened[False, "甲-2"][0]
    assert (answered.can_acknowledge, answered.can_answer) == (False, False)
    assert (waiting.can_acknowledge, waiting.can_answer) == (True, True)
    assert answered.answered_by[0] == "alice"


def test_the_reporting_clock_begins_again_with_each_answer(office, cast: Cast):
    """`reported` is the day of the last report, else of opening."""
    cast.task("甲-1", DUE)
    wind(office, DAY, date(2022, 7, 20))
    reply(office, answer, cast.alice, "甲-1", on=date(2022, 7, 20))

    assert rows(office, Task)[0].reported_on == date(2022, 7, 20)
