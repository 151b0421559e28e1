"""One event that a rule may turn into points, and whose it was when it happened."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, select

from models import Reassignment, Task, Unit


@dataclass(frozen=True, slots=True)
class Happened:
    """`key` is the same however often it is looked for. `title` is empty where it may not be
    said."""

    key: str
    on: date
    unit: str
    task: str = ""
    title: str = ""
    detail: str = ""
    restricted: bool = False


@dataclass(frozen=True)
class Whose:
    """Units by the history: what happened stays with whoever had the matter then."""

    names: Mapping[int, str]
    passed_on: Mapping[int, Sequence[Reassignment]]

    @classmethod
    def load(cls, session: Session) -> "Whose":
        passed_on: dict[int, list[Reassignment]] = defaultdict(list)
        for one in session.exec(select(Reassignment).order_by(col(Reassignment.id))):
            passed_on[one.task_id].append(one)
        return cls(dict(session.exec(select(Unit.id, Unit.name)).all()), passed_on)

    def at(self, task: Task, at: datetime) -> str:
        later = [one for one in self.passed_on.get(task.id, ()) if one.at > at]
        return self.names[later[0].from_unit_id if later else task.unit_id]

    def on(self, task: Task, on: date) -> str:
        """At the end of this day."""
        later = [one for one in self.passed_on.get(task.id, ()) if one.on > on]
        return self.names[later[0].from_unit_id if later else task.unit_id]


def of_task(task: Task, key: str, on: date, unit: str, detail: str = "") -> Happened:
    title = "" if task.restricted else task.title
    return Happened(key, on, unit, task.number, title, detail, task.restricted)
