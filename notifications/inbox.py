"""The mailbox that reports come back to, over IMAP. Alone imports IMAPClient."""

import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from imapclient import SEEN, IMAPClient
from imapclient.exceptions import IMAPClientError

from notifications.bounce_reports import LONGEST

DONE = "Sise"  # the folder for what was read
SECONDS = 30.0


class InboxUnavailable(Exception):
    """The mailbox cannot be read now; what is in it stays."""


@dataclass(frozen=True)
class Inbox:
    """Where it is, as SISE_IMAP_URL says it."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    folder: str

    @classmethod
    def parse(cls, url: str) -> "Inbox":
        parts = urlsplit(url)
        if parts.scheme != "imaps" or not parts.hostname or not parts.username:
            raise ValueError("not imaps://user:pass@host/INBOX")
        return cls(
            parts.hostname,
            parts.port or 993,
            unquote(parts.username),
            unquote(parts.password or ""),
            unquote(parts.path.strip("/")) or "INBOX",
        )


def read_inbox(inbox: Inbox, take: Callable[[bytes], bool]) -> int:
    """Hand every new mail to `take`. What it takes is moved to the folder Sise; the rest, or
    everything where the server cannot move, is flagged as seen. Returns how many there were."""
    try:
        with IMAPClient(
            inbox.host,
            inbox.port,
            ssl=True,
            ssl_context=ssl.create_default_context(),
            timeout=SECONDS,
        ) as client:
            client.login(inbox.user, inbox.password)
            client.select_folder(inbox.folder)
            fresh = client.search("UNSEEN")
            for number in fresh:
                _put_away(client, number, taken=take(_content(client, number)))
            return len(fresh)
    except (IMAPClientError, OSError) as error:
        raise InboxUnavailable(f"{inbox.host}: {error}") from error


def _content(client: IMAPClient, number: int) -> bytes:
    found = client.fetch([number], [f"BODY.PEEK[]<0.{LONGEST}>"]).get(number, {})
    octets: bytes = found.get(b"BODY[]<0>", b"")
    return octets


def _put_away(client: IMAPClient, number: int, *, taken: bool) -> None:
    client.add_flags([number], [SEEN])  # first: what cannot be moved is still not read again
    if taken and client.has_capability("MOVE"):
        if not client.folder_exists(DONE):
            client.create_folder(DONE)
        client.move([number], DONE)
