"""The sweep against its floor: the least INSERT and UPDATE that could do it.

Each is measured on a fresh copy of the same database, in seconds of processors, those of the server
among them; the best of a few rounds counts.
"""

import gc
import tempfile
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import Date, Engine, bindparam, text
from sqlmodel import Session

from benchmarks.databases import Copies, Kind, postgresql, sqlite
from benchmarks.district import due_of, populate
from benchmarks.machine import forget_peak, peak_mb, spent
from benchmarks.population import TONIGHT, instant
from benchmarks.rivals import RIVALS, measured
from benchmarks.row import Budget, Row, options, told
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
    "sqlite": ["DROP TRIGGER open_count_moved"],
    "postgresql": ["ALTER TABLE task DISABLE TRIGGER USER"],
}
TWICE, IDLE, MEMORY = Budget(2), Budget(1 / 20), Budget(400, of="figure")


def measure(copies: Copies, rounds: int) -> dict[str, float]:
    """Seconds: of the floor, of the night's sweep with its sealed history, of an idle second.

    Not counted is what a process does once: it loads the calendar and puts the statements together.
    """
    floor, nights = [], []
    forget_peak()
    swept(next(copies))
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
    passed_over()
    began = spent(engine)
    work(engine, night_id, *given)
    return spent(engine) - began


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


def rows(tasks: int, rounds: int, rivals: int) -> Iterator[Row]:
    for kind in (sqlite, postgresql):
        yield from _ours(kind, tasks, rounds, rivals)


def _ours(kind: Kind, tasks: int, rounds: int, rivals: int) -> Iterator[Row]:
    due = due_of(tasks)
    size = f"{kind.__name__}, {tasks:,} open, {due:,} due"
    fill = partial(populate, tasks=tasks, due=due)
    with tempfile.TemporaryDirectory() as home, kind(Path(home), fill) as copies:
        found = measure(copies, rounds)
    floor, first = found["floor"], found["sweep"]
    yield Row("sweep", "the floor: INSERT and UPDATE alone", size, floor, "s")
    yield Row("sweep", "the sweep", size, first, "s", first / floor, "the floor", TWICE)
    idle = found["idle"]
    yield Row("sweep", "a night with nothing due", size, idle, "s", idle / first, "ours", IDLE)
    yield Row("sweep", "peak memory", size, found["peak_mb"], "MB", budget=MEMORY)
    if rivals:
        fill = partial(populate, tasks=rivals * 2, due=rivals)
        with tempfile.TemporaryDirectory() as home, kind(Path(home), fill) as copies:
            yield from against(copies, rivals, tasks=tasks, due=due, size=size, ours=first)


def passed_over() -> None:
    """What lives by now is passed over when Python looks for garbage: a benchmark holds more of it,
    the rivals' libraries among them, than a night does."""
    gc.collect()
    gc.freeze()


def against(
    copies: Copies, most: int, *, tasks: int, due: int, size: str, ours: float
) -> Iterator[Row]:
    """How many times as long as the sweep: as many matters as it had, or by a line that is measured
    up to the most of them."""
    for rival in RIVALS:
        theirs = tasks if rival.looks_at_all else due
        n = min(most, theirs)
        took = measured(copies, rival, n).at(theirs)
        by = rival.name if n == theirs else f"{rival.name} (by a line up to {n:,})"
        least = Budget(rival.least, at_least=True) if rival.least else None
        yield Row("sweep", by, size, took, "s", took / ours, "ours", least)


def main() -> None:
    given = options(__doc__, tasks=(1_000_000, 50_000), rounds=(3, 2), rivals=(10_000, 1000))
    told(given, rows(given.tasks, given.rounds, given.rivals))


if __name__ == "__main__":
    main()
