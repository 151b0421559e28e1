"""The clerk: all connections that wait at a moment are served in one short transaction.

What they come back with is settled, and what they send next is marked as begun. It is done in a
thread of its own, so that those that talk to the relay do not wait for the database. While all
goes well the clerk leases more than is asked for, and keeps it in stock: who comes back takes the
next one from it, and puts it together while the outcome of the last is committed.
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

from sqlalchemy import Connection

from flows.attempts import settle
from flows.claims import Claimed, begin, claim_oldest
from flows.database import transaction
from flows.letters import Claim, Ended
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
    taken: Sequence[Claim] = (),
    stock: Sequence[Claim] = (),
    ahead: int = 0,
    kept: Connection | None = None,
) -> Turn:
    """Begin what was taken and as many more as are wanted; what the stock lacks is leased, and
    `ahead` more."""
    claimed = Claimed()
    with transaction(office.engine, at, kept) as session:
        settled = settle(session, office, outbox, ended, at) if ended else {}
        if lacking := max(wanted - len(stock), 0) + ahead:
            claimed = claim_oldest(session, outbox, lacking, at)
            stock = [*stock, *claimed.leased]
        begun = begin(session, outbox, [*taken, *stock[:wanted]], at)
        more = claimed.more or len(begun) < len(taken) + len(stock[:wanted])
        return Turn(settled, begun, stock[wanted:], claimed, more)


@dataclass
class Stock:
    """What the clerk leased ahead. While all goes well he leases ever more; as soon as something
    does not, all goes back, because the next look at the outbox may say otherwise."""

    claims: deque[Claim] = field(default_factory=deque)  # the longest in it come first
    room: int = 0  # how many it may hold

    def is_stale(self, at: datetime) -> bool:
        return bool(self.claims) and at - self.claims[0].began_at > FRESH

    def take(self, most: int) -> list[Claim]:
        return [self.claims.popleft() for _ in range(min(most, len(self.claims)))]

    def lacks(self, present: int) -> int:
        """How many to lease ahead, if as many as are present come back for another one."""
        return 0 if len(self.claims) >= present else max(self.room - len(self.claims), 0)

    def grow(self, wanted: int, *, limited: bool) -> None:
        """Not where a limit counts what is leased as sent."""
        self.room = 0 if limited else min(2 * self.room + wanted, STOCK)

    def empty(self) -> list[Ended]:
        self.room = 0
        return [Ended(claim, None) for claim in self.take(len(self.claims))]


@dataclass
class Place:
    """A connection in the line: what it comes back with, and whether it sends another one."""

    ended: Ended | None
    wants: bool
    served: asyncio.Future[Claim | None]  # what to send next, once that is committed
    taken: Claim | None = None

    async def ahead(self) -> Claim | None:
        """What it will be served, unless that is nothing: to be put together meanwhile."""
        return self.taken


@dataclass
class Clerk:
    office: Office
    outbox: Outbox
    at: Callable[[], datetime]
    # Told of each outcome once it is committed; what lost its lease is another's to count.
    count: Callable[[Ended, MessageState], None] = lambda ended, state: None
    dropped: Counter[MessageState] = field(default_factory=Counter)  # instead of being sent
    line: list[Place] = field(default_factory=list)
    stock: Stock = field(default_factory=Stock)
    out: int = 0  # claims that connections have in hand
    all_in: asyncio.Event = field(default_factory=asyncio.Event)
    serving: asyncio.Task[None] | None = None
    thread: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "clerk"))
    kept: Connection = field(init=False)  # one from the pool costs a turn as much as a statement

    def __post_init__(self) -> None:
        self.kept = self.office.engine.connect()

    def line_up(self, ended: Ended | None = None, *, wants: bool = True) -> Place:
        """For the next turn. One that comes back from a success takes its next one right away."""
        taken = []
        if wants and ended and ended.went_well and not self.stock.is_stale(self.at()):
            taken = self.stock.take(1)
        return self._line_up(ended, wants, *taken)

    def withdraw(self, place: Place) -> None:
        """Its connection will not send what it was to be served."""
        if place.served.cancel() or place.served.cancelled():
            in_hand = place.taken
            self.out += in_hand is not None
        else:
            in_hand = None if place.served.exception() else place.served.result()
        if in_hand:
            self.leave(in_hand, None)

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
        self.kept.close()

    def _give_back(self) -> None:
        self.out += len(self.stock.claims)
        for ended in self.stock.empty():
            self._line_up(ended, wants=False)

    def _line_up(self, ended: Ended | None, wants: bool, taken: Claim | None = None) -> Place:
        place = Place(ended, wants, asyncio.get_running_loop().create_future(), taken)
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
                    self.stock.claims.extendleft([place.taken] if place.taken else ())
                    place.served.set_exception(error)

    async def _turn(self, places: Sequence[Place], wanting: Sequence[Place]) -> None:
        at = self.at()
        ended = [place.ended for place in places if place.ended]
        doubtful = self.stock.is_stale(at) or not all(one.went_well for one in ended)
        given_back = self.stock.empty() if doubtful else []
        turn = await self._ask_for_turn(ended, given_back, wanting, at)
        if turn.claimed.leased:
            self.stock.grow(len(wanting), limited=bool(self.outbox.limits.a_minute))
        self.stock.claims.extend(turn.stock)
        for place in places:
            if place.ended:
                if state := turn.settled.get(place.ended.claim.message.id):
                    self.count(place.ended, state)
                place.ended = None
            if not place.wants and not place.served.done():
                place.served.set_result(None)
        self._hand_out(wanting, turn)

    async def _ask_for_turn(
        self,
        ended: Sequence[Ended],
        given_back: Sequence[Ended],
        wanting: Sequence[Place],
        at: datetime,
    ) -> Turn:
        taken = [place.taken for place in wanting if place.taken]
        wanted = len(wanting) - len(taken)
        stock = self.stock.take(wanted)  # meanwhile others may take from the rest
        ahead = self.stock.lacks(len(wanting)) if wanting else 0
        turn = partial(take_turn, taken=taken, stock=stock, ahead=ahead, kept=self.kept)
        try:
            return await self.ask(turn, self.office, self.outbox, [*ended, *given_back], wanted, at)
        except Exception:  # it stays leased until a turn gives it back or begins it
            stays = [*(one.claim for one in given_back), *stock]
            self.stock.claims.extendleft(reversed(stays))
            raise

    def _hand_out(self, wanting: Sequence[Place], turn: Turn) -> None:
        self.dropped.update(turn.claimed.dropped)
        begun = {claim.message.id: claim for claim in turn.begun}
        free = []
        for place in self._wanting(wanting):
            if place.taken:
                self._give(place, begun.pop(place.taken.message.id, None))
            else:
                free.append(place)
        for place in free:
            if begun:
                self._give(place, begun.pop(next(iter(begun))))
            elif turn.more:
                self.line.append(place)
            else:
                self._give(place, None)
        for claim in begun.values():  # whoever wanted it was told to stop meanwhile
            self.out += 1
            self.leave(claim, None)

    def _give(self, place: Place, claim: Claim | None) -> None:
        self.out += claim is not None
        place.served.set_result(claim)

    @staticmethod
    def _wanting(places: Sequence[Place]) -> list[Place]:
        return [place for place in places if place.wants and not place.served.done()]
