"""The whole night of a district, step by step: how long each takes and how much memory, the mails
delivered into a sink on this machine; then a night in which nothing is due."""

import argparse
import json
import tempfile
from datetime import timedelta
from functools import partial
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from rich.console import Console
from rich.table import Table
from sqlalchemy import Engine

from benchmarks.databases import postgresql, sqlite
from benchmarks.district import populate
from benchmarks.machine import forget_peak, machine, peak_mb
from benchmarks.outbox import office_of
from benchmarks.population import TONIGHT, instant
from benchmarks.relays import found, smtp_sink
from flows.night import NightRun, Step, run_night


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, default=100_000)
    parser.add_argument("--database", choices=("sqlite", "postgresql"), action="append")
    parser.add_argument("--json", type=Path, help="write the figures there too")
    given = parser.parse_args()
    if not found("smtp-sink"):
        parser.exit(1, "smtp-sink is missing: install the package postfix\n")
    due = given.tasks * 9 // 100
    told: dict[str, Any] = {"machine": machine(), "tasks": given.tasks, "due": due}
    for kind in (sqlite, postgresql):
        if kind.__name__ in (given.database or ("sqlite", "postgresql")):
            fill = partial(populate, tasks=given.tasks, due=due)
            with tempfile.TemporaryDirectory() as home, kind(Path(home), fill) as copies:
                told[kind.__name__] = two_nights(next(copies))
    if given.json:
        given.json.write_text(json.dumps(told, indent=2), encoding="utf-8")
    show(told)


def two_nights(engine: Engine) -> list[dict[str, Any]]:
    with smtp_sink() as url:
        return [_night(engine, url, later) for later in (0, 1)]


def _night(engine: Engine, url: str, later: int) -> dict[str, Any]:
    on, steps = TONIGHT + timedelta(days=later), dict[str, tuple[float, float, int]]()

    def measured(step: Step, run: NightRun) -> None:
        forget_peak()
        began, worked = perf_counter(), process_time()
        step.act(run)
        steps[step.name] = perf_counter() - began, process_time() - worked, peak_mb()

    began = perf_counter()
    result = run_night(office_of(engine, url), on=on, now=instant(on), run_step=measured)
    facts = {name: result[name] for name in ("scanned", "notices", "recipients", "messages")}
    return {"on": str(on), "seconds": perf_counter() - began, "steps": steps, **facts}


def show(told: dict[str, Any]) -> None:
    for kind in ("sqlite", "postgresql"):
        if kind not in told:
            continue
        first, idle = told[kind]
        table = Table(
            title=f"{kind}: {told['tasks']:,} open, {first['notices']:,} notices, "
            f"{first['messages']['sent']:,} mails sent; {told['machine']}"
        )
        for heading in ("step", "s", "s of a processor", "MB", "idle s", "idle MB"):
            table.add_column(heading, justify="left" if heading == "step" else "right")
        for name, (took, worked, peak) in first["steps"].items():
            then = idle["steps"][name]
            table.add_row(
                name, f"{took:.2f}", f"{worked:.2f}", str(peak), f"{then[0]:.2f}", str(then[2])
            )
        table.add_row("all", f"{first['seconds']:.2f}", "", "", f"{idle['seconds']:.2f}", "")
        Console().print(table)
        Console().print(f"idle night to the first: {idle['seconds'] / first['seconds']:.3f}")


if __name__ == "__main__":
    main()
