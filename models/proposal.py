"""报审: what a unit hands in line by line, and the verdict on each line.

The task that it hangs on has the clock and the sign-off. A line may name a person.
"""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.columns import Instant, by_value, one_of


class LineResult(StrEnum):
    APPROVED = "approved"
    REJECTED = "rejected"


class Proposal(SQLModel, table=True):
    """Which unit handed it in, and when; append-only, in the chained history. `handed_in_by_id`
    None: a program did, and `said_by` names it."""

    id: int = Field(default=None, primary_key=True)
    task_id: int = Field(foreign_key="task.id", unique=True)
    unit_id: int = Field(foreign_key="unit.id", index=True)
    handed_in_by_id: int | None = Field(default=None, foreign_key="official.id", index=True)
    said_by: str
    on: date
    at: datetime = Field(sa_type=Instant)
    link_id: str = Field(index=True)


class ProposalLine(SQLModel, table=True):
    """One person, motion or decision, in the parts that the procedure names, divided by |.
    Append-only, in the chained history."""

    __tablename__ = "proposal_line"

    id: int = Field(default=None, primary_key=True)
    proposal_id: int = Field(foreign_key="proposal.id")
    position: int  # from 1
    written: str
    link_id: str = Field(index=True)

    __table_args__ = (
        UniqueConstraint("proposal_id", "position", name="proposal_line_position"),
        CheckConstraint("written <> ''", name="proposal_line_written"),
    )

    @property
    def parts(self) -> list[str]:
        return self.written.split("|")


class LineVerdict(SQLModel, table=True):
    """What one decision on a level said of one line; append-only, in the chained history."""

    __tablename__ = "line_verdict"

    id: int = Field(default=None, primary_key=True)
    line_id: int = Field(foreign_key="proposal_line.id")
    decision_id: int = Field(foreign_key="decision.id", index=True)
    result: LineResult = Field(sa_column=Column(by_value(LineResult), nullable=False))
    reason: str = ""
    link_id: str = Field(index=True)

    __table_args__ = (
        UniqueConstraint("line_id", "decision_id", name="line_verdict_once"),
        CheckConstraint(one_of("result", LineResult), name="line_verdict_result"),
        CheckConstraint("(result = 'rejected') = (reason <> '')", name="line_verdict_reason"),
    )
