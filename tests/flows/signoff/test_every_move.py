"""Every event, in every state, by everybody: either it is done, or it is refused in a sentence."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from flows.database import trial
from models import Task, Transition
from models.decision import Verdict
from models.refusal import Refusal
from models.request_machine import RequestKind
from models.signoff import SIGNOFF
from tests.lives import ACTS, Life, NothingToDecide
from tests.sign_offs import Bench

DUE = date(2022, 7, 29)
OFFICE = {"reassign": {"olga"}, "withdraw": {"olga"}}
PEOPLE = ("alice", "dora", "leo", "rita", "hugo", "olga", "mallory")


def assigned(life: Life) -> None:
    """As it was opened."""


def suspension_asked(life: Life) -> None:
    life.ask_for(RequestKind.SUSPENSION, life.who("alice"))


def long_term_asked(life: Life) -> None:
    life.ask_for(RequestKind.LONG_TERM, life.who("alice"))


def objected(life: Life) -> None:
    life.object(life.who("alice"))


def in_progress(life: Life) -> None:
    life.apply(life.who("alice"))
    life.recall(life.who("alice"))


def in_progress_and_suspension_asked(life: Life) -> None:
    in_progress(life)
    suspension_asked(life)


def in_progress_and_long_term_asked(life: Life) -> None:
    in_progress(life)
    long_term_asked(life)


def under_review(life: Life) -> None:
    life.apply(life.who("alice"))


def under_review_of_the_last(life: Life) -> None:
    under_review(life)
    life.approve_levels(3)


def suspended(life: Life) -> None:
    suspension_asked(life)
    life.rule(RequestKind.SUSPENSION, Verdict.GRANT, life.who("hugo"))


def long_term(life: Life) -> None:
    long_term_asked(life)
    life.rule(RequestKind.LONG_TERM, Verdict.GRANT, life.who("hugo"))


def long_term_and_its_end_asked(life: Life) -> None:
    long_term(life)
    life.ask_for(RequestKind.END_LONG_TERM, life.who("alice"))


def long_term_under_review(life: Life) -> None:
    long_term(life)
    life.apply(life.who("alice"))


def signed_off(life: Life) -> None:
    under_review(life)
    life.approve_levels(4)


def looked_back_at(life: Life) -> None:
    """All dates of the procedure have come, so that this one confirms."""
    signed_off(life)
    life.on = date(2023, 3, 1)
    life.plan_look_back(life.who("olga"))


def confirmed(life: Life) -> None:
    looked_back_at(life)
    life.look(Verdict.SOLID, life.asked()[0])


def withdrawn(life: Life) -> None:
    life.withdraw(life.who("olga"))


HANDLER_APPLIES = {"apply": {"alice"}}
ASKED = {"take_back": {"alice"}}
REVIEWED = {"amend": {"alice"}, "recall": {"alice"}}
MAY: dict[Callable[[Life], None], dict[str, set[str]]] = {
    assigned: HANDLER_APPLIES | {"object": {"alice"}} | OFFICE,
    suspension_asked: HANDLER_APPLIES | ASKED | {"suspend": {"hugo"}} | OFFICE,
    long_term_asked: HANDLER_APPLIES | ASKED | {"make_long_term": {"hugo"}} | OFFICE,
    objected: ASKED | {"uphold": {"olga"}, "reject": {"olga"}} | OFFICE,
    in_progress: HANDLER_APPLIES | OFFICE,
    in_progress_and_suspension_asked: HANDLER_APPLIES | ASKED | {"suspend": {"hugo"}} | OFFICE,
    in_progress_and_long_term_asked: HANDLER_APPLIES
    | ASKED
    | {"make_long_term": {"hugo"}}
    | OFFICE,
    under_review: REVIEWED | {"approve": {"dora"}, "return": {"dora"}, "ask": {"dora"}} | OFFICE,
    under_review_of_the_last: REVIEWED
    | {"approve": {"hugo"}, "return": {"hugo"}, "ask": {"hugo"}}
    | OFFICE,
    suspended: {"resume": {"olga"}} | OFFICE,
    long_term: HANDLER_APPLIES | OFFICE,
    long_term_and_its_end_asked: HANDLER_APPLIES | ASKED | {"end_long_term": {"hugo"}} | OFFICE,
    long_term_under_review: REVIEWED
    | {"approve": {"dora"}, "return": {"dora"}, "ask": {"dora"}}
    | OFFICE,
    signed_off: {},
    looked_back_at: {"confirm": {"olga"}, "reopen": {"olga"}},
    confirmed: {},
    withdrawn: {},
}


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # who may is read from tables
@pytest.mark.parametrize("situation", MAY, ids=lambda situation: situation.__name__)
def test_every_event_by_everybody_is_done_or_refused_in_a_sentence(bench: Bench, situation):
    bench.task("甲-1", DUE, opened_on=date(2022, 7, 1))
    with trial(bench.office.engine) as session:
        life = Life(session, bench)
        situation(life)
        begun = len(moves(life))
        for event in ACTS:
            done = {name for name in PEOPLE if attempt(life, event, name, begun)}
            assert done == MAY[situation].get(event, set()), event


def attempt(life: Life, event: str, name: str, begun: int) -> bool:
    """Whether this person can; afterwards all is as it was: so many moves."""
    savepoint = life.session.begin_nested()
    try:
        ACTS[event](life, life.who(name))
        life.session.flush()
        assert expected(event) & {move.event for move in moves(life)[begun:]}, event
    except NothingToDecide:
        return False
    except Refusal as refusal:
        assert_understood(refusal, event)
        return False
    finally:
        savepoint.rollback()
        life.session.expire_all()
    return True


def expected(event: str) -> set[str]:
    return {"approve", "sign_off"} if event == "approve" else {event}


def moves(life: Life) -> list[Transition]:
    return list(life.session.scalars(_MOVES, {"number": life.number}))


_MOVES = (
    select(Transition)
    .join(Task, col(Task.id) == col(Transition.task_id))
    .where(Task.number == bindparam("number"))
    .order_by(col(Transition.id))
)


def assert_understood(refusal: Refusal, event: str) -> None:
    """Whole sentences in both languages, of the task that is meant, without a word of the code."""
    chinese, english = refusal.said("zh-CN"), refusal.said("en")
    assert re.search(r"[\u4e00-\u9fff]{6}", chinese), event
    assert not re.search(r"[\u4e00-\u9fff]", english.replace("甲-1", "")), english
    assert "甲-1" in chinese, chinese
    assert "甲-1" in english, english
    assert not re.search(r"[a-z]+_[a-z]+", chinese + english), (chinese, english)


def assert_as_kept(session: Session, task: Task) -> None:
    """What an act leaves in memory is what it leaves in the database."""
    session.flush()
    for one in (task, *session):
        said = one.model_dump()  # empty if it is to be read anew anyway
        session.refresh(one)
        assert said.items() <= one.model_dump().items()


def test_every_move_of_the_machine_is_made_in_one_of_these_situations(bench: Bench):
    """So that none is left out: `start` is an answer, and the clock's `resume` a night's."""
    bench.task("甲-1", DUE, opened_on=date(2022, 7, 1))
    made = set()
    for situation, may in MAY.items():
        with trial(bench.office.engine) as session:
            life = Life(session, bench)
            situation(life)
            for event, names in may.items():
                for name in names:
                    savepoint, task = session.begin_nested(), life.task
                    ACTS[event](life, life.who(name))
                    assert_as_kept(session, task)
                    made |= {(m.source, m.event, m.target) for m in moves(life)}
                    savepoint.rollback()
                    session.expire_all()
    wanted = {(m.source, m.event, m.target) for m in SIGNOFF.moves if m.event != "start"}

    assert wanted - made == set()
