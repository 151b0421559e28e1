"""The bounces are read from a real IMAP server; what was read is put away and never deleted."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import count

import pytest

from flows.bounces import InboxRefused, fetch_bounces
from flows.delivery import deliver
from flows.office import Office
from models import Bounce, Message
from tests.conftest import Cast
from tests.flows.test_bounces import suppressed
from tests.imap_server import ImapServer, imap_server
from tests.kept import digests, play, rows
from tests.outboxes import NOON, to
from tests.reports import chinese_report, dsn, out_of_office
from tests.smtp_peers import peer

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
NUMBERS = count(1)
LATER = NOON + timedelta(hours=1)
A_LETTER = b"From: someone@dinghai.example\nSubject: a question\n\nWho are you?\n"


@pytest.fixture
def sent(office: Office, cast: Cast) -> Message:
    """Alice's digest, which the relay took."""
    cast.task("甲-1", date(2022, 7, 13))
    play(office, date(2022, 7, 14))
    with peer() as relay:
        deliver(to(relay, office), now=NOON)
    return digests(office, cast.alice)[0]


@pytest.fixture(scope="module")
def servers() -> Iterator[ImapServer]:
    with imap_server() as server:
        yield server


@pytest.fixture
def server(servers: ImapServer, monkeypatch: pytest.MonkeyPatch) -> ImapServer:
    """With a mailbox for this test alone."""
    monkeypatch.setenv("SSL_CERT_FILE", servers.certificate)
    return servers.mailbox(f"duban-{next(NUMBERS)}")


def test_what_was_read_is_moved_and_the_rest_stays_as_seen(office, sent, server):
    office = replace(office, imap_url=server.url)
    server.put(dsn(sent), out_of_office(sent), chinese_report(sent, "邮箱已满"), A_LETTER)

    came = fetch_bounces(office, now=LATER)

    assert (came.hard, came.soft, came.away, came.ignored, came.told) == (1, 1, 1, 1, 1)
    assert suppressed(office) == ["alice@dinghai.example"]
    assert (server.held("Sise"), server.held(), server.seen()) == (3, 1, 1)


def test_the_next_look_finds_only_what_is_new(office, sent, server):
    office = replace(office, imap_url=server.url)
    server.put(dsn(sent), A_LETTER)
    fetch_bounces(office, now=LATER)
    server.put(dsn(sent))

    came = fetch_bounces(office, now=LATER)

    assert (came.hard, came.ignored) == (0, 1)  # the same report, delivered twice
    assert len(rows(office, Bounce)) == 1
    assert fetch_bounces(office, now=LATER).ignored == 0


def test_where_the_server_cannot_move_what_was_read_is_flagged(office, sent, monkeypatch):
    with imap_server("IMAP4rev1 SASL-IR LITERAL+ ID ENABLE") as server:
        monkeypatch.setenv("SSL_CERT_FILE", server.certificate)
        server.put(dsn(sent))

        came = fetch_bounces(replace(office, imap_url=server.url), now=LATER)

        assert (came.hard, server.held(), server.seen()) == (1, 1, 1)


def test_a_wrong_password_or_certificate_is_one_sentence_without_the_password(
    office, cast, server, monkeypatch
):
    wrong = server.url.replace("geheim", "falsch")
    with pytest.raises(InboxRefused, match=r"127\.0\.0\.1") as refused:
        fetch_bounces(replace(office, imap_url=wrong), now=LATER)
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(InboxRefused, match="certificate") as untrusted:
        fetch_bounces(replace(office, imap_url=server.url), now=LATER)

    for said in (refused.value.said("zh-CN"), untrusted.value.said("en")):
        assert "falsch" not in said
        assert "geheim" not in said
