"""What the mailer makes of every way in which a relay can fail, from real sockets."""

import asyncio
import ssl
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult
from trustme import CA

from benchmarks.ports import free_port
from notifications import mailer
from notifications.mailer import Outcome, Relay, RelayUnavailable, Report, connected, trust
from tests.smtp_peers import DROP, Kept, aiosmtpd_peer, answers, peer, self_signed, served

CONTENT = b"Subject: one\r\n\r\n.begins with a dot\r\n"
SENT = Report(Outcome.SENT, "final dot: 250 kept")
LONG_AGO, FAR_AHEAD = datetime(2010, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)


def send(url: str, *recipients: str) -> list[Report]:
    """Each to one recipient, all over one connection."""

    async def go() -> list[Report]:
        async with connected(Relay.parse(url), "office.example") as connection:
            return [
                await connection.send("sise@office.example", recipient, CONTENT)
                for recipient in recipients or ("a@b.example",)
            ]

    return asyncio.run(go())


def only_first(verb: str, answer: str) -> Callable[[str, str], str | None]:
    told: list[str] = []

    def script(said: str, argument: str) -> str | None:
        if said == verb and not told:
            told.append(said)
            return answer
        return None

    return script


def test_a_mail_arrives_as_it_was_written_dots_and_all():
    with peer() as relay:
        assert send(relay.url) == [SENT]

    assert relay.mails == [("a@b.example", CONTENT)]
    assert relay.said[:3] == [
        "EHLO office.example",
        "MAIL FROM:<sise@office.example>",
        "RCPT TO:<a@b.example>",
    ]
    assert relay.verbs()[-1] == "QUIT"


