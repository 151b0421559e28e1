"""SMTP, one command at a time so that the phase of a failure is known. Alone imports aiosmtplib."""

import os
import re
import socket
import ssl
from asyncio import BaseTransport, CancelledError, Task, WriteTransport, create_task
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import TypeVar
from urllib.parse import unquote, urlsplit

from aiosmtplib import (
    SMTP,
    SMTPException,
    SMTPResponse,
    SMTPResponseException,
    SMTPServerDisconnected,
)
from aiosmtplib.protocol import SMTPProtocol

REPLY_SECONDS = 60.0
FINAL_DOT_SECONDS = 600.0  # RFC 5321 §4.5.3.2.6: a shorter wait here makes duplicates
_SCHEMES = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
_TOKEN = re.compile(r"(?<=/r/)\w+|[0-9a-f]{32}")  # a filter may quote the link it does not like
_NO_RELAYING = re.compile(
    r"relay\w*( access)? (denied|not permitted|not allowed|prohibited)|to relay\b", re.IGNORECASE
)
# The Chinese providers' words for "too much of you" (NetEase), and RFC 3463's for a policy. A
# greylisting is one mail's own matter: it passes with the next attempt.
_TOO_MUCH = re.compile(r"\b(?:HL:ICC|HL:IFC|MI:SFQ|MI:DMC|RP:DRC)\b|\b4\.7\.\d", re.IGNORECASE)
_GREYLISTED = re.compile(r"gr[ae]y[ -]?list|灰名单", re.IGNORECASE)
LONGEST_SAYING = 300

Answer = TypeVar("Answer")


class Outcome(StrEnum):
    SENT = "sent"
    RETRY = "retry"  # this message was not accepted; try again later
    UNKNOWN = "unknown"  # the final dot went out and no answer came: it may have arrived
    REJECT = "reject"  # this recipient or message is refused for good
    CONFIG = "config"  # the relay itself will not have us: no message's fault


@dataclass(frozen=True, slots=True)
class Report:
    outcome: Outcome
    said: str  # the phase, and the relay's words
    too_much: bool = False  # this recipient's domain wants to be left alone for a while


@dataclass(frozen=True)
class Relay:
    """Where mail goes, as SISE_SMTP_URL says it."""

    scheme: str
    host: str
    port: int
    user: str | None = None
    password: str | None = field(default=None, repr=False)

    @classmethod
    def parse(cls, url: str) -> "Relay":
        parts = urlsplit(url)
        if parts.scheme not in _SCHEMES or not parts.hostname:
            raise ValueError("neither smtp://, smtp+starttls:// nor smtps:// with a host")
        return cls(
            parts.scheme,
            parts.hostname,
            parts.port or _SCHEMES[parts.scheme],
            unquote(parts.username) if parts.username else None,
            unquote(parts.password) if parts.password else None,
        )

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"

    @property
    def tls(self) -> ssl.SSLContext | None:
        return None if self.scheme == "smtp" else trust()


@cache
def trust() -> ssl.SSLContext:
    """Once per process: it reads every certificate of the machine, which takes 30 ms."""
    return ssl.create_default_context()


class RelayUnavailable(Exception):
    """The relay cannot be used now; every message keeps its attempts."""


@asynccontextmanager
async def connected(relay: Relay, domain: str) -> AsyncIterator["Connection"]:
    """One connection, used for many messages; it greets as `domain`. Raises RelayUnavailable."""
    client = SMTP(
        hostname=relay.host,
        port=relay.port,
        timeout=REPLY_SECONDS,
        # Otherwise the library asks the name service who we are, which an intranet may not answer.
        local_hostname=domain,
        use_tls=relay.scheme == "smtps",
        # Explicit, because None would fall back to plain text when STARTTLS is stripped.
        start_tls=relay.scheme == "smtp+starttls",
        tls_context=relay.tls,
    )
    transport = None
    try:
        try:
            await client.connect()
            transport = client.transport
            if relay.user is not None:
                await client.login(relay.user, relay.password or "")
        except (SMTPException, OSError, ValueError) as error:
            raise RelayUnavailable(f"{relay}: {_words(error)}") from error
        yield Connection(client)
    finally:
        await _leave(client, transport)


