"""How much goes where: a domain that wants less is left alone, and the office's own limits."""

import threading
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from flows.database import reading
from flows.delivery import deliver
from flows.limits import MailLimits
from models import RelayState
from tests.conftest import Cast
from tests.outboxes import NOON, crowd, fill, messages, to
from tests.smtp_peers import answers, at_recipient, peer

MINUTE = timedelta(minutes=1)


def at_qq(size: int) -> list[str]:
    return [f"qq{n}@qq.example" for n in range(size)]


def limited(office, written: str):
    return replace(office, mail_limits=MailLimits.parse(written))


@pytest.mark.parametrize("said", ["450 MI:DMC too many mails", "421 later", "451 4.7.0 slow down"])
def test_a_domain_that_has_too_much_of_us_is_left_alone_and_the_others_are_not(
    office, cast: Cast, said
):
    fill(office, *at_qq(4), *crowd(4))
    with peer(at_recipient("RCPT", **{f"qq{n}": said for n in range(4)})) as relay:
        there = to(relay, office)
        first = deliver(there, now=NOON, workers=1)
        rcpts = relay.verbs().count("RCPT")
        relay.script = lambda verb, argument: None
        early = deliver(there, now=NOON + 14 * MINUTE)
        late = deliver(there, now=NOON + 16 * MINUTE)

    assert (first.sent, rcpts) == (4, 5), "one of them was enough"
    assert (early.sent, late.sent) == (0, 4)
    assert first.why.said("en").endswith(f"RCPT: {said}")
    with reading(office.engine) as session:
        [state] = session.scalars(select(RelayState))
    assert (state.domain, state.said) == ("qq.example", f"RCPT: {said}")
    assert state.paused_until - state.since == 15 * MINUTE


def test_a_greylisting_is_one_mail_s_own_matter(office, cast: Cast):
    fill(office, *crowd(3))
    with peer(answers(RCPT="450 4.7.1 greylisted, try again")) as relay:
        deliver(to(relay, office), now=NOON, workers=1)

    assert {m.attempts for m in messages(office)} == {1}


def test_a_limit_of_a_domain_holds_it_back_and_no_other(office, cast: Cast):
    fill(office, *at_qq(10), *crowd(10))
    with peer() as relay:
        there = limited(to(relay, office), "*=300,qq.example=4")
        assert deliver(there, now=NOON).sent == 14
        assert deliver(there, now=NOON + MINUTE / 2).sent == 0
        assert deliver(there, now=NOON + 1.5 * MINUTE).sent == 4
        assert deliver(there, now=NOON + 3 * MINUTE).sent == 2

    assert sorted(relay.to()) == sorted([*at_qq(10), *crowd(10)])
    assert relay.connections <= 8, "nobody knocks while the limit holds"


def test_the_limit_of_the_relay_is_shared_by_all_who_deliver(office, cast: Cast):
    fill(office, *crowd(40))
    with peer() as relay:
        there = limited(to(relay, office), "*=15")
        threads = [
            threading.Thread(target=deliver, args=[there], kwargs={"now": NOON, "workers": 3})
            for _ in range(3)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)

    assert len(relay.mails) == 15


class Slept(threading.Event):
    """Stops the delivery that would wait, and tells how long it meant to."""

    seconds = 0.0

    def wait(self, timeout: float | None = None) -> bool:
        self.seconds = timeout or 0
        self.set()
        return True


def test_only_a_patient_delivery_waits_for_the_limit_and_then_no_longer_than_needed(
    office, cast: Cast
):
    fill(office, *crowd(6))
    with peer() as relay:
        there = limited(to(relay, office), "*=4")
        slept = Slept()
        assert deliver(there, now=NOON, stopping=slept, patient=True).sent == 4
        assert 30 < slept.seconds <= 60
        awake = Slept()
        assert deliver(there, now=NOON + 2 * MINUTE, stopping=awake, patient=True).sent == 2
        assert awake.seconds == 0, "nothing is left to wait for"


def test_nothing_is_awaited_that_no_limit_holds_back(office, cast: Cast):
    fill(office, *crowd(2))
    slept = Slept()
    with peer(answers(RCPT="450 later")) as relay:
        deliver(limited(to(relay, office), "*=1"), now=NOON - MINUTE, stopping=slept, patient=True)

    assert (slept.seconds, relay.mails) == (0, [])


def test_limits_are_read_as_they_are_written():
    assert MailLimits.parse(" *=300, QQ.com = 20 ").a_minute == Counter({"*": 300, "qq.com": 20})
    assert MailLimits.parse("").a_minute == {}
