"""A relay that is down is left alone by everybody, costs no mail, and is told of once."""

import logging
import threading
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select

from flows.database import reading
from flows.delivery import deliver
from flows.health import check
from flows.mail_waits import hindrance
from models import Message, MessageAttempt, Official, RelayState
from models.message import MessageKind, MessageState
from tests.conftest import Cast
from tests.outboxes import NOON, crowd, fill, messages, states, to
from tests.smtp_peers import Peer, Script, answers, at_recipient, peer

MINUTE = timedelta(minutes=1)
DOWN = answers(greeting="554 not you")


def circuit(office) -> RelayState | None:
    with reading(office.engine) as session:
        return session.scalar(select(RelayState).where(RelayState.domain == ""))


def alarms(office) -> list[Message]:
    return [m for m in messages(office) if m.kind == MessageKind.ALARM]


def errors(caplog) -> list[str]:
    return [r.getMessage() for r in caplog.records if r.levelno == logging.ERROR]


def then(relay: Peer, script: Script) -> None:
    relay.script = script


def closing_down(mail: str, greeting: str) -> Script:
    """Five mails are taken; then every connection is answered so, and every new one greeted so."""
    mails = 0

    def script(verb: str, argument: str) -> str | None:
        nonlocal mails
        mails += verb == "MAIL"
        if mails > 5:
            return {"MAIL": mail, "": greeting}.get(verb)
        return None

    return script


def test_an_outage_of_hours_burns_no_attempt_and_is_told_of_once(office, cast: Cast, caplog):
    """421 in the middle of everything, then refused for two hours, then a wrong password."""
    fill(office, *crowd(40))
    with peer(closing_down("421 closing down", "421 no service")) as relay:
        there = to(relay, office)
        first = deliver(there, now=NOON, workers=3)
        assert (first.sent, first.failed, first.waiting) == (5, 0, 35)
        for minute in range(1, 121, 3):
            deliver(there, now=NOON + minute * MINUTE, workers=3)
        then(relay, answers(MAIL="535 5.7.8 bad credentials"))
        for minute in range(121, 151, 3):
            waiting = deliver(there, now=NOON + minute * MINUTE, workers=3)
        assert relay.connections <= 3 * 2 + 15
        assert "535 5.7.8 bad credentials" in waiting.why.said("en")
        assert {m.attempts for m in messages(office) if m.state == MessageState.QUEUED} == {0}
        assert alarms(office) == []
        then(relay, lambda verb, argument: None)
        last = deliver(there, now=NOON + 170 * MINUTE, workers=3)
        after = deliver(there, now=NOON + 171 * MINUTE, workers=3)

    assert (last.sent + after.sent, after.waiting, last.why) == (35 + 1, 0, None)
    assert states(office) == {MessageState.SENT: 41}
    assert sorted(set(relay.to())) == sorted([*crowd(40), "olga@dinghai.example"])
    assert len(relay.mails) == 41
    assert len(errors(caplog)) == 1
    assert "421 no service" in errors(caplog)[0]
    assert circuit(office) is None
    [alarm] = alarms(office)
    assert "535 5.7.8 bad credentials" in alarm.body.text
    assert "2022年7月14日 12:00" in alarm.body.text
    assert "2022年7月14日 14:50" in alarm.body.text
    assert "35 封" in alarm.body.text


def test_while_it_is_paused_nobody_connects_and_the_pause_grows(office, cast: Cast):
    fill(office, *crowd(3))
    with peer(DOWN) as relay:
        there = to(relay, office)
        knocked = []
        for minute in range(60):
            before = relay.connections
            deliver(there, now=NOON + minute * MINUTE, workers=1)
            if relay.connections > before:
                knocked.append(minute)
                assert relay.connections == before + 1

    waits = [later - sooner for sooner, later in pairwise(knocked)]
    assert waits[:4] == [pytest.approx(wait, abs=1) for wait in (1, 2, 5, 15)]
    assert {m.attempts for m in messages(office)} == {0}


