"""What the office may do with a task now, for its page."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from flows.around import around
from flows.signoff.roles import OFFICE
from flows.signoff.waiting import Waiting, waiting
from models import Official, Task, Unit
from models.signoff import OPEN, TaskState
from web.matter import Showing
from web.offers import Way
from web.office_form import RESUME, WITHDRAW
from web.office_ways import office_ways


@dataclass(frozen=True)
class Unasked:
    """Something waits, and nobody is asked: whom the office may name."""

    kind: str
    people: Sequence[tuple[int, str]]


@dataclass(frozen=True)
class OfficeMay:
    acts: Sequence[str]
    unasked: Sequence[Unasked]
    asked: Sequence[tuple[int, str]]  # referrals whose decision may have been signed on paper
    ways: Sequence[Way]  # to what has a page of its own

    def __bool__(self) -> bool:
        return bool(self.acts or self.unasked or self.asked or self.ways)


def office_may(
    session: Session, roles: Collection[str], task: Task, showing: Showing, base: str
) -> OfficeMay:
    """Nothing, for anybody else. `roles`: the viewer's; `base`: where the task's page lies."""
    if OFFICE not in roles:
        return OfficeMay((), (), (), ())
    found = waiting(session, task)
    names = dict(session.exec(select(Official.id, Official.name)).all()) if found else {}
    return OfficeMay(
        [RESUME] * (task.state == TaskState.SUSPENDED) + [WITHDRAW] * (task.state in OPEN),
        [Unasked(one.kind, _free(session, task, one, showing)) for one in found if not one.asked],
        [(one.id, names[one.official_id]) for every in found for one in every.asked],
        office_ways(task, base),
    )


def _free(session: Session, task: Task, found: Waiting, showing: Showing) -> list[tuple[int, str]]:
    directory = around(session, task, showing.on)
    rows = session.exec(
        select(Official.id, Official.name, Unit.name)
        .join(Unit, col(Unit.id) == col(Official.unit_id))
        .where(col(Official.left_on).is_(None))
        .order_by(col(Unit.name), col(Official.name))
    )
    return [
        (key, f"{unit} · {name}")
        for key, name, unit in rows
        if key not in found.barred and not directory.excludes(task, key)
    ]