@dataclass
class Connection:
    client: SMTP
    answer: Task[SMTPResponse] | None = None  # to a content, from when that is sent

    async def send(self, sender: str, recipient: str, content: bytes) -> Report:
        """One envelope recipient per transaction: state and retry are per person."""
        return await self.begin(sender, recipient, content) or await self.finish()

    async def begin(self, sender: str, recipient: str, content: bytes) -> Report | None:
        """All but the final dot: without it the relay keeps nothing. None: it waits for that."""
        steps: dict[str, Callable[[], Awaitable[object]]] = {
            "MAIL": lambda: self.client.mail(sender),
            "RCPT": lambda: self.client.rcpt(recipient),
            "DATA": self._open_data,
            "content": lambda: self._transmit(content),
        }
        for phase, step in steps.items():
            if isinstance(answer := await self._answer(phase, step()), Report):
                return answer
        return None

    async def finish(self) -> Report:
        """The final dot, after a `begin` that was taken. None is sent where the relay has spoken
        already, or hung up: then it has nothing."""
        spoken = self.answer is None or self.answer.done() or not self.usable
        phase = "content" if spoken else "final dot"
        answer = await self._answer(phase, self._end(spoken))
        return (
            answer
            if isinstance(answer, Report)
            else Report(Outcome.SENT, _clean(f"{phase}: {answer}"))
        )

    def abandon(self) -> None:
        """What was begun is not sent: after DATA there is no other way than to hang up."""
        if self.answer is not None:
            self.answer.cancel()
        self.client.close()

    async def _answer(self, phase: str, step: Awaitable[Answer]) -> Answer | Report:
        """The relay's answer; a Report if it is a refusal."""
        try:
            return await step
        except SMTPResponseException as error:
            outcome = _refused(phase, error)
            await self._start_afresh(phase, error.code)
            said = _clean(f"{phase}: {error.code} {error.message}")
            return Report(outcome, said, outcome == Outcome.RETRY and _too_much(error))
        except (SMTPException, OSError) as error:
            self.client.close()
            return Report(_LOST.get(phase, Outcome.RETRY), _clean(f"{phase}: {_words(error)}"))
        except ValueError as error:  # the library refuses to write this address
            self.client.close()
            return Report(Outcome.REJECT, _clean(f"{phase}: {_words(error)}"))
        except CancelledError:
            self.client.close()  # the next reply would be taken for another command's
            raise

    @property
    def usable(self) -> bool:
        return self.client.is_connected

    async def _open_data(self) -> None:
        # Not client.data(): it does not tell a refusal of DATA from one of the message.
        reply = await self.client.execute_command(b"DATA")
        if reply.code != 354:
            raise SMTPResponseException(reply.code, reply.message)

    async def _transmit(self, content: bytes) -> None:
        protocol = self._write(content.replace(b"\r\n.", b"\r\n.."))
        # From now on, or what it says before the dot would be thrown away.
        self.answer = create_task(protocol.read_response(timeout=FINAL_DOT_SECONDS))

    async def _end(self, spoken: bool) -> str:
        if not spoken:
            self._write(b".\r\n")
        if self.answer is None:
            raise SMTPServerDisconnected("Connection lost")
        reply = await self.answer
        if spoken or not 200 <= reply.code < 300:  # RFC 5321 §4.3.2: any 2yz is acceptance
            raise SMTPResponseException(reply.code, reply.message)
        return f"{reply.code} {reply.message}"

    def _write(self, octets: bytes) -> SMTPProtocol:
        if (protocol := self.client.protocol) is None:
            raise SMTPServerDisconnected("Connection lost")
        protocol.write(octets)
        return protocol

    async def _start_afresh(self, phase: str, code: int) -> None:
        # Codes outside 4yz and 5yz, and 421: what the server does next cannot be known; nor
        # whether it takes what comes for the rest of a content.
        if code == 421 or not 400 <= code < 600 or phase == "content":
            self.client.close()
            return
        try:
            await self.client.rset()
        except (SMTPException, OSError):
            self.client.close()


# A connection that broke says nothing of the message before RCPT, and nothing at all after the dot.
_LOST = {"MAIL": Outcome.CONFIG, "final dot": Outcome.UNKNOWN}


def _refused(phase: str, error: SMTPResponseException) -> Outcome:
    code = error.code
    if phase == "MAIL" or code in (530, 534, 535, 538):  # so far every message is the same
        return Outcome.CONFIG
    if not 400 <= code < 600:
        return _LOST.get(phase, Outcome.RETRY)
    # 552 at RCPT is a full mailbox: RFC 5321 §4.5.3.1.10 wants it treated as temporary. "Relay
    # access denied" is a relay not yet told of us: the office mends that, the mail must not die.
    if phase == "RCPT" and (code == 552 or _NO_RELAYING.search(error.message)):
        return Outcome.RETRY
    return Outcome.RETRY if code < 500 else Outcome.REJECT


def _too_much(error: SMTPResponseException) -> bool:
    if _GREYLISTED.search(error.message) or not 400 <= error.code < 500:
        return False
    return error.code == 421 or bool(_TOO_MUCH.search(error.message))


async def _leave(client: SMTP, transport: BaseTransport | None) -> None:
    try:
        await client.quit(timeout=5)
    except (SMTPException, OSError):
        client.close()
    if isinstance(transport, WriteTransport):
        transport.abort()  # under TLS, close() alone would wait for the other side's goodbye


def _words(error: BaseException) -> str:
    """What a person can read: the system's own word for a failed connection, else the error's."""
    for cause in (error, error.__cause__):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"its certificate is not accepted: {cause.verify_message}"
        if isinstance(cause, ssl.SSLError):
            return f"TLS failed: {cause.reason or cause}"
    if isinstance(error.__cause__, socket.gaierror):
        return f"its name cannot be looked up: {error.__cause__.strerror}"
    if isinstance(error.__cause__, OSError) and error.__cause__.errno:
        return os.strerror(error.__cause__.errno)
    said = f"{error.code} {error.message}" if isinstance(error, SMTPResponseException) else error
    return _clean(str(said)) or type(error).__name__


def _clean(said: str) -> str:
    """Fit for the database: relays answer in GBK, with control characters, and quote links."""
    octets = said.encode(errors="surrogateescape")
    try:
        text = octets.decode()
    except UnicodeDecodeError:
        text = octets.decode("gb18030", errors="replace")
    short = _TOKEN.sub("…", _CONTROL.sub(" ", text))
    return " ".join(short.split())[:LONGEST_SAYING]
