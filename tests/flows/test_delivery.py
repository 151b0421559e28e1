"""What goes out, to whom, when, and that it is the same bytes at every attempt."""

import logging
import re
from dataclasses import replace
from datetime import date, time, timedelta
from email import message_from_bytes

import pytest
from sqlalchemy import select
from sqlmodel import SQLModel

from flows.database import reading, transaction
from flows.delivery import deliver
from flows.moves import move_notice
from flows.night import run_night
from flows.office import MailHours
from models import Notice, ReplyLink
from models.message import MessageState
from notifications.mailbox import Mailbox
from tests.conftest import Cast, instant
from tests.outboxes import NOON, crowd, fill, messages, only, states, to
from tests.smtp_peers import DROP, answers, at_recipient, peer

DAY = date(2022, 7, 14)
MINUTE = timedelta(minutes=1)
LEASE_IS_OVER = timedelta(minutes=16)
on_sqlite = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_a_night_s_digest_arrives_in_two_forms_with_live_links(office, cast: Cast):
    cast.task("甲-1", date(2022, 7, 13))
    with Mailbox() as mailbox:
        run_night(to(mailbox, office), on=DAY, now=instant(DAY))
        digest = next(m for m in mailbox.messages() if m.recipient.startswith("alice"))

    for form in (digest.text, digest.html):
        assert "甲-1" in form
        assert re.search(r"http://sise\.example/r/[0-9a-f]{32}", form)
        assert "@@" not in form


def test_no_token_of_a_sent_mail_stands_in_the_database_or_in_a_log(office, cast: Cast, caplog):
    cast.task("甲-1", date(2022, 7, 13))
    caplog.set_level(logging.DEBUG)
    office.engine.echo = True
    with Mailbox() as mailbox:
        run_night(to(mailbox, office), on=DAY, now=instant(DAY))
        sent = "".join(m.text + m.html for m in mailbox.messages())
    office.engine.echo = False

    tokens = set(re.findall(r"/r/([0-9a-f]{32})", sent))
    kept = caplog.text + "".join(
        str(row) for table in SQLModel.metadata.sorted_tables for row in rows(office, table)
    )
    assert len(tokens) > 1
    assert [token for token in tokens if token in kept] == []
    assert "@@link:" in kept


def rows(office, table):
    with reading(office.engine) as session:
        return session.execute(select(table)).all()


def test_a_link_lives_thirty_days_from_the_last_sending(office, cast):
    fill(office, "a@dinghai.example")
    later = NOON + timedelta(days=5)
    with peer(answers(RCPT="450 later")) as greylisting:
        deliver(to(greylisting, office), now=NOON)
    with peer() as relay:
        deliver(to(relay, office), now=later)

    with reading(office.engine) as session:
        expires_at = session.scalar(select(ReplyLink.expires_at))
    assert timedelta(0) <= expires_at - (later + timedelta(days=30)) < MINUTE


def test_what_is_settled_is_not_sent_again(office, cast):
    fill(office, *crowd(3))
    with peer() as relay:
        first = deliver(to(relay, office), now=NOON)
        second = deliver(to(relay, office), now=NOON + LEASE_IS_OVER)

    assert (first.sent, first.waiting, first.why) == (3, 0, None)
    assert (second.sent, second.waiting, second.why) == (0, 0, None)
    assert sorted(relay.to()) == crowd(3)
    assert states(office) == {MessageState.SENT: 3}


def test_done_is_told_of_each_mail_that_left(office, cast):
    fill(office, *crowd(3))
    told: list[str] = []
    with peer(at_recipient("RCPT", person1="550 nobody")) as relay:
        deliver(to(relay, office), now=NOON, done=told.append)

    assert sorted(told) == [crowd(3)[0], crowd(3)[2]]


def test_the_headers_of_a_delivered_mail_are_those_that_were_frozen(office, cast):
    fill(office, "a@dinghai.example")
    with peer() as relay:
        deliver(to(relay, office), now=NOON + timedelta(days=2))

    [(_, raw)] = relay.mails
    mail = message_from_bytes(raw)
    assert mail["Message-ID"] == only(office).message_id
    assert mail["Date"] == "Thu, 14 Jul 2022 12:00:00 +0800"
    assert mail.get_boundary() == only(office).boundary


@on_sqlite
@pytest.mark.parametrize(
    ("on", "at", "goes"),
    [
        (date(2022, 7, 15), time(8, 29), False),
        (date(2022, 7, 15), time(8, 30), True),
        (date(2022, 7, 15), time(17, 29), True),
        (date(2022, 7, 15), time(17, 30), False),
        (date(2022, 7, 16), time(12), False),  # a Saturday
        (date(2022, 10, 8), time(12), True),  # a Saturday that makes up for the National Day
        (date(2022, 10, 4), time(12), False),  # a Tuesday off
    ],
)
def test_mail_goes_in_the_hours_of_working_days(office, cast, on, at, goes):
    fill(office, "a@dinghai.example")
    with peer() as relay:
        office = replace(to(relay, office), mail_hours=MailHours.parse("08:30-17:30"))
        delivered = deliver(office, now=instant(on, at))

    assert (delivered.sent, delivered.waiting) == ((1, 0) if goes else (0, 1))
    assert (delivered.why is None) == goes
    if not goes:
        assert "08:30-17:30" in delivered.why.said("zh-CN")
        assert relay.connections == 0


def test_what_was_answered_meanwhile_is_not_sent_but_an_attempted_mail_is(office, cast: Cast):
    cast.task("甲-1", date(2022, 7, 13))
    run_night(office, on=DAY, now=instant(DAY))
    before = len(messages(office))
    with transaction(office.engine, NOON) as session:
        for notice in session.scalars(select(Notice)):
            move_notice(session, notice, "lift", on=DAY, now=NOON)
    with peer() as relay:
        delivered = deliver(to(relay, office), now=NOON)

    assert delivered.skipped == len([m for m in messages(office) if m.kind == "digest"]) > 0
    assert delivered.sent == before - delivered.skipped


def test_a_mail_that_was_tried_is_sent_even_if_it_is_no_longer_owed(office, cast: Cast):
    cast.task("甲-1", date(2022, 7, 13))
    run_night(office, on=DAY, now=instant(DAY))
    with peer(answers(dot=DROP)) as losing:
        unknown = deliver(to(losing, office), now=NOON).unknown
    with transaction(office.engine, NOON) as session:
        for notice in session.scalars(select(Notice)):
            move_notice(session, notice, "lift", on=DAY, now=NOON)
    with peer() as relay:
        delivered = deliver(to(relay, office), now=NOON + timedelta(hours=1))

    assert (delivered.sent, delivered.skipped) == (unknown, 0)
    assert sorted(relay.mails) == sorted(losing.mails)


def test_a_relay_that_is_down_does_not_use_up_the_check_before_the_first_attempt(
    office, cast: Cast
):
    cast.task("甲-1", date(2022, 7, 13))
    run_night(office, on=DAY, now=instant(DAY))
    with peer(answers(MAIL="451 later")) as refusing:
        deliver(to(refusing, office), now=NOON)
    with transaction(office.engine, NOON) as session:
        for notice in session.scalars(select(Notice)):
            move_notice(session, notice, "lift", on=DAY, now=NOON)
    with peer() as relay:
        assert deliver(to(relay, office), now=NOON + MINUTE).skipped > 0
