"""A mail as bytes: read back by the standard library, and looked at octet by octet."""

import re
from dataclasses import dataclass
from datetime import UTC, date, time
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message as Parsed
from email.utils import parseaddr, parsedate_to_datetime

import idna
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.message import MessageKind
from notifications.mime import UnusableAddress, build, wire_address
from tests.conftest import SHANGHAI, instant

NOON = instant(date(2022, 7, 14), time(12)).astimezone(SHANGHAI)
AGAIN_AND_AGAIN = (MessageKind.DIGEST, MessageKind.SUMMARY)
ENCODED_WORD = re.compile(rb"=\?[^?\s]+\?[bqBQ]\?[^?\s]*\?=")

chinese = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF)
emoji = st.sampled_from(["🔴", "🟡", "👨‍👩‍👧", "🇨🇳", "❤️", "𠮷"])
written = st.characters(
    min_codepoint=0x20,
    max_codepoint=0x2FFF,
    exclude_categories=["Cc", "Cs", "Zl", "Zp"],
    exclude_characters="\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
)
headings = st.lists(st.one_of(chinese, emoji, written), min_size=1, max_size=200).map("".join)
unhurried = settings(deadline=None)
bodies = st.text(st.one_of(chinese, written, st.sampled_from(".\r\n")), max_size=400)


@dataclass
class Letter:
    """What a message of the outbox shows to the writer."""

    subject: str = "督办提醒"
    to_name: str = "张伟"
    to_address: str = "zhangwei@dinghai.example"
    message_id: str = "<0123456789abcdef01234567@office.example>"
    boundary: str = "sise-0123456789abcdef0123456789abcdef"
    kind: MessageKind = MessageKind.DIGEST
    official_id: int = 12
    urgent: bool = False


def wire(
    letter=None, *, text="你好\n", html="<p>你好</p>\n", mail_from="sise@office.example", at=NOON
):
    return build(
        letter or Letter(), mail_from=mail_from, text=text.encode(), html=html.encode(), at=at
    )


def read(raw: bytes) -> Parsed:
    # Not policy.default: that parser puts a space between two encoded-words (gh-128110).
    return message_from_bytes(raw)


def heading(raw: bytes, name: str) -> str:
    unfolded = re.sub(r"\r\n(?=[ \t])", "", read(raw)[name])
    return str(make_header(decode_header(unfolded)))


def body(raw: bytes, kind: str) -> str:
    [part] = [p for p in read(raw).walk() if p.get_content_type() == f"text/{kind}"]
    return part.get_payload(decode=True).decode(part.get_content_charset())


def assert_fit_for_every_relay(raw: bytes) -> None:
    head = raw.partition(b"\r\n\r\n")[0]
    assert raw.isascii()
    assert b"\0" not in raw
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert b"\r" not in raw.replace(b"\r\n", b"")
    for line in raw.split(b"\r\n"):
        # A line that holds an identifier or an address is as long as that is: RFC 5322 §2.1.1.
        assert len(line) <= (998 if re.search(rb"<\S+>$", line) else 76)
    assert all(len(word) <= 75 for word in ENCODED_WORD.findall(head))


@unhurried
@given(headings)
def test_a_subject_reads_back_as_it_was_written(subject):
    raw = wire(Letter(subject=subject))

    assert heading(raw, "Subject") == subject
    assert_fit_for_every_relay(raw)


@pytest.mark.parametrize("length", [1, 2, 12, 13, 14, 25, 40, 80, 120, 199, 200])
@pytest.mark.parametrize("sign", ["督", "🔴", "é", "a"])
def test_a_subject_of_any_length_keeps_its_lines_short(sign, length):
    raw = wire(Letter(subject=sign * length))

    assert heading(raw, "Subject") == sign * length
    assert_fit_for_every_relay(raw)


