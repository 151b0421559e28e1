"""Who is paired with whom on a day, and the visits that were owed and are missed."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, or_, select

from models import DutyOccurrence, Official, Pairing, PairingEnd, Task, Unit
from models.signoff import OPEN


@dataclass(frozen=True)
class Paired:
    """`unit`: the leader's."""

    row: Pairing
    leader: Official
    unit: str
    end: PairingEnd | None

    def on(self, day: date) -> bool:
        """Both ends are included."""
        return self.row.from_on <= day and (self.end is None or self.end.until_on >= day)

    @property
    def label(self) -> str:
        return f"{self.leader.name} → {self.row.subject}"

    @property
    def handler(self) -> str:
        return self.leader.email or self.leader.name


@dataclass(frozen=True)
class Visit:
    """One that a duty opened."""

    row: DutyOccurrence
    task: Task

    def missed(self, on: date) -> bool:
        due_on = self.task.due_on
        return self.task.state in OPEN and due_on is not None and due_on < on


def pairings(session: Session, topic: str = "") -> list[Paired]:
    """All that there ever were, by topic and in the order in which they began."""
    wanted = (
        select_columns(Pairing, Official, col(Unit.name), PairingEnd)
        .join(Official, col(Official.id) == col(Pairing.leader_id))
        .join(Unit, col(Unit.id) == col(Official.unit_id))
        .outerjoin(PairingEnd, col(PairingEnd.pairing_id) == col(Pairing.id))
        .order_by(col(Pairing.topic), col(Pairing.from_on), col(Pairing.id))
    )
    if topic:
        wanted = wanted.where(col(Pairing.topic) == topic)
    return [Paired(row, leader, unit, end) for row, leader, unit, end in session.execute(wanted)]


def paired_on(session: Session, topic: str, day: date) -> list[Paired]:
    return [one for one in pairings(session, topic) if one.on(day)]


def visits(
    session: Session, keys: Sequence[int], among: ColumnElement[bool]
) -> dict[int, list[Visit]]:
    """Of each of these pairings (ids) its tasks, those `among` them, the newest first."""
    found: dict[int, list[Visit]] = defaultdict(list)
    rows = session.execute(
        select_columns(DutyOccurrence, Task)
        .join(Task, col(Task.id) == col(DutyOccurrence.task_id))
        .where(col(DutyOccurrence.pairing_id).in_(keys), among)
        .order_by(col(DutyOccurrence.on).desc(), col(DutyOccurrence.id).desc())
    )
    for row, task in rows:
        found[row.pairing_id or 0].append(Visit(row, task))
    return found


def leader_named(session: Session, named: str) -> Sequence[Official]:
    """By mail address, or by name; those in service."""
    plain = named.strip()
    wanted = select(Official).where(
        or_(col(Official.email) == plain.lower(), col(Official.name) == plain),
        col(Official.left_on).is_(None),
    )
    return session.exec(wanted.order_by(col(Official.id))).all()
