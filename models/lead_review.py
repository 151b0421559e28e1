"""起底复盘: the leads of a batch that is looked at again, which is a task; one verdict each."""

from datetime import date
from enum import StrEnum

from sqlalchemy import CheckConstraint, Column, UniqueConstraint
from sqlmodel import Field, SQLModel

from models.columns import by_value, one_of


class LeadVerdict(StrEnum):
    UPHELD = "upheld"
    CHECK_MORE = "check_more"
    HANDLE_ANEW = "handle_anew"


class ReviewedLead(SQLModel, table=True):
    """`task_id` is the batch. Without a verdict it still waits for one."""

    __tablename__ = "reviewed_lead"

    id: int = Field(default=None, primary_key=True)
    task_id: int = Field(foreign_key="task.id")
    lead_id: int = Field(foreign_key="task.id", index=True)
    verdict: LeadVerdict | None = Field(default=None, sa_column=Column(by_value(LeadVerdict)))
    given_on: date | None = None
    said_by: str = ""

    __table_args__ = (
        UniqueConstraint("task_id", "lead_id", name="reviewed_lead_once"),
        CheckConstraint(one_of("verdict", LeadVerdict), name="reviewed_lead_verdict"),
        CheckConstraint("(verdict IS NULL) = (given_on IS NULL)", name="reviewed_lead_given"),
    )
