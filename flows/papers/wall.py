"""挂图作战: every open matter by unit, as it stands now. Whatever is restricted is not on it."""

from datetime import date
from functools import cache

from sqlalchemy import ColumnElement, Select, select, true
from sqlmodel import Session, col

from flows.papers.units import office_unit
from flows.rulebook import ladder_of
from models import Policy, Task, Unit
from models.signoff import OPEN
from models.strike import counted
from models.warning import Colour
from models.workdays import Calendar
from notifications.papers.wall import Tile, WallFacts, WallUnit


def wall_facts(
    session: Session, on: date, calendar: Calendar, among: ColumnElement[bool] | None = None
) -> WallFacts:
    """Of all open matters, or those `among` them that somebody may see. Whoever has most of the
    worst colour comes first; of each unit the worst matter first."""
    ladders = {policy.id: ladder_of(policy) for policy in session.scalars(select(Policy))}

    @cache
    def over(policy_id: int, due_on: date) -> int:
        return (on - counted(due_on, ladders[policy_id], calendar)).days

    by_unit: dict[str, list[Tile]] = {}
    for unit, number, title, colour, due_on, policy_id in session.execute(
        _shown().where(true() if among is None else among)
    ):
        days_over = over(policy_id, due_on) if due_on else None
        by_unit.setdefault(unit, []).append(Tile(number, title, colour, due_on, days_over))
    units = [WallUnit(name, sorted(tiles, key=Tile.rank)) for name, tiles in by_unit.items()]
    return WallFacts(office_unit(session, on), on, sorted(units, key=WallUnit.rank))


def _shown() -> Select[str, str, str, Colour, date | None, int]:
    """Columns, not tasks: there may be a hundred thousand."""
    said = (col(Task.number), col(Task.title), col(Task.colour), col(Task.due_on))
    return (
        select(col(Unit.name), *said, col(Task.policy_id))
        .join_from(Task, Unit, col(Unit.id) == col(Task.unit_id))
        .where(col(Task.state).in_(OPEN), col(Task.restricted).is_(False))
    )