@unhurried
@given(st.lists(st.one_of(chinese, emoji), min_size=1, max_size=200).map("".join))
def test_a_subject_of_nothing_but_chinese_and_emoji_reads_back(subject):
    raw = wire(Letter(subject=subject))

    assert heading(raw, "Subject") == subject
    assert_fit_for_every_relay(raw)


@unhurried
@given(headings)
def test_a_name_reads_back_beside_its_address(name):
    raw = wire(Letter(to_name=name))

    assert heading(raw, "To") == f"{name} <zhangwei@dinghai.example>"
    assert_fit_for_every_relay(raw)


@pytest.mark.parametrize(
    "name",
    ['张伟, "处长"', "住房和城乡建设局，张 伟", "Zhang, Wei", 'a"b\\c', "a@b.example", "<x>"],
)
def test_a_name_with_commas_and_quotes_stays_one_recipient(name):
    raw = wire(Letter(to_name=name))

    assert parseaddr(read(raw)["To"])[1] == "zhangwei@dinghai.example"
    assert read(raw)["To"].count("@") == 1
    assert heading(raw, "To") == f"{name} <zhangwei@dinghai.example>"


@pytest.mark.parametrize("sign", ["\r\nBcc: x@y.example", "\n", "\u2028", "\u202e", "\x00", "\x85"])
def test_nothing_in_a_name_or_subject_can_begin_a_line_or_turn_the_text_round(sign):
    raw = wire(Letter(subject=f"督办{sign}件", to_name=f"张{sign}伟"))

    assert read(raw)["Bcc"] is None
    assert sign not in heading(raw, "Subject") + heading(raw, "To")
    assert heading(raw, "Subject").startswith("督办 ")
    assert_fit_for_every_relay(raw)


@unhurried
@given(text=bodies, html=bodies)
def test_bodies_read_back_with_every_line_break_made_one_kind(text, html):
    raw = wire(text=text, html=html)

    for kind, written in (("plain", text), ("html", html)):
        assert body(raw, kind) == re.sub(r"\r\n|\r|\n", "\r\n", written)
    assert_fit_for_every_relay(raw)


def test_text_comes_first_and_both_forms_are_one_mail():
    mail = read(wire())

    assert mail.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in mail.get_payload()] == ["text/plain", "text/html"]
    assert not [*mail.defects, *(d for part in mail.get_payload() for d in part.defects)]


def test_two_buildings_of_one_message_are_the_same_bytes():
    assert wire() == wire()


def test_what_identifies_the_mail_is_never_encoded_and_answers_itself_to_no_responder():
    mail = read(wire())

    assert mail["Message-ID"] == "<0123456789abcdef01234567@office.example>"
    assert parsedate_to_datetime(mail["Date"]) == NOON
    assert mail["Date"].endswith("+0800")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Auto-Response-Suppress"] == "OOF, AutoReply"
    assert mail["X-Sise-Mail"] == "0123456789abcdef01234567"
    assert parseaddr(mail["From"])[1] == "sise@office.example"


def test_a_chinese_domain_is_written_in_its_ascii_form_everywhere():
    letter = Letter(to_address="zhang@例子.中国", message_id="<0123@例子.中国>")

    raw = wire(letter, mail_from="sise@例子.中国")

    assert parseaddr(read(raw)["To"])[1] == "zhang@xn--fsqu00a.xn--fiqs8s"
    assert parseaddr(read(raw)["From"])[1] == "sise@xn--fsqu00a.xn--fiqs8s"
    assert read(raw)["Message-ID"] == "<0123@xn--fsqu00a.xn--fiqs8s>"
    assert_fit_for_every_relay(raw)


label = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=30)
chinese_label = st.text("例子督办区县政务公开办公室", min_size=1, max_size=12)
domains = st.lists(st.one_of(label, chinese_label), min_size=1, max_size=3).map(
    lambda labels: ".".join([*labels, "example"])
)


