"""Recurring duties: the template as it stands, its history, and what each occurrence opened."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Column, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from models.columns import Instant, by_value, one_of


class DutyState(StrEnum):
    RUNNING = "running"
    PAUSED = "paused"
    ENDED = "ended"


class DutyTemplate(SQLModel, table=True):
    """`opened_through`: the last day whose occurrences have been opened, or passed over because
    the duty was paused; the next night goes on behind it."""

    __tablename__ = "duty_template"

    id: int = Field(default=None, primary_key=True)
    name: str = Field(unique=True)
    source: str  # the TOML text
    state: DutyState = Field(sa_column=Column(by_value(DutyState), nullable=False))
    opened_through: date

    __table_args__ = (CheckConstraint(one_of("state", DutyState), name="duty_template_state"),)


class DutyAct(StrEnum):
    ADD = "add"
    CHANGE = "change"
    PAUSE = "pause"
    RESUME = "resume"
    END = "end"


class DutyChange(SQLModel, table=True):
    """What the office did with a duty; append-only. `source`: the text from then on."""

    __tablename__ = "duty_change"

    id: int = Field(default=None, primary_key=True)
    duty_id: int = Field(foreign_key="duty_template.id", index=True)
    act: DutyAct = Field(sa_column=Column(by_value(DutyAct), nullable=False))
    source: str
    reason: str
    on: date
    at: datetime = Field(sa_type=Instant)
    said_by: str

    __table_args__ = (CheckConstraint(one_of("act", DutyAct), name="duty_change_act"),)


class DutyOccurrence(SQLModel, table=True):
    """One occurrence for one unit. `task_id` None: it could not be opened, because of what `need`
    names (flows.ledger.needs); each night tries again."""

    __tablename__ = "duty_occurrence"

    id: int = Field(default=None, primary_key=True)
    duty_id: int = Field(foreign_key="duty_template.id")
    of: date  # what it is of: the rule's day, or a holiday's first
    on: date  # the day on which it opens
    holiday: str = ""
    unit: str  # as the file names it; of a pairing who with whom
    pairing_id: int | None = Field(default=None, foreign_key="pairing.id", index=True)
    year: int
    n: int  # in the duty's series of that year
    task_id: int | None = Field(default=None, foreign_key="task.id", unique=True)
    need: str = ""

    __table_args__ = (
        UniqueConstraint("duty_id", "of", "unit", name="duty_occurrence_once"),
        UniqueConstraint("duty_id", "year", "n", name="duty_occurrence_number"),
        CheckConstraint("(task_id IS NULL) = (need <> '')", name="duty_occurrence_opened"),
        Index(
            "duty_occurrence_unopened",
            "duty_id",
            sqlite_where=text("task_id IS NULL"),
            postgresql_where=text("task_id IS NULL"),
        ),
    )
