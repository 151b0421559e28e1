"""Open matters by unit and colour, each unit alone or with those below it; nothing restricted."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Select, func, select
from sqlmodel import Session, col

from flows.open_counts import is_open, open_by_unit
from models import Task, Unit
from models.warning import Colour
from notifications.charts.chart import WORST_FIRST
from web.rights import Viewer


@dataclass(frozen=True)
class UnitRow:
    """`alone`: its own matters only, though there are units below it."""

    unit: Unit
    counts: Mapping[Colour, int]
    alone: bool
    leads_down: bool = False

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    def rank(self) -> tuple[list[int], str]:
        return [-self.counts.get(colour, 0) for colour in WORST_FIRST], self.unit.name


@dataclass(frozen=True)
class Units:
    """All units with what is theirs alone."""

    units: Mapping[int, Unit]
    own: Mapping[int, Mapping[Colour, int]]
    below: Mapping[int | None, Sequence[Unit]] = field(default_factory=dict)

    @classmethod
    def load(cls, session: Session, viewer: Viewer) -> "Units":
        units = {unit.id: unit for unit in session.scalars(select(Unit))}
        below: dict[int | None, list[Unit]] = {}
        for unit in units.values():
            below.setdefault(unit.parent_id, []).append(unit)
        own: dict[int, Counter[Colour]] = {}
        for (unit_id, colour), n in open_by_unit(session).items():
            own.setdefault(unit_id, Counter())[colour] += n
        for unit_id, colour, n in session.execute(_aside(viewer)):
            own[unit_id][colour] -= n
        return cls(units, {key: +counts for key, counts in own.items() if +counts}, below)

    def top(self) -> Unit | None:
        """The one that all the others are below, if there is one."""
        tops = self.below.get(None, ())
        return tops[0] if len(tops) == 1 else None

    def flat(self) -> list[UnitRow]:
        """Each unit alone, those with nothing left out; the worst first."""
        rows = [
            UnitRow(self.units[key], counts, alone=key in self.below)
            for key, counts in self.own.items()
        ]
        return sorted(rows, key=UnitRow.rank)

    def rolled_up(self, under: Unit | None) -> list[UnitRow]:
        """This unit's own, and each of those right below it with all that is below that."""
        sums = self._sums()
        rows = [
            UnitRow(unit, sums[unit.id], alone=False, leads_down=unit.id in self.below)
            for unit in self.below.get(under.id if under else None, ())
            if unit.id in sums
        ]
        if under and under.id in self.own:
            rows.append(UnitRow(under, self.own[under.id], alone=True))
        return sorted(rows, key=UnitRow.rank)

    def _sums(self) -> Mapping[int, Counter[Colour]]:
        sums: dict[int, Counter[Colour]] = {}
        for key, counts in self.own.items():
            climbed, seen = key, set[int]()
            while climbed and climbed not in seen:
                seen.add(climbed)
                sums.setdefault(climbed, Counter()).update(counts)
                climbed = self.units[climbed].parent_id or 0
        return sums


def _aside(viewer: Viewer) -> Select[int, Colour, int]:
    """What this person stands aside from, and does not find counted."""
    return (
        select(col(Task.unit_id), col(Task.colour), func.count())
        .where(
            viewer.aside_from(col(Task.id)),
            is_open(),
            col(Task.restricted).is_(False),
        )
        .group_by(col(Task.unit_id), col(Task.colour))
    )
