"""The catching server: real SMTP, loopback only, in memory, the last five hundred."""

import asyncio
import socket
from datetime import UTC, datetime

import pytest

from notifications.mailbox import KEPT, Mailbox
from notifications.mailer import Outcome, Relay, connected

PLAIN = b"From: a@b.example\r\nSubject: one\r\n\r\nhello\r\n"


def send(mailbox: Mailbox, *contents: bytes, to: str = "alice@dinghai.example") -> set[Outcome]:
    async def go() -> set[Outcome]:
        async with connected(Relay.parse(mailbox.url), "office.example") as connection:
            return {
                (await connection.send("sise@office.example", to, content)).outcome
                for content in contents
            }

    return asyncio.run(go())


def test_it_listens_on_this_machine_only():
    with Mailbox() as mailbox:
        relay = Relay.parse(mailbox.url)

        assert relay.host == "127.0.0.1"
        with pytest.raises(OSError, match="refused"):
            socket.create_connection(("127.0.0.2", relay.port), timeout=5)


def test_two_mailboxes_do_not_meet():
    with Mailbox() as one, Mailbox() as other:
        send(one, PLAIN)

        assert (len(one.messages()), len(other.messages())) == (1, 0)


def test_it_keeps_the_last_five_hundred_newest_first():
    with Mailbox() as mailbox:
        send(mailbox, *(PLAIN.replace(b"one", b"%d" % n) for n in range(KEPT + 3)))
        kept = mailbox.messages()

    assert [mail.subject for mail in kept] == [str(n) for n in reversed(range(3, KEPT + 3))]
    assert len({mail.id for mail in kept}) == KEPT
    assert mailbox.get(kept[0].id) == kept[0]
    assert mailbox.get(1) is None


def test_a_name_that_spans_two_encoded_words_is_shown_without_a_gap():
    words = b"=?utf-8?b?5L2P5oi/5ZKM5Z+O5Lmh?=\r\n =?utf-8?b?5bu66K6+5bGA?="
    with Mailbox() as mailbox:
        send(mailbox, b"From: " + words + b" <a@b.example>\r\nSubject: " + words + b"\r\n\r\n")
        [mail] = mailbox.messages()

    assert mail.subject == "住房和城乡建设局"
    assert mail.sender == "住房和城乡建设局 <a@b.example>"


@pytest.mark.parametrize(
    "content",
    [
        b"no header at all\r\n",
        b"\r\n",
        b"Subject: x\r\nContent-Type: text/plain; charset=no-such\r\n\r\n\xff\r\n",
        b"Subject: =?no-such?b?/////w==?=\r\n\r\nx\r\n",
        b"Content-Type: multipart/alternative\r\n\r\nno boundary\r\n",
        b"Content-Type: text/html\r\nContent-Transfer-Encoding: base64\r\n\r\n%%\r\n",
        b"Content-Type: text/plain; charset=utf-8\r\n\r\n\xff\xfe\r\n",
        b"Date: not a date\r\nFrom: <<>>\r\nSubject: \xe7\x9d\xa3\r\n\r\nx\r\n",
        b"Subject: " + b"x" * 900 + b"\r\n\r\n" + b"y" * 900 + b"\r\n",
    ],
    ids=range(9),
)
def test_whatever_is_sent_is_caught(content):
    with Mailbox() as mailbox:
        assert send(mailbox, content) == {Outcome.SENT}
        [mail] = mailbox.messages()

    assert mail.recipient == "alice@dinghai.example"
    shown = mail.date + mail.sender + mail.subject + mail.text + mail.html
    assert shown.encode().decode() == shown, "a page can be made of it"
    assert "None" not in mail.subject + mail.date
    assert mail.raw.endswith(content[-5:])
    assert mail.at is None


@pytest.mark.parametrize(
    ("date", "at"),
    [
        (b"Thu, 14 Jul 2022 02:00:00 +0800", datetime(2022, 7, 13, 18, tzinfo=UTC)),
        (b"Thu, 14 Jul 2022 02:00:00 -0000", datetime(2022, 7, 14, 2, tzinfo=UTC)),
        (b"Fri, 31 Dec 9999 23:59:59 +0000", None),
        (b"yesterday", None),
        (b"", None),
    ],
)
def test_the_instant_of_a_mail_is_what_its_date_says(date, at):
    with Mailbox() as mailbox:
        send(mailbox, b"Date: " + date + b"\r\n\r\nx\r\n")
        [mail] = mailbox.messages()

    assert mail.at == at
