"""Every attempt is kept, a lease is held by who lives, a mail is given up when its life is over."""

import threading
from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select

from flows import delivery
from flows.claims import POISON
from flows.database import reading
from flows.delivery import deliver
from flows.outbox import LEASE, LIFE, Outbox
from models import Message, MessageAttempt
from models.message import MessageState
from notifications.mailer import Outcome, Report
from tests.conftest import Cast
from tests.kept import edit
from tests.outboxes import NOON, claim, crowd, fill, messages, only, settled, to
from tests.smtp_peers import DROP, answers, peer

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
TAKEN = Report(Outcome.SENT, "final dot: 250 kept")


def attempts(office) -> list[MessageAttempt]:
    with reading(office.engine) as session:
        return list(session.scalars(select(MessageAttempt).order_by(MessageAttempt.id)))


def test_every_attempt_is_kept_with_the_relay_s_words(office, cast: Cast):
    fill(office, "a@dinghai.example")
    for n, (script, outcome, said) in enumerate(
        (
            (answers(RCPT="450 later"), "retry", "RCPT: 450 later"),
            (answers(MAIL="550 not you"), "config", "MAIL: 550 not you"),
            (answers(dot=DROP), "unknown", "final dot: "),
            (answers(), "sent", "final dot: 250 kept"),
        )
    ):
        with peer(script) as relay:
            deliver(to(relay, office), now=NOON + n * 20 * MINUTE)
        kept = attempts(office)[n]
        assert (kept.outcome, kept.relay) == (outcome, f"127.0.0.1:{relay.port}")
        assert kept.said.startswith(said)
        assert kept.domain == "dinghai.example"
        assert NOON + n * 20 * MINUTE <= kept.began_at <= kept.ended_at

    assert [kept.n for kept in attempts(office)] == [1, 2, 2, 3]
    assert len({kept.worker for kept in attempts(office)}) == 4
    assert (only(office).state, only(office).attempts) == (MessageState.SENT, 3)


def test_the_attempt_of_a_process_that_died_is_written_by_the_next(office, cast: Cast):
    fill(office, "a@dinghai.example")
    died = Outbox(office.engine, "relay:25")
    claim(died, NOON)
    with peer() as relay:
        assert deliver(to(relay, office), now=NOON + LEASE / 2).sent == 0
        assert deliver(to(relay, office), now=NOON + 2 * LEASE).sent == 1

    lost, sent = attempts(office)
    assert (lost.n, lost.outcome, lost.worker) == (1, "unknown", died.owner)
    assert (lost.began_at, lost.ended_at) == (NOON, NOON + LEASE)
    assert (sent.n, sent.outcome) == (2, "sent")
    assert only(office).possible_duplicate


def test_a_worker_that_was_paused_past_its_lease_cannot_settle(office, cast: Cast):
    fill(office, "a@dinghai.example")
    paused, other = Outbox(office.engine, "relay:25"), Outbox(office.engine, "relay:25")
    held = claim(paused, NOON)
    taken = claim(other, NOON + LEASE + MINUTE)

    assert settled(office, paused, held, TAKEN, NOON + LEASE + 2 * MINUTE) is None
    paused.renew(NOON + LEASE + 2 * MINUTE)
    assert (only(office).state, only(office).lease_owner) == (MessageState.QUEUED, other.owner)
    assert only(office).lease_until == NOON + 2 * LEASE + MINUTE
    assert settled(office, other, taken, TAKEN, NOON + LEASE + 3 * MINUTE) == MessageState.SENT
    assert [kept.outcome for kept in attempts(office)] == ["unknown", "sent"]


def test_an_owner_does_not_take_a_mail_from_himself(office, cast: Cast):
    fill(office, "a@dinghai.example")
    outbox = Outbox(office.engine, "relay:25")
    claim(outbox, NOON)

    assert claim(outbox, NOON + 2 * LEASE) is None


def test_a_lease_beats_for_as_long_as_the_relay_thinks(office, cast: Cast, monkeypatch):
    fill(office, "a@dinghai.example")
    renewed, lasts = threading.Event(), []
    renew = Outbox.renew

    def beat(outbox: Outbox, at) -> None:
        renew(outbox, at)
        renewed.set()

    monkeypatch.setattr(Outbox, "renew", beat)
    monkeypatch.setattr(delivery, "HEARTBEAT", 0.01)

    def slow(verb: str, argument: str) -> None:
        if verb == ".":
            lasts.append(only(office).lease_until)
            renewed.clear()
            assert renewed.wait(60)
            lasts.append(only(office).lease_until)

    with peer(slow) as relay:
        assert deliver(to(relay, office), now=NOON).sent == 1

    assert NOON + LEASE < lasts[0] < lasts[1]


