"""What happens to the hosts in mid-night. Each holds the night up first, at a place of its own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from threading import Event
from time import sleep

from flows.database import transaction
from sise import clock
from tests.cluster.hosts import Host
from tests.cluster.office import Proved, Shared, hold, proved
from tests.cluster.servers import Database, PrefectServer, Worker, until
from tests.smtp_peers import Peer

HELPERS = 1
CONNECTIONS = 2  # of one delivery; so many mails at most may arrive twice when it dies
AGAIN = 60.0  # seconds after which the next scheduled run would come


@dataclass
class Gate:
    """The relay's script: from the n-th mail on it answers none until it is opened, so that
    everybody who sends has a mail in hand."""

    left: int | None = None
    reached: Event = field(default_factory=Event)
    opened: Event = field(default_factory=Event)

    def __call__(self, verb: str, _argument: str) -> None:
        if verb != "." or self.left is None:
            return
        self.left -= 1
        if self.left <= 0:
            self.reached.set()
            self.opened.wait()

    def close_after(self, mails: int) -> None:
        self.reached.clear()
        self.opened.clear()
        self.left = mails


@dataclass
class Cluster:
    shared: Shared
    database: Database
    server: PrefectServer
    workers: dict[str, Worker]  # by address
    relay: Peer
    gate: Gate

    def play(self, on: date, disturbed: "Scenario") -> Proved:
        expected = self.shared.left_alone(on)
        before = len(self.relay.mails)
        most = disturbed(self, on)
        self.finish(on)
        self.all_back()
        return proved(self.shared, on, expected, self.relay.mails[before:], most)

    def begin(self, on: date) -> None:
        self.server.night(on, HELPERS)

    def finish(self, on: date) -> None:
        """Whoever still plays it ends it; else the next scheduled run does."""
        for _ in range(8):
            try:
                until(lambda: self.shared.closed(on), "the night's end", AGAIN)
                return
            except TimeoutError:
                self.begin(on)
        raise TimeoutError(f"the night of {on} does not end")

    @contextmanager
    def held_up(self, on: date) -> Iterator[tuple[Host, Host | None]]:
        """In mid-sweep: whoever plays the night, and whoever helps, each with a part in hand."""
        with transaction(self.shared.office.engine, clock.now()) as session:
            hold(session, on)
            self.begin(on)
            until(lambda: len(self.shared.stuck()) > HELPERS, "all to be in the sweep")
            playing = self.workers[self.shared.plays()]
            [helping] = [w for w in self.workers.values() if w is not playing]
            yield playing.host, helping.host

    @contextmanager
    def kept_waiting(self, on: date) -> Iterator[Host]:
        """In mid-delivery: whoever plays the night waits for the relay, a helper has come too."""
        self.gate.close_after(8)
        self.begin(on)
        until(self.gate.reached.is_set, "the eighth mail")
        until(lambda: len(self.shared.at_it()) > HELPERS, "the helper")
        try:
            yield self.workers[self.shared.plays()].host
        finally:
            self.gate.opened.set()

    def all_back(self) -> None:
        """Until nobody is at it any more."""
        for worker in self.workers.values():
            worker.host.back()
            if not worker.running():
                worker.start()
        until(lambda: not self.shared.at_it(), "all to have ended")


Scenario = Callable[[Cluster, date], int]


def left_alone(cluster: Cluster, on: date) -> int:
    cluster.begin(on)
    return 0


def helper_killed(cluster: Cluster, on: date) -> int:
    with cluster.held_up(on) as (_, helping):
        helping.kill()
    return 0


def player_killed(cluster: Cluster, on: date) -> int:
    with cluster.held_up(on) as (playing, _):
        playing.kill()
    return 0


def sender_killed(cluster: Cluster, on: date) -> int:
    with cluster.kept_waiting(on) as playing:
        playing.kill()
    return CONNECTIONS


def cut_off(cluster: Cluster, on: date) -> int:
    with cluster.held_up(on) as (playing, _):
        playing.cut_off()
    try:
        cluster.finish(on)
    finally:
        playing.back()
    return 0


def sender_cut_off(cluster: Cluster, on: date) -> int:
    with cluster.kept_waiting(on) as playing:
        playing.cut_off()
    try:
        cluster.finish(on)
    finally:
        playing.back()
    return CONNECTIONS


def prefect_restarted(cluster: Cluster, on: date) -> int:
    with cluster.held_up(on):
        cluster.server.host.kill()
        sleep(5)
        cluster.server.start()
    return 0


def database_restarted(cluster: Cluster, on: date) -> int:
    with cluster.kept_waiting(on):
        cluster.database.crash()
    sleep(2)
    cluster.database.start()
    return CONNECTIONS * (1 + HELPERS)


SCENARIOS: dict[str, Scenario] = {
    "nobody disturbs it": left_alone,
    "a helper killed in mid-sweep": helper_killed,
    "the worker that plays the night killed in mid-sweep": player_killed,
    "the worker that plays the night killed in mid-delivery": sender_killed,
    "its host cut off in mid-sweep, and back again": cut_off,
    "its host cut off in mid-delivery, and back again": sender_cut_off,
    "Prefect's server killed and started in mid-sweep": prefect_restarted,
    "PostgreSQL crashed and started in mid-delivery": database_restarted,
}
