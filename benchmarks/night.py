"""The whole night of a district, step by step: how long each takes and how much memory, the mails
delivered into a sink on this machine; then a night in which nothing is due."""

import tempfile
from collections.abc import Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from sqlalchemy import Engine

from benchmarks.databases import postgresql, sqlite
from benchmarks.district import due_of, populate
from benchmarks.machine import forget_peak, peak_mb
from benchmarks.outbox import office_of
from benchmarks.population import TONIGHT, instant
from benchmarks.relays import needs_sink, smtp_sink
from benchmarks.row import Row, options, told
from benchmarks.sweep import IDLE, MEMORY
from flows.night import NightRun, Step, run_night


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


def rows(tasks: int) -> Iterator[Row]:
    due = due_of(tasks)
    for kind in (sqlite, postgresql):
        fill = partial(populate, tasks=tasks, due=due)
        with tempfile.TemporaryDirectory() as home, kind(Path(home), fill) as copies:
            yield from _rows(kind.__name__, tasks, *two_nights(next(copies)))


def _rows(kind: str, tasks: int, first: dict[str, Any], idle: dict[str, Any]) -> Iterator[Row]:
    sent = first["messages"]["sent"]
    size = f"{kind}, {tasks:,} open, {first['notices']:,} notices, {sent:,} mails"
    for name, (_took, worked, _peak) in first["steps"].items():
        yield Row("night", f"{name}, of a processor", size, worked, "s")
    whole, then = first["seconds"], idle["seconds"]
    yield Row("night", "the whole night", size, whole, "s")
    yield Row("night", "then one with nothing due", size, then, "s", then / whole, "ours", IDLE)
    peak = max(step[2] for step in first["steps"].values())
    yield Row("night", "peak memory", size, peak, "MB", budget=MEMORY)


def main() -> None:
    given = options(__doc__, tasks=(1_000_000, 20_000))
    needs_sink()
    told(given, rows(given.tasks))


if __name__ == "__main__":
    main()
