"""The whole path of a mail against its floor: ready-made messages of the same bytes, pushed over as
many connections into the same sink, in the same run. The best of a few rounds counts.

`build` has no database; `render` makes the words of each mail anew too, which the night does once.
"""

import argparse
import asyncio
import json
import os
import platform
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from time import perf_counter, sleep

from rich.console import Console
from rich.table import Table
from sqlalchemy import Engine

from benchmarks.databases import Copies, postgresql, sqlite
from benchmarks.outbox import HOME, compose, composed, letter, office_of, office_on
from benchmarks.population import TONIGHT, instant
from benchmarks.relays import found, postfix, smtp_sink
from flows.database import open_engine
from flows.delivery import deliver
from flows.link_keys import LinkKeys
from flows.office import Office
from flows.wire_content import wire_content
from models import Message
from notifications.digest import render_digest
from notifications.mailer import Outcome, Relay, connected

CONNECTIONS = 8
BUDGETS = {"build": 0.6, "sqlite": 0.35, "sqlite ×2": 0.35, "postgresql": 0.35}


def push(url: str, mails: list[Message], content: Callable[[Message], bytes]) -> None:
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


def built(office: Office, keys: LinkKeys, mail: Message) -> bytes:
    """As flows.delivery makes it from a message of the outbox."""
    return wire_content(office, mail, mail.body, keys)


def rendered(office: Office, keys: LinkKeys, mail: Message) -> bytes:
    render_digest(letter(mail.to_name), office.language)
    return built(office, keys, mail)


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
    mails: list[Message],
    office: Office,
    kinds: dict[str, Copies],
    both: Executor,
    rounds: int,
) -> dict[str, float]:
    """Mails per second on each path; all paths in each round, so that they share the noise."""
    keys = LinkKeys(office.secret)
    ready = {mail.id: built(office, keys, mail) for mail in mails}
    best: dict[str, float] = {}

    def note(path: str, work: Callable[[], None]) -> None:
        began = perf_counter()
        work()
        best[path] = max(best.get(path, 0.0), len(mails) / (perf_counter() - began))

    for _ in range(rounds):
        note("floor", partial(push, url, mails, lambda mail: ready[mail.id]))
        note("build", partial(push, url, mails, partial(built, office, keys)))
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mails", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path, help="write the figures there too")
    given = parser.parse_args()
    if not found("smtp-sink"):
        parser.exit(1, "smtp-sink is missing: install the package postfix\n")
    with ExitStack() as open_until_the_end, tempfile.TemporaryDirectory() as folder:
        home, kinds = Path(folder), {}
        for kind in (sqlite, postgresql):
            (home / kind.__name__).mkdir()
            kinds[kind.__name__] = open_until_the_end.enter_context(
                kind(home / kind.__name__, partial(compose, mails=given.mails))
            )
        first = next(kinds["sqlite"])
        mails, office = composed(first), office_of(first, None)
        with relays() as urls, two_processes() as both:
            rates = {
                relay: measure(url, mails, office, kinds, both, given.rounds)
                for relay, url in urls.items()
            }
    show(given, rates, len(built(office, LinkKeys(office.secret), mails[0])))


def show(given: argparse.Namespace, rates: dict[str, dict[str, float]], octets: int) -> None:
    machine = f"{platform.machine()}, Python {platform.python_version()}"
    ratios = {
        relay: {path: rate / of["floor"] for path, rate in of.items()}
        for relay, of in rates.items()
    }
    if given.json:
        told = {"machine": machine, "mails": given.mails, "octets": octets}
        told |= {"per_second": rates, "ratios": ratios, "budgets": BUDGETS}
        given.json.write_text(json.dumps(told, indent=2), encoding="utf-8")
    table = Table(title=f"{given.mails:,} mails of {octets:,} octets; {machine}")
    for heading in ("path", *(f"{relay} {what}" for relay in rates for what in ("/s", "ratio"))):
        table.add_column(heading, justify="left" if heading == "path" else "right")
    table.add_column("budget", justify="right")
    for path in rates["smtp-sink"]:
        figures = (
            said
            for relay in rates
            for said in (f"{rates[relay][path]:,.0f}", f"{ratios[relay][path]:.2f}")
        )
        table.add_row(path, *figures, str(BUDGETS.get(path, "")))
    Console().print(table)


if __name__ == "__main__":
    main()
