"""A task as a page may show it. A restricted one shows its number, colour and dates only."""

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, select

from flows.rulebook import ladder_of
from models import Policy, Task
from models.ladder import Ladder
from models.strike import counted
from models.warning import Colour
from models.workdays import Calendar


@dataclass(frozen=True)
class Matter:
    number: str
    title: str  # empty where it may not be shown
    unit: str
    handler: str
    hidden: bool
    colour: Colour
    label: str
    due_on: date | None
    days_over: int | None
    provisional: bool

    @property
    def over(self) -> bool:
        return self.days_over is not None and self.days_over > 0


_POLICIES = select(Policy)


@dataclass(frozen=True)
class Showing:
    """What showing any task needs: the policies' ladders, the calendar, the business date."""

    ladders: dict[int, Ladder]
    calendar: Calendar
    on: date

    @classmethod
    def load(cls, session: Session, calendar: Calendar, on: date) -> "Showing":
        policies = session.scalars(_POLICIES)
        return cls({p.id: ladder_of(p) for p in policies if p.id}, calendar, on)

    def matter(
        self,
        task: Task,
        unit: str,
        handler: str = "",
        *,
        hidden: bool,
        colour: Colour | None = None,
    ) -> Matter:
        """`colour`: that of a notice, when the task has since moved on."""
        ladder, shown = self.ladders[task.policy_id], colour or task.colour
        due = task.due_on
        counted_on = counted(due, ladder, self.calendar) if due else None
        return Matter(
            number=task.number,
            title="" if hidden else task.title,
            unit="" if hidden else unit,
            handler="" if hidden else handler,
            hidden=hidden,
            colour=shown,
            label=next((rung.label for rung in ladder.rung if rung.colour == shown), ""),
            due_on=due,
            days_over=(self.on - counted_on).days if counted_on else None,
            provisional=due is not None and not self.calendar.is_known(due.year),
        )
