"""A carrier: a process beside a delivery's own, that puts mails together and sends them.

Python computes on one processor at a time. The database, the limits and all that is counted stay
with the delivery's clerk; a carrier has connections to the relay, and asks for mail after mail.
It lives as long as the other end of its standard input, which is a socket.
"""

import asyncio
import gc
import logging
import os
import signal
import socket
from dataclasses import dataclass, field
from threading import Event
from typing import Any

from flows.carrier_link import Link
from flows.letters import Claim, Ended, Letterhead
from flows.sending import use
from notifications.mailer import Outcome, Relay, RelayUnavailable, Report, connected
from notifications.mime import wire_address

log = logging.getLogger(__name__)


@dataclass
class Awaited:
    """A place in the line of the clerk, who is elsewhere."""

    first: asyncio.Future[Claim | None]
    served: asyncio.Future[Claim | None]

    async def ahead(self) -> Claim | None:
        return await self.first

    def told(self, letter: Claim, *, begun: bool) -> None:
        self.first.set_result(None if begun else letter)
        if begun:
            self.served.set_result(letter)

    def decided(self, *, begun: bool) -> None:
        if not self.first.done():
            self.first.set_result(None)
        self.served.set_result(self.first.result() if begun else None)


@dataclass
class Line:
    """One connection of a delivery, for flows.sending: what it says goes to the clerk."""

    n: int
    link: Link
    relay: Relay
    letterhead: Letterhead
    stopping: Event = field(default_factory=Event)
    place: Awaited | None = None

    def line_up(self, ended: Ended | None, *, wants: bool) -> Awaited | None:
        if ended is None and not wants:
            return None
        loop = asyncio.get_running_loop()
        self.place = Awaited(loop.create_future(), loop.create_future())
        self.link.say("line up", self.n, _said(ended), wants)
        return self.place

    def withdraw(self, place: Awaited) -> None:
        """The delivery does so, when it hears that the connection is over."""

    def leave(self, claim: Claim, report: Report) -> None:
        """As above."""

    async def serve(self, most: int) -> None:
        refused = failed = None
        try:
            domain = wire_address(self.letterhead.mail_from).rpartition("@")[2]
            async with connected(self.relay, domain) as connection:
                await use(self, connection, most)
        except RelayUnavailable as refusal:
            refused = str(refusal)
        except Exception as error:
            log.exception("a connection failed")
            failed = type(error).__name__
        self.link.say("over", self.n, refused, failed)


def _said(ended: Ended | None) -> tuple[Outcome, str, bool] | None:
    """What costs less to be packed than a Report."""
    if ended is None or ended.report is None:
        return None
    return ended.report.outcome, ended.report.said, ended.report.too_much


class Carrier:
    """What the delivery says, and who it is for."""

    def __init__(self) -> None:
        self.lines: dict[int, Line] = {}
        self.tasks: set[asyncio.Task[None]] = set()

    async def serve(self, sock: socket.socket) -> None:
        """Until the other end is gone. Then it ends at once: nobody keeps any more what comes of a
        mail, and what is cut off in the middle the relay throws away."""
        loop = asyncio.get_running_loop()
        _, self.link = await loop.create_connection(
            lambda: Link(self.heard, lambda: os._exit(0)), sock=sock
        )
        self.link.say("ready", 0)  # for any delivery
        await loop.create_future()

    def heard(self, what: str, n: int, *said: Any) -> None:
        match what:
            case "begin":
                self.relay, self.letterhead = said
                self.link.say("ready", n)
            case "use":
                self.lines[n] = Line(n, self.link, self.relay, self.letterhead)
                task = asyncio.create_task(self._serve(self.lines[n], *said))
                self.tasks.add(task)
                task.add_done_callback(self.tasks.discard)
            case "letter":
                if place := self._place(n):
                    place.told(said[0], begun=said[1])
            case "decided":
                if place := self._place(n):
                    place.decided(begun=said[0])

    async def _serve(self, line: Line, most: int) -> None:
        await line.serve(most)
        del self.lines[line.n]

    def _place(self, n: int) -> Awaited | None:
        """None: its connection failed while the answer was on its way."""
        return line.place if (line := self.lines.get(n)) else None


def main() -> None:
    for number in (signal.SIGTERM, signal.SIGINT):  # whoever stops the delivery stops us by it
        signal.signal(number, signal.SIG_IGN)
    gc.freeze()  # what was imported stays: nobody looks through it for what can go
    gc.enable()
    asyncio.run(Carrier().serve(socket.socket(fileno=0)))