@pytest.mark.parametrize(
    ("script", "outcome", "words"),
    [
        (answers(MAIL="421 busy"), Outcome.CONFIG, "MAIL: 421 busy"),
        (answers(MAIL="451 later"), Outcome.CONFIG, "MAIL: 451 later"),
        (answers(MAIL="550 not you"), Outcome.CONFIG, "MAIL: 550 not you"),
        (answers(MAIL="530 log in first"), Outcome.CONFIG, "MAIL: 530 log in first"),
        (answers(MAIL=DROP), Outcome.CONFIG, "MAIL: "),
        (answers(RCPT="421 busy"), Outcome.RETRY, "RCPT: 421 busy"),
        (answers(RCPT="450 greylisted"), Outcome.RETRY, "RCPT: 450 greylisted"),
        (answers(RCPT="550 nobody"), Outcome.REJECT, "RCPT: 550 nobody"),
        (answers(RCPT="552 mailbox full"), Outcome.RETRY, "RCPT: 552 mailbox full"),
        (answers(RCPT="530 log in first"), Outcome.CONFIG, "RCPT: 530 log in first"),
        (answers(RCPT="251 forwarded"), Outcome.SENT, "final dot: 250 kept"),
        (answers(RCPT=DROP), Outcome.RETRY, "RCPT: "),
        (answers(DATA="421 busy"), Outcome.RETRY, "DATA: 421 busy"),
        (answers(DATA="451 later"), Outcome.RETRY, "DATA: 451 later"),
        (answers(DATA="554 no"), Outcome.REJECT, "DATA: 554 no"),
        (answers(DATA="250 what data?"), Outcome.RETRY, "DATA: 250 what data?"),
        (answers(DATA=DROP), Outcome.RETRY, "DATA: "),
        (answers(dot="421 busy"), Outcome.RETRY, "final dot: 421 busy"),
        (answers(dot="451 later"), Outcome.RETRY, "final dot: 451 later"),
        (answers(dot="554 spam"), Outcome.REJECT, "final dot: 554 spam"),
        (answers(dot="251 kept elsewhere"), Outcome.SENT, "final dot: 251 kept elsewhere"),
        (answers(dot=DROP), Outcome.UNKNOWN, "final dot: "),
        (answers(dot="what?"), Outcome.UNKNOWN, "final dot: "),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_the_phase_of_a_failure_decides_what_it_means(script, outcome, words):
    with peer(script) as relay:
        [report] = send(relay.url)

    assert report.outcome == outcome
    assert report.said.startswith(words)
    assert words.endswith(": ") == (report.said != words)


@pytest.mark.parametrize(
    ("said", "outcome", "words"),
    [
        (DROP, Outcome.RETRY, "content: "),
        ("451 later", Outcome.RETRY, "content: 451 later"),
        ("421 4.7.0 too much", Outcome.RETRY, "content: 421 4.7.0 too much"),
        ("552 too large", Outcome.REJECT, "content: 552 too large"),
        ("250 what dot?", Outcome.RETRY, "content: 250 what dot?"),
    ],
)
def test_what_is_said_before_the_final_dot_is_heard_and_nothing_arrived(said, outcome, words):
    async def spoken(url: str) -> Report:
        async with connected(Relay.parse(url), "office.example") as connection:
            assert await connection.begin("sise@office.example", "a@b.example", CONTENT) is None
            await asyncio.wait([connection.answer])
            return await connection.finish()

    with peer(answers(content=said)) as relay:
        report = asyncio.run(spoken(relay.url))

    assert (report.outcome, report.too_much) == (outcome, "too much" in said)
    assert report.said.startswith(words)
    assert relay.mails == []


@pytest.mark.parametrize(
    "said",
    [
        "554 5.7.1 <a@b.example>: Relay access denied",
        "550 5.7.1 Unable to relay for a@b.example",
        "550 relay not permitted",
        "550 5.7.1 a@b.example... Relaying denied",
    ],
)
def test_a_relay_that_was_not_told_of_us_condemns_no_mail(said):
    with peer(answers(RCPT=said)) as relay:
        [report] = send(relay.url)

    assert report.outcome == Outcome.RETRY


@pytest.mark.parametrize(
    ("script", "too_much"),
    [
        (answers(RCPT="450 MI:DMC too many mails"), True),
        (answers(dot="451 MI:SFQ"), True),
        (answers(dot="450 RP:DRC"), True),
        (answers(RCPT="451 4.7.28 rate limited"), True),
        (answers(RCPT="421 HL:IFC"), True),
        (answers(dot="421 come back later"), True),
        (answers(RCPT="451 4.7.1 Greylisting in action"), False),
        (answers(RCPT="450 4.2.0 no such luck"), False),
        (answers(RCPT="452 4.2.2 mailbox full"), False),
        (answers(dot="554 DT:SPM 5.7.1"), False),
        (answers(MAIL="421 HL:ICC"), False),  # that is the relay's own: it will have nothing now
        (answers(dot=DROP), False),
    ],
)
def test_a_reply_that_names_a_limit_is_known_from_one_person_s_trouble(script, too_much):
    with peer(script) as relay:
        [report] = send(relay.url)

    assert report.too_much == too_much


def test_a_name_that_a_relay_does_not_know_is_refused_for_good():
    with peer(answers(RCPT="550 5.1.1 User unknown in relay recipient table")) as relay:
        [report] = send(relay.url)

    assert report.outcome == Outcome.REJECT


@pytest.mark.parametrize("verb", ["RCPT", "DATA", "."])
def test_after_a_refusal_the_next_mail_gets_replies_of_its_own(verb):
    with peer(only_first(verb, "550 not this one")) as relay:
        first, second = send(relay.url, "a@b.example", "c@d.example")

    assert (first.outcome, second) == (Outcome.REJECT, SENT)
    assert relay.to()[-1] == "c@d.example"
    assert relay.connections == 1


@pytest.mark.parametrize("address", ["张伟@b.example", "a@b.example>\r\nDATA"])
def test_an_address_that_cannot_be_written_hurts_nobody_else(address):
    """The library alone leaves an open envelope behind it."""
    with peer() as relay:
        [report] = send(relay.url, address)

        assert report.outcome in (Outcome.REJECT, Outcome.SENT)  # it cuts off what follows '>'
        assert send(relay.url, "c@d.example") == [SENT]

    assert relay.to()[-1] == "c@d.example"
    assert "DATA" not in relay.said[:3]


def test_what_a_chinese_relay_says_in_gbk_can_be_read_and_stored():
    answer = "550 用户不存在\0".encode("gb18030")
    with peer(answers(RCPT=answer)) as relay:
        [report] = send(relay.url)

    assert report.said == "RCPT: 550 用户不存在"


def test_a_reply_link_that_a_filter_quotes_is_not_kept():
    token = "0123456789abcdef0123456789abcdef"
    with peer(answers(dot=f"554 blocked: http://sise.example/r/{token} {token[:9]}")) as relay:
        [report] = send(relay.url)

    assert report.said == "final dot: 554 blocked: http://sise.example/r/… 012345678"


def test_a_long_answer_is_cut():
    with peer(answers(RCPT="550-" + "no " * 150 + "\r\n550 " + "no " * 150)) as relay:
        [report] = send(relay.url)

    assert len(report.said) == 300


@pytest.mark.parametrize(
    ("script", "words"),
    [
        (answers(greeting="554 go away"), "554 go away"),
        (answers(greeting="421 busy"), "421 busy"),
        (answers(greeting=DROP), "EOF"),
    ],
)
def test_a_relay_that_does_not_greet_us_is_unavailable(script, words):
    with peer(script) as relay, pytest.raises(RelayUnavailable, match=words):
        send(relay.url)


def test_a_relay_that_is_down_is_named_with_the_system_s_word_for_it():
    with (
        free_port() as port,
        pytest.raises(RelayUnavailable, match=rf"127.0.0.1:{port}: Connection refused$"),
    ):
        send(f"smtp://127.0.0.1:{port}")


def test_a_relay_that_nobody_knows_is_unavailable():
    with pytest.raises(RelayUnavailable, match=r"^relay\.invalid:25: "):
        send("smtp://relay.invalid")


def refuse(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    return AuthResult(success=False, handled=False)


def accept(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    return AuthResult(success=(data.login, data.password) == (b"us@er", "密:/@码".encode()))


def test_a_wrong_password_is_the_relay_s_matter_and_is_never_shown():
    options = {"authenticator": refuse, "auth_require_tls": False}
    with (
        aiosmtpd_peer(**options) as (kept, port),
        pytest.raises(RelayUnavailable, match="535") as caught,
    ):
        send(f"smtp://user:geheim@127.0.0.1:{port}")

    assert kept.mails == []
    assert "geheim" not in str(caught.value)
    assert "geheim" not in repr(Relay.parse("smtp://user:geheim@relay.example"))


def test_a_name_and_password_with_signs_and_chinese_log_in():
    options = {"authenticator": accept, "auth_require_tls": False}
    with aiosmtpd_peer(**options) as (kept, port):
        reports = send(f"smtp://us%40er:%E5%AF%86%3A%2F%40%E7%A0%81@127.0.0.1:{port}")

    assert reports == [SENT]
    assert len(kept.mails) == 1


def test_a_relay_without_logins_is_not_sent_to_as_if_we_had_none():
    with peer() as relay, pytest.raises(RelayUnavailable):
        send(f"smtp://user:geheim@127.0.0.1:{relay.port}")

    assert relay.verbs() == ["EHLO", "QUIT"]


IN_CLEAR = "250-peer\r\n250 AUTH PLAIN LOGIN"


@pytest.mark.parametrize("ehlo", ["250 peer", IN_CLEAR])
def test_where_starttls_is_stripped_nothing_is_sent_in_clear(ehlo):
    with peer(answers(EHLO=ehlo)) as relay, pytest.raises(RelayUnavailable, match="STARTTLS"):
        send(f"smtp+starttls://user:geheim@127.0.0.1:{relay.port}")

    assert relay.verbs() == ["EHLO"]


@pytest.fixture
def ca(tmp_path, monkeypatch) -> Iterator[CA]:
    """An authority that this machine trusts."""
    ca = CA()
    ca.cert_pem.write_to_path(tmp_path / "ca.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    trust.cache_clear()
    yield ca
    trust.cache_clear()


def listening(scheme: str, context: ssl.SSLContext) -> dict[str, Any]:
    if scheme == "smtps":
        return {"ssl_context": context, "auth_require_tls": False}  # it does not see its own TLS
    return {"tls_context": context, "require_starttls": True}


@pytest.mark.parametrize("scheme", ["smtps", "smtp+starttls"])
@pytest.mark.parametrize(
    ("fault", "words"),
    [
        ("expired", "certificate has expired"),
        ("not yet valid", "certificate is not yet valid"),
        ("for another host", "IP address mismatch"),
        ("self-signed", "self-signed certificate"),
        ("of a stranger", "unable to get local issuer certificate"),
    ],
)
def test_a_certificate_that_is_not_right_is_named_before_a_password_is(
    ca, tmp_path, scheme, fault, words
):
    served_by = {
        "expired": lambda: served(ca.issue_cert("127.0.0.1", not_after=LONG_AGO)),
        "not yet valid": lambda: served(ca.issue_cert("127.0.0.1", not_before=FAR_AHEAD)),
        "for another host": lambda: served(ca.issue_cert("relay.example")),
        "self-signed": lambda: self_signed(tmp_path),
        "of a stranger": lambda: served(CA().issue_cert("127.0.0.1")),
    }
    tried: list[Any] = []
    options = listening(scheme, served_by[fault]()) | {
        "authenticator": lambda *given: tried.append(given) or AuthResult(success=True)
    }
    with aiosmtpd_peer(**options) as (kept, port), pytest.raises(RelayUnavailable) as caught:
        send(f"{scheme}://user:geheim@127.0.0.1:{port}")

    assert f"127.0.0.1:{port}: its certificate is not accepted: {words}" in str(caught.value)
    assert (kept.mails, tried) == ([], [])


class LoginsInClearOnly(Kept):
    async def handle_EHLO(  # noqa: N802  # aiosmtpd's name
        self, server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        if session.ssl is None:
            return responses
        return [said for said in responses if "AUTH" not in said]


def test_a_login_that_is_offered_in_clear_only_is_not_made(ca):
    tried: list[Any] = []
    options = listening("smtp+starttls", served(ca.issue_cert("127.0.0.1"))) | {
        "authenticator": lambda *given: tried.append(given) or AuthResult(success=True),
        "auth_require_tls": False,
    }
    with (
        aiosmtpd_peer(LoginsInClearOnly(), **options) as (kept, port),
        pytest.raises(RelayUnavailable, match="AUTH"),
    ):
        send(f"smtp+starttls://user:geheim@127.0.0.1:{port}")

    assert (kept.mails, tried) == ([], [])


@pytest.mark.parametrize("scheme", ["smtps", "smtp+starttls"])
def test_a_certificate_that_the_machine_trusts_is_enough(ca, scheme):
    options = listening(scheme, served(ca.issue_cert("127.0.0.1"))) | {"authenticator": accept}
    with aiosmtpd_peer(**options) as (kept, port):
        reports = send(f"{scheme}://us%40er:%E5%AF%86%3A%2F%40%E7%A0%81@127.0.0.1:{port}")

    assert reports == [SENT]
    assert len(kept.mails) == 1


def test_a_relay_that_speaks_no_tls_is_unavailable_to_smtps():
    with peer() as relay, pytest.raises(RelayUnavailable):
        send(f"smtps://127.0.0.1:{relay.port}")

    assert not relay.mails


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("smtp://relay.example", "relay.example:25"),
        ("smtp+starttls://relay.example", "relay.example:587"),
        ("smtps://u:p@relay.example", "relay.example:465"),
        ("smtp://u:p@[::1]:2525", "::1:2525"),
    ],
)
def test_a_relay_is_shown_without_its_password(url, shown):
    assert str(Relay.parse(url)) == shown


@pytest.mark.parametrize(
    "url", ["http://relay", "smtp://", "relay:25", "smtp://r:99999", "smtp://r:x"]
)
def test_what_is_no_relay_is_refused(url):
    with pytest.raises(ValueError, match=r"smtp|[Pp]ort"):
        Relay.parse(url)


def test_plain_smtp_needs_no_certificates():
    assert Relay.parse("smtp://relay.example").tls is None


def test_every_relay_of_a_process_shares_the_certificates_that_were_read_once():
    one = Relay.parse("smtps://relay.example").tls

    assert isinstance(one, ssl.SSLContext)
    assert Relay.parse("smtp+starttls://other.example").tls is one


@pytest.mark.parametrize("verb", ["MAIL", "RCPT", "DATA", "."])
def test_who_is_cancelled_leaves_no_reply_behind_for_the_next(verb):
    """The library would hand the late reply to the next command."""
    heard, goes_on = threading.Event(), threading.Event()

    def late(said: str, argument: str) -> str | None:
        if said != verb or heard.is_set():
            return None
        heard.set()
        goes_on.wait(60)
        return "550 late, and meant for another"

    async def go(url: str) -> tuple[bool, Report]:
        relay = Relay.parse(url)
        async with connected(relay, "office.example") as connection:
            sending = asyncio.create_task(connection.send("a@b.example", "c@d.example", CONTENT))
            await asyncio.to_thread(heard.wait, 60)
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)
            usable = connection.usable
        goes_on.set()
        async with connected(relay, "office.example") as fresh:
            return usable, await fresh.send("a@b.example", "e@f.example", CONTENT)

    with peer(late) as relay:
        assert asyncio.run(go(relay.url)) == (False, SENT)


def test_an_answer_that_comes_too_late_is_an_unknown_outcome(monkeypatch):
    monkeypatch.setattr(mailer, "FINAL_DOT_SECONDS", 0.05)
    there, gone = threading.Event(), threading.Event()

    def late(said: str, argument: str) -> None:
        if said == ".":
            there.set()
            gone.wait(60)

    with peer(late) as relay:
        [report] = send(relay.url)
        assert there.wait(60)
        gone.set()

    assert report.outcome == Outcome.UNKNOWN
    assert relay.mails == [("a@b.example", CONTENT)], "it had arrived"
