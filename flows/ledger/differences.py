"""What the ledger says of a known task otherwise than the database does."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from flows.ledger.matters import Matter
from flows.ledger.people import People
from flows.ledger.roster import NEW, Person, Roster
from models import Task
from models.signoff import CLOSED
from models.task import Track
from notifications.wording import track_word

COLUMNS = {
    "title": "反馈问题",
    "procedure_id": "类别",
    "unit_id": "责任单位",
    "handler_id": "责任人",
    "supervising_leader_id": "分管领导",
    "lead_unit_id": "牵头单位",
    "supporting_units": "配合单位",
    "opened_on": "交办日期",
    "due_on": "整改时限",
    "goal": "整改目标",
    "measures": "整改措施",
    "track": "整改类别",
    "lists": "所属清单",
    "restricted": "限知",
    "remarks": "备注",
}


@dataclass(frozen=True, slots=True)
class Change:
    """One field of one known task, as a preview shows it."""

    number: str
    column: str
    before: str
    after: str


def said_of(matter: Matter, roster: Roster) -> dict[str, Any]:
    """Field → value, for everything that the row says; "measures" beside the task's own fields.

    A unit or person that is not written yet has the id NEW.
    """
    row = matter.row
    said: dict[str, Any] = {
        "title": row.title,
        "procedure_id": matter.procedure.id,
        "unit_id": _unit_id(roster, row.unit),
        "opened_on": matter.opened_on,
        "due_on": matter.due_on,
        "supporting_units": row.supporting_units,
        "goal": row.goal,
        "measures": row.measures,
        "track": row.track,
        "lists": row.lists,
        "restricted": row.restricted,
        "remarks": row.remarks,
    }
    said = {name: value for name, value in said.items() if value is not None or name == "due_on"}
    if matter.procedure.restricted and not (matter.task and matter.task.state in CLOSED):
        said["restricted"] = True
    if row.handler is not None or row.handler_email:
        said["handler_id"] = _person_id(matter.handler)
    if row.supervising_leader is not None:
        said["supervising_leader_id"] = _person_id(matter.leader)
    if row.lead_unit is not None:
        said["lead_unit_id"] = _unit_id(roster, row.lead_unit)
    return said


def differences(matter: Matter, task: Task, roster: Roster) -> dict[str, tuple[Any, Any]]:
    """Field → (what the database has, what the row says)."""
    said = said_of(matter, roster)
    has = {name: matter.measures if name == "measures" else getattr(task, name) for name in said}
    return {name: (has[name], value) for name, value in said.items() if has[name] != value}


@dataclass(frozen=True, slots=True)
class Names:
    """Ids as people read them."""

    units: Mapping[int, str]
    people: Mapping[int, str]
    procedures: Mapping[int, str]

    @classmethod
    def of(cls, people: People, procedures: Mapping[int, str]) -> "Names":
        units = people.roster.units.items()
        return cls(
            {unit.id: name for name, unit in units if unit is not None and unit.id is not None},
            {person.id: person.shown() for person in people.roster.people},
            procedures,
        )

    def change(self, number: str, field: str, old: Any, new: Any) -> Change:
        return Change(number, COLUMNS[field], self._text(field, old), self._text(field, new))

    def _text(self, field: str, value: Any) -> str:
        if value is None:
            return ""
        if field in ("unit_id", "lead_unit_id"):
            return self.units[value]
        if field in ("handler_id", "supervising_leader_id"):
            return self.people[value]
        if field == "procedure_id":
            return self.procedures[value]
        if isinstance(value, bool):
            return "是" if value else "否"
        if isinstance(value, Track):
            return track_word(value)
        if isinstance(value, tuple):
            return "\n".join(value)
        return value.isoformat() if isinstance(value, date) else str(value)


def _unit_id(roster: Roster, name: str) -> int | None:
    if not name:
        return None
    unit = roster.units[name]
    return NEW if unit is None else unit.id


def _person_id(person: Person | None) -> int | None:
    return None if person is None else person.id
