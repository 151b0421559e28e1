"""Who is in the office of every test, and by which rules it works: written once, then put back.

The cast: Alice handles the tasks, Bob is her deputy, Carol supervises, Dora heads the unit,
Olga is the supervision office, Hugo heads the leading group, Mallory has no right to anything.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, insert
from sqlalchemy.orm import make_transient_to_detached
from sqlmodel import Session, select

from flows.database import transaction
from flows.history import link_id
from flows.rulebook import load_policy, load_procedure
from models import DeadlineChange, Official, Policy, Post, Procedure, Task, Unit
from models.organisation import PostKind
from models.signoff import TaskState
from models.task import Track
from models.warning import Colour
from tests.clock import instant

SEEDS = Path(__file__).parent.parent / "seeds"
TOP = "定海区委"
CAST = (
    ("alice", PostKind.HANDLER, "unit"),
    ("bob", None, "unit"),
    ("carol", PostKind.SUPERVISING_LEADER, "unit"),
    ("dora", PostKind.UNIT_HEAD, "unit"),
    ("olga", PostKind.OFFICE, "top"),
    ("hugo", PostKind.COMMISSION_HEAD, "top"),
    ("mallory", None, "unit"),
)
_TASK = insert(Task)  # built once, for some thousand tasks
_FACTS = [name for name in Task.model_fields if name != "id"]
_LINE = insert(DeadlineChange)


@dataclass
class Cast:
    """Ids of the people, and a way to open tasks for them."""

    engine: Engine
    unit: int
    people: dict[str, int]
    policy_id: int
    procedure_id: int
    opened: list[str] = field(default_factory=list)

    def __getattr__(self, name: str) -> int:
        try:
            return self.people[name]
        except KeyError:
            raise AttributeError(name) from None

    def task(self, number: str, due_on: date | None, **facts: Any) -> Task:
        """Open a task of Alice's, with its first line in the ledger of dates."""
        opened = facts.pop("opened_on", (due_on or date(2022, 6, 1)) - timedelta(days=60))
        task = Task(
            **{
                "number": number,
                "title": f"{number} 的问题",
                "procedure_id": self.procedure_id,
                "policy_id": self.policy_id,
                "unit_id": self.unit,
                "handler_id": self.people["alice"],
                "track": Track.DEADLINE if due_on else Track.LONG_TERM,
                "opened_on": opened,
                "begun_on": opened,
                "due_on": due_on,
                "original_due_on": due_on,
                "stage_on": opened,
                "reported_on": opened,
                "state": TaskState.ASSIGNED,
                "colour": Colour.GREEN,
                "created_at": instant(opened),
                **facts,
            }
        )
        line = {"kind": "opened", "due_on": due_on, "reason": "交办", "on": opened}
        with transaction(self.engine, instant(opened)) as session:
            connection = session.connection()
            written = connection.execute(_TASK, {name: getattr(task, name) for name in _FACTS})
            (task.id,) = written.inserted_primary_key
            own = {"task_id": task.id, "at": instant(opened), "link_id": link_id(session)}
            connection.execute(_LINE, line | own)
        make_transient_to_detached(task)  # as one that was read
        return task


def gather_cast(engine: Engine) -> Cast:
    now = instant(date(2022, 1, 1))
    with transaction(engine, now) as session:
        policy, procedure = shipped_rules(session, now)
        return Cast(engine, *gather_people(session), policy.id, procedure.id)


def seat_reviewers(engine: Engine) -> tuple[int, int, int]:
    with transaction(engine, instant(date(2022, 1, 1))) as session:
        return gather_reviewers(session)


def shipped_rules(session: Session, now: datetime) -> tuple[Policy, Procedure]:
    """The default policy and the rectification procedure, as shipped."""
    policy, procedure = (
        (SEEDS / folder / file).read_text(encoding="utf-8")
        for folder, file in (("policies", "default.toml"), ("procedures", "rectification.toml"))
    )
    return (
        load_policy(session, policy, file="default.toml", now=now),
        load_procedure(session, procedure, file="rectification.toml", now=now),
    )


def gather_people(session: Session) -> tuple[int, dict[str, int]]:
    """The unit of the cast, and each of them by name."""
    top = _unit(session, TOP)
    unit = _unit(session, "区教育局", top)
    return unit, {
        name: _person(session, name, unit if at == "unit" else top, kind) for name, kind, at in CAST
    }


def gather_reviewers(session: Session) -> tuple[int, int, int]:
    """The lead unit; Leo, who heads it; Rita, who verifies for the supervision group."""
    top = session.exec(select(Unit.id).where(Unit.name == TOP)).one()
    lead = _unit(session, "区委办", top)
    leo = _person(session, "leo", lead, PostKind.UNIT_HEAD)
    return lead, leo, _person(session, "rita", top, PostKind.REVIEWER)


def _unit(session: Session, name: str, parent: int | None = None) -> int:
    unit = Unit(name=name, parent_id=parent)
    session.add(unit)
    session.flush()
    return unit.id


def _person(session: Session, name: str, unit: int, kind: PostKind | None) -> int:
    official = Official(name=name, unit_id=unit, email=f"{name}@dinghai.example")
    session.add(official)
    session.flush()
    if kind:
        session.add(Post(official_id=official.id, unit_id=unit, kind=kind))
    return official.id
