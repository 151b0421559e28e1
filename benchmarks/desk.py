"""Many people at once at `sise serve` on the embedded default, while its mail is being delivered,
against one person alone; and each page of the desk once. `make bench DESK='--tasks 100000'`.
"""

import argparse
import os
import platform
import tempfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from random import Random
from statistics import median, quantiles
from time import monotonic
from urllib.parse import quote

from rich.console import Console
from rich.table import Table

from benchmarks.desk_clients import Client, Served, Told, crowd, reading, served, unwritten
from benchmarks.desk_home import Home, Warned, populated

ALONE = 40  # steps of one client
ROUNDS = 3
EMPTY = "/login"  # a page that asks the database for nothing
PAGES = (
    *("/", "/figures", "/notices", "/acts", "/outcomes", "/reported", "/reports", "/outbox"),
    *("/outbox/burden", "/people", "/postings", "/import", "/calendar", "/policies", "/nights"),
    *("/audit", "/audit/changes", "/look-backs", "/referrals", "/lists/deadlines"),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, default=10_000)
    parser.add_argument("--clients", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=30)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, populated(Path(folder), given.tasks) as home:
        with served(home) as at:
            warned = home.warned()
            alone, pages = one_person(home, at, warned), each_page(home, at, warned)
        with served(home) as at:
            until = monotonic() + given.seconds
            together = crowd(
                home, at, clients=given.clients, more=lambda _steps: monotonic() < until
            )
        wrong = unwritten(together, home)
    show(given, alone, together)
    show_pages(pages)
    for words, n in together.errors.items():
        Console().print(f"{n} × {words}", style="red")
    if together.errors or alone.errors or wrong:
        parser.exit(1, "\n".join([*wrong, "there were errors\n"]))


def one_person(home: Home, at: Served, warned: Sequence[Warned]) -> Told:
    client = Client(at.port, "127.0.9.1")
    client.take(("sign in", "POST", home.doors(1)[0], {}))
    steps = reading(Random(1), warned)
    with closing(client.wire):
        for _ in range(ALONE):
            client.take(next(steps))
    return client.told


def each_page(home: Home, at: Served, warned: Sequence[Warned]) -> Told:
    client = Client(at.port, "127.0.9.2")
    client.take(("sign in", "POST", home.doors(1)[0], {}))
    searches = ("/?number=999", "/?unit=单位77", "/?page=200", f"/tasks/{warned[0].number}")
    with closing(client.wire):
        for page in (EMPTY, *PAGES, *searches):
            for _ in range(ROUNDS):
                client.take((page, "GET", quote(page, safe="/?=&"), None))
    return client.told


def show(given: argparse.Namespace, alone: Told, together: Told) -> None:
    machine = f"{platform.machine()}, {os.cpu_count()} processors"
    table = Table(
        title=f"{given.tasks:,} tasks, {given.clients} clients at once for {given.seconds:.0f} s: "
        f"{together.answers / given.seconds:,.0f} answers a second, "
        f"{together.answers / together.worked:,.0f} a second of one processor; {machine}"
    )
    for heading in ("", "answers", "p50 ms", "p95 ms", "p99 ms", "alone ms", "p50 to alone"):
        table.add_column(heading, justify="right" if heading else "left")
    for kind, found in together.seconds.items():
        cuts = quantiles(found, n=100) if len(found) > 1 else found * 99
        shown = [f"{1000 * cuts[at - 1]:,.0f}" for at in (50, 95, 99)]
        single = median(alone.seconds[kind]) if alone.seconds.get(kind) else 0.0
        ratio = [f"{1000 * single:,.0f}", f"{cuts[49] / single:,.0f}"] if single else ["", ""]
        table.add_row(kind, f"{len(found):,}", *shown, *ratio)
    Console().print(table)
    Console().print(f"errors: {sum(together.errors.values())}")


def show_pages(pages: Told) -> None:
    empty = min(pages.seconds[EMPTY])
    table = Table(title="Each page for one person, the best of three")
    for heading in ("", "ms", "to an empty page", "kB"):
        table.add_column(heading, justify="right" if heading else "left")
    for page, found in pages.seconds.items():
        took = min(found)
        kilobytes = f"{pages.octets[page] / 1000:,.0f}"
        table.add_row(page, f"{1000 * took:,.0f}", f"{took / empty:,.0f}", kilobytes)
    Console().print(table)
    for words, n in pages.errors.items():
        Console().print(f"{n} × {words}", style="red")


if __name__ == "__main__":
    main()
