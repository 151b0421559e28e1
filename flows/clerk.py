"""The clerk: all connections that wait at a moment are served in one short transaction.

What they come back with is settled, and what they send next is marked as begun. It is done in a
thread of its own, so that those that talk to the relay do not wait for the database. While all goes
well the clerk leases more than is asked for, and keeps it in stock for the next ones.
"""

import asyncio
import logging
from collections import Counter, deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from flows.attempts import Ended, settle
from flows.claims import Claim, Claimed, begin, claim_oldest
from flows.database import transaction
from flows.office import Office
from flows.outbox import Outbox
from models.message import MessageState
from notifications.mailer import Report

TOGETHER = 0.003  # seconds that those who wait are kept for others who may come and share a commit
STOCK = 64  # messages that are leased ahead at most
FRESH = timedelta(seconds=2)  # what was looked at longer ago may be settled by now

log = logging.getLogger(__name__)

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Turn:
    """What one transaction did."""

    settled: dict[int, MessageState]  # by the message's id; what lost its lease is not in it
    begun: Sequence[Claim]
    stock: Sequence[Claim]  # leased, and not begun
    claimed: Claimed
    more: bool  # somebody may get nothing though there is something: another turn may bring it


def take_turn(
    office: Office,
    outbox: Outbox,
    ended: Sequence[Ended],
    wanted: int,
    at: datetime,
    *,
    stock: Sequence[Claim] = (),
    ahead: int = 0,
) -> Turn:
    """Begin what is wanted; what the stock lacks is leased, and `ahead` more."""
    claimed = Claimed()
    with transaction(office.engine, at) as session:
        settled = settle(session, office, outbox, ended, at) if ended else {}
        if wanted > len(stock):
            claimed = claim_oldest(session, outbox, wanted - len(stock) + ahead, at)
            stock = [*stock, *claimed.leased]
        begun = begin(session, outbox, stock[:wanted], at)
        more = claimed.more or len(begun) < len(stock[:wanted])
        return Turn(settled, begun, stock[wanted:], claimed, more)


@dataclass
class Stock:
    """What the clerk leased ahead. While all goes well he leases ever more; as soon as something
    does not, all goes back, because the next look at the outbox may say otherwise."""

    claims: Sequence[Claim] = ()
    ahead: int = 0  # how many more than are wanted are leased next time
    since: datetime | None = None

    def is_stale(self, at: datetime) -> bool:
        return bool(self.claims) and (self.since is None or at - self.since > FRESH)

    def grow(self, wanted: int, at: datetime, *, limited: bool) -> None:
        """Not where a limit counts what is leased as sent."""
        self.since = at
        self.ahead = 0 if limited else min(2 * self.ahead + wanted, STOCK)

    def doubt(self) -> None:
        """All of it goes back with the next turn that is committed."""
        self.since, self.ahead = None, 0

    def given_back(self) -> list[Ended]:
        return [Ended(claim, None) for claim in self.claims]


@dataclass
class Place:
    """A connection in the line: what it comes back with, and whether it sends another one."""

    ended: Ended | None
    wants: bool
    served: asyncio.Future[Claim | None]
    state: MessageState | None = None  # of what ended, once that is committed


@dataclass
class Clerk:
    office: Office
    outbox: Outbox
    at: Callable[[], datetime]
    dropped: Counter[MessageState] = field(default_factory=Counter)  # instead of being sent
    line: list[Place] = field(default_factory=list)
    stock: Stock = field(default_factory=Stock)
    out: int = 0  # claims that connections have in hand
    all_in: asyncio.Event = field(default_factory=asyncio.Event)
    serving: asyncio.Task[None] | None = None
    thread: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "clerk"))

    async def serve(
        self, ended: Ended | None = None, *, wants: bool = True
    ) -> tuple[MessageState | None, Claim | None]:
        """Once it is committed: the state of what ended (None: its lease was lost), and what to
        send next, if anything."""
        place = self._line_up(ended, wants)
        claim = await place.served
        return place.state, claim

    def leave(self, claim: Claim, report: Report | None) -> None:
        """Without waiting; `close` sees to it."""
        self._line_up(Ended(claim, report), wants=False)

    async def ask(self, question: Callable[..., Answer], *given: object) -> Answer:
        """Anything else about the database, between two turns."""
        return await asyncio.get_running_loop().run_in_executor(self.thread, question, *given)

    def give_back_what_is_stale(self) -> None:
        if self.stock.is_stale(self.at()):
            self._give_back()

    async def close(self) -> None:
        """When what was handed in is committed, and what nobody took is given back."""
        self._give_back()
        if self.serving is not None:
            await self.serving
        self.thread.shutdown()

    def _give_back(self) -> None:
        given_back = self.stock.given_back()
        self.out += len(given_back)
        self.stock.doubt()
        self.stock.claims = ()
        for ended in given_back:
            self._line_up(ended, wants=False)

    def _line_up(self, ended: Ended | None, wants: bool) -> Place:
        place = Place(ended, wants, asyncio.get_running_loop().create_future())
        self.out -= ended is not None
        if not self.out:
            self.all_in.set()
        self.line.append(place)
        if self.serving is None or self.serving.done():
            self.serving = asyncio.create_task(self._work())
        return place

    async def _work(self) -> None:
        while self.line:
            await self._others()
            present, self.line = self.line, []
            try:
                await self._turn(present, self._wanting(present))
            except Exception:
                await self._one_by_one(present)

    async def _others(self) -> None:
        """Until everybody is back, but for a moment only."""
        self.all_in.clear()
        if self.out:
            with suppress(TimeoutError):
                await asyncio.wait_for(self.all_in.wait(), TOGETHER)

    async def _one_by_one(self, present: Sequence[Place]) -> None:
        """A turn failed: let that only suffer what fails by itself. Outcomes come first."""
        for place in present:
            try:
                if place.ended:
                    await self._turn([place], [])
                await self._turn([place], self._wanting([place]))
            except Exception as error:
                if place.served.done():  # nobody waits to be told
                    log.exception("an outcome could not be kept")
                else:
                    place.served.set_exception(error)

    async def _turn(self, places: Sequence[Place], wanting: Sequence[Place]) -> None:
        at, stock = self.at(), self.stock
        ended = [place.ended for place in places if place.ended]
        if stock.is_stale(at) or not all(one.went_well for one in ended):
            stock.doubt()
        stale = stock.is_stale(at)
        ended += stock.given_back() if stale else []
        turn = await self.ask(
            partial(take_turn, stock=() if stale else stock.claims, ahead=stock.ahead),
            *(self.office, self.outbox, ended, len(wanting), at),
        )
        if turn.claimed.leased:
            stock.grow(len(wanting), at, limited=bool(self.outbox.limits.a_minute))
        stock.claims = turn.stock
        for place in places:
            if place.ended:
                place.state = turn.settled.get(place.ended.claim.message.id)
                place.ended = None
            if not place.wants and not place.served.done():
                place.served.set_result(None)
        self._hand_out(wanting, turn)

    def _hand_out(self, wanting: Sequence[Place], turn: Turn) -> None:
        self.dropped.update(turn.claimed.dropped)
        begun = deque(turn.begun)
        for place in self._wanting(wanting):
            if begun:
                self.out += 1
                place.served.set_result(begun.popleft())
            elif turn.more:
                self.line.append(place)
            else:
                place.served.set_result(None)
        for claim in begun:  # whoever wanted it was told to stop meanwhile
            self.out += 1
            self.leave(claim, None)

    @staticmethod
    def _wanting(places: Sequence[Place]) -> list[Place]:
        return [place for place in places if place.wants and not place.served.done()]
