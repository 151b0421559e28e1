"""A code proves one browser for one link for ten minutes; a decision needs it."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from flows.database import transaction
from flows.moves import move_task
from flows.proof import LIFE, Tried, new_code, proof_of, try_code
from models import ProofCode, ReplyLink, Task
from models.proof import Assurance, NotProved
from models.request_machine import REQUEST
from models.signoff import SIGNOFF, TaskState
from models.warning import WARNING
from notifications.links import six_digits
from tests.kept import edit, rows
from tests.outboxes import NOON, fill
from tests.web.conftest import DAY

HERE, ELSEWHERE = "a" * 32, "b" * 32


@pytest.fixture
def link(office):
    fill(office, "a@dinghai.example", "b@dinghai.example")
    return rows(office, ReplyLink)[0]


def code(office, link, browser=HERE, at=NOON):
    with transaction(office.engine, at) as session:
        salt = new_code(session, office, link, browser, at)
    return salt and six_digits(office.secret, salt)


def tried(office, link, digits, browser=HERE, at=NOON):
    with transaction(office.engine, at) as session:
        return try_code(session, office, link.id, browser, digits, at)


def wrong(digits):
    return f"{(int(digits) + 1) % 1_000_000:06}"


def proved(office, link, browser=HERE, at=NOON):
    return stands(office, link, browser, at)[0]


def stands(office, link, browser=HERE, at=NOON):
    with transaction(office.engine, at) as session:
        return proof_of(session, link.id, browser, at)


def test_the_right_code_proves_this_browser_for_this_link_for_ten_minutes(office, link):
    digits = code(office, link)
    other = rows(office, ReplyLink)[1]

    assert stands(office, link) == (None, True)
    assert stands(office, link, ELSEWHERE) == (None, False)
    assert tried(office, link, digits) == (Tried.RIGHT, 0)

    assert stands(office, link) == (NOON + LIFE, False)
    assert proved(office, link, at=NOON + LIFE) is None
    assert proved(office, link, ELSEWHERE) is None
    assert proved(office, other) is None


@pytest.mark.parametrize("which", ["browser", "link", "time"])
def test_a_code_is_worth_nothing_elsewhere_or_later(office, link, which):
    digits = code(office, link)
    where = {"browser": {"browser": ELSEWHERE}, "time": {"at": NOON + LIFE}}.get(which, {})
    at = rows(office, ReplyLink)[1] if which == "link" else link

    assert tried(office, at, digits, **where) == (Tried.NONE, 0)


def test_after_five_wrong_codes_the_right_one_is_locked_too(office, link):
    digits = code(office, link)

    assert [tried(office, link, wrong(digits)) for _ in range(5)] == [
        (Tried.WRONG, left) for left in (4, 3, 2, 1, 0)
    ]

    assert tried(office, link, digits) == (Tried.LOCKED, 0)
    assert stands(office, link) == (None, False)


def test_many_tries_at_once_are_counted_one_by_one(office, link):
    digits = code(office, link)

    with ThreadPoolExecutor(8) as guessers:
        said = list(guessers.map(lambda _: tried(office, link, wrong(digits))[0], range(16)))

    assert sorted(said) == [Tried.LOCKED] * 11 + [Tried.WRONG] * 5


def test_a_code_is_consumed_by_its_proof(office, link):
    digits = code(office, link)
    tried(office, link, digits)

    assert tried(office, link, digits) == (Tried.NONE, 0)


def test_three_codes_in_ten_minutes_however_many_ask_at_once(office, link):
    with ThreadPoolExecutor(8) as crowd:
        given = list(crowd.map(lambda n: code(office, link, f"{n:032x}"), range(8)))

    assert len([digits for digits in given if digits]) == 3
    assert code(office, link, at=NOON + LIFE - timedelta(seconds=1)) is None
    assert code(office, link, at=NOON + LIFE)


def test_only_the_newest_code_counts(office, link):
    first, second = code(office, link), code(office, link)

    assert tried(office, link, first)[0] == (Tried.RIGHT if first == second else Tried.WRONG)
    assert tried(office, link, second)[0] == Tried.RIGHT


def test_a_code_outlives_a_rotation_of_keys_and_not_the_brake(office, link):
    digits = code(office, link)
    office.ring.rotate()
    assert tried(office, link, digits) == (Tried.RIGHT, 0)

    digits = code(office, link)
    office.ring.rotate()
    office.ring.drop()
    assert tried(office, link, digits)[0] == Tried.WRONG


def test_the_database_keeps_no_code(office, link):
    digits = code(office, link)
    tried(office, link, digits)

    [kept] = rows(office, ProofCode)
    assert len(kept.code_hash) == 64
    assert all(digits != str(value) for value in kept.model_dump().values())
    assert HERE not in str(kept.model_dump())


MOVES = (*SIGNOFF.moves, *REQUEST.moves, *WARNING.moves)
DECISIONS = [m for m in MOVES if "handler" not in m.who and m.who != ("clock",)]


def test_what_is_a_decision():
    assert {move.event for move in DECISIONS} == {
        *("uphold", "reject", "approve", "sign_off", "return", "suspend", "resume"),
        *("make_long_term", "confirm", "reopen", "withdraw", "relieve", "lift"),
        *("ask", "end_long_term", "reassign", "grant", "refuse"),
    }


@pytest.mark.parametrize("assurance", list(Assurance))
def test_a_decision_is_refused_to_whoever_has_the_link_alone(office, cast, assurance):
    task = cast.task("甲-1", DAY)
    edit(office, Task, task.id, state=TaskState.IN_PROGRESS)
    given = {"reason": "情况说明", "actor_id": cast.hugo, "said_by": "hugo"}

    def decide():
        with transaction(office.engine, NOON) as session:
            kept = session.get_one(Task, task.id)
            move_task(session, kept, "suspend", on=DAY, now=NOON, assurance=assurance, **given)

    if assurance == Assurance.LINK:
        with pytest.raises(NotProved):
            decide()
    else:
        decide()

    assert (rows(office, Task)[0].state == TaskState.SUSPENDED) is (assurance != Assurance.LINK)
