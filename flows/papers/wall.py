"""挂图作战: every open matter by unit, as it stands now. Whatever is restricted is not on it."""

from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, select, true
from sqlmodel import Session, col

from flows.open_counts import is_open
from flows.papers.units import office_unit
from flows.rulebook import ladder_of
from models import Policy, Task, Unit
from models.strike import counted
from models.warning import Colour
from models.workdays import Calendar
from notifications.charts.chart import WORST_FIRST
from notifications.papers.wall import Tile, WallFacts, WallUnit

MOST = 2000  # matters, on 42 sheets: more is read by nobody


def wall_facts(
    session: Session, on: date, calendar: Calendar, among: ColumnElement[bool] | None = None
) -> WallFacts:
    """Of all open matters, or those `among` them that somebody may see; of very many the worst.
    Whoever has most of the worst colour comes first; of each unit the worst matter first."""
    ladders = {policy.id: ladder_of(policy) for policy in session.scalars(select(Policy))}

    @cache
    def over(policy_id: int, due_on: date) -> int:
        return (on - counted(due_on, ladders[policy_id], calendar)).days

    rows = _worst(session, true() if among is None else among)
    by_unit: dict[str, list[Tile]] = {}
    for unit, number, title, colour, due_on, policy_id in rows[:MOST]:
        days_over = over(policy_id, due_on) if due_on else None
        by_unit.setdefault(unit, []).append(Tile(number, title, colour, due_on, days_over))
    units = [WallUnit(name, sorted(tiles, key=Tile.rank)) for name, tiles in by_unit.items()]
    worst_unit_first = sorted(units, key=WallUnit.rank)
    return WallFacts(office_unit(session, on), on, worst_unit_first, all_there=len(rows) <= MOST)


def _worst(session: Session, among: ColumnElement[bool]) -> list[Any]:
    """One more than a wall can hold shows that there are more. Each colour in the order of its
    index, so that of a million no more are read."""
    found: list[Any] = []
    for colour in WORST_FIRST:
        of_it = _shown().where(among, col(Task.colour) == colour)
        in_order = of_it.order_by(col(Task.due_on).is_(None), col(Task.due_on), col(Task.number))
        found += session.execute(in_order.limit(MOST + 1 - len(found)))
    return found


def _shown() -> Select[str, str, str, Colour, date | None, int]:
    said = (col(Task.number), col(Task.title), col(Task.colour), col(Task.due_on))
    return (
        select(col(Unit.name), *said, col(Task.policy_id))
        .join_from(Task, Unit, col(Unit.id) == col(Task.unit_id))
        .where(is_open(), col(Task.restricted).is_(False))
    )