def test_a_mail_that_is_never_taken_is_given_up_when_its_life_is_over(office, cast: Cast):
    fill(office, "a@dinghai.example")
    at, tries = NOON, []
    with peer(answers(RCPT="450 never")) as relay:
        while only(office).state == MessageState.QUEUED:
            deliver(to(relay, office), now=at)
            tries.append(at)
            at = max(only(office).next_at, at + MINUTE / 10)

    n = only(office).attempts
    assert only(office).outcome == f"given up after {n} attempts; RCPT: 450 never"
    assert LIFE <= tries[-1] - NOON < LIFE + MINUTE
    assert len(attempts(office)) == n == len(tries) > 15
    waits = [(later - sooner) / MINUTE for sooner, later in pairwise(tries)]
    for wait, meant in zip(waits, (1, 2, 5, 15, 30, 60, 120, 240, 240), strict=False):
        assert 0.79 * meant <= wait <= 1.21 * meant
    assert len({round(wait % 240, 3) for wait in waits}) > 10, "no two mails come back in step"


def test_the_life_of_a_mail_begins_with_its_first_attempt(office, cast: Cast):
    fill(office, "a@dinghai.example")
    later = NOON + 7 * DAY
    with peer(answers(RCPT="450 later")) as relay:
        deliver(to(relay, office), now=later)
        deliver(to(relay, office), now=later + DAY)

    assert (only(office).state, only(office).attempts) == (MessageState.QUEUED, 2)
    with peer() as relay:
        assert deliver(to(relay, office), now=later + 9 * DAY).sent == 1, "one more is always made"


def test_a_relay_that_refuses_first_does_not_lengthen_a_life(office, cast: Cast):
    fill(office, "a@dinghai.example")
    for day in (3, 6):
        with peer(answers(MAIL="550 not you")) as relay:
            deliver(to(relay, office), now=NOON + day * DAY)

    assert only(office).expires_at - (NOON + 6 * DAY + LIFE) < MINUTE


def test_what_was_composed_for_ten_minutes_lives_no_longer(office, cast: Cast):
    fill(office, "a@dinghai.example")
    edit(office, Message, only(office).id, expires_at=NOON + 10 * MINUTE)
    with peer(answers(RCPT="450 later")) as relay:
        deliver(to(relay, office), now=NOON)
        delivered = deliver(to(relay, office), now=NOON + 11 * MINUTE)

    assert (delivered.failed, only(office).state) == (1, MessageState.DEAD)


def test_a_mail_that_kills_whoever_sends_it_is_given_up_too(office, cast: Cast):
    fill(office, "a@dinghai.example", *crowd(1))
    at = NOON
    for _ in range(POISON):
        claim(Outbox(office.engine, "relay:25"), at)
        at += 2 * LEASE
    poison = to_a(office)
    assert (poison.state, poison.attempts) == (MessageState.QUEUED, POISON)
    with peer() as relay:
        delivered = deliver(to(relay, office), now=NOON + LIFE + DAY)

    assert (delivered.sent, delivered.failed) == (1, 1)
    assert to_a(office).outcome.startswith("the process that sent it")
    assert relay.to() == crowd(1)


def to_a(office) -> Message:
    return next(m for m in messages(office) if m.to_address == "a@dinghai.example")


@pytest.mark.parametrize("outcome", [Outcome.RETRY, Outcome.UNKNOWN])
def test_after_its_life_one_more_failure_is_the_last(office, cast: Cast, outcome):
    fill(office, "a@dinghai.example")
    outbox = Outbox(office.engine, "relay:25")
    edit(office, Message, only(office).id, attempts=4)
    held = claim(outbox, NOON + LIFE)
    report = Report(outcome, "final dot: what?")

    assert settled(office, outbox, held, report, NOON + LIFE + MINUTE) == MessageState.DEAD
    assert only(office).possible_duplicate == (outcome == Outcome.UNKNOWN)
