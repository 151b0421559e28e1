"""回头看: a task that was signed off is looked at again."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from models.columns import Instant


class LookBackRound(SQLModel, table=True):
    """One drawing of a sample: with its seed and `packet` it can be drawn again, with the same
    result. Append-only, and in the chained history: nobody draws until the sample suits."""

    __tablename__ = "look_back_round"

    id: int = Field(default=None, primary_key=True)
    procedure_id: int = Field(foreign_key="procedure.id")
    month: str  # 2022-07
    seed: str
    eligible: int  # how many tasks had a date of theirs in this month
    packet: str = Field(foreign_key="packet.hash")  # what was drawn from, and by which share
    drawn_on: date
    at: datetime = Field(sa_type=Instant)
    link_id: str = Field(index=True)

    __table_args__ = (UniqueConstraint("procedure_id", "month", name="look_back_round_once"),)


class LookBack(SQLModel, table=True):
    """One task to be looked at. `nth`: which of the procedure's dates it is, or (where the office
    put it down by hand, `round_id` None) how many of them have come; the last one confirms. The
    verdict is a decision."""

    __tablename__ = "look_back"

    id: int = Field(default=None, primary_key=True)
    task_id: int = Field(foreign_key="task.id", index=True)
    cycle: int
    nth: int
    last: bool
    round_id: int | None = Field(default=None, foreign_key="look_back_round.id", index=True)
    planned_on: date
    check_by: date
    packet: str = Field(foreign_key="packet.hash")  # what whoever checks is shown
    decided_on: date | None = None

    __table_args__ = (
        CheckConstraint("check_by >= planned_on", name="look_back_dates"),
        Index(
            "look_back_planned",
            "task_id",
            unique=True,
            sqlite_where=text("decided_on IS NULL"),
            postgresql_where=text("decided_on IS NULL"),
        ),
    )


class LookBackPoint(SQLModel, table=True):
    """One point of the checklist, as it was found."""

    __tablename__ = "look_back_point"

    look_back_id: int = Field(foreign_key="look_back.id", primary_key=True)
    position: int = Field(primary_key=True)
    asked: str
    met: bool
    remark: str = ""
