"""What a benchmark finds, as data: one row of the table that `python -m benchmarks` prints.

Each part is a module that yields such rows; alone it prints them as its own table.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from rich.console import Console
from rich.table import Table

from benchmarks.machine import machine

COLUMNS = ("part", "what", "size", "figure", "ratio", "budget", "")
WIDE = 150  # columns, where nobody's screen is asked


@dataclass(frozen=True)
class Budget:
    """At most so much of the figure or of the ratio; or at least."""

    limit: float
    of: Literal["figure", "ratio"] = "ratio"
    at_least: bool = False


@dataclass(frozen=True)
class Row:
    """`ratio`: of the figure to that of what `to` names, measured in the same run."""

    part: str
    what: str
    size: str
    figure: float
    unit: str
    ratio: float | None = None
    to: str = ""
    budget: Budget | None = None

    @property
    def held(self) -> bool | None:
        if self.budget is None:
            return None
        found = self.figure if self.budget.of == "figure" else self.ratio
        if found is None:
            return None
        return found >= self.budget.limit if self.budget.at_least else found <= self.budget.limit

    @classmethod
    def read(cls, line: str) -> "Row":
        said = json.loads(line)
        return cls(**said | {"budget": Budget(**said["budget"]) if said["budget"] else None})

    def written(self) -> dict[str, Any]:
        return asdict(self) | {"held": self.held}


def options(doc: str | None, **sizes: tuple[Any, Any]) -> argparse.Namespace:
    """What a part may be told: each size, by itself as large as it gets, or as for a quick look."""
    parser = argparse.ArgumentParser(description=doc)
    parser.add_argument("--small", action="store_true", help="for a quick look")
    parser.add_argument("--json", type=Path, help="write the rows there too")
    parser.add_argument("--lines", action="store_true", help="print each row as JSON, at once")
    for name, (full, small) in sizes.items():
        kind = type(full) if isinstance(full, int | float) else numbers
        parser.add_argument(f"--{name}", type=kind, help=f"by itself {full}, if small {small}")
    given = parser.parse_args()
    for name, (full, small) in sizes.items():
        if getattr(given, name) is None:
            setattr(given, name, small if given.small else full)
    return given


def numbers(said: str) -> list[int]:
    return [int(n.replace("_", "")) for n in said.split(",")]


def told(given: argparse.Namespace, rows: Iterable[Row]) -> None:
    """Print what a part finds."""
    if given.lines:
        for row in rows:
            print(json.dumps(asdict(row)), flush=True)
        return
    found = list(rows)
    show(found)
    if given.json:
        write(given.json, found)


def show(rows: Sequence[Row]) -> None:
    table = Table(title=machine(), title_justify="left")
    for heading in COLUMNS:
        table.add_column(heading, justify="right" if heading in ("figure", "ratio") else "left")
    for row in rows:
        held = {None: "", True: "held", False: "[red]missed[/red]"}[row.held]
        figure = f"{_plain(row.figure)} {row.unit}".strip()
        ratio = "" if row.ratio is None else f"{_plain(row.ratio)} of {row.to}"
        table.add_row(row.part, row.what, row.size, figure, ratio, _budget(row), held)
    console = Console() if sys.stdout.isatty() else Console(width=WIDE)
    console.print(table)


def _budget(row: Row) -> str:
    if row.budget is None:
        return ""
    sign = "≥" if row.budget.at_least else "≤"
    unit = f" {row.unit}" if row.budget.of == "figure" else ""
    return f"{sign} {_plain(row.budget.limit)}{unit}"


def _plain(n: float) -> str:
    return f"{n:,.0f}" if n >= 100 or n == int(n) else f"{n:.3g}"


def write(file: Path, rows: Sequence[Row], **facts: Any) -> None:
    """All of one run: on what it was measured, and every row."""
    file.parent.mkdir(parents=True, exist_ok=True)
    said = {"machine": machine(), **facts, "rows": [row.written() for row in rows]}
    file.write_text(json.dumps(said, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
