"""How the sweep's time grows: with what is open while as much is due, and with what is due while as
much is open. The exponent is the slope on paper with two logarithmic scales."""

import argparse
import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from math import log
from pathlib import Path
from statistics import linear_regression
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.databases import Copies, postgresql, sqlite
from benchmarks.district import populate
from benchmarks.machine import machine
from benchmarks.sweep import swept

ROUNDS = 2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--open", type=_numbers, default=[10_000, 30_000, 100_000])
    parser.add_argument("--due", type=_numbers, default=[1_000, 3_000, 10_000, 30_000])
    parser.add_argument("--json", type=Path, help="write the figures there too")
    given = parser.parse_args()
    told: dict[str, Any] = {"machine": machine()}
    for kind in (sqlite, postgresql):
        as_much_due = {n: _seconds(kind, n, min(given.due)) for n in given.open}
        as_much_open = {n: _seconds(kind, max(*given.open, *given.due), n) for n in given.due}
        told[kind.__name__] = {"open": as_much_due, "due": as_much_open}
    if given.json:
        given.json.write_text(json.dumps(told, indent=2), encoding="utf-8")
    show(told)


def _numbers(said: str) -> list[int]:
    return [int(n.replace("_", "")) for n in said.split(",")]


def _seconds(kind: Callable[..., Any], tasks: int, due: int) -> float:
    fill = partial(populate, tasks=tasks, due=due)
    with tempfile.TemporaryDirectory() as home, kind(Path(home), fill) as copies:
        return min(_swept(copies) for _ in range(ROUNDS))


def _swept(copies: Copies) -> float:
    return swept(next(copies))[0]


def exponent(seconds: Mapping[int, float]) -> float:
    slope: float = linear_regression(
        [log(n) for n in seconds], [log(took) for took in seconds.values()]
    ).slope
    return slope


def show(told: dict[str, Any]) -> None:
    table = Table(title=f"Seconds of the sweep; {told['machine']}")
    for heading in ("database", "grows with", "seconds", "exponent"):
        table.add_column(heading)
    for kind in ("sqlite", "postgresql"):
        for what, seconds in told[kind].items():
            table.add_row(kind, what, _said(seconds), f"{exponent(seconds):.2f}")
    Console().print(table)


def _said(seconds: Mapping[int, float]) -> str:
    said: Sequence[str] = [f"{n:,}: {took:.2f}" for n, took in seconds.items()]
    return "  ".join(said)


if __name__ == "__main__":
    main()
