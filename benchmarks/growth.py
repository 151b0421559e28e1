"""How the sweep's time grows: with what is open while as much is due, and with what is due while as
much is open. The exponent is the slope on paper with two logarithmic scales."""

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from math import log
from pathlib import Path
from statistics import linear_regression

from benchmarks.databases import Kind, postgresql, sqlite
from benchmarks.district import populate
from benchmarks.row import Row, options, told
from benchmarks.sweep import swept

ROUNDS = 2
OPEN = [10_000, 100_000, 1_000_000, 3_000_000]
DUE = [1_000, 10_000, 100_000, 300_000]


def rows(open_: Sequence[int], due: Sequence[int]) -> Iterator[Row]:
    """As much being due, as little as `due` begins with; as much being open, three times the most
    that is due."""
    little, much = min(due), 3 * max(due)
    for kind in (sqlite, postgresql):
        yield _row(kind, f"with what is open, {little:,} due", open_, lambda n: (n, little))
        yield _row(kind, f"with what is due, {much:,} open", due, lambda n: (much, n))


def _row(kind: Kind, what: str, sizes: Sequence[int], of: Callable[[int], tuple[int, int]]) -> Row:
    seconds = {n: _seconds(kind, *of(n)) for n in sizes}
    said = ", ".join(f"{n:,}: {took:.2f} s" for n, took in seconds.items())
    return Row("growth", what, f"{kind.__name__}, {said}", exponent(seconds), "exponent")


def _seconds(kind: Kind, tasks: int, due: int) -> float:
    fill = partial(populate, tasks=tasks, due=due)
    with tempfile.TemporaryDirectory() as home, kind(Path(home), fill) as copies:
        return min(swept(next(copies))[0] for _ in range(ROUNDS))


def exponent(seconds: Mapping[int, float]) -> float:
    slope: float = linear_regression(
        [log(n) for n in seconds], [log(took) for took in seconds.values()]
    ).slope
    return slope


def main() -> None:
    given = options(__doc__, open=(OPEN, [5_000, 20_000]), due=(DUE, [1_000, 4_000]))
    told(given, rows(given.open, given.due))


if __name__ == "__main__":
    main()
