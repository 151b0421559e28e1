"""What a delivery and its carriers say to each other, over a socket that they alone share.

By the delivery: `begin` (its number, relay, letterhead), `use` (a connection's number, how many
mails at most), `letter` (a claim, whether it has begun), `decided` (whether what was sent ahead
has begun). By a carrier: `ready` (a delivery's number, or 0), `line up` (what came of the last
mail, whether the connection wants another), `over` (that the relay refused it, or what failed).
"""

import asyncio
import pickle
from collections.abc import Callable
from datetime import datetime
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from flows.letters import Claim, octets

if TYPE_CHECKING:
    from models import Message, MessageBody

SIZE = 4  # octets that say how long the rest is


class Letter(NamedTuple):
    """A message with its words, as flows.sending reads them: a row of the database would take its
    whole table's description along."""

    id: int
    kind: str  # not as MessageKind, which lies among the tables
    official_id: int
    to_name: str
    to_address: str
    message_id: str
    boundary: str
    urgent: bool
    composed_at: datetime
    subject: str
    text: bytes
    html: bytes

    @classmethod
    def of(cls, message: "Message", body: "MessageBody") -> "Letter":
        return cls._make((*_told(message), octets(body.text), octets(body.html)))


_told = attrgetter(*("kind.value" if name == "kind" else name for name in Letter._fields[:-2]))


def as_letter(claim: Claim) -> Claim:
    """To be carried: the same claim, apart from the database."""
    letter: Any = Letter.of(claim.message, claim.body)
    return claim._replace(message=letter, body=letter)


class Link(asyncio.Protocol):
    """One end. What is said within a moment goes out together."""

    def __init__(self, heard: Callable[..., None], lost: Callable[[], None]) -> None:
        self.heard, self.lost = heard, lost
        self.unsaid: list[tuple[Any, ...]] = []
        self.unread = bytearray()
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def close(self) -> None:
        if self.transport:
            self.transport.close()

    def say(self, *words: Any) -> None:
        self.unsaid.append(words)
        if len(self.unsaid) == 1:
            asyncio.get_running_loop().call_soon(self._flush)

    def _flush(self) -> None:
        words, self.unsaid = pickle.dumps(self.unsaid, pickle.HIGHEST_PROTOCOL), []
        if self.transport and not self.transport.is_closing():
            self.transport.write(len(words).to_bytes(SIZE) + words)

    def data_received(self, data: bytes) -> None:
        self.unread += data
        while len(self.unread) >= SIZE:
            end = SIZE + int.from_bytes(self.unread[:SIZE])
            if len(self.unread) < end:
                return
            said = pickle.loads(memoryview(self.unread)[SIZE:end])
            del self.unread[:end]
            for words in said:
                self.heard(*words)

    def connection_lost(self, error: Exception | None) -> None:
        self.lost()
