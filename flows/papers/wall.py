"""挂图作战: every open matter by unit, as it stands now. Whatever is restricted is not on it."""

from datetime import date
from functools import cache

from sqlalchemy import select
from sqlmodel import Session, col

from flows.papers.units import office_unit
from flows.rulebook import ladder_of
from models import Policy, Task, Unit
from models.signoff import OPEN
from models.strike import counted
from models.workdays import Calendar
from notifications.papers.wall import Tile, WallFacts, WallUnit


def wall_facts(session: Session, on: date, calendar: Calendar) -> WallFacts:
    """Whoever has most of the worst colour comes first; of each unit the worst matter first."""
    ladders = {policy.id: ladder_of(policy) for policy in session.scalars(select(Policy))}

    @cache
    def over(policy_id: int, due_on: date) -> int:
        return (on - counted(due_on, ladders[policy_id], calendar)).days

    by_unit: dict[str, list[Tile]] = {}
    for task, unit in session.execute(
        select(Task, col(Unit.name))
        .join(Unit, col(Unit.id) == col(Task.unit_id))
        .where(col(Task.state).in_(OPEN), col(Task.restricted).is_(False))
    ):
        days_over = over(task.policy_id, task.due_on) if task.due_on else None
        by_unit.setdefault(unit, []).append(
            Tile(task.number, task.title, task.colour, task.due_on, days_over)
        )
    units = [WallUnit(name, sorted(tiles, key=Tile.rank)) for name, tiles in by_unit.items()]
    return WallFacts(office_unit(session, on), on, sorted(units, key=WallUnit.rank))
