"""A night that the system kills is finished by the next run: the end is that of one left alone.

What may differ is named in tests/ends.py.
"""

import random
import signal
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from time import monotonic
from typing import Any

import pytest
from sqlalchemy import event

from flows.night import run_night
from flows.night_lock import NightBusy
from flows.office import Office
from tests.conftest import Cast, instant, sample
from tests.databases import keep
from tests.ends import difference, ended
from tests.flows.dying_night import play_and_die
from tests.flows.test_night_crashes import COMMITS, FIRST, daytime, open_tasks
from tests.forked import begun, end_of
from tests.kept import play
from tests.outboxes import to
from tests.played import as_played
from tests.smtp_peers import Peer, peer

KILLS = sample(3, 100)  # of each database
BEGUN, NIGHTS = 6, 4  # nights that nobody touches, then those that are killed
LEASE_IS_OVER = timedelta(minutes=5)
CONNECTIONS = 2
PATIENCE = 60  # seconds
COLD = 3  # so much longer a night takes in a process that is new


@dataclass
class Undisturbed:
    """One night: what it began with, and what it came to."""

    on: date
    begin: Callable[[], None]
    end: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    mails: Counter[str] = field(default_factory=Counter)
    statements: int = 0
    seconds: float = 0.0


@pytest.mark.storm
def test_wherever_a_night_is_killed_the_next_run_comes_to_the_same_end(
    office, cast: Cast, database_url: str
):
    open_tasks(cast, office)
    drawn = random.Random(20220714)
    with peer() as relay:
        office = to(relay, office)
        nights = play_undisturbed(office, relay)
        for kill in range(KILLS):
            night = drawn.choice(nights)
            where, n = somewhere(drawn, kill, night)
            night.begin()
            relay.mails.clear()
            killed = die(office, database_url, night.on, where, n)
            assert killed == -signal.SIGKILL or (where == "moment" and killed == 0)
            finish(office, night.on)
            assert difference(ended(office.engine), night.end) == "", (kill, night.on, where, n)
            assert_all_arrived(relay, night, (kill, night.on, where, n))


def play_undisturbed(office: Office, relay: Peer) -> list[Undisturbed]:
    as_played(office.engine, "nights of which none is killed", lambda: wind_on(office))
    nights = []
    for day in range(BEGUN, BEGUN + NIGHTS):
        night = Undisturbed(FIRST + timedelta(days=day), keep(office.engine))
        nights.append(night)
        play_one(office, relay, night)
        daytime(office, night.on)
    return nights


def wind_on(office: Office) -> None:
    for day in range(BEGUN):
        play(office, FIRST + timedelta(days=day))
        daytime(office, FIRST + timedelta(days=day))


def play_one(office: Office, relay: Peer, night: Undisturbed) -> None:
    def count(*_of: object) -> None:
        night.statements += 1

    relay.mails.clear()
    event.listen(office.engine, "before_cursor_execute", count)
    result = run_night(office, on=night.on, now=instant(night.on))
    event.remove(office.engine, "before_cursor_execute", count)
    night.seconds, night.mails = result["seconds"], Counter(relay.to())
    night.end = ended(office.engine)
    assert night.mails, "each of them has something to say"


def somewhere(drawn: random.Random, kill: int, night: Undisturbed) -> tuple[str, int]:
    """Behind each step in turn, right before its commit, and at two kinds of random points."""
    where = ("after", "statement", "moment", "before")[kill % 4]
    match where:
        case "statement":
            return where, drawn.randint(1, night.statements)
        case "moment":
            return where, drawn.randint(1, round(COLD * 1000 * night.seconds))
    return where, 1 + kill // 4 % COMMITS


def die(office: Office, database_url: str, on: date, where: str, n: int) -> int | None:
    given = database_url, office.home, office.smtp_url, instant(on), where, n
    return end_of(begun(play_and_die, *given, quiet=False))


def finish(office: Office, on: date) -> None:
    """PostgreSQL notices at its next read that a client is gone, and keeps its lock until then."""
    until = monotonic() + PATIENCE
    while monotonic() < until:
        try:
            run_night(office, on=on, now=instant(on) + LEASE_IS_OVER)
            return
        except NightBusy:
            continue
    raise AssertionError("the lock of a killed night is still held")


def assert_all_arrived(relay: Peer, night: Undisturbed, told: object) -> None:
    """A mail that was on its way may arrive twice, one for each connection; none is missing."""
    arrived = Counter(relay.to())
    assert not night.mails - arrived, told
    assert (arrived - night.mails).total() <= CONNECTIONS, told
