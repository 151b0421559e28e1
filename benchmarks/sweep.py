"""The sweep against its floor: the least INSERT and UPDATE that could do it.

Each is measured on a fresh copy of the same database; the best of a few rounds counts.
"""

import argparse
import json
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
from benchmarks.district import populate
from benchmarks.machine import forget_peak, machine, peak_mb
from benchmarks.population import TONIGHT, instant
from benchmarks.rivals import measured, scaled
from flows.database import transaction
from flows.sweep import sweep
from flows.working_days import load_calendar
from models import Night
from models.columns import Instant
from models.night import NightStep

DUE = (
    "policy_id IN (1, 2, 3) AND state IN ('assigned', 'in_progress', 'long_term') "
    "AND colour = 'green' AND due_on < :on"
)
TARGET = "CASE policy_id WHEN 3 THEN 'yellow' ELSE 'blue' END"
ON, AT = bindparam("on", TONIGHT, Date()), bindparam("at", instant(TONIGHT), Instant())
FLOOR = (
    text(
        "INSERT INTO transition "
        '(machine, task_id, event, source, target, "on", at, night_id, link_id) '
        f"SELECT 'warning', id, 'escalate', 'green', {TARGET}, :on, :at, 1, 'floor' "
        f"FROM task WHERE {DUE}"
    ).bindparams(ON, AT),
    text(f"UPDATE task SET colour = {TARGET} WHERE {DUE}").bindparams(ON),
)
UNCOUNTED = {  # the floor does not keep the counts of the board either
    "sqlite": [f"DROP TRIGGER open_count_{one}" for one in ("new", "from", "to", "gone")],
    "postgresql": ["ALTER TABLE task DISABLE TRIGGER USER"],
}
RIVALS_OF = 4000  # due tasks; their cost for more is reckoned by a measured line


def measure(copies: Copies, rounds: int) -> dict[str, float]:
    """Seconds: of the floor, of the night's sweep with its sealed history, of an idle second."""
    floor, nights = [], []
    forget_peak()
    for _ in range(rounds):
        floor.append(_seconds(_floor, next(copies)))
        nights.append(swept(next(copies)))
    first, idle = (min(found) for found in zip(*nights, strict=True))
    return {"floor": min(floor), "sweep": first, "idle": idle, "peak_mb": peak_mb()}


def swept(copy: Engine) -> tuple[float, float]:
    """Seconds of the night's sweep, and of the next one, which finds nothing due."""
    return _seconds(_sweep, copy, 0), _seconds(_sweep, copy, 1)


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
        for trigger in UNCOUNTED[engine.dialect.name]:
            session.execute(text(trigger))
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
    parser.add_argument("--rivals", type=int, default=RIVALS_OF, help="due tasks; 0: none")
    parser.add_argument("--json", type=Path, help="write the figures there too")
    given = parser.parse_args()
    due = given.tasks * 9 // 100
    found: dict[str, Any] = {"machine": machine(), "tasks": given.tasks, "due": due}
    for kind in (sqlite, postgresql):
        fill = partial(populate, tasks=given.tasks, due=due)
        with tempfile.TemporaryDirectory() as home, kind(Path(home), fill) as copies:
            found[kind.__name__] = measure(copies, given.rounds)
        if given.rivals:
            fill = partial(populate, tasks=given.rivals * 2, due=given.rivals)
            with tempfile.TemporaryDirectory() as home, kind(Path(home), fill) as copies:
                found[kind.__name__]["rivals"] = measured(copies, given.rivals)
    if given.json:
        given.json.write_text(json.dumps(found, indent=2), encoding="utf-8")
    _show(found)


def _show(found: dict[str, Any]) -> None:
    table = Table(title=f"{found['tasks']:,} open, {found['due']:,} due; {found['machine']}")
    for heading in ("database", "what", "s", "to the sweep", "to the floor"):
        table.add_column(heading, justify="left" if heading in ("database", "what") else "right")
    for kind in ("sqlite", "postgresql"):
        of = found[kind]
        seconds = {
            "floor": of["floor"],
            "sweep": of["sweep"],
            "a night with nothing due": of["idle"],
        }
        for name, line in of.get("rivals", {}).items():
            seconds[f"{name}, by a line from {line['due']:,}"] = scaled(line, found["due"])
        for what, took in seconds.items():
            ratios = (f"{took / of[other]:.2f}" for other in ("sweep", "floor"))
            table.add_row(kind, what, f"{took:,.2f}", *ratios)
    Console().print(table)
    peaks = (f"{kind} {found[kind]['peak_mb']} MB" for kind in ("sqlite", "postgresql"))
    Console().print(f"peak memory: {', '.join(peaks)}")


if __name__ == "__main__":
    main()
