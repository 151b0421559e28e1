"""What of a score somebody may see: of a restricted matter number, colour and dates, and of what
he stands aside from nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from flows.scores.objections import Objection, objections
from models import ScoreSheet, Task, Unit
from models.score import ScoreState
from notifications.papers.scores import PointLine, ScoreFacts
from web.rights import Viewer


@dataclass(frozen=True)
class Seen:
    """Who looks: the units that are his to know of, and the matters (numbers) that he may see."""

    viewer: Viewer
    units: frozenset[str]
    tasks: frozenset[str]

    @classmethod
    def load(cls, session: Session, viewer: Viewer, facts: ScoreFacts) -> "Seen":
        led = {unit for one in viewer.people for unit in one.leads}
        units = session.exec(select(Unit.name).where(col(Unit.id).in_(led)))
        named = {line.task for line in facts.lines if line.task}
        may = select(Task.number).where(col(Task.number).in_(named), viewer.may_see())
        return cls(viewer, frozenset(units), frozenset(session.exec(may)))

    def lines(self, facts: ScoreFacts) -> list[PointLine]:
        return [self._without_unit(line) for line in facts.lines if self._sees(line)]

    def of_unit(self, facts: ScoreFacts, unit: str) -> list[PointLine]:
        return [line for line in self.lines(facts) if line.unit == unit]

    def opens(self, unit: str) -> bool:
        return self.viewer.sees_all or unit in self.units

    def objections(self, session: Session, sheet: ScoreSheet) -> Sequence[Objection]:
        """Those of his units; for whoever sees all, all that are not about what he may not see."""
        found = objections(session, sheet)
        return [
            one
            for one in found
            if self.opens(one.row.unit)
            and (one.line is None or (self._sees(one.line) and self._without_unit(one.line).unit))
        ]

    def _sees(self, line: PointLine) -> bool:
        return line.task in self.tasks if line.task else self.opens(line.unit)

    def _without_unit(self, line: PointLine) -> PointLine:
        known = self.viewer.sees_restricted or line.unit in self.units or not line.restricted
        return line if known else line.model_copy(update={"unit": ""})


def may_open(viewer: Viewer, sheet: ScoreSheet, *, approves: bool) -> bool:
    """A draft is for whoever sees all, or may approve it; the others wait for its publication."""
    return sheet.state is ScoreState.PUBLISHED or viewer.sees_all or approves
