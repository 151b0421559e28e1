"""What comes back for a mail: reports of RFC 3464, reports in plain Chinese, automatic answers.

Whoever knows the address can send anything here: whatever cannot be read counts as nothing.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, message_from_string
from email.header import decode_header
from email.message import Message as Mail
from email.utils import getaddresses
from html import unescape

from models.relay import BounceKind
from notifications.verdicts import verdict

LONGEST = 1_000_000  # octets that are looked at
_OURS = re.compile(r"<[0-9a-f]{24}@[\w.-]{1,255}>")  # as flows.outbox draws them
_REPLY = re.compile(r"(?<![\d.])[45]\d\d[ -][^\n]{3,300}")  # an SMTP reply that a report quotes
_QUOTED = re.compile("(原邮件|原始邮件|original message|copy of the message).{0,40}$", re.I | re.M)
_AWAY = re.compile("自动回复|自动答复|外出|不在办公室|out of office|auto(matic)?[ -]?reply", re.I)
_REPORT = re.compile(
    "退信|无法投递|投递失败|发送失败|undeliver|delivery (status|fail)|failure notice|returned mail",
    re.I,
)
_REFUSED = re.compile("无法投递|退回|拒收|已满|不存在|undeliver|reject|refused|could not be", re.I)
_FOR_NOW = re.compile("delay|延迟|稍后|暂时", re.I)
_DAEMON = re.compile(r"(mailer-daemon|postmaster|mail-?delivery)\b", re.I)
_SECRET = re.compile(r"(?<=/r/)\w+|\b[0-9a-f]{32}\b")
_WHERE_TO = ("To", "Delivered-To", "X-Original-To", "Envelope-To", "X-Envelope-To")
_ANSWERS = ("X-Autoreply", "X-Autorespond", "X-Auto-Reply")


@dataclass(frozen=True)
class Report:
    """`kind` None: nothing that concerns a mail of ours. `final`: the mail did not arrive and
    will not. `sent_to` and `envelope` may name the message, and so do `originals`."""

    their_id: str
    sent_to: tuple[str, ...]
    envelope: str
    originals: tuple[str, ...]
    kind: BounceKind | None
    final: bool
    status: str
    said: str


@dataclass(frozen=True)
class _Judged:
    kind: BounceKind | None
    final: bool = False
    status: str = ""
    said: str = ""


def read_report(octets: bytes) -> Report:
    mail = message_from_bytes(octets[:LONGEST])
    returned = _returned(mail)
    judged = _Judged(None) if returned is not None and _answers(returned) else _judge(mail)
    envelopes = (_header(block, "Original-Envelope-Id").strip() for block in _blocks(mail))
    where_to = getaddresses([value for name in _WHERE_TO for value in _all(mail, name)])
    return Report(
        their_id=_their_id(mail, octets),
        sent_to=tuple(address for _, address in where_to if address),
        envelope=next(filter(None, envelopes), ""),
        originals=tuple(dict.fromkeys(_originals(mail, returned))),
        kind=judged.kind,
        final=judged.final,
        status=judged.status,
        said=_plain(judged.said),
    )


def split_mbox(octets: bytes) -> list[bytes]:
    """One message, or all of an mbox; a pipe of a relay's alias also begins with a From line."""
    if not octets.startswith(b"From "):
        return [octets] if octets.strip() else []
    pieces = re.split(rb"(?:\A|\r?\n\r?\n)From [^\r\n]*\d{4}[^\r\n]*\r?\n", octets)
    return [piece for piece in pieces if piece.strip()]


def _judge(mail: Mail) -> _Judged:
    if mail.get_content_type() == "multipart/report" and (blocks := list(_blocks(mail))):
        return _of_status(blocks)
    subject = _header(mail, "Subject")
    if _AWAY.search(subject) or any(_header(mail, name) for name in _ANSWERS):
        return _Judged(BounceKind.AWAY, said=subject)
    if _DAEMON.search(_header(mail, "From")) or _REPORT.search(subject):
        return _of_text(subject, _text(mail))
    if _header(mail, "Auto-Submitted").lower().startswith("auto-replied"):
        return _Judged(BounceKind.AWAY, said=subject)
    return _Judged(None)


