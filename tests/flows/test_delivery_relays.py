"""Whatever a relay does: none of its own troubles costs a mail, one recipient's are his own."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from benchmarks.ports import free_port
from flows.database import transaction
from flows.delivery import deliver
from flows.mail_waits import why_waiting
from models import Message
from models.message import MessageState
from tests.outboxes import NOON, crowd, fill, messages, only, to
from tests.smtp_peers import DROP, answers, at_recipient, peer

DAY = date(2022, 7, 14)
MINUTE = timedelta(minutes=1)
LEASE_IS_OVER = timedelta(minutes=16)
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


# A relay that is down or will not have us


@on_sqlite
@pytest.mark.parametrize(
    ("script", "words"),
    [
        (answers(greeting="554 go away"), "554 go away"),
        (answers(greeting="421 busy"), "421 busy"),
        (answers(greeting=DROP), "127.0.0.1"),
        (answers(EHLO="554 no", HELO="554 no"), "554 no"),
        (answers(MAIL="421 busy"), "421 busy"),
        (answers(MAIL="451 later"), "451 later"),
        (answers(MAIL="550 not you"), "550 not you"),
        (answers(MAIL=DROP), "MAIL"),
        (answers(RCPT="530 log in first"), "530 log in first"),
    ],
)
def test_a_relay_that_will_not_have_us_burns_no_attempt_and_loses_nothing(
    office, cast, script, words
):
    fill(office, *crowd(5))
    with peer(script) as relay:
        refused = deliver(to(relay, office), now=NOON)

    assert (refused.sent, refused.failed, refused.waiting) == (0, 0, 5)
    assert words in refused.why.said("zh-CN")
    assert words in refused.why.said("en")
    assert {(m.state, m.attempts, m.lease_owner) for m in messages(office)} == {
        (MessageState.QUEUED, 0, None)
    }
    with peer() as relay:
        assert deliver(to(relay, office), now=NOON + MINUTE).sent == 5
    assert relay.mails
    assert not relay.to()[5:]


def test_a_relay_that_is_down_for_a_week_loses_nothing(office, cast):
    fill(office, *crowd(3))
    with free_port() as port:
        down = replace(office, smtp_url=f"smtp://127.0.0.1:{port}")
        for day in range(7):
            waiting = deliver(down, now=NOON + timedelta(days=day))

    assert (waiting.waiting, waiting.failed) == (3, 0)
    assert waiting.why.said("en").endswith(f"127.0.0.1:{port}: Connection refused")
    assert why_waiting(down, now=NOON) == waiting.why
    with peer(answers(RCPT="451 greylisted")) as relay:
        deliver(to(relay, office), now=NOON + timedelta(days=8))
    with peer() as relay:
        assert deliver(to(relay, office), now=NOON + timedelta(days=9)).sent == 3


def test_so_many_mails_to_a_connection_and_no_more(office, cast):
    """A relay that limits a connection is gone on with over a fresh one."""
    fill(office, *crowd(10))
    since_greeting = 0

    def three_each(verb: str, argument: str) -> str | None:
        nonlocal since_greeting
        since_greeting = {"": 0, "MAIL": since_greeting + 1}.get(verb, since_greeting)
        return "421 enough of you" if verb == "MAIL" and since_greeting > 3 else None

    with peer(three_each) as relay:
        delivered = deliver(to(relay, office), now=NOON, workers=1)

    assert (delivered.sent, delivered.why) == (10, None)
    assert sorted(relay.to()) == crowd(10)
    assert {message.attempts for message in messages(office)} == {1}


def test_a_relay_that_greets_and_leaves_is_not_knocked_at_for_ever(office, cast):
    fill(office, *crowd(3))
    with peer(lambda verb, argument: DROP if verb != "" else None) as relay:
        assert deliver(to(relay, office), now=NOON).waiting == 3

    assert relay.connections <= 4
    assert {message.attempts for message in messages(office)} == {0}


def test_where_starttls_is_stripped_the_outbox_stays_full_and_the_wire_empty(office, cast):
    fill(office, *crowd(2))
    with peer() as relay:
        stripped = replace(office, smtp_url=relay.url.replace("smtp:", "smtp+starttls:"))
        assert deliver(stripped, now=NOON).waiting == 2

    assert set(relay.verbs()) <= {"EHLO", "QUIT"}


@on_sqlite
@pytest.mark.parametrize("url", ["smtp://", "smtp://u:geheim@relay:port"])
def test_a_relay_that_cannot_be_read_is_said_without_its_password(office, cast, url):
    fill(office, *crowd(2))

    waiting = deliver(replace(office, smtp_url=url), now=NOON)

    assert waiting.waiting == 2
    for language in ("zh-CN", "en"):
        assert "SISE_SMTP_URL" in waiting.why.said(language)
        assert "geheim" not in waiting.why.said(language)


def test_no_mail_dies_of_a_sender_that_is_no_address(office, cast):
    fill(office, *crowd(2))
    with peer() as relay:
        waiting = deliver(replace(to(relay, office), mail_from="督办室"), now=NOON)

    assert (waiting.waiting, waiting.failed, relay.connections) == (2, 0, 0)
    assert "SISE_MAIL_FROM" in waiting.why.said("zh-CN")


def test_without_a_relay_mail_stays_queued_and_it_is_said_why(office, cast):
    fill(office, *crowd(2))

    waiting = deliver(office, now=NOON)

    assert waiting.waiting == 2
    assert "SISE_SMTP_URL" in waiting.why.said("zh-CN")
    assert waiting.why.said("en").isascii()


# One recipient's trouble is his own


@on_sqlite
@pytest.mark.parametrize(
    ("script", "state", "wait"),
    [
        (answers(RCPT="421 busy"), MessageState.QUEUED, 1),
        (answers(RCPT="450 greylisted"), MessageState.QUEUED, 1),
        (answers(RCPT="552 full"), MessageState.QUEUED, 1),
        (answers(RCPT="554 Relay access denied"), MessageState.QUEUED, 1),
        (answers(RCPT=DROP), MessageState.QUEUED, 1),
        (answers(RCPT="550 nobody"), MessageState.DEAD, 1),
        (answers(DATA="421 busy"), MessageState.QUEUED, 1),
        (answers(DATA="250 what data?"), MessageState.QUEUED, 1),
        (answers(DATA=DROP), MessageState.QUEUED, 1),
        (answers(dot="421 busy"), MessageState.QUEUED, 1),
        (answers(dot="554 spam"), MessageState.DEAD, 1),
        (answers(dot=DROP), MessageState.QUEUED, 10),
        (answers(dot="what?"), MessageState.QUEUED, 10),
    ],
)
def test_an_attempt_that_failed_is_counted_and_waits(office, cast, script, state, wait):
    fill(office, "a@dinghai.example")
    with peer(script) as relay:
        delivered = deliver(to(relay, office), now=NOON)

    message = only(office)
    assert (message.state, message.attempts, message.lease_owner) == (state, 1, None)
    assert message.possible_duplicate == (wait == 10)
    assert delivered.unknown == (wait == 10)
    if state == MessageState.QUEUED:
        assert 0.8 * wait * MINUTE <= message.next_at - NOON < (wait + 1) * MINUTE
    assert message.outcome
    assert (delivered.why is None) == (state == MessageState.DEAD)


def test_a_lost_answer_is_followed_by_the_same_bytes_ten_minutes_later(office, cast):
    fill(office, "a@dinghai.example")
    with peer(answers(dot=DROP)) as losing:
        deliver(to(losing, office), now=NOON)
        assert deliver(to(losing, office), now=NOON + 9 * MINUTE).unknown == 0
    with peer() as relay:
        again = deliver(to(relay, office), now=NOON + 11 * MINUTE)

    assert again.sent == 1
    assert losing.mails == relay.mails
    assert (only(office).state, only(office).possible_duplicate) == (MessageState.SENT, True)


def test_mixed_answers_are_each_person_s_own(office, cast):
    fill(office, *crowd(4))
    script = at_recipient(
        "RCPT", person1="451 greylisted", person2="550 nobody", person3="552 full"
    )
    with peer(script) as relay:
        first = deliver(to(relay, office), now=NOON, workers=1)
    with peer() as relay:
        second = deliver(to(relay, office), now=NOON + 2 * MINUTE)

    assert (first.sent, first.failed, first.waiting) == (1, 1, 2)
    assert second.sent == 2
    assert sorted(relay.to()) == [crowd(4)[1], crowd(4)[3]]


POISON = [
    "张伟@dinghai.example",
    "a" * 300 + "@dinghai.example",
    "a@b.example>\r\nDATA",
    "",
]


def test_poison_is_dead_before_a_word_of_smtp_and_the_innocent_behind_it_get_theirs(office, cast):
    fill(office, *POISON, *crowd(2))
    with peer() as relay:
        delivered = deliver(to(relay, office), now=NOON, workers=1)

    assert (delivered.failed, delivered.sent, delivered.waiting) == (4, 2, 0)
    assert sorted(relay.to()) == crowd(2)
    assert relay.verbs().count("MAIL") == 2


def test_a_connection_that_breaks_at_one_recipient_serves_the_others(office, cast):
    fill(office, *crowd(4), "person4@elsewhere.example", "person5@dinghai.example")
    with peer(at_recipient("RCPT", person2=DROP, person4="421 not him")) as relay:
        delivered = deliver(to(relay, office), now=NOON, workers=1)

    assert (delivered.sent, delivered.waiting) == (4, 2)
    assert relay.connections == 3


def test_a_chinese_domain_and_an_odd_name_arrive(office, cast):
    fill(office, "zhang@例子.中国")
    with transaction(office.engine, NOON) as session:
        message = session.get_one(Message, only(office).id)
        message.to_name, message.subject = '欧阳，"老张", <处长>', "督办🔴" * 60
    with peer() as relay:
        assert deliver(to(relay, office), now=NOON).sent == 1

    assert relay.to() == ["zhang@xn--fsqu00a.xn--fiqs8s"]
