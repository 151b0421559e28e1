"""The catching SMTP server: on loopback only, in memory, shown at /mailbox."""

import re
import socket
import threading
from dataclasses import dataclass
from datetime import MAXYEAR, UTC, datetime
from email import message_from_bytes, policy
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr, parsedate_to_datetime
from types import TracebackType
from typing import Any

from aiosmtpd.controller import Controller

KEPT = 500  # mails; older ones are forgotten
READY_WITHIN = 60  # seconds; a machine that is busy with other things may take some
_FOLD = re.compile(r"\r?\n(?=[ \t])")


@dataclass(frozen=True)
class Caught:
    id: int
    date: str
    sender: str
    recipient: str
    name: str  # whom the mail addresses
    subject: str
    text: str
    html: str
    raw: bytes

    @property
    def at(self) -> datetime | None:
        """The instant that its Date says, if it says one."""
        try:
            at = parsedate_to_datetime(self.date)
        except (TypeError, ValueError):
            return None
        at = at if at.tzinfo else at.replace(tzinfo=UTC)
        return at if 1 < at.year < MAXYEAR else None  # nearer the edge no other zone has it


class Mailbox:
    """A real SMTP server that keeps what it is sent. Use it as a context manager."""

    def __init__(self) -> None:
        self._caught: list[Caught] = []
        self._lock = threading.Lock()

    def __enter__(self) -> "Mailbox":
        self._controller = _OnFreePort(_Handler(self))
        self._controller.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._controller.stop()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self._controller.port}"

    def messages(self) -> list[Caught]:
        """Newest first."""
        with self._lock:
            return self._caught[::-1]

    def get(self, caught_id: int) -> Caught | None:
        return next((mail for mail in self.messages() if mail.id == caught_id), None)

    def keep(self, recipient: str, raw: bytes) -> None:
        mail = message_from_bytes(raw, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        with self._lock:
            number = self._caught[-1].id + 1 if self._caught else 1
            self._caught.append(
                Caught(
                    number,
                    _heading(mail, "Date"),
                    _heading(mail, "From"),
                    recipient,
                    parseaddr(_heading(mail, "To"))[0],
                    _heading(mail, "Subject"),
                    _part(mail, "plain"),
                    _part(mail, "html"),
                    raw,
                )
            )
            del self._caught[:-KEPT]


class _OnFreePort(Controller):
    """aiosmtpd's own port 0 fails: it knocks at that port to start. So the socket is ours."""

    def __init__(self, handler: Any) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        super().__init__(
            handler,
            hostname="127.0.0.1",
            port=self._socket.getsockname()[1],
            ready_timeout=READY_WITHIN,
        )

    def _create_server(self) -> Any:
        return self.loop.create_server(self._factory_invoker, sock=self._socket)


class _Handler:
    def __init__(self, mailbox: Mailbox) -> None:
        self.mailbox = mailbox

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  # aiosmtpd's name
        for recipient in envelope.rcpt_tos:
            self.mailbox.keep(recipient, envelope.content)
        return "250 caught"


def _heading(mail: EmailMessage, name: str) -> str:
    # Not mail[name]: the parser puts a space between two encoded-words (gh-128110).
    raw = next((str(value) for key, value in mail.raw_items() if key.lower() == name.lower()), "")
    unfolded = _FOLD.sub("", raw).encode(errors="surrogateescape").decode(errors="replace")
    try:
        return str(make_header(decode_header(unfolded)))
    except (LookupError, ValueError, MessageError):  # an encoded-word that nobody can read
        return unfolded


def _part(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    if part is None:
        return ""
    try:
        content = str(part.get_content())
    except (LookupError, KeyError):  # a charset that nobody knows
        content = str(part.get_payload())
    return content.encode(errors="replace").decode()
