"""A mail that was claimed, as a connection has to know it, and what came of it.

Nothing here imports the tables: a carrier would load all of them, and use none.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from notifications.mailer import Outcome, Report

if TYPE_CHECKING:
    from models import Message, MessageBody


@dataclass(frozen=True)
class Letterhead:
    """What of an office stands in each of its mails."""

    base_url: str
    mail_from: str
    bounce_address: str | None
    timezone: ZoneInfo


@dataclass(frozen=True)
class LinkKeys:
    newest: bytes
    older: Mapping[str, bytes] = field(default_factory=dict)  # for the salts that it is not for


class Claim(NamedTuple):
    """A message that is leased for its n-th attempt, which began at `began_at` if it has begun."""

    message: "Message"
    body: "MessageBody"
    n: int
    life_ends: datetime  # of the message: if it fails after that, it was the last attempt
    keys: LinkKeys
    began_at: datetime
    relay_was_down: bool  # its circuit was open: if this attempt succeeds, it closes


@dataclass(frozen=True)
class Ended:
    """What became of a claim. `report` None: it was given back, nobody began to send it."""

    claim: Claim
    report: Report | None

    @property
    def went_well(self) -> bool:
        return self.report is not None and self.report.outcome == Outcome.SENT

    @property
    def shows_that_the_relay_is_well(self) -> bool:
        spoke = self.report is not None and self.report.outcome != Outcome.CONFIG
        return spoke and self.claim.relay_was_down


def octets(words: str | bytes) -> bytes:
    """Of words that were read in either form: see flows.octets."""
    return words if isinstance(words, bytes) else words.encode()