@unhurried
@given(domain=domains, local=st.text("abcdefghij0123456789+_-", min_size=1, max_size=40))
def test_whatever_the_domain_identifiers_and_addresses_are_never_encoded_or_broken(domain, local):
    ours, theirs = f"sise@{domain}", f"{local}@{domain}"

    raw = wire(Letter(to_address=theirs, message_id=f"<0123456789@{domain}>"), mail_from=ours)

    mail, written = read(raw), wire_address(ours)
    assert idna.decode(written.partition("@")[2]) == idna.decode(idna.encode(domain))
    assert mail["Reply-To"] == f"<{written}>"
    assert mail["References"] == mail["In-Reply-To"] == f"<digest.12.{written}>"
    assert mail["Message-ID"] == f"<0123456789@{written.partition('@')[2]}>"
    assert parseaddr(mail["To"])[1] == wire_address(theirs)
    assert_fit_for_every_relay(raw)


def test_the_digests_of_one_person_are_one_thread_and_nobody_else_s():
    roots = {
        (kind, person): {
            read(wire(Letter(kind=kind, official_id=person, message_id=f"<{n}@o.example>")))[header]
            for n in "12"
            for header in ("References", "In-Reply-To")
        }
        for kind in AGAIN_AND_AGAIN
        for person in (12, 13)
    }

    assert all(len(root) == 1 for root in roots.values())
    assert len(set.union(*roots.values())) == len(roots)


@pytest.mark.parametrize("kind", [kind for kind in MessageKind if kind not in AGAIN_AND_AGAIN])
def test_a_code_or_a_receipt_is_hidden_in_no_thread(kind):
    mail = read(wire(Letter(kind=kind)))

    assert mail["References"] is mail["In-Reply-To"] is None


def test_only_what_holds_red_calls_itself_important():
    calm, urgent = read(wire()), read(wire(Letter(urgent=True)))

    assert (calm["Importance"], calm["X-Priority"]) == (None, None)
    assert (urgent["Importance"], urgent["X-Priority"]) == ("high", "1")


@pytest.mark.parametrize(
    "text", [".", ".\r\n", "一\r\n.\r\n二", "..", ".begins", "a\rb", "\r", "\r\r\n\n"]
)
def test_no_line_of_a_body_ends_the_mail_or_begins_another(text):
    raw = wire(text=text, html=text)

    assert not any(line.startswith(b".") for line in raw.split(b"\r\n"))
    assert body(raw, "plain") == re.sub(r"\r\n|\r|\n", "\r\n", text)
    assert_fit_for_every_relay(raw)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "zhang",
        "@dinghai.example",
        "zhang@",
        "张伟@dinghai.example",
        "a" * 65 + "@dinghai.example",
        "a" * 300 + "@dinghai.example",
        "a@" + "b" * 64 + ".example",
        "a@" + "b." * 130 + "example",
        "a@b..example",
        "a@-b.example",
        ".a@b.example",
        "a..b@c.example",
        "a@b@c.example",
        "a@b>\r\nDATA",
        "a@b> ORCPT=x",
        "a b@c.example",
        "a@b.example\n",
        "a\x00@b.example",
        "a\x7f@b.example",
        '"a"@b.example',
        "<a@b.example>",
        "a,b@c.example",
        "a@[127.0.0.1]",
        "a@b\u3002example,c",
    ],
    ids=lambda address: repr(address[:24]),
)
def test_an_address_that_no_relay_should_be_asked_about_is_refused(address):
    with pytest.raises(UnusableAddress):
        wire_address(address)


@pytest.mark.parametrize(
    "address", ["sise@localhost", "zhang.wei+duban@jy.dinghai.example", "a'b@c.example"]
)
def test_an_ordinary_address_goes_as_it_is(address):
    assert wire_address(address) == address


def test_one_instant_is_written_as_the_clocks_of_each_office_show_it():
    dates = [read(wire(at=at))["Date"] for at in (NOON, NOON.astimezone(UTC))]
    assert dates == ["Thu, 14 Jul 2022 12:00:00 +0800", "Thu, 14 Jul 2022 04:00:00 +0000"]
