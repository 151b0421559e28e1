"""The carriers of a delivery, as it sees them: processes that use connections for it.

They are started when an outbox is large, and kept for the next one as long as this process lives.
Until they are ready, and where one dies, the delivery sends by itself.
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from flows.carrier_link import Link, as_letter
from flows.carrier_processes import PATIENCE, Process, give_back, lent
from flows.clerk import Place
from flows.delivery_round import Round
from flows.letters import Claim, Ended
from notifications.mailer import Outcome, RelayUnavailable, Report

MANY = 300  # mails; for fewer nobody is asked
DIED = "the process that sent it ended without a word"

_numbers = count(1)  # of connections and deliveries: what is said of one that is over is nobody's


@dataclass
class Used:
    """A connection that a carrier uses, with what it has in hand."""

    this: Round
    link: Link
    n: int
    over: asyncio.Future[None]
    place: Place | None = None
    claim: Claim | None = None  # it has begun, and not ended

    def line_up(self, said: tuple[Outcome, str, bool] | None, wants: bool) -> None:
        ended = Ended(self.claim, Report(*said)) if self.claim and said else None
        self.claim = None
        self.place = self.this.line_up(ended, wants=wants)
        if self.place is None:
            self.link.say("decided", self.n, False)
            return
        if self.place.taken:
            self.link.say("letter", self.n, as_letter(self.place.taken), False)
        self.place.served.add_done_callback(self._served)

    def _served(self, served: asyncio.Future[Claim | None]) -> None:
        if served.cancelled() or self.place is None:
            return
        taken, self.place = self.place.taken, None
        if error := served.exception():
            self.link.say("decided", self.n, False)
            self._end(error)
            return
        self.claim = served.result()
        if self.claim and not taken:
            self.link.say("letter", self.n, as_letter(self.claim), True)
        else:
            self.link.say("decided", self.n, self.claim is not None)

    def is_over(self, refused: str | None, failed: str | None) -> None:
        self.let_go(f"{DIED}: {failed}" if failed else DIED)
        if failed:
            self._end(RuntimeError(f"a carrier failed: {failed}"))
        else:
            self._end(RelayUnavailable(refused) if refused else None)

    def let_go(self, said: str) -> None:
        """Nobody says any more what became of what it had in hand."""
        if self.place:
            self.this.withdraw(self.place)
        if self.claim:
            self.this.leave(self.claim, Report(Outcome.UNKNOWN, said))
        self.place = self.claim = None

    def _end(self, error: BaseException | None) -> None:
        if self.over.done():
            return
        if error:
            self.over.set_exception(error)
        else:
            self.over.set_result(None)


@dataclass
class Lent:
    """One that works for a delivery."""

    process: Process
    delivery: int
    link: Link = field(init=False)
    answered: asyncio.Event = field(default_factory=asyncio.Event)
    ready: bool = False
    sound: bool = True  # it may work for the next delivery too
    lines: dict[int, Used] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.link = Link(self._heard, self._lost)

    async def begin(self, this: Round) -> None:
        loop = asyncio.get_running_loop()
        try:
            await loop.create_connection(lambda: self.link, sock=self.process.socket.dup())
        except OSError:  # too many files are open
            self.sound = False
            return
        self.link.say("begin", self.delivery, this.relay, this.letterhead)
        if self.process.loaded:
            try:
                await asyncio.wait_for(self.answered.wait(), PATIENCE)
            except TimeoutError:
                self.sound = False

    async def use(self, this: Round, most: int) -> None:
        """As flows.sending.use, with a connection that it opens."""
        n, over = next(_numbers), asyncio.get_running_loop().create_future()
        self.lines[n] = line = Used(this, self.link, n, over)
        self.link.say("use", n, most)
        try:
            await over
        except RelayUnavailable:
            raise
        except BaseException as error:
            if isinstance(error, asyncio.CancelledError):
                this.stopping.set()
            self.sound = False
            line.let_go("stopped while it was being sent")
            raise
        finally:
            del self.lines[n]

    def leave(self) -> None:
        """It is free for the next delivery."""
        self.link.close()
        if self.sound:
            give_back(self.process)
        else:
            self.process.running.kill()
            self.process.end()

    def _heard(self, what: str, n: int, *said: Any) -> None:
        if what == "ready":
            self.process.loaded = True
            if n == self.delivery:
                self.ready = True
                self.answered.set()
        elif line := self.lines.get(n):
            if what == "line up":
                line.line_up(*said)
            else:
                line.is_over(*said)

    def _lost(self) -> None:
        self.ready = self.sound = False
        self.answered.set()
        for line in self.lines.values():
            line.is_over(None, None)


@asynccontextmanager
async def carriers(this: Round, workers: int, owing: int) -> AsyncIterator[Sequence[Lent]]:
    """Those that help with so many mails over so many connections."""
    found = [Lent(process, next(_numbers)) for process in lent(how_many(workers, owing))]
    try:
        for carrier in found:
            await carrier.begin(this)
        yield found
    finally:
        for carrier in found:
            carrier.leave()


def ready_one(these: Sequence[Lent]) -> Lent | None:
    ready = [carrier for carrier in these if carrier.ready]
    return min(ready, key=lambda carrier: len(carrier.lines), default=None)


def how_many(workers: int, owing: int) -> int:
    """For so many connections and mails. One processor is the clerk's; a carrier with one
    connection would wait most of the time."""
    return min(_processors() - 1, workers // 2) if owing >= MANY else 0


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
