"""Many people at once at one `sise serve`: each with an address and a browser of his own."""

import http.client
import os
import socket
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from time import monotonic, perf_counter, sleep
from urllib.parse import quote, urlencode

from benchmarks.desk_home import Home, Warned
from benchmarks.machine import worked
from benchmarks.ports import free_port

PATIENCE = 60.0  # seconds: then whoever waits has gone away
READERS, WRITERS = 4, 1
ROOT = Path(__file__).parent.parent
SERVE = "from sise.__main__ import main; main()"
Step = tuple[str, str, str, dict[str, str] | None]
"""What it is called, how and where it is asked, and what is sent."""


@dataclass
class Told:
    """How long each kind of step took, in seconds, and what went wrong."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    octets: dict[str, int] = field(default_factory=dict)
    errors: Counter[str] = field(default_factory=Counter)
    acts: Counter[str] = field(default_factory=Counter)  # those that the server said it recorded
    worked: float = 0.0  # seconds of a processor, of the server

    @property
    def answers(self) -> int:
        return sum(map(len, self.seconds.values()))

    def add(self, other: "Told") -> None:
        for kind, found in other.seconds.items():
            self.seconds[kind] += found
        self.octets |= other.octets
        self.errors += other.errors
        self.acts += other.acts


@dataclass
class Client:
    """One browser. On loopback every client may have an address: 127.x.y.z is all ours."""

    port: int
    address: str
    told: Told = field(default_factory=Told)
    cookie: str = ""

    def __post_init__(self) -> None:
        self.wire = http.client.HTTPConnection(
            "127.0.0.1", self.port, timeout=PATIENCE, source_address=(self.address, 0)
        )

    def take(self, step: Step) -> None:
        kind, method, path, data = step
        began = perf_counter()
        try:
            status, body, location = self._ask(method, path, data)
        except (OSError, http.client.HTTPException) as error:
            self.wire.close()
            self.told.errors[f"{kind}: {type(error).__name__}"] += 1
            return
        self.told.seconds[kind].append(perf_counter() - began)
        self.told.octets[kind] = len(body)
        wanted = 200 if data is None else 303
        if status != wanted or location == "/login":
            self.told.errors[f"{kind}: {status} {location}"] += 1
        elif data is not None:
            self.told.acts[kind] += 1

    def _ask(self, method: str, path: str, data: dict[str, str] | None) -> tuple[int, bytes, str]:
        headers = {"Cookie": self.cookie} if self.cookie else {}
        if data is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        body = None if data is None else urlencode(data)
        self.wire.request(method, path, body=body, headers=headers)
        answer = self.wire.getresponse()
        if kept := answer.getheader("Set-Cookie"):
            self.cookie = kept.partition(";")[0]
        return answer.status, answer.read(), answer.getheader("Location") or ""


@dataclass(frozen=True)
class Served:
    port: int
    process: int

    def worked(self) -> float:
        """Seconds that a processor has spent on it."""
        return worked(self.process)


@contextmanager
def served(home: Home) -> Iterator[Served]:
    """`sise serve` as a person starts it, on a free port; raises what it had to say."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SISE_")}
    said = {"SISE_HOME": str(home.folder), "SISE_MAIL_HOURS": "always", "SISE_NIGHT_AT": "off"}
    with free_port() as port, (home.folder / "stderr").open("w+") as stderr:
        child = subprocess.Popen(
            [sys.executable, "-c", SERVE, "serve", "--port", str(port)],
            cwd=ROOT,
            env=kept | said,
            stdout=subprocess.DEVNULL,
            stderr=stderr,
        )
        try:
            _wait(port, child)
            yield Served(port, child.pid)
        finally:
            child.terminate()
            child.wait(PATIENCE)
            stderr.seek(0)
            if words := stderr.read():
                raise RuntimeError(words)


def _wait(port: int, child: subprocess.Popen[bytes]) -> None:
    until = monotonic() + PATIENCE
    while monotonic() < until and child.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        sleep(0.05)
    raise RuntimeError("sise serve does not listen")


def crowd(
    home: Home, at: Served, *, clients: int, more: Callable[[int], bool], seed: int = 1
) -> Told:
    """All at once: whoever signs in, then looks or acts `while more(steps so far)`."""
    warned, doors = home.warned(), home.doors(clients)
    shares = [warned[n::clients] for n in range(clients)]

    def live(n: int) -> Told:
        client = Client(at.port, f"127.0.{1 + n // 250}.{1 + n % 250}")
        writes = n % (READERS + WRITERS) == 0
        steps = writing(shares[n]) if writes else reading(Random(seed + n), warned)
        with closing(client.wire):
            client.take(("sign in", "POST", doors[n], {}))
            done = 0
            while more(done) and (step := next(steps, None)) is not None:
                client.take(step)
                done += 1
        return client.told

    told, began = Told(), at.worked()
    with ThreadPoolExecutor(clients) as people:
        for one in people.map(live, range(clients)):
            told.add(one)
    told.worked = at.worked() - began
    return told


def reading(drawn: Random, warned: Sequence[Warned]) -> Iterator[Step]:
    """The office at its desk: it sees everything, so these pages are the dearest."""
    while True:
        number = drawn.choice(warned).number
        yield "board", "GET", f"/?page={drawn.randint(1, 20)}", None
        yield "search", "GET", f"/?number={quote(number[:-1])}", None
        yield "task", "GET", f"/tasks/{quote(number)}", None
        yield "notices", "GET", f"/notices?page={drawn.randint(1, 20)}", None


def writing(own: Sequence[Warned]) -> Iterator[Step]:
    """A handler acknowledges by his link, another saves a draft by his, the office withdraws."""
    for n, one in enumerate(own):
        if n % 3 == 0:
            said = {"receipt": str(one.receipt_id), "who": "self", "act": "acknowledge"}
            yield "link", "GET", one.link, None
            yield "acknowledge", "POST", one.link, said
        elif n % 3 == 1:
            draft = {"act": "save", "who": "self", "summary": "已完成整改，逐条落实。"}
            yield "draft", "POST", f"{one.link}/tasks/{quote(one.number)}/application", draft
        else:
            gone = {"act": "withdraw", "reason": "重复立项"}
            yield "withdraw", "POST", f"/tasks/{quote(one.number)}/office", gone


def unwritten(told: Told, home: Home) -> list[str]:
    """Acts that the server said it recorded, and the database does not know."""
    found = home.recorded()
    pairs = (
        ("acknowledge", found.acknowledged),
        ("draft", found.drafted),
        ("withdraw", found.withdrawn),
    )
    return [
        f"{kind}: {told.acts[kind]} were confirmed, {n} are there"
        for kind, n in pairs
        if told.acts[kind] != n
    ]
