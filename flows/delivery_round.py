"""One delivery: its office, its relay, and what it did."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from threading import Event
from time import monotonic

from flows.clerk import Clerk, Place
from flows.letters import Claim, Ended, Letterhead
from flows.link_keys import link_keys
from flows.mail_waits import Why
from flows.office import Office
from flows.outbox import Outbox
from flows.still_owed import still_owed
from models.message import MessageKind, MessageState
from models.workdays import Calendar
from notifications.mailer import Outcome, Relay, Report


@dataclass
class Delivered:
    """What one delivery did. `waiting` is what stays in the outbox, and `why`."""

    sent: int = 0
    failed: int = 0
    unknown: int = 0
    skipped: int = 0
    waiting: int = 0
    why: Why | None = None


@dataclass
class Round:
    """One delivery: its office, and the instant at which it began."""

    office: Office
    relay: Relay
    calendar: Calendar
    now: datetime
    done: Callable[[str], None]
    stopping: Event
    patient: bool
    only: frozenset[MessageKind]
    began: float = field(default_factory=monotonic)
    delivered: Delivered = field(default_factory=Delivered)
    connections: int = 0  # that are tried or used at this moment
    letterhead: Letterhead = field(init=False)
    outbox: Outbox = field(init=False)
    clerk: Clerk = field(init=False)

    def __post_init__(self) -> None:
        self.letterhead = self.office.letterhead
        self.outbox = Outbox(
            self.office.engine,
            str(self.relay),
            self.office.mail_limits,
            partial(still_owed, self.office),
            partial(link_keys, self.office),
            self.only,
        )

    def at(self) -> datetime:
        return self.now + timedelta(seconds=monotonic() - self.began)

    def open(self) -> bool:
        """Mail hours may end, or a person stop us, while there is still mail."""
        if self.stopping.is_set():
            return False
        return self.office.mail_hours.open_at(self.office.local(self.at()), self.calendar)

    def line_up(self, ended: Ended | None, *, wants: bool) -> Place | None:
        wants = wants and self.open()
        return self.clerk.line_up(ended, wants=wants) if ended or wants else None

    def withdraw(self, place: Place) -> None:
        self.clerk.withdraw(place)

    def leave(self, claim: Claim, report: Report) -> None:
        self.clerk.leave(claim, report)

    def count(self, ended: Ended, state: MessageState) -> None:
        delivered = self.delivered
        delivered.sent += state == MessageState.SENT
        delivered.failed += state == MessageState.DEAD
        delivered.unknown += ended.report is not None and ended.report.outcome == Outcome.UNKNOWN
        if state == MessageState.SENT:
            self.done(ended.claim.message.to_address)

    async def owing(self) -> int:
        if not self.open():
            return 0
        return len(self.clerk.stock.claims) or await self.clerk.ask(self.outbox.free, self.at())
