"""The whole path of a mail against its floor: ready-made messages of the same bytes, pushed over as
many connections into the same sink, in the same run. The best of a few rounds counts.

`build` has no database; `render` makes the words of each mail anew too, which the night does once.
With the database it is the delivery as a night calls it, with the processes that carry its mail at
hand, as `sise serve` has them from its first large outbox on: their start is not in it.
"""

import asyncio
import os
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter, sleep
from typing import Any

from sqlalchemy import Engine

from benchmarks.databases import Copies, postgresql, sqlite
from benchmarks.outbox import HOME, compose, composed, letter, office_of, office_on
from benchmarks.population import TONIGHT, instant
from benchmarks.relays import needs_sink, postfix, smtp_sink
from benchmarks.row import Budget, Row, options, told
from flows import carrier_processes, carriers
from flows.carrier_link import Letter
from flows.database import open_engine
from flows.delivery import deliver
from flows.letters import Letterhead, LinkKeys
from flows.office import Office
from flows.wire_content import wire_content
from notifications.digest import render_digest
from notifications.mailer import Outcome, Relay, connected

CONNECTIONS = 8
BUDGETS = {"build": Budget(0.6, at_least=True)} | {
    path: Budget(0.35, at_least=True) for path in ("sqlite", "sqlite ×2", "postgresql")
}


def push(url: str, mails: list[Letter], content: Callable[[Letter], bytes]) -> None:
    queue = iter(mails)

    async def work() -> None:
        async with connected(Relay.parse(url), "bench.example") as connection:
            for mail in queue:
                report = await connection.send("sise@bench.example", mail.to_address, content(mail))
                if report.outcome != Outcome.SENT:
                    raise RuntimeError(report.said)

    async def crew() -> None:
        await asyncio.gather(*(work() for _ in range(CONNECTIONS)))

    asyncio.run(crew())


def built(head: Letterhead, keys: LinkKeys, mail: Any) -> bytes:
    """As flows.sending makes it from a message of the outbox."""
    return wire_content(head, mail, mail, keys)


def rendered(office: Office, keys: LinkKeys, mail: Letter) -> bytes:
    render_digest(letter(mail.to_name), office.language)
    return built(office.letterhead, keys, mail)


def from_outbox(url: str, copy: Engine, mails: int) -> None:
    office = office_of(copy, url)
    if deliver(office, now=instant(TONIGHT), workers=CONNECTIONS).sent != mails:
        raise RuntimeError("not every mail was sent")


def side_by_side(both: Executor, url: str, copy: Engine, mails: int) -> None:
    """Two processes share the connections, as two `sise deliver` do."""
    database = copy.url.render_as_string(hide_password=False)
    copy.dispose()
    shares = [both.submit(share, url, database, HOME, CONNECTIONS // 2) for _ in range(2)]
    if sum(one.result() for one in shares) != mails:
        raise RuntimeError("not every mail was sent")


def share(url: str, database: str, home: Path, workers: int) -> int:
    office = office_on(open_engine(database), home, url)
    sent = deliver(office, now=instant(TONIGHT), workers=workers).sent
    office.engine.dispose()
    return sent


def measure(
    url: str,
    mails: list[Letter],
    office: Office,
    kinds: dict[str, Copies],
    both: Executor,
    rounds: int,
) -> dict[str, float]:
    """Mails per second on each path; all paths in each round, so that they share the noise."""
    keys, head = LinkKeys(office.secret), office.letterhead
    ready = {mail.id: built(head, keys, mail) for mail in mails}
    best: dict[str, float] = {}

    def note(path: str, work: Callable[[], None]) -> None:
        began = perf_counter()
        work()
        best[path] = max(best.get(path, 0.0), len(mails) / (perf_counter() - began))

    for _ in range(rounds):
        note("floor", partial(push, url, mails, lambda mail: ready[mail.id]))
        note("build", partial(push, url, mails, partial(built, head, keys)))
        note("render", partial(push, url, mails, partial(rendered, office, keys)))
        for kind, copies in kinds.items():  # of which each is gone with the next
            note(kind, partial(from_outbox, url, next(copies), len(mails)))
            note(f"{kind} ×2", partial(side_by_side, both, url, next(copies), len(mails)))
    return best


@contextmanager
def two_processes() -> Iterator[Executor]:
    """Started, with everything imported: an office starts them before there is mail."""
    with ProcessPoolExecutor(2, get_context("spawn")) as both:
        list(both.map(wait_for_the_other, range(2)))
        yield both


def wait_for_the_other(_: int) -> None:
    sleep(1)


@contextmanager
def relays() -> Iterator[dict[str, str]]:
    with ExitStack() as running:
        urls = {"smtp-sink": running.enter_context(smtp_sink())}
        if os.geteuid() == 0:
            urls["postfix"] = running.enter_context(postfix())
        yield urls


def rows(n: int, rounds: int) -> Iterator[Row]:
    with ExitStack() as open_until_the_end, tempfile.TemporaryDirectory() as folder:
        home, kinds = Path(folder), {}
        for kind in (sqlite, postgresql):
            (home / kind.__name__).mkdir()
            kinds[kind.__name__] = open_until_the_end.enter_context(
                kind(home / kind.__name__, partial(compose, mails=n))
            )
        first = next(kinds["sqlite"])
        mails, office = composed(first), office_of(first, None)
        octets = len(built(office.letterhead, LinkKeys(office.secret), mails[0]))
        carrier_processes.prepare(carriers.how_many(CONNECTIONS, n))
        with relays() as urls, two_processes() as both:
            for relay, url in urls.items():
                size = f"{relay}, {n:,} of {octets:,} octets"
                rates = measure(url, mails, office, kinds, both, rounds)
                yield from _rows(rates, size, BUDGETS if relay == "smtp-sink" else {})


def _rows(rates: dict[str, float], size: str, budgets: dict[str, Budget]) -> Iterator[Row]:
    for path, rate in rates.items():
        ratio = rate / rates["floor"], "the floor"
        yield Row("mail", path, size, rate, "mails/s", *ratio, budgets.get(path))


def main() -> None:
    given = options(__doc__, mails=(3000, 200), rounds=(3, 2))
    needs_sink()
    told(given, rows(given.mails, given.rounds))


if __name__ == "__main__":
    main()
