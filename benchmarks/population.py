"""A district many times over: tasks that are open, and a part of them due tonight."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, insert
from sqlmodel import Session

from flows.database import transaction
from flows.rulebook import load_policy, load_procedure
from models import Task, Unit
from models.signoff import TaskState
from models.task import Track
from models.warning import Colour

SEEDS = Path(__file__).parent.parent / "seeds"
TONIGHT = date(2022, 7, 14)
LASTED = timedelta(days=191)
OPENED = TONIGHT - LASTED
UNITS = 1000
AT_ONCE = 10_000


def instant(on: date) -> datetime:
    return datetime.combine(on, time(18), UTC)


def populate(engine: Engine, tasks: int, due: int, *, on: date = TONIGHT) -> None:
    """`due` of `tasks` green tasks were to be done in the week before `on`; the rest has time."""
    with transaction(engine, instant(OPENED)) as session:
        rules = _rules(session)
        session.execute(insert(Unit), [{"name": f"单位{n}"} for n in range(1, UNITS + 1)])
        for first in range(1, tasks + 1, AT_ONCE):
            numbers = range(first, min(first + AT_ONCE, tasks + 1))
            session.execute(insert(Task), [_task(n, n <= due, rules, on) for n in numbers])


def _rules(session: Session) -> dict[str, int]:
    texts = {
        folder: (SEEDS / folder / file).read_text(encoding="utf-8")
        for folder, file in (("policies", "default.toml"), ("procedures", "rectification.toml"))
    }
    now = instant(OPENED)
    policy = load_policy(session, texts["policies"], file="default.toml", now=now)
    procedure = load_procedure(session, texts["procedures"], file="rectification.toml", now=now)
    return {"policy_id": policy.id, "procedure_id": procedure.id}


def _task(n: int, due: bool, rules: dict[str, int], on: date) -> dict[str, Any]:
    due_on = on - timedelta(days=1 + n % 8) if due else on + timedelta(days=1 + n % 300)
    opened = on - LASTED
    return {
        "number": f"测{n:08}",
        "title": f"第 {n} 个问题",
        **rules,
        "unit_id": 1 + n % UNITS,
        "track": Track.DEADLINE,
        "opened_on": opened,
        "begun_on": opened,
        "due_on": due_on,
        "original_due_on": due_on,
        "stage_on": opened,
        "reported_on": opened,
        "state": TaskState.ASSIGNED,
        "colour": Colour.GREEN,
        "created_at": instant(opened),
    }