def _of_status(blocks: list[Mail]) -> _Judged:
    """The recipient's block: each mail of ours has one recipient."""
    for action in ("failed", "delayed"):
        for block in blocks:
            if _header(block, "Action").strip().lower() == action:
                words = _header(block, "Diagnostic-Code").partition(";")[2]
                said = f"{words} {_header(block, 'Status')}"  # the code in the words is truer
                kind = verdict(said).kind if action == "failed" else BounceKind.SOFT
                return _Judged(kind, action == "failed", verdict(said).status, said)
    return _Judged(None)


def _of_text(subject: str, text: str) -> _Judged:
    """A report in plain words: the reply that it quotes tells most, else all it says."""
    told = text[: found.start()] if (found := _QUOTED.search(text)) else text
    reply = _REPLY.search(told)
    said = reply[0] if reply else told
    if not reply and not _REPORT.search(subject) and not _REFUSED.search(told):
        return _Judged(None)  # a postmaster has other things to say, too
    judged = verdict(said)
    for_now = _FOR_NOW.search(subject) or said.startswith("4")
    return _Judged(judged.kind, not for_now, judged.status, f"{subject}: {said}")


def _blocks(mail: Mail) -> Iterator[Mail]:
    for part in _parts(mail):
        if part.get_content_type() == "message/delivery-status":
            yield from (block for block in part.get_payload() if isinstance(block, Mail))


def _parts(mail: Mail) -> Iterator[Mail]:
    """Its own parts, and not those of a mail that is attached."""
    payload = mail.get_payload()
    if mail.get_content_maintype() == "multipart" and isinstance(payload, list):
        for part in payload:
            if isinstance(part, Mail):
                yield from _parts(part)
    else:
        yield mail


def _returned(mail: Mail) -> Mail | None:
    """The mail that it is about, or its header."""
    for part in _parts(mail):
        payload = part.get_payload()
        if part.get_content_type() == "message/rfc822" and isinstance(payload, list):
            return next((inner for inner in payload if isinstance(inner, Mail)), None)
        if part.get_content_type() == "text/rfc822-headers":
            return message_from_string(_decoded(part))
    return None


def _answers(returned: Mail) -> bool:
    """What came back is itself a report or an answer, so it is none of ours."""
    automatic = _header(returned, "Auto-Submitted").lower().startswith("auto-replied")
    daemon = _DAEMON.search(_header(returned, "From"))
    return automatic or bool(daemon) or returned.get_content_type() == "multipart/report"


def _originals(mail: Mail, returned: Mail | None) -> Iterator[str]:
    if returned is not None:
        yield from _OURS.findall(_header(returned, "Message-ID"))
    for name in ("In-Reply-To", "References"):
        yield from _OURS.findall(_header(mail, name))
    yield from _OURS.findall(_text(mail))


def _text(mail: Mail) -> str:
    texts = [part for part in _parts(mail) if part.get_content_maintype() == "text"]
    texts = [part for part in texts if part.get_content_subtype() in ("plain", "html")]
    return "\n".join(
        unescape(re.sub("<(?![0-9a-f]{24}@)[^>]*>", " ", _decoded(part)))
        if part.get_content_subtype() == "html"
        else _decoded(part)
        for part in texts
    )


def _decoded(part: Mail) -> str:
    octets = part.get_payload(decode=True)
    if not isinstance(octets, bytes):
        return ""
    return _guess(octets, part.get_content_charset() or "utf-8")


def _guess(octets: bytes, charset: str) -> str:
    for one in (charset, "utf-8", "gb18030"):
        try:
            return octets.decode(one)
        except (UnicodeError, LookupError):
            continue
    return octets.decode("utf-8", "replace")


def _header(mail: Mail, name: str) -> str:
    return _all(mail, name)[0] if mail.get(name) is not None else ""


def _all(mail: Mail, name: str) -> list[str]:
    return [_words(str(value)) for value in mail.get_all(name, [])]


def _words(value: str) -> str:
    try:
        pieces = decode_header(value)
    except (ValueError, LookupError):
        return value
    return "".join(
        _guess(piece, charset or "utf-8") if isinstance(piece, bytes) else piece
        for piece, charset in pieces
    )


def _their_id(mail: Mail, octets: bytes) -> str:
    said = _plain(_header(mail, "Message-ID"))
    return said if said else f"sha256:{hashlib.sha256(octets).hexdigest()}"


def _plain(said: str) -> str:
    readable = "".join(letter if letter.isprintable() else " " for letter in _SECRET.sub("…", said))
    return " ".join(readable.split())[:300]
