"""Who is responsible, and who must keep away: reassignments, and conflicts of interest."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from models.columns import Instant


class Reassignment(SQLModel, table=True):
    """A task passed from one unit or handler to another; append-only, in the chained history."""

    id: int = Field(default=None, primary_key=True)
    task_id: int = Field(foreign_key="task.id", index=True)
    from_unit_id: int = Field(foreign_key="unit.id")
    to_unit_id: int = Field(foreign_key="unit.id")
    from_handler_id: int | None = Field(default=None, foreign_key="official.id")
    to_handler_id: int | None = Field(default=None, foreign_key="official.id")
    reason: str
    on: date
    at: datetime = Field(sa_type=Instant)
    actor_id: int | None = Field(default=None, foreign_key="official.id")
    link_id: str = Field(index=True)


class Exclusion(SQLModel, table=True):
    """回避: this person, or everybody of this unit, is neither told of the task nor asked. Both
    dates are included. `by_id` None: a command did it. `ended_because`: he was readmitted."""

    id: int = Field(default=None, primary_key=True)
    task_id: int = Field(foreign_key="task.id", index=True)
    official_id: int | None = Field(default=None, foreign_key="official.id")
    unit_id: int | None = Field(default=None, foreign_key="unit.id")
    reason: str
    from_on: date
    until_on: date | None = None
    by_id: int | None = Field(default=None, foreign_key="official.id")
    at: datetime = Field(sa_type=Instant)
    ended_by_id: int | None = Field(default=None, foreign_key="official.id")
    ended_because: str = ""

    __table_args__ = (
        CheckConstraint("(official_id IS NULL) <> (unit_id IS NULL)", name="exclusion_whom"),
        CheckConstraint("until_on IS NULL OR from_on <= until_on", name="exclusion_dates"),
    )
