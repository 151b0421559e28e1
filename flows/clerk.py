"""The clerk: all connections that wait at a moment are served in one short transaction.

What they come back with is settled, and what they send next is claimed. It is done in a thread of
its own, so that those that talk to the relay do not wait for the database.
"""

import asyncio
import logging
from collections import Counter, deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar

from flows.attempts import Ended, settle
from flows.claims import Claim, Claimed, claim_oldest
from flows.database import transaction
from flows.office import Office
from flows.outbox import Outbox
from models.message import MessageState
from notifications.mailer import Report

TOGETHER = 0.003  # seconds that those who wait are kept for others who may come and share a commit

log = logging.getLogger(__name__)

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Turn:
    """What one transaction did."""

    settled: dict[int, MessageState]  # by the message's id; what lost its lease is not in it
    claimed: Claimed


def take_turn(
    office: Office, outbox: Outbox, ended: Sequence[Ended], wanted: int, at: datetime
) -> Turn:
    with transaction(office.engine, at) as session:
        settled = settle(session, office, outbox, ended, at) if ended else {}
        claimed = claim_oldest(session, outbox, wanted, at) if wanted else Claimed()
        return Turn(settled, claimed)


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

    async def close(self) -> None:
        """When what was handed in is committed, and what nobody took is given back."""
        if self.serving is not None:
            await self.serving
        self.thread.shutdown()

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
        ended = [place.ended for place in places if place.ended]
        turn = await self.ask(take_turn, self.office, self.outbox, ended, len(wanting), self.at())
        for place in places:
            if place.ended:
                place.state = turn.settled.get(place.ended.claim.message.id)
                place.ended = None
            if not place.wants and not place.served.done():
                place.served.set_result(None)
        self._hand_out(wanting, turn.claimed)

    def _hand_out(self, wanting: Sequence[Place], claimed: Claimed) -> None:
        self.dropped.update(claimed.dropped)
        leased = deque(claimed.leased)
        for place in self._wanting(wanting):
            if leased:
                self.out += 1
                place.served.set_result(leased.popleft())
            elif claimed.more:
                self.line.append(place)
            else:
                place.served.set_result(None)
        for claim in leased:  # whoever wanted it was told to stop meanwhile
            self.out += 1
            self.leave(claim, None)

    @staticmethod
    def _wanting(places: Sequence[Place]) -> list[Place]:
        return [place for place in places if place.wants and not place.served.done()]
