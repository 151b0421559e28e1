"""The task: one matter of the ledger, with its responsible official, deadline and colour."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Column, Index, text
from sqlmodel import Field, SQLModel

from models.columns import Instant, by_value, one_of
from models.signoff import ON_CLOCK, OPEN, TaskState
from models.warning import Colour

_ON_CLOCK = "state IN ({})".format(", ".join(f"'{state}'" for state in ON_CLOCK))
_OPEN = "state IN ({})".format(", ".join(f"'{state}'" for state in OPEN))


class Track(StrEnum):
    """整改类别: how long the task is meant to take."""

    IMMEDIATE = "immediate"
    DEADLINE = "deadline"
    LONG_TERM = "long_term"


class Task(SQLModel, table=True):
    """Dates are business dates. `due_on` is as written, before it is rolled to a working day."""

    id: int = Field(default=None, primary_key=True)
    number: str = Field(unique=True)
    title: str
    procedure_id: int = Field(foreign_key="procedure.id")
    policy_id: int = Field(foreign_key="policy.id")
    unit_id: int = Field(foreign_key="unit.id")
    handler_id: int | None = Field(default=None, foreign_key="official.id", index=True)
    supervising_leader_id: int | None = Field(default=None, foreign_key="official.id", index=True)
    lead_unit_id: int | None = Field(default=None, foreign_key="unit.id")
    supporting_units: str = ""
    goal: str = ""
    track: Track = Field(sa_column=Column(by_value(Track), nullable=False))
    lists: str = ""
    restricted: bool = False
    remarks: str = ""

    opened_on: date
    begun_on: date  # of the present cycle: opened, or reopened by a look-back
    due_on: date | None = None
    original_due_on: date | None = None
    stage_on: date  # entered the present state, or the present stage
    reported_on: date  # last progress report, else opened

    state: TaskState = Field(sa_column=Column(by_value(TaskState), nullable=False))
    stage: str = Field(default="", sa_column_kwargs={"server_default": ""})  # of the procedure
    stage_from_on: date | None = None  # on which its limit begins; the day of moving may be later
    level: int | None = None  # of the sign-off, from 1; while under review
    cycle: int = Field(default=1, sa_column_kwargs={"server_default": "1"})  # reopened: one more
    review_every: str = Field(default="", sa_column_kwargs={"server_default": ""})  # a span
    colour: Colour = Field(sa_column=Column(by_value(Colour), nullable=False))
    created_at: datetime = Field(sa_type=Instant)

    __table_args__ = (
        CheckConstraint(one_of("track", Track), name="task_track"),
        CheckConstraint(one_of("state", TaskState), name="task_state"),
        CheckConstraint(one_of("colour", Colour), name="task_colour"),
        CheckConstraint("(state = 'under_review') = (level IS NOT NULL)", name="task_level"),
        CheckConstraint("due_on IS NULL OR due_on >= opened_on", name="task_due"),
        CheckConstraint("cycle > 1 OR begun_on = opened_on", name="task_begun"),
        CheckConstraint("due_on IS NOT NULL OR track = 'long_term'", name="task_has_due"),
        CheckConstraint(
            "state NOT IN ('signed_off', 'confirmed', 'withdrawn') OR colour = 'green'",
            name="task_closed_is_green",
        ),
        *(  # one index per date clock; their one reader is flows.sweep
            Index(
                f"task_{column}_clock",
                "policy_id",
                "colour",
                column,
                sqlite_where=text(_ON_CLOCK),
                postgresql_where=text(_ON_CLOCK),
            )
            for column in ("due_on", "begun_on", "stage_on", "reported_on")
        ),
        Index(  # its one reader is flows.signoff.suspensions, every night
            "task_suspended",
            "id",
            sqlite_where=text("state = 'suspended'"),
            postgresql_where=text("state = 'suspended'"),
        ),
        Index("task_unit", "unit_id", "colour"),
        Index("task_procedure", "procedure_id", "opened_on"),  # pages of one kind of matter
        Index(  # the board: a page of a colour is read in its order, as WORST_FIRST of flows says
            "task_worst_first",
            "colour",
            text("(due_on IS NULL)"),
            "due_on",
            "number",
            sqlite_where=text(_OPEN),
            postgresql_where=text(_OPEN),
        ),
        Index(  # who are left out wherever something is counted
            "task_restricted",
            "id",
            sqlite_where=text("restricted = 1"),
            postgresql_where=text("restricted"),
        ),
    )


class Measure(SQLModel, table=True):
    """整改措施: one measure of a task, in the ledger's order."""

    task_id: int = Field(foreign_key="task.id", primary_key=True)
    position: int = Field(primary_key=True)
    text: str


class Milestone(SQLModel, table=True):
    """阶段目标 of a long-term task: what is to be reached by when. `done_on`: accepted."""

    id: int = Field(default=None, primary_key=True)
    task_id: int = Field(foreign_key="task.id", index=True)
    title: str
    due_on: date
    done_on: date | None = None
