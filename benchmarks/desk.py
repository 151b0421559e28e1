"""Many people at once at `sise serve` on the embedded default, while its mail is being delivered,
against one person alone; then each page and the explanation of a task in a large district."""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from random import Random
from statistics import median, quantiles
from time import monotonic

from benchmarks import pages
from benchmarks.desk_clients import Client, Served, Told, crowd, reading, served, unwritten
from benchmarks.desk_home import Home, Warned, populated
from benchmarks.row import Budget, Row, options, told

ALONE = 40  # steps of one client
OF_A_CROWD = 10_000  # tasks
NONE = Budget(0, of="figure")


def crowded(tasks: int, clients: int, seconds: float) -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder, populated(Path(folder), tasks) as home:
        with served(home) as at:
            alone = one_person(home, at, home.warned())
        with served(home) as at:
            until = monotonic() + seconds
            together = crowd(home, at, clients=clients, more=lambda _steps: monotonic() < until)
        lost = len(unwritten(together, home))
    size = f"sqlite, {tasks:,} tasks, {clients} at once"
    yield Row("desk", "answers", size, together.answers / seconds, "a second")
    of_one = together.answers / together.worked
    yield Row("desk", "answers, of one processor", size, of_one, "a second")
    yield from _waits(size, alone, together)
    errors = sum(alone.errors.values()) + sum(together.errors.values())
    yield Row("desk", "errors", size, errors, "", budget=NONE)
    yield Row("desk", "kinds of acts confirmed and not recorded", size, lost, "", budget=NONE)


def _waits(size: str, alone: Told, together: Told) -> Iterator[Row]:
    for kind, found in together.seconds.items():
        cuts = quantiles(found, n=100) if len(found) > 1 else found * 99
        single = median(alone.seconds[kind]) if alone.seconds.get(kind) else None
        ratio = (cuts[49] / single, "alone, p50") if single else (None, "")
        yield Row("desk", f"{kind}, p95", size, 1000 * cuts[94], "ms", *ratio)


def one_person(home: Home, at: Served, warned: Sequence[Warned]) -> Told:
    client = Client(at.port, "127.0.9.1")
    client.take(("sign in", "POST", home.doors(1)[0], {}))
    steps = reading(Random(1), warned)
    with closing(client.wire):
        for _ in range(ALONE):
            client.take(next(steps))
    return client.told


def main() -> None:
    given = options(__doc__, tasks=(1_000_000, 20_000), clients=(200, 20), seconds=(30.0, 5.0))
    told(given, rows(given.tasks, given.clients, given.seconds))


def rows(tasks: int, clients: int, seconds: float) -> Iterator[Row]:
    yield from crowded(min(tasks, OF_A_CROWD), clients, seconds)
    yield from pages.rows(tasks)


if __name__ == "__main__":
    main()
