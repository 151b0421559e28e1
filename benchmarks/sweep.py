"""The sweep against its floor: the least INSERT and UPDATE that could do it.

Each is measured on a fresh copy of the same database; the best of a few rounds counts.
"""

import argparse
import json
import platform
import resource
import tempfile
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

from rich.console import Console
from rich.table import Table
from sqlalchemy import Date, Engine, bindparam, text
from sqlmodel import Session

from benchmarks.databases import Copies, postgresql, sqlite
from benchmarks.population import TONIGHT, instant, populate
from flows.database import transaction
from flows.sweep import sweep
from flows.working_days import load_calendar
from models import Night
from models.columns import Instant
from models.night import NightStep

DUE = "policy_id = 1 AND state IN ('assigned', 'in_progress') AND colour = 'green' AND due_on < :on"
ON, AT = bindparam("on", TONIGHT, Date()), bindparam("at", instant(TONIGHT), Instant())
FLOOR = (
    text(
        "INSERT INTO transition "
        '(machine, task_id, event, source, target, "on", at, night_id, link_id) '
        "SELECT 'warning', id, 'escalate', 'green', 'blue', :on, :at, 1, 'floor' "
        f"FROM task WHERE {DUE}"
    ).bindparams(ON, AT),
    text(f"UPDATE task SET colour = 'blue' WHERE {DUE}").bindparams(ON),
)


def measure(copies: Copies, rounds: int) -> dict[str, float]:
    """Seconds: of the floor, of the night's sweep with its sealed history, of an idle second."""
    floor, swept, idle = [], [], []
    for _ in range(rounds):
        floor.append(_seconds(_floor, next(copies)))
        copy = next(copies)
        swept.append(_seconds(_sweep, copy, 0))
        idle.append(_seconds(_sweep, copy, 1))
        copy.dispose()
    return {"floor": min(floor), "sweep": min(swept), "idle": min(idle)}


def _seconds(work: Callable[..., None], engine: Engine, *given: int) -> float:
    night_id = _open_night(engine, *given)
    began = perf_counter()
    work(engine, night_id, *given)
    return perf_counter() - began


def _open_night(engine: Engine, later: int = 0) -> int:
    on = TONIGHT + timedelta(days=later)
    with transaction(engine, instant(on)) as session:
        night = Night(
            on=on,
            run_id=f"night-{on}",
            epoch=1,
            step=NightStep.CLAIMED,
            claimed_at=instant(on),
            orchestrator="bench",
        )
        session.add(night)
        session.flush()
        return night.id


def _floor(engine: Engine, _night_id: int) -> None:
    with Session(engine) as session:
        for statement in FLOOR:
            session.execute(statement)
        session.commit()


def _sweep(engine: Engine, night_id: int, later: int) -> None:
    on = TONIGHT + timedelta(days=later)
    with transaction(engine, instant(on)) as session:
        calendar = load_calendar(session)
        sweep(session, night_id=night_id, on=on, now=instant(on), calendar=calendar)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tasks", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path, help="write the figures there too")
    given = parser.parse_args()
    due = given.tasks * 9 // 100
    fill = partial(populate, tasks=given.tasks, due=due)
    found: dict[str, Any] = {
        "machine": f"{platform.machine()}, Python {platform.python_version()}",
        "tasks": given.tasks,
        "due": due,
    }
    for kind in (sqlite, postgresql):
        with tempfile.TemporaryDirectory() as home, kind(Path(home), fill) as copies:
            found[kind.__name__] = measure(copies, given.rounds)
    found["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    if given.json:
        given.json.write_text(json.dumps(found, indent=2), encoding="utf-8")
    _show(found)


def _show(found: dict[str, Any]) -> None:
    table = Table(title=f"{found['tasks']:,} open, {found['due']:,} due; {found['machine']}")
    for heading in ("database", "floor s", "sweep s", "sweep / floor", "idle / sweep"):
        table.add_column(heading, justify="left" if heading == "database" else "right")
    for kind in ("sqlite", "postgresql"):
        floor, swept, idle = (found[kind][what] for what in ("floor", "sweep", "idle"))
        table.add_row(
            kind, f"{floor:.2f}", f"{swept:.2f}", f"{swept / floor:.2f}", f"{idle / swept:.3f}"
        )
    Console().print(table)


if __name__ == "__main__":
    main()
