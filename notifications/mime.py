"""A message of the outbox as the bytes that go over the wire: the same at every attempt.

Written by hand, because the standard library's writer makes lines and encoded-words that are too
long (RFC 2047 §2) and puts an encoded-word inside an address; it also takes twenty times as long.
"""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from email.utils import format_datetime
from functools import lru_cache
from struct import unpack
from typing import TYPE_CHECKING

import idna
from pybase64 import b64encode

if TYPE_CHECKING:
    from models.message import Message

THREADED = ("digest", "summary")  # kinds of what comes again and again
LINE = 76  # RFC 2045 §6.8
WORD_OCTETS = 39  # per encoded-word: with "Subject: " before it, its line stays below 76
# Control characters, and those that turn the direction of the text round.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]+")
_PLAIN = re.compile(r"(?=.{1,60}\Z)[A-Za-z0-9-]+( [A-Za-z0-9-]+)*")
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)"
_LOCAL = re.compile(rf"(?=.{{1,64}}\Z){_ATOM}(\.{_ATOM})*")
_DOMAIN = re.compile(rf"{_LABEL}(\.{_LABEL})*")


# A night's mails share their sender, date and often their subject.
remembered = lru_cache(maxsize=1024)


class UnusableAddress(ValueError):
    """An address that no relay should ever be asked about."""


@remembered
def wire_address(address: str) -> str:
    """ASCII on the wire: the domain in its IDNA form, the local part as it is."""
    local, _, domain = address.rpartition("@")
    domain = _ascii_domain(domain)
    written = f"{local}@{domain}"
    fits = _LOCAL.fullmatch(local) and _DOMAIN.fullmatch(domain) and len(written) <= 254
    if not fits:  # 254: RFC 5321 §4.5.3.1.3, without the angle brackets
        raise UnusableAddress(f"'{address}' is no mail address that a relay takes")
    return written


def build(message: "Message", *, mail_from: str, text: bytes, html: bytes, at: datetime) -> bytes:
    """`at` is the frozen Date header in the office's zone; the words are UTF-8. ASCII only, lines
    end with CRLF."""
    sender, message_id = wire_address(mail_from), wire_address(message.message_id.strip("<>"))
    opening = f"--{message.boundary}".encode("ascii")
    head = (
        f"From: {_mailbox('Sise 四色督办', sender)}",
        f"Reply-To: <{sender}>",
        f"To: {_mailbox(message.to_name, wire_address(message.to_address))}",
        f"Subject: {_words(message.subject)}",
        f"Date: {_date(at, at.utcoffset())}",
        f"Message-ID: <{message_id}>",
        *_thread(message, sender),
        *(("Importance: high", "X-Priority: 1") if message.urgent else ()),
        "Auto-Submitted: auto-generated",
        "X-Auto-Response-Suppress: OOF, AutoReply",
        # Again, because a non-delivery report may show it where the relay wrote a new Message-ID.
        f"X-Sise-Mail: {message_id.partition('@')[0]}",
        "MIME-Version: 1.0",
        f'Content-Type: multipart/alternative;\r\n boundary="{message.boundary}"',
    )
    lines = (
        "\r\n".join(head).encode("ascii"),
        b"",
        opening,
        _part("plain", text),
        opening,
        _part("html", html),
        opening + b"--",
        b"",
    )
    return b"\r\n".join(lines)


def _thread(message: "Message", sender: str) -> tuple[str, ...]:
    """One root for all that a person gets of a kind; no mail was ever sent with that id."""
    if message.kind not in THREADED:
        return ()
    root = f"<{message.kind}.{message.official_id}.{sender}>"
    return f"In-Reply-To: {root}", f"References: {root}"


def _mailbox(name: str, address: str) -> str:
    return f"{_words(name)}\r\n <{address}>"


@remembered
def _date(at: datetime, _offset: timedelta | None) -> str:
    """The offset is given too, because one instant in two zones is equal."""
    return format_datetime(at)


@remembered
def _words(written: str) -> str:
    """Free text of a header: as it is if it is plain, else in encoded-words, one to a line."""
    printable = _UNPRINTABLE.sub(" ", written)
    if _PLAIN.fullmatch(printable):
        return printable
    words = (b64encode(octets).decode() for octets in _slices(printable))
    return "\r\n ".join(f"=?utf-8?b?{word}?=" for word in words)


def _slices(written: str) -> Iterator[bytes]:
    """UTF-8 in slices that never cut through a character."""
    octets, begin = written.encode(), 0
    while begin < len(octets):
        end = min(begin + WORD_OCTETS, len(octets))
        while end < len(octets) and octets[end] & 0xC0 == 0x80:  # in the middle of one
            end -= 1
        yield octets[begin:end]
        begin = end


def _part(kind: str, octets: bytes) -> bytes:
    if b"\r" in octets:
        octets = octets.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    encoded = b64encode(octets.replace(b"\n", b"\r\n"))
    last = len(encoded) // LINE * LINE
    lines = unpack(f"{LINE}s" * (last // LINE), encoded[:last])  # in half the time of slices
    head = b"Content-Type: text/%b; charset=utf-8" % kind.encode("ascii")
    transfer = b"Content-Transfer-Encoding: base64"
    return b"\r\n".join((head, transfer, b"", *lines, *filter(None, (encoded[last:],))))


def _ascii_domain(domain: str) -> str:
    if domain.isascii():
        return domain
    try:
        return idna.encode(domain).decode("ascii")
    except idna.IDNAError:
        return ""
