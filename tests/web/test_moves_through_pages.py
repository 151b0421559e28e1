"""The moves of the sign-off that no other page's test makes, each through the pages themselves."""

from datetime import date, time

import pytest
from sqlmodel import col

from models import Referral, Task, Transition
from models.decision import ReferralState
from tests.conftest import instant
from tests.kept import rows
from tests.look_backs import another_reviewer, put_down, sign_off
from tests.web.conftest import DUE, _browser
from tests.web.reviewing import chosen
from web.app import create_app

AFTER_ALL_ITS_DATES = date(2023, 9, 1)
ASKED = {"reason": "情况如实说明，请予批准。", "who": "self"}


@pytest.fixture
def ask(browser, link):
    """Alice asks for it by the link of her newest mail on this matter."""

    def by_link(kind, **facts):
        sent = browser.post(
            f"{link('alice', '甲-1')}/tasks/甲-1/requests/{kind}", data=ASKED | facts
        )
        assert sent.status_code == 303, sent.text

    return by_link


@pytest.fixture
def decide(office, review, clock, cast):
    """Whoever is asked proves who he is, and decides on the page of his link."""

    def by_link(verdict, *, points=0, **facts):
        names = {key: name for name, key in review.people.items()}
        [asked] = rows(office, Referral, col(Referral.state) == ReferralState.OPEN)
        here = _browser(create_app(office, clock=clock))
        path = review.link(names[asked.official_id], "甲-1")
        review.prove(here, path)
        answers = {f"point-{asked.id}-{n}": "yes" for n in range(1, points + 1)}
        sent = here.post(path, data=chosen(here.get(path), verdict, **facts) | answers)
        assert sent.status_code == 303, sent.text

    return by_link


def moved(office):
    """The sign-off's moves so far, by event, and the state they led to."""
    found = rows(office, Transition, col(Transition.machine) == "sign-off")
    return [(move.event, move.target) for move in found]


def the_task(office):
    [task] = rows(office, Task)
    return task


def test_an_objection_is_raised_and_rejected(office, bench, night, ask, decide):
    bench.task("甲-1", DUE, opened_on=date(2022, 7, 11))
    night()

    ask("objection")
    assert the_task(office).state == "objected"
    decide("refuse", reason="职责分工明确，属于你单位。")

    assert moved(office) == [("object", "objected"), ("reject", "assigned")]


def test_a_matter_becomes_long_term_and_has_a_deadline_again(office, bench, night, ask, decide):
    bench.task("甲-1", DUE)
    night()

    ask("long_term", review_every="1mo")
    decide("grant")
    assert the_task(office).track == "long_term"
    ask("end_long_term", until_on="2022-09-30")
    decide("grant")

    assert moved(office) == [("make_long_term", "long_term"), ("end_long_term", "in_progress")]
    assert (the_task(office).track, the_task(office).due_on) == ("deadline", date(2022, 9, 30))


def test_a_look_back_that_finds_it_solid_confirms_the_matter(office, bench, review, clock, decide):
    review.people["ruth"] = another_reviewer(bench)
    sign_off(bench, "甲-1")
    put_down(bench, "甲-1", AFTER_ALL_ITS_DATES)
    clock.now = instant(AFTER_ALL_ITS_DATES, time(12))

    decide("solid", points=5)

    assert moved(office)[-1] == ("confirm", "confirmed")
    assert the_task(office).state == "confirmed"