def test_the_pause_is_said_with_since_when_and_the_relay_s_words(office, cast: Cast):
    fill(office, *crowd(3))
    with peer(DOWN) as relay:
        there = to(relay, office)
        deliver(there, now=NOON)

    said = hindrance(there, now=NOON + MINUTE / 2).said("en")
    assert "since 2022-07-14 12:00" in said
    assert "554 not you" in said
    assert hindrance(there, now=NOON + 2 * MINUTE) is None


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_health_fails_while_the_relay_is_down(office, cast: Cast, language):
    fill(office, *crowd(3))
    with peer(DOWN) as relay:
        there = replace(to(relay, office), language=language)
        deliver(there, now=NOON)
        [problem] = check(there, NOON + MINUTE).problems
        assert "2022-07-14 12:00" in problem
        assert "554 not you" in problem
        then(relay, lambda verb, argument: None)
        deliver(there, now=NOON + 2 * MINUTE)

    assert check(there, NOON + 3 * MINUTE).ok


def test_one_probe_decides_for_all_and_one_alarm_is_written(office, cast: Cast):
    with reading(office.engine) as session:
        colleague = session.get_one(Official, cast.olga)
    fill(office, *crowd(30))
    with peer(DOWN) as relay:
        there = to(relay, office)
        deliver(there, now=NOON)
        then(relay, lambda verb, argument: None)
        threads = [
            threading.Thread(target=deliver, args=[there], kwargs={"now": NOON + 2 * MINUTE})
            for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        deliver(there, now=NOON + 8 * MINUTE)

    assert states(office) == {MessageState.SENT: 31}
    assert sorted(relay.to()) == sorted([*crowd(30), colleague.email])
    assert [alarm.official_id for alarm in alarms(office)] == [colleague.id]


def test_a_probe_that_is_not_taken_uses_one_connection(office, cast: Cast):
    fill(office, *crowd(30))
    with peer(DOWN) as relay:
        there = to(relay, office)
        deliver(there, now=NOON, workers=4)
        before = relay.connections
        threads = [
            threading.Thread(
                target=deliver, args=[there], kwargs={"now": NOON + 2 * MINUTE, "workers": 4}
            )
            for _ in range(3)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)

    assert relay.connections == before + 1


def test_a_relay_that_allows_fewer_at_once_is_not_down(office, cast: Cast, caplog):
    fill(office, *crowd(40))
    with peer() as relay:
        then(relay, lambda verb, _: "421 too many" if not verb and relay.connections > 2 else None)
        delivered = deliver(to(relay, office), now=NOON, workers=6)

    assert (delivered.sent, delivered.waiting) == (40, 0)
    assert (circuit(office), alarms(office), errors(caplog)) == (None, [], [])


def test_no_connection_serves_more_than_fifty(office, cast: Cast):
    fill(office, *crowd(120))
    served: list[int] = []

    def count(verb: str, argument: str) -> None:
        if verb == "":
            served.append(0)
        served[-1] += verb == "MAIL"

    with peer(count) as relay:
        assert deliver(to(relay, office), now=NOON, workers=1).sent == 120

    assert served == [50, 50, 20]


@pytest.mark.parametrize(
    "refusal",
    [answers(greeting="554 go away"), answers(MAIL="550 not you"), answers(RCPT="530 log in")],
)
def test_any_way_of_not_having_us_opens_it(office, cast: Cast, refusal):
    fill(office, *crowd(2))
    with peer(refusal) as relay:
        deliver(to(relay, office), now=NOON)

    assert (circuit(office).failures, circuit(office).relay) == (1, f"127.0.0.1:{relay.port}")


def test_one_person_s_trouble_opens_nothing_and_shows_a_relay_that_is_well(office, cast: Cast):
    fill(office, *crowd(3))
    with peer(DOWN) as relay:
        there = to(relay, office)
        deliver(there, now=NOON)
        then(relay, at_recipient("RCPT", person0="550 nobody"))
        deliver(there, now=NOON + 2 * MINUTE, workers=1)

    assert circuit(office) is None
    with reading(office.engine) as session:
        outcomes = session.scalars(select(MessageAttempt.outcome)).all()
    assert sorted(outcomes) == ["reject", "sent", "sent", "sent"]
