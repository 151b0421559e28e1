"""The carriers of a delivery, as it sees them: processes that use connections for it.

They are started when an outbox is large, and kept for the next one as long as this process lives:
to start one takes a second. Until they are ready, and where one dies, the delivery sends by itself.
"""

import asyncio
import atexit
import os
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from threading import Lock
from typing import Any

from flows.attempts import Ended
from flows.carrier_link import Link, as_letter
from flows.claims import Claim
from flows.clerk import Place
from flows.delivery_round import Round
from notifications.mailer import Outcome, RelayUnavailable, Report

MANY = 300  # mails; for fewer nobody is asked
PATIENCE = 5.0  # seconds that one has to answer, and to end by itself
DIED = "the process that sent it ended without a word"

_numbers = count(1)  # of connections and deliveries: what is said of one that is over is nobody's
_idle: list["Process"] = []
_lock = Lock()


@dataclass
class Process:
    running: subprocess.Popen[bytes]
    socket: socket.socket
    loaded: bool = False  # it answers at once

    @classmethod
    def start(cls) -> "Process":
        path = os.pathsep.join(filter(None, sys.path))
        ours, theirs = socket.socketpair()
        with theirs:
            running = subprocess.Popen(
                [sys.executable, "-m", "flows.carrier"],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                env={**os.environ, "PYTHONPATH": path},
                start_new_session=True,  # Ctrl-C is for the delivery
            )
        return cls(running, ours)

    def load(self) -> None:
        """Wait until it answers."""
        if not self.loaded:
            self.loaded = self.socket.recv(1, socket.MSG_PEEK) != b""

    def end(self) -> None:
        """It goes when it has nobody to talk to; one that still loads would first come so far."""
        self.socket.close()
        if not self.loaded:
            self.running.kill()
        try:
            self.running.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.running.kill()
            self.running.wait()


@dataclass
class Line:
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
class Carrier:
    """One that works for a delivery."""

    process: Process
    delivery: int
    link: Link = field(init=False)
    answered: asyncio.Event = field(default_factory=asyncio.Event)
    ready: bool = False
    sound: bool = True  # it may work for the next delivery too
    lines: dict[int, Line] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.link = Link(self._heard, self._lost)

    async def begin(self, this: Round) -> None:
        loop = asyncio.get_running_loop()
        await loop.create_connection(lambda: self.link, sock=self.process.socket.dup())
        self.link.say("begin", self.delivery, this.relay, this.letterhead)
        if self.process.loaded:
            try:
                await asyncio.wait_for(self.answered.wait(), PATIENCE)
            except TimeoutError:
                self.sound = False

    async def use(self, this: Round, most: int) -> None:
        """As flows.sending.use, with a connection that it opens."""
        n, over = next(_numbers), asyncio.get_running_loop().create_future()
        self.lines[n] = line = Line(this, self.link, n, over)
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
            _give_back(self.process)
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
            line.line_up(*said) if what == "line up" else line.is_over(*said)

    def _lost(self) -> None:
        self.ready = self.sound = False
        self.answered.set()
        for line in self.lines.values():
            line.is_over(None, None)


def prepare(most: int) -> None:
    """So many are at hand when this returns: for whoever cannot wait, or does not measure that."""
    these = _lent(most)
    for process in these:
        process.load()
        _give_back(process)


@asynccontextmanager
async def carriers(this: Round, workers: int, owing: int) -> AsyncIterator[Sequence[Carrier]]:
    """Those that help with so many mails over so many connections."""
    found = [Carrier(process, next(_numbers)) for process in _lent(how_many(workers, owing))]
    try:
        for carrier in found:
            await carrier.begin(this)
        yield found
    finally:
        for carrier in found:
            carrier.leave()


def ready_one(these: Sequence[Carrier]) -> Carrier | None:
    ready = [carrier for carrier in these if carrier.ready]
    return min(ready, key=lambda carrier: len(carrier.lines), default=None)


def how_many(workers: int, owing: int) -> int:
    """For so many connections and mails. One processor is the clerk's; a carrier with one
    connection would wait most of the time."""
    return min(_processors() - 1, workers // 2) if owing >= MANY else 0


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def _lent(most: int) -> list[Process]:
    with _lock:
        found = [_idle.pop() for _ in range(min(most, len(_idle)))]
    alive = [process for process in found if process.running.poll() is None]
    return alive + [Process.start() for _ in range(most - len(alive))]


def _give_back(process: Process) -> None:
    with _lock:
        _idle.append(process)


@atexit.register
def _end_all() -> None:
    with _lock, suppress(IndexError):
        while True:
            _idle.pop().end()
